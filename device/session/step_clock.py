"""How long a step of the session has lasted."""


class StepClock:
    """Seconds in a step, without the pauses."""

    def __init__(self, t_s: float) -> None:
        self._from_s = t_s
        self._held_s: float | None = None

    @property
    def paused(self) -> bool:
        return self._held_s is not None

    def restart(self, t_s: float) -> None:
        self._from_s, self._held_s = t_s, None

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
