"""A MAX30003 as seen from the SPI bus: registers, and an ECG FIFO that fills with time.

Nothing here is the driver's. Addresses, power-on values and fields are those of two public drivers, read for this
model: wchocian/MAX30003-HAL-Driver (max30003.h, after revision 3 of the datasheet, 2021) and SealHAT/MAX30003
(max30003types.h, 2018), which has the reserved bits. Where they differ (CNFG_CAL), revision 3 is taken. What they, and
devices/ecg/MAX30003.h of a FreeRTOS firmware of 2020, quote of the datasheet's notes is in `ERRATA`. The filters are
left out: they change no place on the grid.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from drivers.sim.arrays import FloatArray
from drivers.sim.chips.errata import Erratum

_HAL: Final = "wchocian/MAX30003-HAL-Driver, max30003.h"
_SEALHAT: Final = "SealHAT/MAX30003, max30003types.h"
_QUOTED: Final = "the datasheet's notes, quoted in devices/ecg/MAX30003.h"
ERRATA: Final = (
    Erratum("info_first", "INFO is not valid as the first command after power-up or SW_RST", f"{_QUOTED}, INFO"),
    Erratum("emux_isolated", "both inputs are isolated at power-up: CNFG_EMUX is 0x300000", _HAL),
    Erratum("pllint_held", "PLLINT is held until STATUS is read, and is there only with EN_ECG set", _HAL),
    Erratum("dcloff_late", "DCLOFFINT and LDOFF come after 115 ms and are held until STATUS is read", _HAL),
    Erratum("overflow_stays", "an overflow corrupts the record until FIFO_RST or SYNCH", _HAL),
    Erratum("commands_of_zeros", "SW_RST, SYNCH and FIFO_RST act only with all data bits 0", f"{_QUOTED}, SW_RST"),
    Erratum("reserved_bits", "reserved bits read 0 whatever is written", _SEALHAT),
    Erratum("fifo_62_ms", "32 words at 512 sps hold 62.5 ms; the 33rd overflows", f"{_QUOTED}, ECG_FIFO"),
    Erratum("eint_level", "EINT lasts as long as EFIT or more unread words are there; EFIT is 16 at power-up", _HAL),
)

_NO_OP, _STATUS, _EN_INT, _EN_INT2, _MNGR_INT, _MNGR_DYN = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05
_SW_RST, _SYNCH, _FIFO_RST, _INFO = 0x08, 0x09, 0x0A, 0x0F
_CNFG_GEN, _CNFG_CAL, _CNFG_EMUX, _CNFG_ECG, _CNFG_RTOR1, _CNFG_RTOR2 = 0x10, 0x12, 0x14, 0x15, 0x1D, 0x1E
_ECG_FIFO_BURST, _ECG_FIFO = 0x20, 0x21
_POWER_ON: Final = {  # address: value, reserved bits
    _EN_INT: (0x000003, 0x0FF0FC),
    _EN_INT2: (0x000003, 0x0FF0FC),
    _MNGR_INT: (0x780004, 0x07FF88),
    _MNGR_DYN: (0x3F0000, 0x00FFFF),
    _CNFG_GEN: (0x000004, 0x07C000),
    _CNFG_CAL: (0x004800, 0x8F8000),
    _CNFG_EMUX: (0x300000, 0x40FFFF),
    _CNFG_ECG: (0x805000, 0x3C8FFF),
    _CNFG_RTOR1: (0x3F2300, 0x0040FF),
    _CNFG_RTOR2: (0x202400, 0xC0C8FF),
}
_PART: Final = 0x513000
_WORDS: Final = 32
_DCLOFF_S: Final = 0.115
_LOCK_FRAMES: Final = 8  # after EN_ECG; how long a lock takes is not said
_SPS: Final = {  # FMSTR: base rate, and the divisors of RATE
    0b00: {0b00: 512.0, 0b01: 256.0, 0b10: 128.0},
    0b01: {0b00: 500.0, 0b01: 250.0, 0b10: 125.0},
    0b10: {0b10: 200.0},
    0b11: {0b10: 199.8049},
}
_FMSTR_HZ: Final = {0b00: 32768.0, 0b01: 32000.0, 0b10: 32000.0, 0b11: 31968.78}
_FCAL_DIVISOR_LOG2: Final = (7, 9, 11, 13, 15, 17, 19, 21)
_TOP: Final = 1 << 17  # counts at 1 V behind the gain


class SimMax30003:
    """Speaks `xfer2` in frames of 4 bytes. `ecg_mv(t_s)` is the signal, `loose(t_s)` names the electrodes off.

    `unplugged` floats MISO, or holds it at `floating`; `failing` breaks the bus; `stuck` stops conversions; `info`
    makes it another chip; `pll_locks` False is a missing 32.768 kHz clock. `idle_bits` are what STATUS has where its
    bits mean nothing.
    """

    def __init__(
        self,
        ecg_mv: Callable[[FloatArray], FloatArray],
        now_s: Callable[[], float],
        loose: Callable[[float], frozenset[str]] = lambda _: frozenset(),
        clock_error: float = 0.0,
    ) -> None:
        self.info = _PART
        self.floating = 0xFF
        self.unplugged = False
        self.failing = False
        self.stuck = False
        self.pll_locks = True
        self.idle_bits = 0
        self.frames: list[bytes] = []
        self._ecg_mv = ecg_mv
        self._now_s = now_s
        self._loose = loose
        self._clock = 1.0 + clock_error
        self.power_cycle()

    def power_cycle(self) -> None:
        """Registers as after power-on: nothing runs until it is configured again."""
        self._registers = {address: value for address, (value, _) in _POWER_ON.items()}
        self._fifo: deque[int] = deque()
        self._overflowed = False
        self._fresh = True
        self._held = 0
        self._until_lock = _LOCK_FRAMES
        self._loose_since_s: dict[str, float] = {}
        self._next_s = self._due_s = self._now_s()

    def xfer2(self, data: list[int]) -> list[int]:
        if self.failing:
            raise OSError(5, "Input/output error")
        if self.unplugged:
            return [self.floating] * len(data)
        if len(data) != 4:
            return [0] * len(data)  # it acts on the 32nd clock
        self._convert()
        address = data[0] >> 1
        fresh, self._fresh = self._fresh, False
        if data[0] & 1:
            value = 0 if fresh and address == _INFO else self._read(address)
            return [0, *value.to_bytes(3, "big")]
        self.frames.append(bytes(data))
        self._write(address, int.from_bytes(bytes(data[1:]), "big"))
        return [0, 0, 0, 0]

    def close(self) -> None:
        """Nothing to release."""

    # --- registers

    def _write(self, address: int, value: int) -> None:
        if address in (_SW_RST, _SYNCH, _FIFO_RST):
            if value == 0:
                self._command(address)
        elif address in self._registers:
            _, reserved = _POWER_ON[address]
            self._registers[address] = value & ~reserved

    def _command(self, address: int) -> None:
        if address == _SW_RST:
            self.power_cycle()
            return
        self._fifo.clear()
        self._overflowed = False
        if address == _SYNCH:
            self._next_s = self._due_s = self._now_s()

    def _read(self, address: int) -> int:
        if address == _INFO:
            return self.info
        if address == _STATUS:
            status, self._held = self._held | self._status(), 0
            return status | self.idle_bits
        if address in (_ECG_FIFO, _ECG_FIFO_BURST):
            return self._pop()
        return self._registers.get(address, 0)

    @property
    def _enabled(self) -> bool:
        return bool(self._registers[_CNFG_GEN] & 0x080000)

    @property
    def _locked(self) -> bool:
        return self._enabled and self.pll_locks and not self._until_lock

    def _status(self) -> int:
        """As it is now; what is to be held longer is in `_held`."""
        status = 0
        if len(self._fifo) > self._registers[_MNGR_INT] >> 19:
            status |= 0x800000  # EINT
        if self._overflowed:
            status |= 0x400000  # EOVF
        if self._enabled and not self._locked:
            status |= 0x000100  # PLLINT
        return status | self._leads_off()

    def _leads_off(self) -> int:
        if not self._enabled or self._registers[_CNFG_GEN] >> 12 & 0b11 != 0b01:
            return 0
        off = {side for side, since_s in self._loose_since_s.items() if self._now_s() - since_s >= _DCLOFF_S}
        # ECGP is pulled up and ECGN down (DCLOFF_IPOL 0), so that they drift to the high and the low threshold.
        return (0x100008 if "positive" in off else 0) | (0x100001 if "negative" in off else 0)

    def _pop(self) -> int:
        if self._overflowed:
            return 0b111 << 3
        if not self._fifo:
            return 0b110 << 3
        sample = self._fifo.popleft()
        return (sample & 0x3FFFF) << 6 | (0b000 if self._fifo else 0b010) << 3

    # --- conversion

    def _convert(self) -> None:
        """Put into the FIFO what was converted since the last frame, and hold in STATUS what was seen."""
        now_s = self._now_s()
        if self._until_lock and self._enabled:
            self._until_lock -= 1
        loose = self._loose(now_s) & {"positive", "negative"}
        self._loose_since_s = {side: self._loose_since_s.get(side, now_s) for side in loose}
        self._held |= self._status() & 0x10010F
        if not self._locked or self.stuck:
            self._next_s = self._due_s = now_s
            return
        if now_s < self._due_s:
            return
        rate_hz = self._rate_hz()
        n = int((now_s - self._next_s) * rate_hz)
        if n <= 0:
            return
        self._overflowed |= len(self._fifo) + n > _WORDS
        if not self._overflowed:
            times_s = self._next_s + np.arange(1, n + 1) / rate_hz
            gain = 20 << (self._registers[_CNFG_ECG] >> 16 & 0b11)
            counts = self._input_mv(times_s) * (0.001 * gain * _TOP)
            self._fifo.extend(int(x) for x in np.clip(counts, -_TOP, _TOP - 1))
        self._next_s += n / rate_hz
        self._due_s = self._next_s + 1.0 / rate_hz

    def _rate_hz(self) -> float:
        """The data rate; a reserved code is no rate."""
        of_master = _SPS[self._registers[_CNFG_GEN] >> 20 & 0b11]
        return of_master[self._registers[_CNFG_ECG] >> 22] * self._clock

    def _input_mv(self, times_s: FloatArray) -> FloatArray:
        """What the multiplexer lets through: the electrodes where both are connected, and calibration sources."""
        emux = self._registers[_CNFG_EMUX]
        electrodes = np.zeros_like(times_s) if emux & 0x300000 else self._ecg_mv(times_s)
        vcalp = self._vcalp_mv(times_s)
        # In each code of CALP_SEL and CALN_SEL: nothing, VMID, VCALP, VCALN, which is VCALP's mirror.
        sources = {0b00: 0.0 * vcalp, 0b01: 0.0 * vcalp, 0b10: vcalp, 0b11: -vcalp}
        difference = electrodes + sources[emux >> 18 & 0b11] - sources[emux >> 16 & 0b11]
        return -difference if emux & 0x800000 else difference

    def _vcalp_mv(self, times_s: FloatArray) -> FloatArray:
        cal = self._registers[_CNFG_CAL]
        if not cal & 0x400000:
            return np.zeros_like(times_s)
        master_hz = _FMSTR_HZ[self._registers[_CNFG_GEN] >> 20 & 0b11] * self._clock
        period_s = 2.0 ** _FCAL_DIVISOR_LOG2[cal >> 12 & 0b111] / master_hz
        high_s = period_s / 2.0 if cal & 0x800 else (cal & 0x7FF) / master_hz
        magnitude_mv = 0.5 if cal & 0x100000 else 0.25
        low_mv = -magnitude_mv if cal & 0x200000 else 0.0
        return np.where(times_s % period_s < high_s, magnitude_mv, low_mv)
