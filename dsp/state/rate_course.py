"""How heart rate runs within a minute: its trend, its wander, and whether it has just leapt."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.types import METRICS_WINDOW_S, NAN, IntervalKind, RRInterval, StateInputs

PIECE_S = 10.0
"""Heart rate is averaged over pieces of about this length first, of whole breaths where breathing is known: a slow
breath is no trend."""
FEWEST_PIECES = 4
LEAST_OF_PIECE = 0.2  # of its time may be missing; a choice, as is the former
STEP = 0.08
"""Of ln HR within 30 s: more is a move of the body, as rising, lying down or a stair are, whatever else it is."""
STEP_OVER = 0.04
"""A step has settled once the last 30 s hold less than this; half of it, a choice."""
STEP_S, SIDE_S = 30.0, 12.0
"""A step is the difference of the means over `SIDE_S` at both ends of `STEP_S`; a choice: a breath or two each."""
_FEWEST_BEATS = 5  # in such a mean


@dataclass(frozen=True, slots=True)
class RateCourse:
    """`trend`: the change of ln HR over a minute, by a straight line. `wander`: the SD about that line of the means
    over about 10 s. NaN where less than 40 s are known."""

    trend: float = NAN
    wander: float = NAN


def course(rate: Sequence[RRInterval], breaths_per_min: float = NAN) -> RateCourse:
    """The course of heart rate over the intervals that tell it, which are of one minute or less."""
    if not rate:
        return RateCourse()
    t_s = np.array([i.t_s for i in rate])
    ln_rate = -np.log([i.rr_ms for i in rate])
    breath_s = 60 / breaths_per_min if breaths_per_min > 0 else PIECE_S
    piece_s = breath_s * max(1, round(PIECE_S / breath_s))
    piece = ((t_s[-1] - t_s) // piece_s).astype(np.int64)
    count = np.bincount(piece)
    # The oldest piece counts if it is nearly whole.
    whole = int((t_s[-1] - t_s[0] + LEAST_OF_PIECE * piece_s) // piece_s)
    held = (count[:whole] > 1).nonzero()[0]
    if len(held) < FEWEST_PIECES:
        return RateCourse()
    mean = np.bincount(piece, ln_rate)[held] / count[held]
    pieces = len(held)
    mean -= np.add.reduce(mean) / pieces
    at = np.add.reduce(held) / pieces - held
    slope = float(at.dot(mean)) / float(at.dot(at))
    wander = mean - slope * at  # whose mean is 0, as both of theirs are
    return RateCourse(slope * METRICS_WINDOW_S / piece_s, math.sqrt(float(wander.dot(wander)) / (pieces - 2)))


class StepWatch:
    """Tells an abrupt step of heart rate: `moving` until it has settled."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque()
        self.moving = False

    def update(self, inputs: StateInputs) -> None:
        """Take the next second."""
        self._recent += [(i.t_s, -math.log(i.rr_ms)) for i in inputs.intervals if i.kind is IntervalKind.NORMAL]
        if not self._recent:
            return
        now_s = self._recent[-1][0]
        while self._recent[0][0] <= now_s - STEP_S:
            self._recent.popleft()
        late = [y for t_s, y in self._recent if t_s > now_s - SIDE_S]
        early = [y for t_s, y in self._recent if t_s <= now_s - STEP_S + SIDE_S]
        if min(len(late), len(early)) < _FEWEST_BEATS:
            return
        step = abs(sum(late) / len(late) - sum(early) / len(early))
        self.moving = step >= (STEP_OVER if self.moving else STEP)
