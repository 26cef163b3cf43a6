"""The offer of quiet rest after the breathing: a short press walks the lengths, a long press takes one."""

OFFERS: tuple[int | None, ...] = (2, 3, 4, 5, None)
"""Minutes; None is "no thanks"."""


class Offer:
    def __init__(self) -> None:
        self._index = 0

    @property
    def minutes(self) -> int | None:
        """What is selected; once the rest has begun, its length."""
        return OFFERS[self._index]

    @property
    def rest_s(self) -> float:
        return 60.0 * (self.minutes or 0)

    def begin(self) -> None:
        self._index = 0

    def move_on(self) -> None:
        self._index = (self._index + 1) % len(OFFERS)
