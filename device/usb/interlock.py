"""The USB interlock: whether a cable is in, told to the session, which refuses to record while it is.

A second barrier, no isolation: a fault in a mains adapter can still reach the electrodes, so an isolated port and
battery operation stay the rule.
"""

import math
from typing import Protocol

from drivers.errors import DriverError

RISK_WHEN_OFF = (
    "usb_interlock is off: a session can run while the device is connected to a computer or a charger. "
    "A faulty mains adapter can then drive current through the electrodes. "
    "Use this only with no person connected, or with an isolated USB port."
)
UNPLUGGED_AFTER_S = 1.0


class CableSense(Protocol):
    """Where a cable shows: a VBUS-sense pin, or the UDC's state."""

    def connected(self) -> bool: ...


class UsbInterlock:
    """Believes "in" at once and "out" only after a second of it. A port that cannot be read counts as "in"."""

    def __init__(self, port: CableSense) -> None:
        self._port = port
        self._in = True
        self._out_since_s = math.inf
        self._polled = False

    @property
    def connected(self) -> bool:
        """What was last believed; "in" before the first poll."""
        return self._in

    def poll(self, t_s: float) -> bool:
        """Read the port at `t_s` (at least a few times a second); returns whether a cable counts as in."""
        try:
            now_in = self._port.connected()
        except DriverError:
            now_in = True
        if now_in:
            self._in, self._out_since_s = True, math.inf
        elif not self._polled:
            self._in = False
        else:
            self._out_since_s = min(self._out_since_s, t_s)
            if t_s >= self._out_since_s + UNPLUGGED_AFTER_S:
                self._in = False
        self._polled = True
        return self._in
