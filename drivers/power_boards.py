"""The boards that bring a battery: one row each. The configuration, the self-test and the simulation read the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from drivers.buses import I2cBus
from drivers.pisugar3 import Charge, PiSugar3


class PowerBoard(Protocol):
    """Every method raises DriverError where the board does not answer."""

    def prepare(self) -> None: ...

    def external(self) -> bool: ...

    def charge(self) -> Charge: ...

    def time(self) -> datetime | None: ...

    def set_time(self, now: datetime) -> None: ...

    def cut_after(self, seconds: int) -> None: ...

    def guard(self, seconds: int) -> None: ...

    def unguard(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PowerBoardRow:
    """`i2c_bus` is where it always hangs, alone (docs/decisions/0031)."""

    title: str
    i2c_bus: int
    open: Callable[[I2cBus], PowerBoard]


POWER_BOARDS: Final[Mapping[str, PowerBoardRow]] = {
    "pisugar3": PowerBoardRow("PiSugar 3", i2c_bus=1, open=PiSugar3),
}
