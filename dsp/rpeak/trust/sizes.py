"""Doubts beats that are alike but whose sizes jump from one to the next.

A step and the swing of the electrode after it may look like a QRS complex with its T wave, come as evenly, and be
mistaken for a heart where no other is heard. But no two steps are as strong, while a heart's complexes of one shape
differ by some hundredths, more only slowly with the breath, or by turns where beats of two kinds alternate. The median
change of the logarithm over 16 beats is below 0.1 in 99 of a hundred stretches of bidmc, and above 0.15 in 95 of a
hundred of walks without a heart (docs/decisions/0041). The constants are choices.
"""

from collections import deque

_ALIKE = 0.7  # likeness of beats that are compared
_REMEMBERED, _FEWEST = 19, 9  # of them
_TURNS = 3  # beats of so many kinds may come by turns
_UNEVEN = 0.15  # median change at which ...
_ERRORS = 0.18  # ... so many errors a beat are expected, and quality is one half
_STEEPNESS = 6.0


class UnevenSizes:
    """Feed it every beat in time order."""

    def __init__(self) -> None:
        self._ln_sizes: deque[float] = deque(maxlen=_REMEMBERED)
        self.errors_a_beat = 0.0

    def push(self, ln_size: float, likeness: float) -> None:
        """`ln_size`: the logarithm of the beat's envelope; `likeness` as in `Beat`."""
        if likeness < _ALIKE:
            return
        self._ln_sizes.append(ln_size)
        if len(self._ln_sizes) >= _FEWEST:
            change = min(self._median_change(back) for back in range(1, _TURNS + 1))
            self.errors_a_beat = min(1.0, _ERRORS * (change / _UNEVEN) ** _STEEPNESS)

    def _median_change(self, back: int) -> float:
        sizes = list(self._ln_sizes)
        changes = sorted(abs(now - before) for now, before in zip(sizes[back:], sizes, strict=False))
        return changes[len(changes) // 2]
