"""A MAX30102 as seen from the I2C bus: a register file, and a FIFO that fills with time.

Nothing here is the driver's. Addresses and codes are those of SparkFun's library (MAX30105.cpp) and of Linux
(drivers/iio/health/max30102.c), read for this model; what these and the datasheet (by its pages) know beyond the
register map is in `ERRATA`.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from drivers.sim.arrays import FloatArray
from drivers.sim.chips.errata import Erratum

_SPARKFUN: Final = "sparkfun/SparkFun_MAX3010x_Sensor_Library, MAX30105.cpp"
_LINUX: Final = "Linux, drivers/iio/health/max30102.c"
ERRATA: Final = (
    Erratum("reset_takes_time", "RESET reads 1 until the reset is over: poll it", f"{_SPARKFUN}, softReset"),
    Erratum("pwr_rdy", "INTERRUPT_STATUS bit 0 tells of power-up, and not of RESET", f"{_LINUX}; note on page 17"),
    Erratum("a_full_reversed", "FIFO_A_FULL counts free places: 0 is 32 samples, 15 is 17", f"{_SPARKFUN}, page 18"),
    Erratum("shutdown_answers", "in shutdown it answers, and takes no samples", f"{_SPARKFUN}, shutDown, page 19"),
    Erratum("status_clears", "reading INTERRUPT_STATUS clears it, and lets INT go", "page 12"),
    Erratum("fifo_data_stays", "FIFO_DATA alone does not count its address up", "page 13"),
    Erratum("overflow_until_popped", "a full FIFO keeps its oldest; OVF_COUNTER ends at 31 and with a pop", "page 12"),
    Erratum("rd_ptr_first_byte", "FIFO_RD_PTR counts up at a sample's first byte", "page 14"),
    Erratum("rd_ptr_written", "FIFO_RD_PTR may be written, to read samples again", "pages 12 and 16"),
    Erratum("empty_runs_on", "an empty FIFO is read as old samples, and FIFO_RD_PTR runs on", "pages 14 and 15"),
)

_ADDRESS: Final = 0x57
_INT_STATUS, _INT_ENABLE = 0x00, 0x02
_WR_PTR, _OVF, _RD_PTR, _DATA, _FIFO_CONFIG, _MODE, _SPO2 = 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A
_RED_PA, _IR_PA, _SLOTS, _REVISION, _PART = 0x0C, 0x0D, 0x11, 0xFE, 0xFF
_PWR_RDY, _A_FULL = 0x01, 0x80
_PLACES: Final = 32
_BYTES: Final = 3
_TOP: Final = 0x3FFFF
_RATES_HZ: Final = (50, 100, 200, 400, 800, 1000, 1600, 3200)
_RESET_READS: Final = 3  # of MODE that still see RESET; SparkFun's library waits up to 100 ms
_MA_PER_STEP: Final = 0.2  # 50 mA at 0xFF (page 21); 200 uA a step in Linux
_IR_SLOT: Final = 0x02

_SKIN_COUNTS_PER_MA: Final = 14000.0
_AIR_COUNTS_PER_MA: Final = 120.0
_PULSE_SHARE: Final = 0.012  # of the light is taken away at the systolic peak


class SimMax30102:
    """Speaks smbus2's byte and block calls. `ppg(t_s)` is the pulse wave, NaN where there is no finger.

    `clock_error` is its oscillator's, 0.01 for 1 % fast. `skin` scales the reflected light. `unplugged` lets
    nothing answer, `stuck` stops conversions, `part_id` makes it another chip.
    """

    def __init__(
        self,
        ppg: Callable[[FloatArray], FloatArray],
        now_s: Callable[[], float],
        clock_error: float = 0.0,
        skin: float = 1.0,
    ) -> None:
        self.part_id = 0x15
        self.unplugged = False
        self.stuck = False
        self.skin = skin
        self.writes: list[tuple[int, int]] = []
        self._ppg = ppg
        self._now_s = now_s
        self._clock = 1.0 + clock_error
        self.power_cycle()

    def power_cycle(self) -> None:
        """Registers as after power-on: nothing runs until it is configured again."""
        self._registers = dict.fromkeys(range(0x100), 0) | {_REVISION: 0x03}
        self._memory = [0] * _PLACES
        self._wr = self._rd = self._overflow = self._byte = 0
        self._full = False
        self._partial = 0
        self._status = _PWR_RDY
        self._resetting = 0
        self._next_s = self._now_s()

    @property
    def interrupt_asserted(self) -> bool:
        """INT is pulled low."""
        self._convert()
        return bool(self._status & self._registers[_INT_ENABLE] & _A_FULL)

    # --- the bus

    def read_byte_data(self, address: int, register: int) -> int:
        return self.read_i2c_block_data(address, register, 1)[0]

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        self._check(address)
        self._convert()
        if length > 32:
            raise ValueError("an SMBus block holds 32 bytes")
        if register == _DATA:
            return [self._pop_byte() for _ in range(length)]
        return [self._value(register + i & 0xFF) for i in range(length)]

    def write_byte_data(self, address: int, register: int, value: int) -> None:
        self._check(address)
        self._convert()
        self.writes.append((int(register), value))
        if register == _MODE and value & 0x40:
            self.power_cycle()
            self._status, self._resetting = 0, _RESET_READS
        elif register == _RD_PTR:
            self._rd, self._byte = value % _PLACES, 0
            self._full = False
        elif register == _WR_PTR:
            self._wr, self._full = value % _PLACES, False
        elif register == _OVF:
            self._overflow = value & 0x1F
        elif register not in (_INT_STATUS, _REVISION, _PART):
            self._registers[register] = value
            if register == _MODE:
                self._next_s = self._now_s()
                self._status = 0 if value & 0x80 else self._status

    def close(self) -> None:
        """Nothing to release."""

    def _check(self, address: int) -> None:
        if self.unplugged or address != _ADDRESS:
            raise OSError(121, "Remote I/O error")

    def _value(self, register: int) -> int:
        if register == _INT_STATUS:
            status, self._status = self._status, 0
            return status
        if register == _MODE and self._resetting:
            self._resetting -= 1
            return self._registers[_MODE] | 0x40
        special = {_WR_PTR: self._wr, _OVF: self._overflow, _RD_PTR: self._rd, _PART: self.part_id}
        return special.get(register, self._registers[register])

    # --- the FIFO

    def _waiting(self) -> int:
        return _PLACES if self._full else (self._wr - self._rd) % _PLACES

    def _pop_byte(self) -> int:
        if self._byte == 0:
            self._partial = self._memory[self._rd]
            self._rd = (self._rd + 1) % _PLACES
            self._full = False
        self._byte = (self._byte + 1) % _BYTES
        if self._byte == 0:
            self._overflow = 0
            return self._partial & 0xFF
        return self._partial >> 8 * (_BYTES - self._byte) & 0xFF

    def _convert(self) -> None:
        """Put into the FIFO what was converted since the last look."""
        now_s = self._now_s()
        mode = self._registers[_MODE]
        lit = mode & 0b111 == 0b111 and self._registers[_SLOTS] & 0b111 == _IR_SLOT
        if mode & 0x80 or not lit or self.stuck:
            self._next_s = now_s
            return
        rate_hz = _RATES_HZ[self._registers[_SPO2] >> 2 & 0b111] * self._clock
        n = int((now_s - self._next_s) * rate_hz)
        if n <= 0:
            return
        room = _PLACES - self._waiting()
        times_s = self._next_s + np.arange(1, min(n, room) + 1) / rate_hz
        for count in self._counts(times_s):
            self._memory[self._wr] = count
            self._wr = (self._wr + 1) % _PLACES
        self._full |= n >= room
        self._overflow = min(self._overflow + max(n - room, 0), 0x1F)
        self._next_s += n / rate_hz
        if self._waiting() >= _PLACES - (self._registers[_FIFO_CONFIG] & 0xF):
            self._status |= _A_FULL

    def _counts(self, times_s: FloatArray) -> list[int]:
        current_ma = self._registers[_IR_PA] * _MA_PER_STEP
        pulse = self._ppg(times_s)
        reflected = _SKIN_COUNTS_PER_MA * self.skin * (1.0 - _PULSE_SHARE * pulse)
        light = current_ma * np.where(np.isnan(pulse), _AIR_COUNTS_PER_MA, reflected)
        return [int(x) for x in np.clip(light, 0, _TOP)]
