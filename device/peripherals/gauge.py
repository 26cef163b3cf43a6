"""What tells of the battery, as the appliance sees it: chips on a bus, which may take seconds."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from device.peripherals.newest import Newest
from device.usb.interlock import CableSense

CLOSING_S = 1.0


@dataclass(frozen=True, slots=True)
class PowerState:
    """`missing`: a board is wired, but it does not answer or has no cell. `clock_stopped`: its clock stands, or lost
    the time. `charger`: one is in, as the board sees it."""

    low: bool = False
    missing: bool = False
    clock_stopped: bool = False
    charger: bool = False


class Gauge(Protocol):
    def look(self) -> PowerState: ...

    def close(self) -> None: ...


def nothing_to_close() -> None:
    """A file of the kernel's stays as it is."""


class SlowGauge:
    """What the gauge last said. `read` is called in the `background`, as in `Newest`, each time somebody asks; `shut`
    when all is over, if a read that hangs lets it."""

    def __init__(
        self,
        read: Callable[[], PowerState],
        now_s: Callable[[], float],
        background: bool = True,
        shut: Callable[[], None] = nothing_to_close,
    ) -> None:
        self._read = read
        self._shut = shut
        self._state = PowerState()
        self._hand = Newest("rolig-gauge", self._look, now_s, background)

    def look(self) -> PowerState:
        if self._hand.busy_s() == 0.0:
            self._hand.put(None)
        return self._state

    def close(self) -> None:
        self._hand.close(CLOSING_S)
        if self._hand.busy_s() == 0.0:
            self._shut()

    def _look(self, _: None) -> float:
        self._state = self._read()
        return math.inf


class PortBesideGauge:
    """A port at which a charger in the battery board's own socket counts as a cable: mains may be behind either."""

    def __init__(self, port: CableSense, gauge: Gauge) -> None:
        self._port = port
        self._gauge = gauge

    def powered(self) -> bool | None:
        return self._gauge.look().charger or self._port.powered()

    def states(self) -> Mapping[str, str]:
        return self._port.states()
