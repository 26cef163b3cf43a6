"""What the state is judged from: the heart rate and vagal modulation of the last minute."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from dsp.state.rate_course import course
from dsp.types import (
    CONFIDENT_BREATHING,
    CREDIBLE_RANGE,
    LONGEST_RR_MS,
    METRICS_WINDOW_S,
    NAN,
    TRUSTED_QUALITY,
    Contact,
    IntervalKind,
    RRInterval,
    StateInputs,
)

SUPPORT_S, SUPPORT_SHARE = 20.0, 0.70
"""What a reading needs: this much time in intervals that tell the heart rate, and this share of the window. A window is
never carried across a break, so the former is also the wait after one. The share was moved from 0.55 on the wrists of
stress-predict (docs/decisions/0006)."""
TRACKED_SUPPORT_S = 30.0
"""What a minute of tracked heart rate counts for: half; a choice."""
VAGAL_SPOILT_PCT = 5.0
"""Above this share of plain artefacts and unreadable intervals, vagal modulation is not used; a choice."""
FEWEST_DIFFERENCES = 10
"""Between adjacent intervals, that RMSSD is read from; a choice."""
PLAIN_ARTEFACT = 0.10
"""Share of the minute's median RR. In a regular heart the classifier also sets aside small quirks, 3 to 5 % of all
intervals; they are left out of NN, but they neither counterfeit calm nor make the minute unreadable. Chosen on
rr-day."""
STEADY_RUN, STEADY_CHANGE, STEADY_RANGE = 6, 0.10, 0.20
"""Unreadable intervals still tell the heart rate, and only that, where `STEADY_RUN` or more follow each other, each
within `STEADY_CHANGE` of the one before, and within `STEADY_RANGE` of the minute's median: movement seldom beats time
like that. Runs of four, or none at all, told calm from stress worse (docs/decisions/0006)."""

_ARTEFACT_FROM = {
    **dict.fromkeys(IntervalKind, PLAIN_ARTEFACT),
    IntervalKind.NORMAL: CREDIBLE_RANGE,
    IntervalKind.UNREADABLE: math.inf,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The last minute's heart rate and vagal modulation.

    `ln_hr` is ln of beats per minute, `ln_rmssd` ln of ms (NaN with fewer than 10 pairs of adjacent NN, or above
    `VAGAL_SPOILT_PCT`). `artefact_pct` is the share of plain artefacts (ectopic, missed, extra, long or short, and at
    least `PLAIN_ARTEFACT` off the minute's median) among the intervals that could be read. `rsa_ms` and
    `breaths_per_min` are NaN where breathing is not known; `paced` says that the guide set it. `trend` is the change of
    ln HR over the minute. `tracked`: no interval told the heart rate, only the period that the detector follows.
    """

    t_s: float
    ln_hr: float
    ln_rmssd: float
    support_s: float
    artefact_pct: float
    rsa_ms: float = NAN
    breaths_per_min: float = NAN
    paced: bool = False
    trend: float = NAN
    tracked: bool = False


def readable(inputs: StateInputs) -> bool:
    """Whether this second's signal may be used at all."""
    return inputs.contact == Contact.GOOD and inputs.quality >= TRUSTED_QUALITY and not inputs.irregular_rhythm


def ln_rmssd_of(intervals: list[RRInterval]) -> float:
    rr = np.array([i.rr_ms for i in intervals])
    number = np.array([i.number for i in intervals])
    differences = (rr[1:] - rr[:-1])[number[1:] - number[:-1] == 1]
    if len(differences) < FEWEST_DIFFERENCES:
        return NAN
    power = float(differences.dot(differences)) / len(differences)
    return 0.5 * math.log(power) if power > 0 else NAN


def ln_hr_of(intervals: list[RRInterval]) -> float:
    return math.log(60_000 / (sum([i.rr_ms for i in intervals]) / len(intervals)))


def rate_intervals(intervals: Sequence[RRInterval]) -> list[RRInterval]:
    """The intervals that tell the heart rate: the normal ones, and unreadable ones in steady runs."""
    normal = [i for i in intervals if i.kind is IntervalKind.NORMAL]
    unread = _steady_unreadable(intervals)
    told = sorted([*normal, *unread], key=lambda i: i.number) if unread else normal
    if not told:
        return []
    median_ms = median([i.rr_ms for i in told])
    normal_ms, unread_ms = CREDIBLE_RANGE * median_ms, STEADY_RANGE * median_ms
    return [i for i in told if abs(i.rr_ms - median_ms) <= (normal_ms if i.kind is IntervalKind.NORMAL else unread_ms)]


def _steady_unreadable(intervals: Sequence[RRInterval]) -> list[RRInterval]:
    if IntervalKind.UNREADABLE not in [i.kind for i in intervals]:
        return []
    steady: list[RRInterval] = []
    run: list[RRInterval] = []
    for interval in intervals:
        if not run or not _continues(run[-1], interval):
            steady += run if len(run) >= STEADY_RUN else []
            run = []
        run.append(interval)
    steady += run if len(run) >= STEADY_RUN else []
    return [i for i in steady if i.kind is IntervalKind.UNREADABLE]


def _continues(before: RRInterval, interval: RRInterval) -> bool:
    adjacent = interval.number - before.number == 1
    return adjacent and abs(interval.rr_ms - before.rr_ms) <= STEADY_CHANGE * before.rr_ms


def _plain_artefacts(intervals: list[RRInterval], median_ms: float) -> int:
    off = [i for i in intervals if abs(i.rr_ms - median_ms) > PLAIN_ARTEFACT * median_ms]
    return sum(abs(i.rr_ms - median_ms) > _ARTEFACT_FROM[i.kind] * median_ms for i in off)


def breathing_of(inputs: StateInputs) -> tuple[float, bool]:
    if math.isfinite(inputs.pace_breaths_per_min):
        return inputs.pace_breaths_per_min, True
    return (inputs.breaths_per_min if inputs.breath_confidence >= CONFIDENT_BREATHING else NAN), False


def _tracked(inputs: StateInputs) -> Reading | None:
    if not inputs.tracked_hr_bpm > 0:
        return None
    breaths_per_min, paced = breathing_of(inputs)
    ln_hr = math.log(inputs.tracked_hr_bpm)
    return Reading(
        inputs.t_s, ln_hr, NAN, TRACKED_SUPPORT_S, 0.0, breaths_per_min=breaths_per_min, paced=paced, tracked=True
    )


class ReadingWindow:
    """Turns each second's inputs into a `Reading` of the last minute, or None without support.

    Uses normal intervals only, as measured, and successive differences only between adjacent ones. A break of more
    than 3 s without an interval empties the window: minutes before and after a lost contact are not averaged.
    """

    def __init__(self) -> None:
        self._intervals: deque[RRInterval] = deque()
        self._last_t_s = -math.inf
        self._since_s = 0.0

    def update(self, inputs: StateInputs) -> Reading | None:
        """The reading at `inputs.t_s`, with the intervals known by then, or with the tracked heart rate."""
        for interval in inputs.intervals:
            self._take(interval)
        while self._intervals and self._intervals[0].t_s <= inputs.t_s - METRICS_WINDOW_S:
            self._intervals.popleft()
        intervals = list(self._intervals)
        rate = rate_intervals(intervals)
        rate_s = sum([i.rr_ms for i in rate]) / 1000
        if rate_s < max(SUPPORT_S, SUPPORT_SHARE * min(METRICS_WINDOW_S, inputs.t_s - self._since_s)):
            return _tracked(inputs)
        artefacts = _plain_artefacts(intervals, median([i.rr_ms for i in rate]))
        unreadable = len([i for i in intervals if not i.timed or i.kind is IntervalKind.UNREADABLE])
        vagal = 100 * (artefacts + unreadable) / len(intervals) <= VAGAL_SPOILT_PCT
        breaths_per_min, paced = breathing_of(inputs)
        return Reading(
            inputs.t_s,
            ln_hr_of(rate),
            ln_rmssd_of([i for i in rate if i.kind is IntervalKind.NORMAL and i.timed]) if vagal else NAN,
            rate_s,
            100 * artefacts / (artefacts + len(rate)),
            inputs.rsa_ms if vagal else NAN,
            breaths_per_min,
            paced,
            course(rate, breaths_per_min).trend,
        )

    def _take(self, interval: RRInterval) -> None:
        began_s = interval.t_s - interval.rr_ms / 1000
        gap = interval.kind is IntervalKind.UNREADABLE and interval.rr_ms > LONGEST_RR_MS
        if gap or began_s - self._last_t_s > LONGEST_RR_MS / 1000:
            self._intervals.clear()
            self._since_s = interval.t_s if gap else began_s
        self._last_t_s = interval.t_s
        if not gap:
            self._intervals.append(interval)
