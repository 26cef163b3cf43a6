"""The evidence that the state weighs: how far a reading lies from today's rest and in the wearer's own range."""

import math
from dataclasses import dataclass

from dsp.pace_curve import PaceCurve
from dsp.state_index import Reading, RestReading
from dsp.state_level import LevelAnchor
from dsp.types import NAN

RATES_ALIKE = 2.0
"""Breathing rates (per minute) closer than this are compared without the pace curve."""


@dataclass(frozen=True, slots=True)
class Spread:
    """SD of the difference between two ordinary minutes `lag` apart: `at_1_min` + `per_ln_min` ln(lag in minutes).

    Ordinary life moves heart rate further in an hour than in a minute, so the same change says less the longer ago
    the rest reading was; beyond `flat_from_min` it grows no more.
    """

    at_1_min: float
    per_ln_min: float
    flat_from_min: float = 60.0

    def sd(self, lag_s: float) -> float:
        return self.at_1_min + self.per_ln_min * math.log(min(max(lag_s / 60, 1.0), self.flat_from_min))


@dataclass(frozen=True, slots=True)
class Evidence:
    """`z_hr` and `z_vagal` are changes from rest in ordinary SDs (`z_vagal` NaN where breathing forbids comparison);
    `loudness` is the wearer's own percentile (0 to 1), NaN without a level anchor."""

    z_hr: float
    z_vagal: float
    loudness: float


def _vagal_change(now: Reading, rest: RestReading, curve: PaceCurve) -> float:
    """ln change of vagal modulation at like breathing, NaN where there is no like to compare with."""
    both_known = math.isfinite(now.breaths_per_min) and math.isfinite(rest.breaths_per_min)
    apart = abs(now.breaths_per_min - rest.breaths_per_min) if both_known else NAN
    if not now.paced and not apart > RATES_ALIKE:
        return now.ln_rmssd - rest.ln_rmssd
    if now.paced and not curve.fitted:
        return NAN
    return curve.offset(now.rsa_ms, now.breaths_per_min) - curve.offset(rest.rsa_ms, rest.breaths_per_min)


def weigh(
    now: Reading,
    rest: RestReading,
    *,
    hr_spread: Spread,
    vagal_spread: Spread,
    curve: PaceCurve,
    level: LevelAnchor | None,
) -> Evidence:
    """Hold a reading against the rest and, while breathing is free, against the wearer's own minutes."""
    lag_s = abs(now.t_s - rest.t_s)
    z_hr = (now.ln_hr - rest.ln_hr) / hr_spread.sd(lag_s)
    z_vagal = _vagal_change(now, rest, curve) / vagal_spread.sd(lag_s)
    loudness = NAN if level is None or now.paced else level.loudness(now.ln_hr, now.ln_rmssd)
    return Evidence(z_hr, z_vagal, loudness)
