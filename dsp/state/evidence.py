"""The evidence that the state weighs: how far a reading lies from today's rest, at like breathing."""

import math
from dataclasses import dataclass

from dsp.state.pace_curve import PaceCurve
from dsp.state.readings import Reading, RestReading
from dsp.types import NAN

RATES_ALIKE = 2.0
"""Breathing rates (per minute) closer than this are compared without the pace curve; a choice."""
_SESSION_S = 1800.0  # up to here a rest reading does not age
_FLAT_FROM_S = 6 * 3600.0  # and from here on no further; both from the days of rr-day (docs/decisions/0006)


@dataclass(frozen=True, slots=True)
class Spread:
    """SD of the difference between two ordinary minutes, `within_session` for up to half an hour between them.

    A rest reading ages: over hours ordinary life moves heart rate more, so that the same change says less. The SD grows
    by `per_e_fold` for each e-fold of time beyond that half hour, up to `_FLAT_FROM_S`.
    """

    within_session: float
    per_e_fold: float

    def sd(self, lag_s: float) -> float:
        """The SD for two minutes `lag_s` apart."""
        beyond = min(max(lag_s, _SESSION_S), _FLAT_FROM_S) / _SESSION_S
        return self.within_session + self.per_e_fold * math.log(beyond)


@dataclass(frozen=True, slots=True)
class Evidence:
    """`z_hr` and `z_vagal` are changes from rest in ordinary SDs (`z_vagal` NaN where it cannot be compared).
    `rank` is the place (0 calmest, 1 most on guard) among the wearer's own minutes of 28 days, NaN without a level
    anchor; `rank_here` the place among this recording's, NaN in its first hour."""

    z_hr: float
    z_vagal: float
    rank: float = NAN
    rank_here: float = NAN


def _vagal_change(now: Reading, rest: RestReading, curve: PaceCurve) -> float:
    """ln change of vagal modulation at like breathing, NaN where the breathing is not alike."""
    both_known = math.isfinite(now.breaths_per_min) and math.isfinite(rest.breaths_per_min)
    apart = abs(now.breaths_per_min - rest.breaths_per_min) if both_known else NAN
    if not now.paced and not apart > RATES_ALIKE:
        return now.ln_rmssd - rest.ln_rmssd
    if now.paced and not curve.fitted:
        return NAN
    return curve.offset(now.rsa_ms, now.breaths_per_min) - curve.offset(rest.rsa_ms, rest.breaths_per_min)


def weigh(
    now: Reading, rest: RestReading, *, hr_spread: Spread, vagal_spread: Spread, curve: PaceCurve
) -> tuple[float, float]:
    """z(HR) and z(vagal): the change from rest to now in ordinary SDs for two minutes so far apart."""
    lag_s = abs(now.t_s - rest.t_s)
    z_hr = (now.ln_hr - rest.ln_hr) / hr_spread.sd(lag_s)
    return z_hr, _vagal_change(now, rest, curve) / vagal_spread.sd(lag_s)
