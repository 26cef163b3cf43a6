"""Recognises an irregularly irregular rhythm, such as atrial fibrillation, which no HRV measure can be read
from.

Breathing, ectopics and artefacts make intervals vary too. Only in fibrillation are most successive
differences large *and* unpredictable from the intervals before: ectopics are few (the median does not see
them), breathing is smooth (a short linear prediction follows it).
"""

from collections import deque

import numpy as np

from dsp.spectrum import Floats
from dsp.types import IntervalKind, RRInterval

WINDOW = 40
MIN_INTERVALS = 20
MIN_DIFFERENCE = 0.09
"""Median absolute successive difference, as a share of the mean interval."""
MIN_UNPREDICTED = 0.055
"""Median absolute error of the prediction, as a share of the mean interval."""
HOLD_S = 30.0

_ORDER = 4
_RIDGE_MS2 = 25.0


class RhythmMonitor:
    """Feed it every interval, ask once a second."""

    def __init__(self) -> None:
        self._rr_ms: deque[float] = deque(maxlen=WINDOW)
        self._irregular_until_s = -1.0

    def push(self, interval: RRInterval) -> None:
        """The next interval in time, of any kind; unreadable ones are passed over."""
        if interval.kind is not IntervalKind.UNREADABLE:
            self._rr_ms.append(interval.rr_ms)

    def clear(self) -> None:
        """Forget: contact was lost."""
        self._rr_ms.clear()

    def irregular(self, t_s: float) -> bool:
        """Whether the last 40 intervals (at least 20) are irregularly irregular, or were within the last 30
        s."""
        if len(self._rr_ms) >= MIN_INTERVALS and is_irregular(np.array(self._rr_ms)):
            self._irregular_until_s = t_s + HOLD_S
        return t_s <= self._irregular_until_s


def is_irregular(rr_ms: Floats) -> bool:
    """The rule itself, for intervals of shape (n,), n >= 20."""
    mean_ms = float(rr_ms.mean())
    if np.median(np.abs(np.diff(rr_ms))) < MIN_DIFFERENCE * mean_ms:
        return False
    return _unpredicted_ms(rr_ms - mean_ms) > MIN_UNPREDICTED * mean_ms


def _unpredicted_ms(centred_ms: Floats) -> float:
    """Median absolute error of the best linear prediction from the four intervals before."""
    past = np.lib.stride_tricks.sliding_window_view(centred_ms[:-1], _ORDER)
    target = centred_ms[_ORDER:]
    gram = past.T @ past + _RIDGE_MS2 * len(target) * np.eye(_ORDER)
    return float(np.median(np.abs(target - past @ np.linalg.solve(gram, past.T @ target))))
