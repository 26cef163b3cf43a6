"""How long a step of the session has lasted."""

import math


class StepClock:
    """Counts the seconds of a step without its pauses, and the seconds since anything happened on the screen."""

    def __init__(self) -> None:
        self._from_s = 0.0
        self._held_s: float | None = None
        self._touched_s = -math.inf

    @property
    def paused(self) -> bool:
        return self._held_s is not None

    def enter(self, t_s: float) -> None:
        """A step begins."""
        self.restart(t_s)
        self.touch(t_s)

    def restart(self, t_s: float) -> None:
        self._from_s, self._held_s = t_s, None

    def touch(self, t_s: float) -> None:
        """The button was pressed."""
        self._touched_s = t_s

    def untouched_s(self, t_s: float) -> float:
        return t_s - self._touched_s

    def pause(self, t_s: float) -> None:
        if self._held_s is None:
            self._held_s = t_s

    def resume(self, t_s: float) -> None:
        if self._held_s is not None:
            self._from_s += t_s - self._held_s
            self._held_s = None

    def elapsed_s(self, t_s: float) -> float:
        return (t_s if self._held_s is None else self._held_s) - self._from_s

    def paused_s(self, t_s: float) -> float:
        """How long the pause has lasted, 0 where there is none."""
        return 0.0 if self._held_s is None else t_s - self._held_s
