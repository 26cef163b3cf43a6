"""What the drivers' tests have in common: time that stands still unless moved, and the kinds of their fixtures."""

from typing import Protocol

from drivers.frontend import Burst, FrontEnd
from drivers.sim.board import SimBoard
from drivers.wiring import Wiring


class Time:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s

    def pass_s(self, seconds: float) -> None:
        self.s += seconds


class MakeBoard(Protocol):
    def __call__(
        self,
        sensor: str = "ad8232",
        leads_off: tuple[tuple[float, float, str], ...] = (),
        wiring: Wiring | None = None,
    ) -> SimBoard: ...


class Poll(Protocol):
    def __call__(self, sensor: FrontEnd, seconds: float, step_s: float = 0.04) -> list[Burst]: ...
