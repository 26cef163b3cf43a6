"""The USB interlock: whether a cable is in, told to the session, which refuses to record while it is.

A second barrier, no isolation: a fault in a mains adapter can still reach the electrodes, so an isolated port and
battery operation stay the rule.
"""

import math
from collections.abc import Callable, Mapping
from typing import Protocol

from drivers.errors import DriverError
from drivers.usb_port import DETACHED

RISK_WHEN_OFF = (
    "usb_interlock is off: a session can run while the device is connected to a computer or a charger. "
    "A faulty mains adapter can then drive current through the electrodes. "
    "Use this only with no person connected, or with an isolated USB port."
)
UNPLUGGED_AFTER_S = 1.0
REBOUND_WITHIN_S = 5.0
"""So long after the gadget was bound anew a computer that is there has been heard of."""
NO_HOST = (DETACHED, "suspended", "powered")
"""States that a controller comes to without a computer that talks to it (linux/usb/ch9.h: attached, powered, default,
addressed, configured, suspended)."""


class CableSense(Protocol):
    """Where a cable shows: a wire to the port's 5 V (None where there is none), and the controllers' states."""

    def powered(self) -> bool | None: ...

    def states(self) -> Mapping[str, str]: ...


def nothing() -> None:
    """Binds nothing."""


class UsbInterlock:
    """Believes "in" at once and "out" only after a second of it. A port that cannot be read counts as "in".

    The wire's 5 V are a cable. Without them a controller that a computer begins to talk to is one, too (the wire is
    broken or was never fitted); one that stays as it was when the 5 V went is left over from the cable before
    (raspberrypi/linux issue 5532). Where there is no wire the controllers' state is all there is, and `sure` is false.
    `rebind` binds the gadget anew, after which a controller tells again what is there: asked for when the 5 V have gone
    but the state has not, when wire and state contradict each other from the start, and when the wearer says so.
    """

    def __init__(self, port: CableSense, rebind: Callable[[], None] = nothing) -> None:
        self._port = port
        self._rebind = rebind
        self._in = True
        self._out_since_s = math.inf
        self._held_until_s = -math.inf
        self._polled = False
        self._powered: bool | None = None
        self._states: Mapping[str, str] = {}
        self._talked_to = False
        self.sure = True

    @property
    def connected(self) -> bool:
        """What was last believed; "in" before the first poll."""
        return self._in

    def poll(self, t_s: float) -> bool:
        """Read the port at `t_s` (at least once a second); returns whether a cable counts as in."""
        try:
            now_in = self._look(t_s)
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

    def look_again(self, t_s: float) -> None:
        """The wearer says that the cable is out, whatever the controller says."""
        if self._in and not self._powered and any(state != DETACHED for state in self._states.values()):
            self._bind_anew(t_s, held=True)

    def _look(self, t_s: float) -> bool:
        powered, states = self._port.powered(), dict(self._port.states())
        attached = any(state != DETACHED for state in states.values())
        moved = any(state not in NO_HOST and state != self._states.get(name) for name, state in states.items())
        moved |= attached and not self._polled
        was_powered, self._powered, self._states = self._powered, powered, states
        self.sure = powered is not None
        if powered is None:
            return attached or t_s < self._held_until_s
        if powered or not attached:
            self._talked_to = False
        elif was_powered:
            self._bind_anew(t_s, held=False)
        elif moved:
            first, self._talked_to = not self._polled, True
            if first:
                self._bind_anew(t_s, held=True)
        return powered or self._talked_to or t_s < self._held_until_s

    def _bind_anew(self, t_s: float, held: bool) -> None:
        """`held`: a cable counts as in until it would have shown again."""
        if t_s < self._held_until_s:
            return
        if held:
            self._held_until_s = t_s + REBOUND_WITHIN_S
        self._rebind()
