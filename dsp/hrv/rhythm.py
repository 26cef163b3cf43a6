"""Recognises an irregularly irregular rhythm, such as atrial fibrillation, which no HRV measure can be read from.

Breathing, ectopics and artefacts make intervals vary too. Only in fibrillation are most successive differences of
normal intervals large *and* unpredictable from the intervals before: breathing is smooth, and a short linear prediction
follows it. The thresholds were chosen by hand; bench.hrv prints what they mark in normal rhythm and in fibrillation
(docs/decisions/0005).
"""

from collections import deque
from statistics import median

import numpy as np
from numpy.typing import NDArray

from dsp.types import METRICS_WINDOW_S, FloatArray, IntervalKind, RRInterval

WINDOW = 40
"""How many of the latest intervals are judged ..."""
MIN_INTERVALS = 20
"""... and how many suffice."""
MIN_DIFFERENCE = 0.10
"""Median absolute successive difference, as a share of the mean interval."""
MIN_UNPREDICTED = 0.06
"""Median absolute error of the prediction, as a share of the mean interval."""
HOLD_S = 30.0
"""How long an irregular rhythm is held after it was last seen."""
SUDDEN_WINDOW = 10
"""So many of the latest intervals show that the rhythm may just have turned irregular: ..."""
SUDDEN_LARGE = 7
"""... so many of their differences are large: ..."""
SUDDEN_DIFFERENCE, SUDDEN_TIMES = 0.07, 3.0
"""... above this share of the median interval and so many times the differences of the intervals before."""

_ORDER = 4  # intervals that the next one is predicted from
_MIN_PREDICTIONS = 10  # fewer are not judged
_USUAL_DIFFERENCES, _FEWEST_USUAL = 60, 10
_RIDGE_MS2 = 25.0  # (5 ms) squared: keeps the prediction of very even intervals solvable


class RhythmMonitor:
    """Feed it every interval, ask once a second."""

    def __init__(self) -> None:
        self._rr_ms: deque[float] = deque(maxlen=WINDOW)
        self._own: deque[bool] = deque(maxlen=WINDOW)
        self._usual_ms: deque[float] = deque(maxlen=_USUAL_DIFFERENCES)
        self._irregular_until_s = self._unsteady_until_s = -1.0

    def push(self, interval: RRInterval) -> None:
        """The next interval in time, of any kind; unreadable and poorly timed ones are passed over."""
        if interval.kind is IntervalKind.UNREADABLE or not interval.timed:
            return
        self._rr_ms.append(interval.rr_ms)
        early = interval.kind is IntervalKind.ECTOPIC and interval.own
        self._own.append(interval.kind is IntervalKind.NORMAL or early)
        settled = -SUDDEN_WINDOW - 1
        if len(self._rr_ms) >= -settled and self._own[settled] and self._own[settled + 1]:
            self._usual_ms.append(abs(self._rr_ms[settled + 1] - self._rr_ms[settled]))
        if self._turns_irregular():
            self._unsteady_until_s = interval.t_s + METRICS_WINDOW_S

    def clear(self) -> None:
        """Forget: contact was lost."""
        self._rr_ms.clear()
        self._own.clear()
        self._usual_ms.clear()

    def irregular(self, t_s: float) -> bool:
        """Whether the last 40 intervals (at least 20) are irregularly irregular, or were within the last 30 s."""
        if len(self._rr_ms) >= MIN_INTERVALS and is_irregular(np.array(self._rr_ms), np.array(self._own)):
            self._irregular_until_s = t_s + HOLD_S
            self._unsteady_until_s = t_s + METRICS_WINDOW_S
        return t_s <= self._irregular_until_s

    def unsteady(self, t_s: float) -> bool:
        """Whether a part of the last minute is or may be irregular: no variability can be read from it."""
        return t_s <= self._unsteady_until_s

    def _turns_irregular(self) -> bool:
        rr_ms, own = list(self._rr_ms)[-SUDDEN_WINDOW:], list(self._own)[-SUDDEN_WINDOW:]
        if len(rr_ms) < SUDDEN_WINDOW or len(self._usual_ms) < _FEWEST_USUAL:
            return False
        large_ms = max(SUDDEN_DIFFERENCE * median(rr_ms), SUDDEN_TIMES * median(self._usual_ms))
        pairs = zip(rr_ms, rr_ms[1:], own, own[1:], strict=False)
        return sum(first and second and abs(b - a) > large_ms for a, b, first, second in pairs) >= SUDDEN_LARGE


def is_irregular(rr_ms: FloatArray, normal: NDArray[np.bool_]) -> bool:
    """The rule itself, for readable intervals of shape (n,) and which of them are normal."""
    if not normal.any():
        return False
    level_ms = float(rr_ms[normal].mean())
    differences = np.abs(rr_ms[1:] - rr_ms[:-1])[normal[1:] & normal[:-1]]
    if 2 * np.count_nonzero(differences > MIN_DIFFERENCE * level_ms) <= len(differences):
        return False
    runs = np.lib.stride_tricks.sliding_window_view(normal, _ORDER + 1).all(axis=1)
    if np.count_nonzero(runs) < _MIN_PREDICTIONS:
        return False
    windows = np.lib.stride_tricks.sliding_window_view(rr_ms - level_ms, _ORDER + 1)[runs]
    return _unpredicted_ms(windows[:, :_ORDER], windows[:, _ORDER]) > MIN_UNPREDICTED * level_ms


def _unpredicted_ms(past: FloatArray, target: FloatArray) -> float:
    """Median absolute error of the best linear prediction of `target` (n,) from `past` (n, order)."""
    gram = past.T @ past + _RIDGE_MS2 * len(target) * np.eye(_ORDER)
    return float(np.median(np.abs(target - past @ np.linalg.solve(gram, past.T @ target))))
