"""One button, four presses: what the wearer meant, from when the button went down and up.

Short: under 0.6 s, told 0.4 s after the release unless a second press begins before that. Double: told at once when
the second press begins. Long: told once the button has been down for 0.8 s. Shutdown: told after 6 s.
A press of 0.6 to 0.8 s could be either and is taken for neither.
"""

import enum
import math
from dataclasses import dataclass

SHORT_BELOW_S = 0.6
SECOND_PRESS_WITHIN_S = 0.4
LONG_FROM_S = 0.8
SHUTDOWN_FROM_S = 6.0


class PressKind(enum.StrEnum):
    SHORT = "short"
    DOUBLE = "double"
    LONG = "long"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class Press:
    """`t_s` is when the press became certain, whenever it was asked for."""

    t_s: float
    kind: PressKind


class PressReader:
    """Debounced edges and the time in, presses out. An edge may be reported a little late: how long the button was down
    depends on the edges' own times, and the presses do not depend on how often `tick` is called between them.
    """

    def __init__(self) -> None:
        self._now_s = -math.inf
        self._down_since_s: float | None = None
        self._up_since_s: float | None = None
        self._told: list[PressKind] = []

    @property
    def down(self) -> bool:
        return self._down_since_s is not None

    def edge(self, t_s: float, down: bool) -> list[Press]:
        """The button went down or up; a repeated edge is only a tick."""
        presses = self.tick(t_s)
        if down and not self.down:
            presses += self._press(t_s)
        elif not down and self.down:
            self._release(t_s)
        return presses

    def tick(self, t_s: float) -> list[Press]:
        """The presses that have become certain by `t_s`."""
        self._now_s = max(self._now_s, t_s)
        presses: list[Press] = []
        if self._down_since_s is not None:
            if not self._told and self._now_s >= self._down_since_s + LONG_FROM_S:
                presses.append(self._tell(self._down_since_s + LONG_FROM_S, PressKind.LONG))
            held_to_shutdown = self._now_s >= self._down_since_s + SHUTDOWN_FROM_S
            if held_to_shutdown and PressKind.SHUTDOWN not in self._told:
                presses.append(self._tell(self._down_since_s + SHUTDOWN_FROM_S, PressKind.SHUTDOWN))
        elif self._up_since_s is not None and self._now_s > self._up_since_s + SECOND_PRESS_WITHIN_S:
            presses.append(Press(self._up_since_s + SECOND_PRESS_WITHIN_S, PressKind.SHORT))
            self._up_since_s = None
        return presses

    def _press(self, t_s: float) -> list[Press]:
        self._down_since_s, self._told = t_s, []
        if self._up_since_s is None:
            return []
        self._up_since_s = None
        return [self._tell(t_s, PressKind.DOUBLE)]

    def _release(self, t_s: float) -> None:
        assert self._down_since_s is not None
        if not self._told and t_s - self._down_since_s < SHORT_BELOW_S:
            self._up_since_s = t_s
        self._down_since_s = None

    def _tell(self, t_s: float, kind: PressKind) -> Press:
        self._told.append(kind)
        return Press(t_s, kind)
