"""What a wearer is told before their very first session, a card at a time."""

import enum


class Card(enum.StrEnum):
    SAFETY = "safety"
    HOW = "how"


class Cards:
    """Which card is shown."""

    def __init__(self) -> None:
        self._number = 0

    @property
    def card(self) -> Card:
        return list(Card)[self._number]

    @property
    def progress(self) -> tuple[int, int]:
        """The number of the card, from 1, and how many there are."""
        return self._number + 1, len(Card)

    def begin(self) -> None:
        self._number = 0

    def move_on(self) -> bool:
        """To the next card; whether there was one."""
        if self._number + 1 == len(Card):
            return False
        self._number += 1
        return True
