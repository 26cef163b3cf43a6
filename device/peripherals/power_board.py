"""The battery board as the appliance sees it: charge, charger and clock; it may not answer, and come back."""

import contextlib
import logging
import math
from collections.abc import Callable
from datetime import datetime, timedelta

from device.peripherals.gauge import PowerState
from device.system.wall_clock import EARLIEST_YEAR, DatingClock
from drivers.errors import DriverError
from drivers.power_boards import PowerBoard

LOOK_S = 5.0
LOW_CELL_MV = 3500
"""Under load a LiPo cell is nearly empty here; the board's percentage comes late (its model's errata)."""
GUARD_S = 120
"""The board takes the Pi's power away for a moment, and with it that of a sensor's LED, when it was not looked at for
so long. A service that systemd starts again is back within two minutes (back-off.conf)."""
AGREES_S = 2.0
_WRITE_AGAIN_S = 600.0
log = logging.getLogger(__name__)


class BoardClock:
    """Keeps the board's clock and the system's together. Which one leads: the system's where it is trusted, since a
    network or a host set it; else the board's, once it has been seen to run."""

    def __init__(self, dating: DatingClock, set_system: Callable[[datetime], None]) -> None:
        self._dating = dating
        self._set_system = set_system
        self._before: tuple[float, datetime | None] | None = None
        self._write_s = -math.inf

    def stopped(self, board: PowerBoard, now_s: float) -> bool:
        """Whether the board's clock stands or lost the time, as far as two looks can tell. `now_s` is monotonic."""
        told = board.time()
        before, self._before = self._before, (now_s, told)
        if before is None:
            return False
        runs = told is not None and before[1] is not None and _ran(told - before[1], now_s - before[0])
        good = runs and told is not None and told.year >= EARLIEST_YEAR
        now, trust = self._dating.read()
        if now is not None and trust.gives_the_day:
            off = told is None or abs((now - told).total_seconds()) > AGREES_S
            if off and now_s >= self._write_s:
                board.set_time(now)
                self._before, self._write_s = (now_s, now), now_s + _WRITE_AGAIN_S
        elif good and told is not None:
            self._set_system(told)
        return not good


def _ran(by: timedelta, elapsed_s: float) -> bool:
    return abs(by.total_seconds() - elapsed_s) <= 1.0 + 0.2 * elapsed_s


class BoardWatch:
    """Opens the board by itself and tries again at each look after a fault; never raises. The charger is looked for at
    each `look`, the rest every five seconds."""

    def __init__(
        self, open_board: Callable[[], PowerBoard], clock: BoardClock, low_pct: int, now_s: Callable[[], float]
    ) -> None:
        self._open_board = open_board
        self._clock = clock
        self._low_pct = low_pct
        self._now_s = now_s
        self._board: PowerBoard | None = None
        self._state = PowerState()
        self._next_s = -math.inf
        self._told = False

    def look(self) -> PowerState:
        now_s = self._now_s()
        if self._board is None and now_s < self._next_s:
            return self._state
        try:
            if self._board is None:
                self._board = self._open_board()
                self._next_s = -math.inf
            self._state = self._asked(self._board, now_s)
        except DriverError as error:
            self._lose(error, now_s)
        return self._state

    def close(self) -> None:
        """Whoever stops on purpose is not watched any more."""
        if self._board is not None:
            with contextlib.suppress(DriverError):
                self._board.unguard()
                self._board.close()
            self._board, self._next_s = None, math.inf

    def _asked(self, board: PowerBoard, now_s: float) -> PowerState:
        if now_s < self._next_s:
            was = self._state
            return PowerState(was.low, was.missing, was.clock_stopped, board.external())
        board.prepare()
        board.guard(GUARD_S)
        charge = board.charge()
        stopped = self._clock.stopped(board, now_s)
        self._next_s = now_s + LOOK_S
        self._told = False
        low = charge.cell and (charge.pct <= self._low_pct or charge.cell_mv <= LOW_CELL_MV)
        return PowerState(low and not charge.external, not charge.cell, stopped, charge.external)

    def _lose(self, error: DriverError, now_s: float) -> None:
        if not self._told:
            log.warning("going on without the battery board: %s", error)
        self._told = True
        if self._board is not None:
            with contextlib.suppress(DriverError):
                self._board.close()
        self._board, self._next_s = None, now_s + LOOK_S
        self._state = PowerState(missing=True, charger=self._state.charger)  # not known to be out
