"""How many samples a chip must have made by now: what a FIFO without a counter, read over a bus without checksums, is
held against. Pure arithmetic; times are handed in."""

import math
from collections.abc import Sequence
from typing import Final

from drivers.frontend import LOST

AMBIGUOUS: Final = LOST + 1
"""Among words read: this one may have been a sample or not."""
_UNKNOWN: Final = 0.05  # a clock that was not measured yet may be wrong by so much
_STEADY: Final = 0.0003  # what a clock may change from one measurement to the next
_MEASURED_AFTER_S, _AGAIN_AFTER_S = 3.0, 10.0
_MOST_HELD: Final = 3
_MOST_DISAGREED: Final = 3


class FifoClock:
    """Knows within which bounds the number of samples lies, a fraction and all: they widen by what the chip's clock may
    be wrong, and narrow each time that the FIFO is found empty. Where they leave two numbers, words are held back until
    they leave one, and then become samples, or places without one.

    The chip's own rate, which need not be the one it is sold with, is measured over the first seconds, in which what
    looks right is taken, and from then on again and again.
    """

    def __init__(self, fs_hz: float) -> None:
        self._nominal_hz = fs_hz
        self.start(0.0)

    def start(self, now_s: float) -> None:
        """The chip begins anew, with its first sample due within a period or so."""
        self._total = 0
        self._at_s = self._from_s = now_s
        self._from = 0  # samples at `_from_s`, from where the rate is measured
        self._rate_hz, self._error = self._nominal_hz, _UNKNOWN
        self._least, self._most = -1.0, 0.1
        self._held: list[tuple[Sequence[int], float, float]] = []  # polls that are not placed yet
        self._disagreed = 0

    def place(self, words: Sequence[int], before_s: float, after_s: float) -> tuple[int, ...]:
        """Samples to go on with, in order and with `LOST` in the places of those that could not be read.

        `words` are what was read until the FIFO was found empty, at some moment between the two times.
        """
        self._held.append((words, before_s, after_s))
        least, most = self._expected(before_s, after_s)
        held = [word for part, _, _ in self._held for word in part]
        sure = sum(word != AMBIGUOUS for word in held)
        plain = sure == len(held) and least <= sure <= most
        if least < most and not (plain and self._error == _UNKNOWN) and len(self._held) <= _MOST_HELD:
            return ()
        parts, self._held = self._held, []
        if plain:
            self._disagreed = 0
            for part, from_s, to_s in parts:  # each of them tells when the FIFO was empty
                self._settle(len(part), from_s, to_s)
            return tuple(held)
        made = min(max(sure, least), most)
        if sure <= made <= len(held):
            self._disagreed = 0
            placed = _fill(held, made - sure)
        else:  # one slipped in or out, nobody knows where
            self._disagreed += 1
            if self._disagreed > _MOST_DISAGREED:
                made = sure  # then it is our notion of the clock that is wrong
                self._error, self._from, self._from_s = _UNKNOWN, self._total, self._at_s
            placed = [LOST] * made
        self._settle(made, before_s, after_s, trusted=self._disagreed <= _MOST_DISAGREED)
        return tuple(placed)

    def lose(self, before_s: float, after_s: float) -> int:
        """The FIFO was emptied unread: how many samples that cost, those held back among them."""
        least, most = self._expected(before_s, after_s)
        made = max(0, round((least + most) / 2.0))
        self._held = []
        self._settle(made, before_s, after_s, trusted=False)
        self._from, self._from_s = self._total, after_s  # a guess is nothing to measure by
        return made

    def _expected(self, before_s: float, after_s: float) -> tuple[int, int]:
        """The bounds of the number of samples since the last that were placed."""
        least = self._least + self._rate_hz * (1.0 - self._error) * (before_s - self._at_s)
        most = self._most + self._rate_hz * (1.0 + self._error) * (after_s - self._at_s)
        return max(0, math.floor(least) - self._total), max(0, math.floor(most) - self._total)

    def _settle(self, made: int, before_s: float, after_s: float, trusted: bool = True) -> None:
        """`made` more are accounted for; where the bounds are not to be trusted, they are those of that alone."""
        self._total += made
        low, high = (
            float(self._total),
            self._total + 1.0 + self._rate_hz * (1.0 + self._error) * (after_s - before_s),
        )
        if trusted:
            low = max(low, self._least + self._rate_hz * (1.0 - self._error) * (after_s - self._at_s))
            high = min(high, self._most + self._rate_hz * (1.0 + self._error) * (after_s - self._at_s))
        self._least, self._most, self._at_s = min(low, high), max(low, high), after_s
        self._measure(after_s)

    def _measure(self, now_s: float) -> None:
        took_s = now_s - self._from_s
        if took_s >= (_MEASURED_AFTER_S if self._error == _UNKNOWN else _AGAIN_AFTER_S):
            made = self._total - self._from
            self._rate_hz, self._error = made / took_s, max(2.0 / max(made, 1), _STEADY)
            self._from, self._from_s = self._total, now_s


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
