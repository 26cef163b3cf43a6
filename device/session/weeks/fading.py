"""How the guide fades through a session, so that the skill carries over. The shares are choices, none is from a trial.

At first it thins towards the end. Further on it is away for a stretch, after which it comes back: whoever lost the pace
finds it again before the session ends.
"""

import math
from dataclasses import dataclass

BACK = 0.5
"""How thin the guide is that has come back, from 0 (whole) to 1 (a few dots)."""


@dataclass(frozen=True, slots=True)
class Fading:
    """Shares of the session: it thins between the first two, and is away between the others."""

    thins_from: float
    thins_to: float
    away_from: float = math.inf
    away_to: float = math.inf


FADINGS = (Fading(math.inf, math.inf), Fading(0.4, 0.75), Fading(0.3, 0.6, 0.6, 0.85), Fading(0.2, 0.4, 0.4, 0.85))
"""By how far the guide fades, 0 to 3."""


def fade_at(level: int, progress: float) -> float:
    """How thin the guide is at this share of the session, 0 (whole) to 1 (a few dots)."""
    fading = FADINGS[level]
    if progress >= fading.away_to:
        return BACK
    if progress <= fading.thins_from:
        return 0.0
    return min(1.0, (progress - fading.thins_from) / (fading.thins_to - fading.thins_from))


def is_away(level: int, progress: float) -> bool:
    return FADINGS[level].away_from <= progress < FADINGS[level].away_to
