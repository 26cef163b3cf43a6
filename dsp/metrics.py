"""From beats and a clock to intervals and one metrics row a second."""

import math
from collections import deque
from dataclasses import replace
from statistics import median
from typing import Protocol

from dsp.hrv.intervals import IntervalClassifier
from dsp.hrv.oscillations import OscillationMeter, Oscillations
from dsp.hrv.rhythm import RhythmMonitor
from dsp.hrv.time_domain import MAX_SPOILT_PCT, MIN_NN_MS, hrv_snapshot
from dsp.types import (
    LONGEST_RR_MS,
    METRICS_WINDOW_S,
    NAN,
    Beat,
    Contact,
    HrvSnapshot,
    IntervalKind,
    MetricsRow,
    RRInterval,
    StateInputs,
    WearerState,
)

LONGEST_GAP_S = LONGEST_RR_MS / 1000  # without a beat; beyond it the measures are empty
KEPT_S = 80.0  # of intervals: the longest window (64 s) and the delay of two slow beats
PACED_SHARE = 0.2
"""Of the last minute's beats, from which on a pacemaker makes the rhythm; a choice."""
WITNESSES = 5  # so many intervals that could be read ...
CONTRADICTION = 0.15  # ... with a median this far off deny the tracked period; choices (docs/decisions/0004)


class StateEstimatorLike(Protocol):
    """What the metrics ask once a second."""

    def update(self, inputs: StateInputs) -> WearerState | None: ...


class Metrics:
    """Beats in time order and their breaks go in; intervals come out, and a row whenever asked for one.

    No measure averages across a gap of more than 3 s, or shows once the gap is there.
    """

    def __init__(self, state: StateEstimatorLike | None = None) -> None:
        self._state = state
        self._classifier = IntervalClassifier()
        self._rhythm = RhythmMonitor()
        self._meter = OscillationMeter()
        self._intervals: deque[RRInterval] = deque()
        self._news: list[RRInterval] = []
        self._periods: deque[tuple[float, float]] = deque()
        self._last_beat_s = -math.inf
        self._paced: deque[tuple[float, bool]] = deque()

    def push_beat(self, beat: Beat) -> list[RRInterval]:
        """Take the next beat; return the intervals that it decides (each two beats late)."""
        self._last_beat_s = beat.t_s
        self._paced.append((beat.t_s, beat.paced))
        return self._take(self._classifier.push(beat))

    def push_waveform(self, t_s: float, amplitude: float, baseline: float = NAN) -> None:
        """The size of the beat at `t_s` and (PPG) the level it rises from, any unit; of trusted beats only."""
        self._meter.push_waveform(t_s, amplitude, baseline)

    def break_at(self, t_s: float) -> None:
        """Contact was lost at `t_s`."""
        self._classifier.break_at(t_s)
        self._periods.clear()

    def set_pace(self, t_s: float, breaths_per_min: float) -> None:
        """The guide's pace from `t_s` on; NaN while breathing is free."""
        self._meter.pace.set(t_s, breaths_per_min)

    def finish(self) -> list[RRInterval]:
        """The last intervals, decided on what there is."""
        return self._take(self._classifier.finish())

    def row(self, t_s: float, quality: float, contact: Contact = Contact.GOOD, period_s: float = NAN) -> MetricsRow:
        """The metrics from what was pushed so far; `t_s` rises from call to call.

        `period_s`: the heart's period as the detector tracks it, NaN where it is unsure. Heart rate, and nothing else,
        is taken from it where the intervals do not give one.
        """
        while self._intervals and self._intervals[0].t_s < t_s - KEPT_S:
            self._intervals.popleft()
        in_gap = t_s - self._last_beat_s > LONGEST_GAP_S
        usable = [] if in_gap else list(self._intervals)
        hrv = hrv_snapshot(usable, t_s)
        irregular = self._rhythm.irregular(t_s)
        paced = self._is_paced(t_s)
        unsteady = irregular or paced or self._rhythm.unsteady(t_s)
        readable = usable if hrv.spoilt_pct <= MAX_SPOILT_PCT else []
        if in_gap:
            self._periods.clear()
        tracked_bpm = self._tracked_bpm(t_s, period_s, usable)
        oscillations = Oscillations() if in_gap else self._meter.measure(readable, t_s, not unsteady)
        row = MetricsRow(
            t_s,
            mean_hr_bpm=NAN if irregular else tracked_bpm if math.isnan(hrv.mean_hr_bpm) else hrv.mean_hr_bpm,
            rmssd_ms=NAN if unsteady else hrv.rmssd_ms,
            sdnn_ms=NAN if unsteady else hrv.sdnn_ms,
            rsa_ms=oscillations.rsa_ms,
            coherence=oscillations.coherence,
            breaths_per_min=oscillations.breaths_per_min,
            breath_confidence=oscillations.breath_confidence,
            quality=quality,
            contact=contact,
            irregular_rhythm=irregular,
            rmssd_sd_ms=NAN if unsteady else hrv.rmssd_sd_ms,
            sdnn_sd_ms=NAN if unsteady else hrv.sdnn_sd_ms,
            rsa_sd_ms=oscillations.rsa_sd_ms,
            paced_rhythm=paced,
        )
        return self._with_state(row, hrv, tracked_bpm)

    def _is_paced(self, t_s: float) -> bool:
        while self._paced and self._paced[0][0] <= t_s - METRICS_WINDOW_S:
            self._paced.popleft()
        made = sum(paced for _, paced in self._paced)
        return made > 0 and made >= PACED_SHARE * len(self._paced)

    def _tracked_bpm(self, t_s: float, period_s: float, intervals: list[RRInterval]) -> float:
        """The mean rate of the last minute's tracked seconds; NaN with less than 30 of them, or where the intervals
        that could be read contradict it."""
        if math.isfinite(period_s):
            self._periods.append((t_s, period_s))
        while self._periods and self._periods[0][0] <= t_s - METRICS_WINDOW_S:
            self._periods.popleft()
        if len(self._periods) < MIN_NN_MS / 1000:
            return NAN
        mean_s = sum(p for _, p in self._periods) / len(self._periods)
        read_s = [
            i.rr_ms / 1000
            for i in intervals
            if i.t_s > t_s - METRICS_WINDOW_S and i.kind is not IntervalKind.UNREADABLE
        ]
        denied = len(read_s) >= WITNESSES and abs(median(read_s) / mean_s - 1) > CONTRADICTION
        return NAN if denied else 60 / mean_s

    def _with_state(self, row: MetricsRow, hrv: HrvSnapshot, tracked_bpm: float) -> MetricsRow:
        news, self._news = tuple(self._news), []
        if self._state is None:
            return row
        inputs = StateInputs(
            row.t_s,
            news,
            hrv,
            row.quality,
            row.contact,
            row.irregular_rhythm or row.paced_rhythm,
            row.rsa_ms,
            row.breaths_per_min,
            row.breath_confidence,
            self._meter.pace.at(row.t_s),
            tracked_bpm,
        )
        return replace(row, state=self._state.update(inputs))

    def _take(self, intervals: list[RRInterval]) -> list[RRInterval]:
        for interval in intervals:
            if self._follows_gap(interval):
                self._intervals.clear()
                self._rhythm.clear()
                self._meter.clear()
            if interval.rr_ms <= LONGEST_RR_MS:
                self._intervals.append(interval)
            self._rhythm.push(interval)
        self._news.extend(intervals)
        return intervals

    def _follows_gap(self, interval: RRInterval) -> bool:
        if not self._intervals:
            return False
        unknown_s = interval.t_s - interval.rr_ms / 1000 - self._intervals[-1].t_s
        return interval.rr_ms > LONGEST_RR_MS or unknown_s > LONGEST_GAP_S
