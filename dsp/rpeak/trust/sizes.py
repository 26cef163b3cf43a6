"""Doubts beats that are alike but whose sizes jump from one to the next.

A step and the swing of the electrode after it may look like a QRS complex with its T wave, come as evenly, and be
mistaken for a heart where no other is heard. But no two steps are as strong, and a heart's complexes of one shape
differ from one to the next by some hundredths, more slowly by breathing. Median of the sizes' steps over 16 beats, as
a logarithm: half of all windows of 24 hearts and 5 wearers of whom quality was good below 0.04 to 0.07, 95 in a
hundred of bidmc's below 0.07; of walks without a heart 95 in a hundred above 0.15 (docs/decisions/0041). The constants
are choices.
"""

import math
from collections import deque

_ALIKE = 0.7  # likeness of both beats
_REMEMBERED, _FEWEST = 16, 6  # steps from one alike beat to the next
_UNEVEN = 0.17  # median step at which ...
_ERRORS = 0.18  # ... so many errors a beat are expected, and quality is one half
_STEEPNESS = 6.0


class UnevenSizes:
    """Feed it every beat in time order."""

    def __init__(self) -> None:
        self._last_ln = math.nan
        self._steps: deque[float] = deque(maxlen=_REMEMBERED)
        self.errors_a_beat = 0.0

    def push(self, ln_size: float, likeness: float) -> None:
        """`ln_size`: the logarithm of the beat's envelope; `likeness` as in `Beat`."""
        if likeness < _ALIKE:
            self._last_ln = math.nan
            return
        if not math.isnan(self._last_ln):
            self._steps.append(abs(ln_size - self._last_ln))
            if len(self._steps) >= _FEWEST:
                median = sorted(self._steps)[len(self._steps) // 2]
                self.errors_a_beat = min(1.0, _ERRORS * (median / _UNEVEN) ** _STEEPNESS)
        self._last_ln = ln_size
