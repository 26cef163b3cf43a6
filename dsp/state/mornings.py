"""Morning readings: two minutes of free breathing after one to settle, and how the last of them lie among the wearer's.

One day says little, so the mean of the last mornings is compared with the mean of those before, against the spread that
such means have: a t-test whose band is so wide that a month of daily looks leaves it by chance in at most one of twenty
(`bench.morning`, docs/decisions/0028). Days follow each other more alike than chance would have them, which widens that
spread; how much is read from the wearer's own mornings, drawn towards what is usual.
"""

import enum
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dsp.hrv.time_domain import hrv_snapshot, ln_rmssd
from dsp.state.readings import readable
from dsp.state.rest import RestCollector, RestReading
from dsp.types import METRICS_WINDOW_S, FloatArray, IntervalKind, RRInterval, StateInputs

SETTLE_S, MEASURE_S = 60.0, 120.0
SUPPORT_S = 90.0
"""Of normal intervals that a reading needs; a choice."""
FEWEST = 14
"""Mornings before there is a range."""
RECENT, BASE = 14, 60
"""Mornings that are compared, and those before that they are compared with, at most; fewer of both at first, half and
half. Shorter means see less of a small shift (`bench.morning`)."""
KEPT_DAYS = 90
"""Older mornings are of another season; a choice."""
USUAL_CORRELATION, ITS_WEIGHT = 0.3, 20.0
"""From one morning to the next, and how many mornings that counts for beside the wearer's own; choices, of
`bench.morning`."""
MOST_CORRELATION = 0.6
BAND_SDS = 2.9
"""Of the difference of both means, as if their spread were known: the band's half width (`bench.morning`)."""


@dataclass(frozen=True, slots=True)
class Morning:
    """A day's reading. `day` is a date's ordinal number."""

    day: int
    sensor: str
    posture: str
    ln_rmssd: float
    ln_hr: float


class Standing(enum.StrEnum):
    """Where the last mornings lie; GATHERING: too few to say. UNSURE and UNDATED: today's could not be read, or not be
    placed among the days."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    GATHERING = "gathering"
    UNSURE = "unsure"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class MorningWord:
    """`mornings`: how many it is about, or that are still to come where GATHERING. `rmssd_ms` is
    today's, NaN where unknown."""

    standing: Standing
    mornings: int = 0
    rmssd_ms: float = math.nan


# --- one reading


@dataclass(frozen=True, slots=True)
class MorningReading:
    """`minutes` are its parts, to compare with other minutes of free breathing."""

    ln_hr: float
    ln_rmssd: float
    minutes: tuple[RestReading, ...] = ()


class MorningCollector:
    """Gathers a reading from `StateInputs`: a minute of readable seconds passes, and those that follow count."""

    def __init__(self) -> None:
        self._settled_s = 0
        self._from_s = math.inf
        self._intervals: list[RRInterval] = []
        self._minutes: tuple[RestCollector, ...] = ()

    def add(self, inputs: StateInputs) -> None:
        """Take the next second."""
        if not readable(inputs):
            return
        if self._settled_s < SETTLE_S:
            self._settled_s += 1
            self._from_s = inputs.t_s
            half_s = inputs.t_s + METRICS_WINDOW_S
            self._minutes = (RestCollector(inputs.t_s, half_s), RestCollector(half_s, half_s + METRICS_WINDOW_S))
            return
        self._intervals += [i for i in inputs.intervals if i.t_s - i.rr_ms / 1000 >= self._from_s]
        for minute in self._minutes:
            minute.add(inputs)

    def reading(self, *, pulse: bool = False) -> MorningReading | None:
        """None where the signal does not carry it. `pulse`: of a pulse sensor, which cannot tell a small RMSSD."""
        read = reading_of(self._intervals, pulse=pulse)
        if read is None:
            return None
        minutes = tuple(each for minute in self._minutes if (each := minute.reading) is not None)
        return replace(read, minutes=minutes)


def reading_of(intervals: Sequence[RRInterval], *, pulse: bool) -> MorningReading | None:
    """Of the intervals of the two minutes."""
    normal_ms = sum(i.rr_ms for i in intervals if i.kind is IntervalKind.NORMAL and i.timed)
    if normal_ms < 1000 * SUPPORT_S:
        return None
    hrv = hrv_snapshot(intervals, intervals[-1].t_s, math.inf)
    vagal = ln_rmssd(hrv.rmssd_ms, pulse=pulse)
    if math.isnan(vagal) or math.isnan(hrv.mean_hr_bpm):
        return None
    return MorningReading(math.log(hrv.mean_hr_bpm), vagal)


# --- many readings


@dataclass(frozen=True, slots=True)
class UsualRange:
    """`recent`: the mean ln RMSSD of the last `mornings`; the range of such means reaches `reach` to both sides of
    `centre`."""

    mornings: int
    recent: float
    centre: float
    reach: float

    @property
    def standing(self) -> Standing:
        if abs(self.recent - self.centre) <= self.reach:
            return Standing.WITHIN
        return Standing.ABOVE if self.recent > self.centre else Standing.BELOW


def word_of(mornings: Iterable[Morning], *, today: Morning) -> MorningWord:
    """What is told after the reading `today`, of all mornings up to it with its sensor and in its posture."""
    like = today.sensor, today.posture
    alike = sorted((m for m in mornings if (m.sensor, m.posture) == like), key=lambda m: m.day)
    rmssd_ms = math.exp(today.ln_rmssd)
    if len(alike) < FEWEST:
        return MorningWord(Standing.GATHERING, FEWEST - len(alike), rmssd_ms)
    found = usual_range([m.ln_rmssd for m in alike])
    return MorningWord(found.standing, found.mornings, rmssd_ms)


def usual_range(ln_rmssd_by_day: Sequence[float]) -> UsualRange:
    """Of at least `FEWEST` mornings in order; older ones than the last `RECENT` and `BASE` are passed over."""
    values = np.array(ln_rmssd_by_day[-(RECENT + BASE) :])
    count = min(RECENT, len(values) // 2)
    before, recent = values[:-count], values[-count:]
    reach = _wider(len(values)) * _sd_of_difference(before, recent)
    return UsualRange(count, float(recent.mean()), float(before.mean()), reach)


def _sd_of_difference(before: FloatArray, recent: FloatArray) -> float:
    """Of the two means: pooled within both, so that a shift between them does not hide itself."""
    apart = before - before.mean(), recent - recent.mean()
    squares = sum(float(part @ part) for part in apart)
    free = len(before) + len(recent) - 2
    if squares <= 0:
        return 0.0
    own = sum(float(part[1:] @ part[:-1]) for part in apart) / squares + 1 / free  # it reads low by about that
    correlation = (own * free + USUAL_CORRELATION * ITS_WEIGHT) / (free + ITS_WEIGHT)
    correlation = min(MOST_CORRELATION, max(0.0, correlation))
    day_variance = squares / free * (1 + correlation) / (1 - correlation)
    return math.sqrt(day_variance * (1 / len(before) + 1 / len(recent)))


def _wider(count: int) -> float:
    """`BAND_SDS` as a quantile of Student's t (Abramowitz and Stegun 26.7.5), of half as many degrees of freedom as
    there are mornings to spare: neighbours tell much the same."""
    z, free = BAND_SDS, (count - 2) / 2
    return z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
