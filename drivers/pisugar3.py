"""PiSugar 3: charger, 5 V supply with a soft switch, gauge and clock, on I2C beneath a Pi Zero.

Source: PiSugar's "PiSugar3 I2C Datasheet" (docs.pisugar.com), for firmware 1.2.4 and later, whose registers are closed
to writing until 0x29 stands in WRITE_PROTECT: the board's controller hears all that passes on its bus, and took some of
it for its own before. The clock's registers, which that page leaves out, are those of PiSugar's own
pisugar-power-manager-rs. Not tried on a board.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final

from drivers.buses import I2cBus
from drivers.errors import BusError, NotRespondingError

ADDRESS: Final = 0x57
WHAT_IT_IS: Final = 3
OPEN: Final = 0x29
SHUT: Final = 0x00
EXTERNAL: Final = 1 << 7  # of CTR1: 5 V at the charging socket
OUTPUT: Final = 1 << 5  # of CTR1: cleared, the output goes after DELAY seconds
SOFT_SHUTDOWN: Final = 1 << 4  # of CTR2: a long press asks, and does not cut
ASKED: Final = 1 << 3  # of CTR2: a long press has asked
WATCHING: Final = 1 << 7  # of WATCHDOG
FED: Final = 1 << 5  # of WATCHDOG
_WATCH_STEP_S: Final = 2
_CTR2_OTHERS: Final = 0xE0
_LEAST_CELL_MV: Final = 2500  # a protected cell has cut itself off above this
_MOST_DELAY_S: Final = 255
_EPOCH: Final = 2000


class Register(IntEnum):
    VERSION = 0x00
    CTR1 = 0x02
    CTR2 = 0x03
    WATCHDOG = 0x06
    WATCHDOG_INTERVAL = 0x07  # in steps of two seconds
    DELAY = 0x09
    WRITE_PROTECT = 0x0B
    VOLTAGE_HIGH = 0x22
    VOLTAGE_LOW = 0x23
    PERCENT = 0x2A
    YEAR = 0x31  # then month, day, weekday (0 is Sunday), hour, minute, second: BCD


@dataclass(frozen=True, slots=True)
class Charge:
    """`pct` is the board's own reckoning. `cell`: whether there is one. `external`: a charger is in."""

    pct: int
    cell_mv: int
    cell: bool
    external: bool


class PiSugar3:
    """One byte a transfer, as the board's own software does it. Raises BusError where the bus fails, and
    NotRespondingError where something else answers."""

    def __init__(self, bus: I2cBus, address: int = ADDRESS) -> None:
        self._bus = bus
        self._address = address

    def prepare(self) -> None:
        """Let a long press of the board's button ask only: by itself it cuts the power after two seconds. The board
        forgets this whenever it is switched on. What was asked is dropped: Rolig's own button says when it is time."""
        if (version := self._read(Register.VERSION)) != WHAT_IT_IS:
            raise NotRespondingError(f"I2C {self._address:#x}: no PiSugar 3 (it says {version:#x})")
        before = self._read(Register.CTR2)
        wanted = before & _CTR2_OTHERS | SOFT_SHUTDOWN
        if before & (SOFT_SHUTDOWN | ASKED) != SOFT_SHUTDOWN:
            self._write({Register.CTR2: wanted})

    def external(self) -> bool:
        """Whether the charging socket has 5 V."""
        return bool(self._read(Register.CTR1) & EXTERNAL)

    def charge(self) -> Charge:
        cell_mv = self._read(Register.VOLTAGE_HIGH) << 8 | self._read(Register.VOLTAGE_LOW)
        pct = self._read(Register.PERCENT)
        if pct > 100:
            raise BusError(f"I2C {self._address:#x}: a charge of {pct} %")
        return Charge(pct, cell_mv, cell_mv >= _LEAST_CELL_MV, self.external())

    def time(self) -> datetime | None:
        """What the board's clock says, in UTC; None where that is no time."""
        fields = self._clock()
        for _ in range(3):
            again = self._clock()
            if again == fields:
                break
            fields = again  # a second, or a year, went by while it was read
        try:
            year, month, day, _, hour, minute, second = (_from_bcd(field) for field in fields)
            return datetime(_EPOCH + year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            return None

    def set_time(self, now: datetime) -> None:
        """`now` carries a zone. ValueError outside of 2000 to 2099."""
        utc = now.astimezone(UTC)
        if not _EPOCH <= utc.year < _EPOCH + 100:
            raise ValueError(f"the board's clock knows no year {utc.year}")
        weekday = utc.isoweekday() % 7
        fields = (utc.year - _EPOCH, utc.month, utc.day, weekday, utc.hour, utc.minute, utc.second)
        # The second first: the next one is a second away then.
        self._write({Register.YEAR + i: _to_bcd(field) for i, field in reversed(list(enumerate(fields)))})

    def cut_after(self, seconds: int) -> None:
        """Switch the output off in so many seconds, 1 to 255; the button or, where that is set, a charger brings it
        back. The board's own word on these seconds: inaccurate."""
        if not 1 <= seconds <= _MOST_DELAY_S:
            raise ValueError(f"the board counts 1 to {_MOST_DELAY_S} seconds, not {seconds}")
        self._write({Register.DELAY: seconds})
        self._write({Register.CTR1: self._read(Register.CTR1) & ~OUTPUT & 0xFF})

    def guard(self, seconds: int) -> None:
        """Ask for the output to go off and on again unless this is called once more within `seconds`, 2 to 510. The
        board forgets it whenever it is switched on."""
        steps = seconds // _WATCH_STEP_S
        if not 1 <= steps <= 0xFF:
            raise ValueError(f"the board's watchdog waits for 2 to 510 seconds, not {seconds}")
        kept = self._read(Register.WATCHDOG)
        self._write({Register.WATCHDOG_INTERVAL: steps, Register.WATCHDOG: kept | WATCHING | FED})

    def unguard(self) -> None:
        self._write({Register.WATCHDOG: self._read(Register.WATCHDOG) & ~(WATCHING | FED)})

    def close(self) -> None:
        self._bus.close()

    def _clock(self) -> list[int]:
        return [self._read(Register.YEAR + i) for i in range(7)]

    def _read(self, register: int) -> int:
        try:
            return self._bus.read_byte_data(self._address, register)
        except OSError as error:
            raise self._failed(error) from error

    def _write(self, values: dict[int, int]) -> None:
        """In the order given, between opening and shutting the registers."""
        try:
            self._bus.write_byte_data(self._address, Register.WRITE_PROTECT, OPEN)
            try:
                for register, value in values.items():
                    self._bus.write_byte_data(self._address, register, value)
            finally:
                self._bus.write_byte_data(self._address, Register.WRITE_PROTECT, SHUT)
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> BusError:
        return BusError(f"battery board, I2C {self._address:#x}: {error}")


def _from_bcd(byte: int) -> int:
    high, low = byte >> 4, byte & 0xF
    if high > 9 or low > 9:
        raise ValueError(f"{byte:#x} is no BCD")
    return 10 * high + low


def _to_bcd(value: int) -> int:
    return value // 10 << 4 | value % 10
