"""A MAX30003 as seen from the SPI bus: registers, and an ECG FIFO that fills with time."""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from drivers.max30003 import EN_DCLOFF, EN_ECG, FIFO_DEPTH, GAIN, RATE, Etag, Max30003Reg, Status
from drivers.sim.arrays import FloatArray

_INFO: Final = 0x513000
_COMMANDS: Final = frozenset({Max30003Reg.SW_RST, Max30003Reg.SYNCH, Max30003Reg.FIFO_RST})
_READ_ONLY: Final = frozenset({Max30003Reg.STATUS, Max30003Reg.INFO, Max30003Reg.ECG_FIFO, Max30003Reg.ECG_FIFO_BURST})
_FULL_SCALE: Final = 1 << 17


class SimMax30003:
    """Speaks `xfer2` in frames of 4 bytes. `ecg_mv(t_s)` is the signal, `loose(t_s)` names the electrodes off.

    `unplugged` floats MISO, or holds it at `floating`; `failing` breaks the bus; `stuck` stops conversions; `info`
    makes it another chip; `pll_locks` False is a missing 32.768 kHz clock.
    """

    def __init__(
        self,
        ecg_mv: Callable[[FloatArray], FloatArray],
        now_s: Callable[[], float],
        loose: Callable[[float], frozenset[str]] = lambda _: frozenset(),
        clock_error: float = 0.0,
    ) -> None:
        self.info = _INFO
        self.floating = 0xFF
        self.unplugged = False
        self.failing = False
        self.stuck = False
        self.pll_locks = True
        self.frames: list[bytes] = []
        self._ecg_mv = ecg_mv
        self._now_s = now_s
        self._loose = loose
        self._clock_error = clock_error
        self.power_cycle()

    def power_cycle(self) -> None:
        """Registers as after power-on: nothing runs until it is configured again."""
        self._registers: dict[int, int] = {}
        self._fifo: deque[int] = deque()
        self._overflowed = False
        self._running = False
        self._fresh = True  # INFO does not read back valid data until something else was asked, or INFO once
        self._next_s = self._due_s = 0.0

    def xfer2(self, data: list[int]) -> list[int]:
        if self.failing:
            raise OSError(5, "Input/output error")
        if self.unplugged:
            return [self.floating] * len(data)
        if len(data) != 4:
            return [0] * len(data)  # an incomplete frame does nothing
        self._convert()
        register = data[0] >> 1
        if data[0] & 1:
            fresh, self._fresh = self._fresh, False
            if fresh and register == Max30003Reg.INFO:
                return [0, 0, 0, 0]
            return [0, *self._value(register).to_bytes(3, "big")]
        self.frames.append(bytes(data))
        self._write(register, int.from_bytes(bytes(data[1:]), "big"))
        return [0, 0, 0, 0]

    def close(self) -> None:
        """Nothing to release."""

    def _write(self, register: int, value: int) -> None:
        if register in _COMMANDS:
            if value == 0:  # commands act only with all data bits 0
                self._command(register)
        elif register not in _READ_ONLY:
            self._registers[register] = value

    def _command(self, register: int) -> None:
        if register == Max30003Reg.SW_RST:
            self.power_cycle()
            return
        self._fifo.clear()
        self._overflowed = False
        if register == Max30003Reg.SYNCH:
            self._running = True
            self._next_s = self._due_s = self._now_s()

    def _value(self, register: int) -> int:
        if register == Max30003Reg.INFO:
            return self.info
        if register == Max30003Reg.STATUS:
            return self._status()
        if register == Max30003Reg.ECG_FIFO:
            return self._pop()
        return self._registers.get(register, 0)

    def _status(self) -> int:
        general = self._registers.get(Max30003Reg.CNFG_GEN, 0)
        status = Status(0)
        if not self.pll_locks:
            status |= Status.PLLINT
        if self._overflowed:
            status |= Status.EOVF
        if general & EN_DCLOFF and general & EN_ECG:
            loose = self._loose(self._now_s()) & {"positive", "negative"}
            status |= Status.DCLOFFINT if loose else Status(0)
            status |= Status.LDOFF_PH if "positive" in loose else Status(0)
            status |= Status.LDOFF_NL if "negative" in loose else Status(0)
        return int(status)

    def _pop(self) -> int:
        if self._overflowed:
            return Etag.OVERFLOW << 3
        if not self._fifo:
            return Etag.EMPTY << 3
        sample = self._fifo.popleft()
        etag = Etag.VALID if self._fifo else Etag.VALID_EOF
        return (sample & 0x3FFFF) << 6 | etag << 3

    def _convert(self) -> None:
        now_s = self._now_s()
        if not self._running or self.stuck or not self.pll_locks:
            self._next_s = self._due_s = now_s
            return
        if now_s < self._due_s:
            return
        ecg = self._registers.get(Max30003Reg.CNFG_ECG, 0)
        rate_hz = next(rate for rate, bits in RATE.items() if bits == ecg >> 22) * (1.0 + self._clock_error)
        gain = next(gain for gain, bits in GAIN.items() if bits == ecg >> 16 & 0b11)
        n = int((now_s - self._next_s) * rate_hz)
        if n <= 0:
            return
        if len(self._fifo) + n > FIFO_DEPTH:
            self._overflowed = True
        if not self._overflowed:
            times_s = self._next_s + np.arange(1, n + 1) / rate_hz
            counts = self._ecg_mv(times_s) * (0.001 * gain * _FULL_SCALE)
            self._fifo.extend(int(x) for x in np.clip(counts, -_FULL_SCALE, _FULL_SCALE - 1))
        self._next_s += n / rate_hz
        self._due_s = self._next_s + 1.0 / rate_hz
