"""A morning reading: the posture that is asked once before the first, and what it told."""

from device.session.choosing.preferences import Posture
from dsp.state.mornings import MorningWord, Standing

UNREAD = MorningWord(Standing.UNSURE)


class MorningRun:
    """`chosen`: the session at hand is a morning reading. `posture` is what is selected where it is asked."""

    def __init__(self) -> None:
        self.chosen = False
        self.told = UNREAD
        self._index = 0

    @property
    def posture(self) -> Posture:
        return list(Posture)[self._index]

    def choose(self) -> None:
        self.chosen, self.told, self._index = True, UNREAD, 0

    def drop(self) -> None:
        """Have another session, or none."""
        self.chosen = False

    def next_posture(self) -> None:
        self._index = (self._index + 1) % len(Posture)

    def tell(self, word: MorningWord) -> None:
        self.told = word
