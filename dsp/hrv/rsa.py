"""Respiratory sinus arrhythmia: the longest minus the shortest interval within each breath.

The constants are choices, not tuned.
"""

from collections import deque
from itertools import pairwise
from statistics import median

import numpy as np

from dsp.types import NAN, FloatArray

BREATHS = 5  # the latest, whose median is taken
MIN_BREATHS = 3  # of them that must count
MIN_INTERVALS_PER_BREATH = 3  # for a breath to count
MAX_OFF_PACE_HZ = 0.02  # between the rhythm's peak and the guide's pace, for the heart to follow the guide


class PaceLine:
    """The pace over time, and from it where breaths begin and end; NaN while breathing is free."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, float]] = deque([(0.0, NAN)], maxlen=256)

    def set(self, t_s: float, breaths_per_min: float) -> None:
        """From `t_s` on the pace is `breaths_per_min`; steps come in time order."""
        self._steps.append((t_s, breaths_per_min))

    def at(self, t_s: float) -> float:
        """The pace at `t_s`, in breaths/min."""
        return next((pace for start, pace in reversed(self._steps) if start <= t_s), NAN)

    def breath_edges(self, t_s: float, count: int = BREATHS) -> list[float]:
        """The last `count` paced breaths up to `t_s`, as count + 1 edges in falling order; fewer where the
        pace began later."""
        edges = [t_s]
        at_s, left = t_s, 1.0
        for start, pace in reversed(self._steps):
            if start > at_s:
                continue
            if not pace > 0:
                break
            while len(edges) <= count and (reached := at_s - left * 60 / pace) >= start:
                edges.append(reached)
                at_s, left = reached, 1.0
            left -= (at_s - start) * pace / 60
            at_s = start
        return edges


def even_edges(t_s: float, breaths_per_min: float, count: int = BREATHS) -> list[float]:
    """The edges of `count` even breaths up to `t_s`, in falling order."""
    return [t_s - i * 60 / breaths_per_min for i in range(count + 1)]


def rsa_ms(t_s: FloatArray, rr_ms: FloatArray, edges: list[float]) -> float:
    """The median over the breaths between `edges` (falling) of the longest minus the shortest normal
    interval.

    A breath with fewer than three intervals does not count; NaN when fewer than three breaths do.
    """
    bounds = np.searchsorted(t_s, edges, side="right").tolist()
    breaths = [rr_ms[first:last].tolist() for last, first in pairwise(bounds)]
    swings = [max(breath) - min(breath) for breath in breaths if len(breath) >= MIN_INTERVALS_PER_BREATH]
    return median(swings) if len(swings) >= MIN_BREATHS else NAN
