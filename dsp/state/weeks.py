"""Recovery over weeks. Descriptions of what was measured; nothing here is a diagnosis.

The weekly mean follows Plews et al. 2014 (doi 10.1123/ijspp.2013-0455): a 7-day mean of resting lnRMSSD needs at least
three valid days. It is held against the spread of 7-day means, not of single days: against one SD of single days the
mean of seven independent ones is outside on 0.8 % of days, and would never say anything.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dsp.state.profile import RestingDay
from dsp.types import NAN, FloatArray

WEEK_DAYS = 7  # Plews et al.
MIN_VALID_DAYS = 3  # Plews et al.
BAND_MIN_DAYS = 14  # of earlier days, before there is a band; a choice
BAND_SDS = 2.0  # of 7-day means: outside by chance on about one day in twenty; bench.weeks
START_DAYS = 14  # that progress is measured from; a choice


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One day's 7-day mean of resting lnRMSSD, and the band: the mean of all valid days before those seven, -/+
    `BAND_SDS` SDs of their 7-day means.

    NaN where too few days support it.
    """

    day: int
    ln_rmssd: float
    band_low: float = NAN
    band_high: float = NAN


@dataclass(frozen=True, slots=True)
class SinceStart:
    """Change of the last seven days against the first two weeks, which stay fixed; NaN without support."""

    ln_rmssd: float
    mean_hr_bpm: float


def _valid(days: Iterable[RestingDay], sensor: str) -> list[RestingDay]:
    return sorted(
        (d for d in days if d.sensor == sensor and math.isfinite(d.ln_rmssd)),
        key=lambda d: d.day,
    )


def week_points(days: Iterable[RestingDay], *, sensor: str) -> list[WeekPoint]:
    """One point per valid day of this sensor, in order."""
    valid = _valid(days, sensor)
    return [_week_point(valid, d.day) for d in valid]


def _week_point(valid: Sequence[RestingDay], day: int) -> WeekPoint:
    week = [d.ln_rmssd for d in valid if day - WEEK_DAYS < d.day <= day]
    earlier = [d.ln_rmssd for d in valid if d.day <= day - WEEK_DAYS]
    mean = float(np.mean(week)) if len(week) >= MIN_VALID_DAYS else NAN
    if len(earlier) < BAND_MIN_DAYS:
        return WeekPoint(day, mean)
    centre, reach = float(np.mean(earlier)), BAND_SDS * _sd_of_weeks(np.array(earlier))
    return WeekPoint(day, mean, centre - reach, centre + reach)


def _sd_of_weeks(values: FloatArray) -> float:
    """SD of the means of seven days, in order; at least what independent days would give, since a few weeks that
    happen to lie close tell little."""
    weeks = np.convolve(values, np.full(WEEK_DAYS, 1.0 / WEEK_DAYS), "valid")
    return max(float(np.std(weeks, ddof=1)), float(np.std(values, ddof=1)) / math.sqrt(WEEK_DAYS))


def since_start(days: Iterable[RestingDay], *, sensor: str) -> SinceStart:
    """The last seven days against the fortnight that began with the first valid day. NaN until a later week exists,
    and where either has fewer than three valid days."""
    valid = _valid(days, sensor)
    if not valid:
        return SinceStart(NAN, NAN)
    start = [d for d in valid if d.day < valid[0].day + START_DAYS]
    week = [d for d in valid if valid[-1].day - WEEK_DAYS < d.day and d.day >= valid[0].day + START_DAYS]
    if len(start) < MIN_VALID_DAYS or len(week) < MIN_VALID_DAYS:
        return SinceStart(NAN, NAN)
    return SinceStart(
        float(np.mean([d.ln_rmssd for d in week]) - np.mean([d.ln_rmssd for d in start])),
        float(np.mean([d.mean_hr_bpm for d in week]) - np.mean([d.mean_hr_bpm for d in start])),
    )
