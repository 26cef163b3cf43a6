"""A PiSugar 3 as seen from the I2C bus, with a cell, a button, a charger and the output that feeds the Pi.

Nothing here is the driver's. Addresses and bits are those of others who drive the board without its maker's page:
Mengkungkao/MFruitOS (register map, press latch, clock), bitfl0wer/pisugar3-soft-shutdown (what a long press leaves in
CTR2), lucamartinetti/pisugar3-battery (a kernel driver: what the gauge tells, and what it does not).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from drivers.sim.chips.errata import Erratum

_MFRUIT: Final = "Mengkungkao/MFruitOS, hosts/pisugar"
_KERNEL: Final = "lucamartinetti/pisugar3-battery, README.md"
_SCRIPT: Final = "PiSugar/pisugar-power-manager-rs, scripts/SoftwareWatchdogPiSugar3.sh"
_SOFT: Final = "bitfl0wer/pisugar3-soft-shutdown, tasks"
ERRATA: Final = (
    Erratum("closed", "a register is written only while 0x0B holds 0x29; other writes are lost in silence", _MFRUIT),
    Erratum("long_press_asks", "CTR2 bit 3 tells of a long press, and stays until it is written", _SOFT),
    Erratum("long_press_cuts", "without CTR2 bit 4 a long press takes the power away", _SOFT),
    Erratum("watchdog_steps", "0x07 counts in two seconds, and 0x06 bit 5 feeds", _SCRIPT),
    Erratum("generous", "the board's percentage is a look-up: 64 % with a third of the time left", _KERNEL),
    Erratum("no_current", "the current registers read 0", _KERNEL),
)

_ADDRESS: Final = 0x57
_LONG_S: Final = 2.0
_RESET: Final = [0, 1, 1, 0, 0, 0]
_CLOCK: Final = (0x31, 0x32, 0x33, 0x35, 0x36, 0x37)  # 0x34 is the weekday
_CURVE: Final = ((4100, 100), (4000, 90), (3900, 80), (3800, 70), (3700, 64), (3600, 40), (3500, 20), (3400, 8), (0, 0))


class SimPiSugar3:
    """Speaks smbus2's byte calls; `now_s` is the time it lives in. `cell_mv` (0: no cell) and `external` are for tests
    to set. `unplugged` lets nothing answer; `clock_stopped` lets the clock stand."""

    def __init__(self, now_s: Callable[[], float], cell_mv: int = 3900) -> None:
        self._now_s = now_s
        self.cell_mv = cell_mv
        self.external = False
        self.unplugged = False
        self.version = 3
        self._stands = False
        self._ctr1, self._ctr2, self._delay_s = 0x78, 0x40, 0
        self._open = False
        self._watch, self._watch_steps, self._fed_s = 0, 0, now_s()
        self.restarts = 0
        self._off_at_s: float | None = None
        self._start_from(_RESET)
        self.output = True

    def powers(self) -> bool:
        """Whether the Pi has its 5 V."""
        self._pass()
        return self.output

    @property
    def clock_stopped(self) -> bool:
        return self._stands

    @clock_stopped.setter
    def clock_stopped(self, stands: bool) -> None:
        self._start_from(self._fields())
        self._stands = stands

    def take_cell_out(self) -> None:
        """The clock forgets with it."""
        self.cell_mv = 0
        self._start_from(_RESET)

    def hold(self, seconds: float) -> None:
        """The board's button. While it is off, a press that switches it on."""
        self._pass()
        if not self.output:
            self._start()
        elif seconds >= _LONG_S and self._ctr2 & 0x10:
            self._ctr2 |= 0x08
        elif seconds >= _LONG_S:
            self.output = False

    def read_byte_data(self, address: int, register: int) -> int:
        self._answer(address)
        if register in _CLOCK:
            return int(str(self._fields()[_CLOCK.index(register)]), 16)
        values = {
            0x00: self.version,
            0x01: 0x0F,
            0x02: self._ctr1 | (0x80 if self.external else 0),
            0x03: self._ctr2,
            0x06: self._watch,
            0x09: self._delay_s,
            0x0B: int(self._open),
            0x22: self.cell_mv >> 8,
            0x23: self.cell_mv & 0xFF,
            0x2A: next(pct for mv, pct in _CURVE if self.cell_mv >= mv),
        }
        return values.get(register, 0)

    def write_byte_data(self, address: int, register: int, value: int) -> None:
        self._answer(address)
        if register == 0x0B:
            self._open = value == 0x29
        elif self._open:
            self._take(register, value)

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        return [self.read_byte_data(address, register + i) for i in range(length)]

    def close(self) -> None:
        """Nothing to release."""

    def _take(self, register: int, value: int) -> None:
        if register == 0x02:
            if self._ctr1 & 0x20 and not value & 0x20:
                self._off_at_s = self._now_s() + self._delay_s
            self._ctr1 = value & 0x7F
        elif register == 0x03:
            self._ctr2 = value
        elif register == 0x06:
            if value & 0x20:
                self._fed_s = self._now_s()
            self._watch = value & ~0x20
        elif register == 0x07:
            self._watch_steps = value
        elif register == 0x09:
            self._delay_s = value
        elif register in _CLOCK:
            fields = self._fields()
            fields[_CLOCK.index(register)] = int(f"{value:x}")
            self._start_from(fields)

    def _start(self) -> None:
        """With what the board takes for granted whenever it is switched on."""
        self.output, self._ctr1, self._ctr2, self._delay_s, self._watch = True, 0x78, 0x40, 0, 0

    def _answer(self, address: int) -> None:
        self._pass()
        if address != _ADDRESS or self.unplugged or not self.output or not (self.cell_mv or self.external):
            raise OSError(121, "Remote I/O error")

    def _pass(self) -> None:
        if self._off_at_s is not None and self._now_s() >= self._off_at_s:
            self.output, self._off_at_s = False, None
        if self.output and self._watch & 0x80 and self._now_s() - self._fed_s >= 2 * self._watch_steps:
            self._start()
            self.restarts += 1

    def _fields(self) -> list[int]:
        """Year to second, without the century; as they were written where that is no time."""
        try:
            year, month, day, hour, minute, second = self._set
            set_to = datetime(year + 2000, month, day, hour, minute, second)  # in UTC
        except ValueError:
            return self._set
        now = set_to + timedelta(seconds=0.0 if self._stands else self._now_s() - self._set_s)
        return [now.year - 2000, now.month, now.day, now.hour, now.minute, now.second]

    def _start_from(self, fields: list[int]) -> None:
        self._set, self._set_s = fields, self._now_s()
