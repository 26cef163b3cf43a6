"""What a wearer is told a card at a time: before their very first session, before an experiment of their own, and when
an update was left again."""

import enum


class Card(enum.StrEnum):
    SAFETY = "safety"
    HOW = "how"
    TRIAL_DRAWN = "trial_drawn"
    TRIAL_TOLD = "trial_told"
    WENT_BACK = "went_back"


FIRST_RUN = (Card.SAFETY, Card.HOW)
OWN_TRIAL = (Card.TRIAL_DRAWN, Card.TRIAL_TOLD)
WAY_BACK = (Card.WENT_BACK,)


class Cards:
    """Which card of the pack at hand is shown. `owes_way_back`: an update was left, and nobody has read so yet."""

    def __init__(self) -> None:
        self.owes_way_back = False
        self._pack: tuple[Card, ...] = FIRST_RUN
        self._number = 0

    @property
    def card(self) -> Card:
        return self._pack[self._number]

    @property
    def progress(self) -> tuple[int, int]:
        """The number of the card, from 1, and how many there are."""
        return self._number + 1, len(self._pack)

    @property
    def on_last(self) -> bool:
        return self._number + 1 == len(self._pack)

    def owe_way_back(self) -> None:
        self.owes_way_back = True

    def way_back_read(self) -> None:
        self.owes_way_back = False

    def begin(self, pack: tuple[Card, ...]) -> None:
        self._pack, self._number = pack, 0

    def move_on(self) -> bool:
        """To the next card; whether there was one."""
        if self.on_last:
            return False
        self._number += 1
        return True
