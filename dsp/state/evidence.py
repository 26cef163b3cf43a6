"""The evidence that the state weighs: how far a reading lies from today's rest, at like breathing."""

import math
from dataclasses import dataclass

from dsp.state.pace_curve import PaceCurve
from dsp.state.readings import Reading
from dsp.state.rest import RestReading
from dsp.state.spread import Spread
from dsp.types import NAN

RATES_ALIKE = 2.0
"""Breathing rates (per minute) closer than this are compared without the pace curve; a choice."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`z_hr` and `z_vagal` are changes from rest in ordinary SDs (`z_vagal` NaN where it cannot be compared).
    `rank` is the place (0 calmest, 1 most on guard) among the wearer's own minutes of 28 days, NaN without a level
    anchor; `rank_here` the place among this recording's, NaN in its first hour. `trend` is the change of ln HR over the
    last minute. `tracked`: heart rate is the detector's, not that of intervals; `faint`: the signal tells no
    vagal modulation. Where the rest did not either, `z_settled` is heart rate's change from where it has settled
    since, if that is lower (else NaN)."""

    z_hr: float
    z_vagal: float
    rank: float = NAN
    rank_here: float = NAN
    trend: float = NAN
    tracked: bool = False
    faint: bool = False
    z_settled: float = NAN


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
