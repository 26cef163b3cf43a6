"""The rest reading: what later minutes of a session are held against."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dsp.hrv.time_domain import MAX_SPOILT_PCT
from dsp.state.rate_course import course
from dsp.state.readings import Reading, breathing_of, ln_hr_of, ln_rmssd_of, rate_intervals, readable
from dsp.types import METRICS_WINDOW_S, NAN, IntervalKind, RRInterval, StateInputs

REST_SUPPORT_S = 20.0
"""Time in intervals that tell the heart rate that a rest reading needs; a choice."""
KNOWN_LATE_S = 10.0
"""Intervals are decided two beats after they close: how long past its end a baseline still listens."""
DECIDED_S = 1.4
"""How long after the second beat behind it an interval is told at the latest: a second's row, and the detector."""
LONGEST_REST_S = 180.0
"""A rest in which heart rate still falls goes on for so long at most: whoever has walked needs some minutes, and more
would be asking much."""
LEVEL_FALL = 0.02
"""Of ln HR over a minute: a heart that falls no faster has come to rest. Chosen on simulated walks and the ordinary
minutes of rr-days-more (docs/decisions/0022)."""

RECOVERS = 0.05
"""A rest that began with a faster fall than this, of ln HR over a minute, is one after exertion, whose tail goes on for
minutes after it is level; a choice, tried on simulated walks and stairs."""
RECOVERED, RECOVERED_S = 0.01, 90.0
"""Such a heart has recovered when it has fallen by less than that for so long; a choice."""

LATE_REST_S = 10.0
"""A rest minute is complete a few beats after its end, when the guide may have begun. One that needed more guided
seconds than these was cut short, and is not a minute of free breathing."""

FASTER = 0.01
"""Of ln HR over a minute: the anchor follows faster than the rest's own fall by that; a choice."""


@dataclass(frozen=True, slots=True)
class RestReading:
    """The wearer's rest. `t_s` is its middle. `falling`: heart rate was still coming down at its end, so that what
    follows would read as calm whatever the wearer does. `wander` is that of its course."""

    t_s: float
    ln_hr: float
    ln_rmssd: float
    rsa_ms: float = NAN
    breaths_per_min: float = NAN
    falling: bool = False
    wander: float = NAN


@dataclass(frozen=True, slots=True)
class _Second:
    intervals: tuple[RRInterval, ...]
    rsa_ms: float
    breaths_per_min: float


def still_falls(rate: Sequence[RRInterval]) -> bool:
    """Whether heart rate still comes down in a minute's intervals that tell it, so that it is no rest to compare other
    sessions' with."""
    return course(rate).trend < -LEVEL_FALL


class RestCollector:
    """Gathers a rest reading from `StateInputs`.

    With `start_s` and `end_s`: from all seconds between them. Without: from the first 60 readable seconds, and while
    heart rate falls in them from the 60 that follow, until it is level or `longest_s` were read; `reading` stays None
    until then. `fall` is that of ln HR over the last minute, `steepest` the greatest seen.
    """

    def __init__(
        self, start_s: float = -math.inf, end_s: float = math.inf, *, longest_s: float = LONGEST_REST_S
    ) -> None:
        self._start_s = start_s
        self._end_s = end_s
        self._open = math.isinf(end_s)
        self._longest_s = longest_s
        self._began_s: float | None = None
        self._read_s = 0
        self._seconds: deque[_Second] = deque(maxlen=round(METRICS_WINDOW_S) if self._open else None)
        self._full = False
        self.fall = self.steepest = 0.0

    def add(self, inputs: StateInputs) -> None:
        """Take the next second."""
        if self._full or not self._start_s <= inputs.t_s <= self._end_s + KNOWN_LATE_S or inputs.irregular_rhythm:
            return
        if self._open and not readable(inputs):
            return
        if self._began_s is None:
            self._began_s = inputs.t_s
        intervals = tuple(i for i in inputs.intervals if self._within(i))
        if intervals or self._seconds:
            rate, _ = breathing_of(inputs)
            self._seconds.append(_Second(intervals, inputs.rsa_ms, rate))
            self._read_s += 1
        if self._open and self._read_s >= METRICS_WINDOW_S:
            self.fall = -course(rate_intervals(self._intervals())).trend
            self.steepest = max(self.steepest, self.fall)
            self._full = self._read_s >= self._longest_s or not self.fall > LEVEL_FALL

    def _within(self, interval: RRInterval) -> bool:
        rr_s = interval.rr_ms / 1000
        if math.isinf(self._start_s) and self._began_s is not None:
            # Intervals that waited for a level to be judged by may be from before; others are two beats late.
            return interval.t_s >= self._began_s - DECIDED_S - 2 * rr_s
        return self._start_s <= interval.t_s - rr_s and interval.t_s <= self._end_s

    def _intervals(self) -> list[RRInterval]:
        return [i for second in self._seconds for i in second.intervals]

    @property
    def reading(self) -> RestReading | None:
        """None until complete, or where less than `REST_SUPPORT_S` could be read."""
        if self._open and not self._full:
            return None
        intervals = self._intervals()
        rate = rate_intervals(intervals)
        if sum(i.rr_ms for i in rate) / 1000 < REST_SUPPORT_S:
            return None
        normal = [i for i in rate if i.kind is IntervalKind.NORMAL and i.timed]
        vagal = 100 * (1 - len(normal) / len(intervals)) <= MAX_SPOILT_PCT
        last = [i for i in rate if i.t_s > rate[-1].t_s - METRICS_WINDOW_S]
        known = [s for s in self._seconds if math.isfinite(s.breaths_per_min) and math.isfinite(s.rsa_ms)]
        return RestReading(
            (rate[0].t_s + rate[-1].t_s) / 2,
            ln_hr_of(rate),
            ln_rmssd_of(normal) if vagal else NAN,
            float(np.median([s.rsa_ms for s in known])) if known else NAN,
            float(np.median([s.breaths_per_min for s in known])) if known else NAN,
            falling=self._open and self._longest_s > METRICS_WINDOW_S and still_falls(last),
            wander=course(last).wander,
        )


class Anchor:
    """The rest that a session is held against: given, or the first that can be read.

    After exertion heart rate goes on falling for minutes when it is nearly level; the anchor then follows it down until
    it has recovered, no faster than the rest fell at its end, so that only a faster change counts. Where the rest was
    steady it stays as read. `read` is what was read, which nothing that follows moves.
    """

    def __init__(self, given: RestReading | None) -> None:
        self.rest = self.read = given
        self.recovering = False
        self._collector = RestCollector()
        self._fallen = (math.inf, -math.inf)
        self._followed_s = -math.inf

    def add(self, inputs: StateInputs) -> None:
        """Take the next second, until there is a rest."""
        if self.rest is not None:
            return
        self._collector.add(inputs)
        self.rest = self.read = self._collector.reading
        if self.rest is not None:
            self.recovering = self.rest.falling or self._collector.steepest > RECOVERS
            self._fallen = self.rest.ln_hr, inputs.t_s
            self._followed_s = inputs.t_s

    def follow(self, now: Reading) -> None:
        """While the heart recovers, take a lower minute for the rest."""
        if not self.recovering or self.rest is None:
            return
        if now.ln_hr < self._fallen[0] - RECOVERED:
            self._fallen = now.ln_hr, now.t_s
        self.recovering = now.t_s - self._fallen[1] < RECOVERED_S
        most = (max(self._collector.fall, 0.0) + FASTER) * (now.t_s - self._followed_s) / METRICS_WINDOW_S
        self._followed_s = now.t_s
        if now.ln_hr < self.rest.ln_hr and not now.tracked:
            part = min(1.0, most / (self.rest.ln_hr - now.ln_hr))
            self.rest = self._towards(self.rest, now, part)

    @staticmethod
    def _towards(rest: RestReading, now: Reading, part: float) -> RestReading:
        def between(was: float, is_: float) -> float:
            return was if math.isnan(is_) else is_ if math.isnan(was) else was + part * (is_ - was)

        # RMSSD and RSA at the guide's pace are no free minute's.
        return replace(
            rest,
            t_s=now.t_s,
            ln_hr=between(rest.ln_hr, now.ln_hr),
            ln_rmssd=rest.ln_rmssd if now.paced else between(rest.ln_rmssd, now.ln_rmssd),
            rsa_ms=rest.rsa_ms if now.paced else between(rest.rsa_ms, now.rsa_ms),
        )
