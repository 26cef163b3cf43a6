"""Doubts beats that are alike but whose sizes jump from one to the next.

A step and the swing of the electrode after it may look like a QRS complex with its T wave, come as evenly, and be
mistaken for a heart where no other is heard. But steps are not as strong as each other, while complexes of one shape
differ by some hundredths in most hearts, slowly with the breath, or by turns where beats of two kinds alternate.
The median change of the logarithm over 16 beats is above 0.15 in 95, and above 0.19 in 75 of a hundred stretches of
walks without a heart; at 0.15 it would doubt a heart in 24 and a tenth of the wearers who move, at 0.25 none
(docs/decisions/0041). The constants are choices.
"""

import math
from collections import deque

_ALIKE = 0.7  # likeness of beats that are compared
_REMEMBERED, _FEWEST = 19, 9  # beats, and of them such
_TURNS = 3  # beats of so many kinds may come by turns
_UNEVEN = 0.25  # median change at which ...
_ERRORS = 0.18  # ... so many errors a beat are expected, and quality is one half
_STEEPNESS = 6.0
_EVEN = 0.1  # below it that would be less than a thousandth


class UnevenSizes:
    """Feed it every beat in time order."""

    def __init__(self) -> None:
        self._ln_sizes: deque[float] = deque(maxlen=_REMEMBERED)
        self.errors_a_beat = 0.0

    def push(self, ln_size: float, likeness: float) -> None:
        """`ln_size`: the logarithm of the beat's envelope; `likeness` as in `Beat`, NaN where it is not known."""
        self._ln_sizes.append(ln_size if likeness >= _ALIKE else math.nan)
        alike = [size for size in self._ln_sizes if not math.isnan(size)]
        self.errors_a_beat = 0.0
        if len(alike) < _FEWEST:
            return
        change = math.inf
        for back in range(1, _TURNS + 1):
            change = min(change, median_change(alike, back))
            if change < _EVEN:
                return
        self.errors_a_beat = min(1.0, _ERRORS * (change / _UNEVEN) ** _STEEPNESS)


def median_change(sizes: list[float], back: int) -> float:
    """From each of `sizes` to the one that is `back` further on."""
    changes = sorted(abs(now - before) for now, before in zip(sizes[back:], sizes, strict=False))
    return changes[len(changes) // 2]
