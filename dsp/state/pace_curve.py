"""How a wearer's RSA depends on the pace of breathing, apart from tone.

Slow breathing enlarges RSA at unchanged vagal tone, so guided minutes at 6/min cannot be held against rest at 14/min
as they are. The shape of the dependence is the wearer's; its offset follows tone (Grossman & Kollai 1993,
doi 10.1111/j.1469-8986.1993.tb02094.x). The shape here is a first-order roll-off, after Hirsch & Bishop 1981
(doi 10.1152/ajpheart.1981.241.4.H620): flat below a corner, falling by about 20 dB per decade above it. Tidal volume
is unmeasured and stays in the residual.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

CORNER_BREATHS_PER_MIN = 7.2
"""Above it RSA falls (Hirsch & Bishop 1981)."""
PRIOR_SLOPE = 1.0
"""Theirs: 20 dB per decade."""
PRIOR_SLOPE_SD = 0.4
"""How far wearers are taken to differ; a choice."""
RESIDUAL_SD = 0.25
"""Of ln RSA about a wearer's own curve, for a step of about two minutes at one pace; a choice."""


@dataclass(frozen=True, slots=True)
class PacePoint:
    """The median RSA of a stretch breathed at one pace."""

    breaths_per_min: float
    rsa_ms: float


def _shape(breaths_per_min: float) -> float:
    return -0.5 * math.log1p((breaths_per_min / CORNER_BREATHS_PER_MIN) ** 2)


@dataclass(frozen=True, slots=True)
class PaceCurve:
    """`slope` scales the roll-off (1: 20 dB per decade); `evidence` is the precision that data added to the prior."""

    slope: float = PRIOR_SLOPE
    evidence: float = 0.0

    @property
    def fitted(self) -> bool:
        """Whether the wearer's own breathing has told more than the prior."""
        return self.evidence >= PRIOR_SLOPE_SD**-2

    def offset(self, rsa_ms: float, breaths_per_min: float) -> float:
        """ln RSA less what the pace alone accounts for; NaN where either is missing or not positive."""
        if not (rsa_ms > 0 and breaths_per_min > 0):
            return math.nan
        return math.log(rsa_ms) - self.slope * _shape(breaths_per_min)

    def updated(self, session: Iterable[PacePoint]) -> "PaceCurve":
        """The curve after one more session, whose own offset is estimated with it and dropped.

        Bayesian regression of ln RSA on the shape with a normal prior, so the slope stays near the prior until a
        session has spanned a range of paces. Points without a positive RSA and pace are left out.
        """
        points = [p for p in session if p.rsa_ms > 0 and p.breaths_per_min > 0]
        if len(points) < 2:
            return self
        x = np.array([_shape(p.breaths_per_min) for p in points])
        y = np.log([p.rsa_ms for p in points])
        x = x - x.mean()
        added = float(x @ x) / RESIDUAL_SD**2
        known = PRIOR_SLOPE_SD**-2 + self.evidence
        slope = (known * self.slope + float(x @ y) / RESIDUAL_SD**2) / (known + added)
        return PaceCurve(slope=slope, evidence=self.evidence + added)


PRIOR = PaceCurve()
