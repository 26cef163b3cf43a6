"""Recovery over sessions and weeks. Descriptions of what was measured; nothing here is a diagnosis.

The weekly band follows Plews et al. 2014 (doi 10.1123/ijspp.2013-0455): a 7-day mean of resting lnRMSSD needs at least
three valid days.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dsp.profile import RestingDay
from dsp.types import NAN, StateKind, WearerState

WEEK_DAYS = 7
MIN_VALID_DAYS = 3
BAND_MIN_DAYS = 14
START_DAYS = 14
SETTLED_S = 30


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One day's 7-day mean of resting lnRMSSD, and the band (mean -/+ 1 SD of all valid days before those seven).

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


@dataclass(frozen=True, slots=True)
class SessionRecovery:
    """One session. `calm_share` is of readable seconds; `settle_s` the time to the first half minute of calm or
    settling, NaN where it did not come; `rest_after_settling_min` the quiet minutes from there on; `on_guard_body` the
    mean arousal (0 to 1), to set beside the wearer's `on_guard_guess` (1 to 5, None when skipped)."""

    minutes: float
    calm_share: float
    settle_s: float
    rest_after_settling_min: float
    on_guard_body: float
    on_guard_guess: int | None


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
    centre, sd = float(np.mean(earlier)), float(np.std(earlier, ddof=1))
    return WeekPoint(day, mean, centre - sd, centre + sd)


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


def _settled_at(states: Sequence[WearerState]) -> int | None:
    run = 0
    for i, state in enumerate(states):
        run = run + 1 if _quiet(state) else 0
        if run == SETTLED_S:
            return i - SETTLED_S + 1
    return None


def _quiet(state: WearerState) -> bool:
    return state.kind is StateKind.CALM or state.settling


def session_recovery(states: Sequence[WearerState], *, on_guard_guess: int | None = None) -> SessionRecovery:
    """Summarise a session from its states, one a second, in order. NaN where no second was readable."""
    readable = [s for s in states if s.kind is not StateKind.UNSURE]
    settled = _settled_at(states)
    aroused = [s.arousal for s in readable if math.isfinite(s.arousal)]
    calm = sum(s.kind is StateKind.CALM for s in readable)
    return SessionRecovery(
        minutes=len(states) / 60,
        calm_share=calm / len(readable) if readable else NAN,
        settle_s=NAN if settled is None else float(settled),
        rest_after_settling_min=0.0 if settled is None else sum(map(_quiet, states[settled:])) / 60,
        on_guard_body=float(np.mean(aroused)) if aroused else NAN,
        on_guard_guess=on_guard_guess,
    )
