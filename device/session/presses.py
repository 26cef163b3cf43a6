"""One button, what the wearer meant: from when it went down and up.

Short: under 0.6 s, told 0.4 s after the release unless another press begins before that. Presses that follow each
other so closely are a row, and every second one is told at once as a double: two steps on, where steps are walked. What
the row meant is told 0.4 s after its end, for what ends something waits until the button is quiet: out where it was two
presses, many where it was more. A contact that chatters presses often, too, and more often than a finger: a row of more
than `MOST_IN_A_ROW` means nothing. Long: told once the button has been down for 0.8 s, first in its row. Shutdown: told
on the release after 6 s; a button that is stuck is never released.
A first press of 0.6 to 0.8 s could be either and is taken for neither.
"""

import enum
import math
from dataclasses import dataclass

SHORT_BELOW_S = 0.6
SECOND_PRESS_WITHIN_S = 0.4
LONG_FROM_S = 0.8
SHUTDOWN_FROM_S = 6.0
MOST_IN_A_ROW = 8


class PressKind(enum.StrEnum):
    SHORT = "short"
    DOUBLE = "double"
    OUT = "out"
    MANY = "many"
    LONG = "long"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class Press:
    """`t_s` is when the press became certain, whenever it was asked for; `in_row` which of its row it is, from 1."""

    t_s: float
    kind: PressKind
    in_row: int = 1


class PressReader:
    """Debounced edges and the time in, presses out. An edge may be reported a little late: how long the button was down
    depends on the edges' own times, and the presses do not depend on how often `tick` is called between them.
    """

    def __init__(self) -> None:
        self._now_s = -math.inf
        self._down_since_s: float | None = None
        self._up_since_s: float | None = None
        self._row = 0  # presses so far that follow each other closely
        self._told: list[PressKind] = []

    @property
    def down(self) -> bool:
        return self._down_since_s is not None

    @property
    def in_row(self) -> int:
        """Which press of its row the last one is, from 1."""
        return self._row

    @property
    def shuts_down(self) -> bool:
        """A release now would shut down."""
        return self._down_since_s is not None and self._now_s >= self._down_since_s + SHUTDOWN_FROM_S

    def forget(self) -> None:
        """The press at hand was none."""
        self._down_since_s = self._up_since_s = None

    def edge(self, t_s: float, down: bool) -> list[Press]:
        """The button went down or up. Another release is no quiet, so that what waits for quiet waits on; another edge
        down is only a tick."""
        presses = self.tick(t_s)
        if down and not self.down:
            presses += self._press(t_s)
        elif not down and self.down:
            presses += self._release(t_s)
        elif not down and self._up_since_s is not None:
            self._up_since_s = t_s
        return presses

    def tick(self, t_s: float) -> list[Press]:
        """The presses that have become certain by `t_s`."""
        self._now_s = max(self._now_s, t_s)
        presses: list[Press] = []
        if self._down_since_s is not None:
            if self._row == 1 and not self._told and self._now_s >= self._down_since_s + LONG_FROM_S:
                presses.append(self._tell(self._down_since_s + LONG_FROM_S, PressKind.LONG))
        elif self._up_since_s is not None and self._now_s > self._up_since_s + SECOND_PRESS_WITHIN_S:
            presses += self._meant(self._up_since_s + SECOND_PRESS_WITHIN_S)
            self._up_since_s = None
        return presses

    def _press(self, t_s: float) -> list[Press]:
        self._row = 1 if self._up_since_s is None else self._row + 1
        self._down_since_s, self._up_since_s, self._told = t_s, None, []
        return [self._tell(t_s, PressKind.DOUBLE)] if self._row % 2 == 0 else []

    def _release(self, t_s: float) -> list[Press]:
        assert self._down_since_s is not None
        held_s, self._down_since_s = t_s - self._down_since_s, None
        if held_s >= SHUTDOWN_FROM_S:
            return [self._tell(t_s, PressKind.SHUTDOWN)]
        if self._row > 1 or (not self._told and held_s < SHORT_BELOW_S):
            self._up_since_s = t_s
        return []

    def _meant(self, t_s: float) -> list[Press]:
        """What the row that is over was."""
        if self._row > MOST_IN_A_ROW:
            return []
        kind = {1: PressKind.SHORT, 2: PressKind.OUT}.get(self._row, PressKind.MANY)
        return [Press(t_s, kind, self._row)]

    def _tell(self, t_s: float, kind: PressKind) -> Press:
        self._told.append(kind)
        return Press(t_s, kind, self._row)
