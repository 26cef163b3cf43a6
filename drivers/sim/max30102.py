"""A MAX30102 as seen from the I2C bus: a register file, and a FIFO that fills with time."""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from drivers.max30102 import (
    ADDRESS,
    FIFO_DEPTH,
    MAX_COUNT,
    MULTI_LED_MODE,
    PART_ID,
    RESET,
    SAMPLE_BYTES,
    SHDN,
    SPO2_SR,
    Max30102Reg,
)
from drivers.sim.arrays import FloatArray

_SKIN_COUNTS_PER_MA: Final = 14000.0
_AIR_COUNTS_PER_MA: Final = 120.0
_PULSE_SHARE: Final = 0.012  # of the light is taken away at the systolic peak
_MA_PER_STEP: Final = 0.2
_POWER_ON: Final = {Max30102Reg.INTERRUPT_STATUS_1: 0x01, Max30102Reg.REVISION_ID: 0x03, Max30102Reg.PART_ID: PART_ID}
_A_FULL: Final = 1 << 7


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
        self.part_id = PART_ID
        self.unplugged = False
        self.stuck = False
        self.skin = skin
        self.writes: list[tuple[int, int]] = []
        self._ppg = ppg
        self._now_s = now_s
        self._clock_error = clock_error
        self.power_cycle()

    def power_cycle(self) -> None:
        """Registers as after power-on: nothing runs until it is configured again."""
        self._registers: dict[int, int] = dict.fromkeys(range(0x100), 0) | {int(k): v for k, v in _POWER_ON.items()}
        self._fifo: deque[int] = deque()
        self._written = 0
        self._overflow = 0
        self._byte = 0
        self._a_full = False
        self._next_s = self._now_s()

    @property
    def interrupt_asserted(self) -> bool:
        """INT is pulled low."""
        self._convert()
        return self._a_full and bool(self._registers[Max30102Reg.INTERRUPT_ENABLE_1] & _A_FULL)

    def read_byte_data(self, address: int, register: int) -> int:
        return self.read_i2c_block_data(address, register, 1)[0]

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        self._check(address)
        self._convert()
        if length > 32:
            raise ValueError("an SMBus block holds 32 bytes")
        if register == Max30102Reg.FIFO_DATA:  # the one address that does not count up
            return [self._pop_byte() for _ in range(length)]
        return [self._value(register + i) for i in range(length)]

    def write_byte_data(self, address: int, register: int, value: int) -> None:
        self._check(address)
        self._convert()
        self.writes.append((int(register), value))
        if register == Max30102Reg.MODE_CONFIGURATION and value & RESET:
            self.power_cycle()
            return
        self._registers[register] = value
        if register == Max30102Reg.MODE_CONFIGURATION:
            self._next_s = self._now_s()
        elif register in (Max30102Reg.FIFO_WR_PTR, Max30102Reg.FIFO_RD_PTR) and value == 0:
            self._fifo.clear()
            self._written = self._byte = 0
        elif register == Max30102Reg.OVF_COUNTER:
            self._overflow = value

    def close(self) -> None:
        """Nothing to release."""

    def _check(self, address: int) -> None:
        if self.unplugged or address != ADDRESS:
            raise OSError(121, "Remote I/O error")

    def _value(self, register: int) -> int:
        if register == Max30102Reg.PART_ID:
            return self.part_id
        if register == Max30102Reg.INTERRUPT_STATUS_1:
            status = self._registers[register] | (_A_FULL if self._a_full else 0)
            self._a_full = False
            self._registers[register] = 0
            return status
        if register == Max30102Reg.FIFO_WR_PTR:
            return self._written % FIFO_DEPTH
        if register == Max30102Reg.FIFO_RD_PTR:
            return (self._written - len(self._fifo)) % FIFO_DEPTH
        if register == Max30102Reg.OVF_COUNTER:
            return self._overflow
        return self._registers[register & 0xFF]

    def _pop_byte(self) -> int:
        if not self._fifo:
            return 0
        value = self._fifo[0] >> 8 * (SAMPLE_BYTES - 1 - self._byte) & 0xFF
        self._byte += 1
        if self._byte == SAMPLE_BYTES:
            self._byte = 0
            self._fifo.popleft()
            self._overflow = 0
        return value

    def _convert(self) -> None:
        """Put into the FIFO what was converted since the last look."""
        now_s = self._now_s()
        mode = self._registers[Max30102Reg.MODE_CONFIGURATION]
        if mode & SHDN or mode & 0b111 != MULTI_LED_MODE or self.stuck:
            self._next_s = now_s
            return
        code = self._registers[Max30102Reg.SPO2_CONFIGURATION] >> 2 & 0b111
        rate_hz = next(rate for rate, bits in SPO2_SR.items() if bits == code) * (1.0 + self._clock_error)
        n = int((now_s - self._next_s) * rate_hz)
        if n <= 0:
            return
        room = FIFO_DEPTH - len(self._fifo)
        times_s = self._next_s + np.arange(1, min(n, room) + 1) / rate_hz
        for count in self._counts(times_s):
            self._fifo.append(count)
            self._written += 1
        self._overflow = min(self._overflow + max(n - room, 0), 0x1F)
        self._next_s += n / rate_hz
        free_at_interrupt = self._registers[Max30102Reg.FIFO_CONFIGURATION] & 0xF
        self._a_full = self._a_full or len(self._fifo) >= FIFO_DEPTH - free_at_interrupt

    def _counts(self, times_s: FloatArray) -> list[int]:
        current_ma = self._registers[Max30102Reg.LED2_PA] * _MA_PER_STEP
        pulse = self._ppg(times_s)
        reflected = _SKIN_COUNTS_PER_MA * self.skin * (1.0 - _PULSE_SHARE * pulse)
        light = current_ma * np.where(np.isnan(pulse), _AIR_COUNTS_PER_MA, reflected)
        return [int(x) for x in np.clip(light, 0, MAX_COUNT)]
