"""How many samples a chip must have made by now: what a FIFO without a counter, read over a bus without checksums, is
held against. Pure arithmetic; times are handed in."""

import math
from collections.abc import Sequence
from typing import Final

from drivers.frontend import LOST

AMBIGUOUS: Final = LOST + 1
"""Among words read: this one may have been a sample or not."""
_ROUGH: Final = 0.5  # samples between the bounds: as long as they are so far apart, what looks right is taken
_LARGEST_ERROR: Final = 0.05
_MOST_HELD: Final = 3
_MOST_DISAGREED: Final = 3


class FifoClock:
    """Knows within which bounds the number of samples lies, a fraction and all: they widen by what the chip's clock may
    be wrong, and narrow each time that the FIFO is found empty. Where they leave two numbers, words are held back until
    they leave one, and then become samples, or places without one.

    `clock_error`: 0.001 for a clock within 0.1 %. It grows where the chip keeps to another rate.
    """

    def __init__(self, fs_hz: float, clock_error: float) -> None:
        self._fs_hz = fs_hz
        self._clock_error = clock_error
        self.start(0.0)

    def start(self, now_s: float) -> None:
        """The chip begins anew, with its first sample due within a period or so."""
        self._total = 0
        self._at_s = now_s
        self._least, self._most = -1.0, 0.1
        self._held: list[int] = []
        self._holds = self._disagreed = 0

    def place(self, words: Sequence[int], before_s: float, after_s: float) -> tuple[int, ...]:
        """Samples to go on with, in order and with `LOST` in the places of those that could not be read.

        `words` are what was read until the FIFO was found empty, at some moment between the two times.
        """
        self._held += words
        least, most = self._expected(before_s, after_s)
        sure = sum(word != AMBIGUOUS for word in self._held)
        plain = sure == len(self._held) and least <= sure <= most and self._most - self._least > _ROUGH
        if least < most and not plain and self._holds < _MOST_HELD:
            self._holds += 1
            return ()
        held, self._held, self._holds = self._held, [], 0
        made = min(max(sure, least), most)
        if sure <= made <= len(held):
            self._disagreed = 0
            placed = _fill(held, made - sure)
        else:  # one slipped in or out, nobody knows where
            self._disagreed += 1
            if self._disagreed > _MOST_DISAGREED:
                made = sure  # then it is our notion of the clock that is wrong
                self._clock_error = min(2.0 * self._clock_error, _LARGEST_ERROR)
            placed = [LOST] * made
        self._settle(made, before_s, after_s, trusted=self._disagreed <= _MOST_DISAGREED)
        return tuple(placed)

    def lose(self, before_s: float, after_s: float) -> int:
        """The FIFO was emptied unread: how many samples that cost, those held back among them."""
        least, most = self._expected(before_s, after_s)
        made = max(0, round((least + most) / 2.0))
        self._held, self._holds = [], 0
        self._settle(made, before_s, after_s, trusted=False)
        return made

    def _expected(self, before_s: float, after_s: float) -> tuple[int, int]:
        """The bounds of the number of samples since the last that were placed."""
        least = self._least + self._fs_hz * (1.0 - self._clock_error) * (before_s - self._at_s)
        most = self._most + self._fs_hz * (1.0 + self._clock_error) * (after_s - self._at_s)
        return max(0, math.floor(least) - self._total), max(0, math.floor(most) - self._total)

    def _settle(self, made: int, before_s: float, after_s: float, trusted: bool) -> None:
        """`made` more are accounted for; where the bounds are not to be trusted, they are those of that alone."""
        self._total += made
        low, high = (
            float(self._total),
            self._total + 1.0 + self._fs_hz * (1.0 + self._clock_error) * (after_s - before_s),
        )
        if trusted:
            low = max(low, self._least + self._fs_hz * (1.0 - self._clock_error) * (after_s - self._at_s))
            high = min(high, self._most + self._fs_hz * (1.0 + self._clock_error) * (after_s - self._at_s))
        self._least, self._most, self._at_s = min(low, high), max(low, high), after_s


def _fill(held: Sequence[int], missing: int) -> list[int]:
    """The words, with the first `missing` ambiguous ones as places of lost samples and the others left out."""
    placed: list[int] = []
    for word in held:
        if word != AMBIGUOUS:
            placed.append(word)
        elif missing > 0:
            missing -= 1
            placed.append(LOST)
    return placed
