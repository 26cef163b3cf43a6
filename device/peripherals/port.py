"""The USB port as the interlock sees it: the pin that senses its 5 V may come late."""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from drivers.errors import BusError, DriverError

PORT_RETRY_S = 5.0
log = logging.getLogger(__name__)


class Port(Protocol):
    def powered(self) -> bool | None: ...

    def states(self) -> Mapping[str, str]: ...


class LatePort:
    """Tries to open the port every five seconds until it is there; until then it cannot be read, which the interlock
    takes for a cable."""

    def __init__(self, open_port: Callable[[], Port], now_s: Callable[[], float]) -> None:
        self._open_port = open_port
        self._now_s = now_s
        self._port: Port | None = None
        self._next_s = 0.0
        self._told = False

    def powered(self) -> bool | None:
        return self._opened().powered()

    def states(self) -> Mapping[str, str]:
        return self._opened().states()

    def _opened(self) -> Port:
        if self._port is None:
            if self._now_s() < self._next_s:
                raise BusError("no USB port yet")
            self._next_s = self._now_s() + PORT_RETRY_S
            try:
                self._port = self._open_port()
            except DriverError as error:
                if not self._told:
                    log.warning("the wire to the USB port's 5 V cannot be read, which counts as a cable: %s", error)
                self._told = True
                raise
        return self._port
