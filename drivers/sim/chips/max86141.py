"""A MAX86141 as seen from the SPI bus: registers, a FIFO that fills with time, and a thermometer.

Written from other sources than our driver: addresses, fields, tags, flags that reading clears and the temperature's
self-clearing start from Analog Devices' no-OS driver of the MAXM86161, which is this front end with one photodiode, on
I2C; framing on SPI, counting up of addresses and part numbers from Maxim's mbed library MAX8614X. It shares no constant
with `drivers/max86141.py`.
"""

import math
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from drivers.sim.arrays import FloatArray
from drivers.sim.chips.errata import Erratum

_NO_OS: Final = "Analog Devices' no-OS driver of the MAXM86161"
_MBED: Final = "Maxim's mbed library MAX8614X"
ERRATA: Final = (
    Erratum("status_clears", "reading INT_STATUS_1 clears it; reading the temperature clears its flag", _NO_OS),
    Erratum("temp_en_clears", "TEMP_EN goes back to 0 when the temperature is there, some 25 ms later", _NO_OS),
    Erratum("fifo_data_stays", "FIFO_DATA alone does not count its address up; an empty one gives INVALID", _MBED),
    Erratum("two_photodiodes", "without SINGLE_PPG each sample is two words, of which one is nobody's", _MBED),
)

_PART_MAX86141: Final = 0x25
_REVISION: Final = 0x02
_DEPTH: Final = 128
_WORD: Final = 3
_TAG_PPG1, _TAG_PPG2, _TAG_INVALID = 0x01, 0x07, 0x1E
_FULL_SCALE: Final = (1 << 19) - 1
_RATES: Final = {0x03: 100.0, 0x04: 200.0, 0x05: 400.0, 0x0D: 64.0, 0x0E: 128.0, 0x0F: 256.0}  # PPG_SR, one pulse
_ADC_RANGES_NA: Final = (4096.0, 8192.0, 16384.0, 32768.0)
_LED_RANGES_MA: Final = (31.0, 62.0, 93.0, 124.0)
_LED_STEPS: Final = 256
_SKIN_NA_PER_MA: Final = 220.0
_AIR_NA_PER_MA: Final = 2.0
_PULSE_SHARE: Final = 0.012  # of the light is taken away at the systolic peak
_CONVERSION_S: Final = 0.025  # of the thermometer; the no-OS driver looks every 10 ms, up to ten times


def warming_c(t_s: float) -> float:
    """A chip that was switched on at a room's temperature and lies on a finger."""
    return 33.0 - 9.0 * math.exp(-t_s / 120.0)


class SimMax86141:
    """Speaks `xfer2`. `ppg(t_s)` is the pulse wave, NaN where there is no finger; `die_c(t_s)` the temperature.

    `clock_error` is its oscillator's, 0.01 for 1 % fast. `skin` scales the reflected light. `unplugged` floats MISO, or
    holds it at `floating`; `failing` breaks the bus; `stuck` stops conversions; `part_id` makes it another chip;
    `read_only` keeps what is written from being held.
    """

    def __init__(
        self,
        ppg: Callable[[FloatArray], FloatArray],
        now_s: Callable[[], float],
        clock_error: float = 0.0,
        skin: float = 1.0,
        die_c: Callable[[float], float] = warming_c,
    ) -> None:
        self.part_id = _PART_MAX86141
        self.floating = 0xFF
        self.unplugged = self.failing = self.stuck = self.read_only = False
        self.skin = skin
        self.writes: list[tuple[int, int]] = []
        self._ppg = ppg
        self._now_s = now_s
        self._clock_error = clock_error
        self._die_c = die_c
        self.power_cycle()

    def power_cycle(self) -> None:
        """Registers as after power-on: nothing runs until it is configured again."""
        self._registers = bytearray(0x100)
        self._status = 0x01  # PWR_RDY
        self._words: deque[int] = deque()
        self._lost = 0
        self._bytes: deque[int] = deque()  # of the word that is being read
        self._next_s = self._now_s()
        self._temperature_due_s = math.inf

    def xfer2(self, data: list[int]) -> list[int]:
        if self.failing:
            raise OSError(5, "Input/output error")
        if self.unplugged:
            return [self.floating] * len(data)
        if len(data) < 3:
            return [0] * len(data)
        self._convert()
        address, reads = data[0], bool(data[1] & 0x80)
        answer = [0, 0]
        for byte in data[2:]:
            if reads:
                answer.append(self._read(address))
            else:
                answer.append(0)
                self._write(address, byte)
            if address != 0x08:  # FIFO_DATA
                address = (address + 1) & 0xFF
        self._bytes.clear()  # with chip select the rest of a word is gone
        return answer

    def close(self) -> None:
        """Nothing to release."""

    def _read(self, address: int) -> int:
        if address == 0x08:
            return self._fifo_byte()
        live = {
            0x00: self._status,  # INT_STATUS_1
            0x06: self._lost,  # OVF_COUNTER
            0x07: len(self._words),  # FIFO_DATA_COUNT
            0xFE: _REVISION,
            0xFF: self.part_id,
        }
        if address == 0x00:
            self._status = 0
        elif address in (0x41, 0x42):  # DIE_TEMP_INT, DIE_TEMP_FRAC
            self._status &= ~0x04
        return live.get(address, self._registers[address])

    def _fifo_byte(self) -> int:
        if not self._bytes:
            word = self._words.popleft() if self._words else _TAG_INVALID << 19
            self._lost = 0
            self._bytes.extend(word.to_bytes(_WORD, "big"))
        return self._bytes.popleft()

    def _write(self, address: int, value: int) -> None:
        self.writes.append((address, value))
        if self.read_only:
            return
        if address == 0x0D and value & 0x01:  # SYS_CTRL, RESET
            self.power_cycle()
            return
        if address == 0x0A and value & 0x10:  # FIFO_CFG_2, FLUSH
            self._words.clear()
            self._lost = 0
            value &= ~0x10
        if address == 0x40 and value & 0x01:  # DIE_TEMP_CFG, TEMP_EN
            self._temperature_due_s = self._now_s() + _CONVERSION_S
        if address == 0x0D and self._registers[0x0D] & 0x02 and not value & 0x02:  # out of shutdown
            self._next_s = self._now_s()
        self._registers[address] = value

    def _convert(self) -> None:
        """What happened since the last look."""
        now_s = self._now_s()
        if now_s >= self._temperature_due_s and not self.stuck:
            sixteenths = round(16.0 * self._die_c(self._temperature_due_s))
            self._registers[0x41] = sixteenths >> 4 & 0xFF
            self._registers[0x42] = sixteenths & 0x0F
            self._registers[0x40] &= ~0x01
            self._status |= 0x04 & self._registers[0x02]  # DIE_TEMP_RDY, where INT_EN_1 has it
            self._temperature_due_s = math.inf
        led, running = self._registers[0x20] & 0x0F, not self._registers[0x0D] & 0x02
        if self.stuck or not running or led != 1:  # LEDC1 of LED_SEQ_1
            self._next_s = now_s
            return
        rate_hz = _RATES[self._registers[0x12] >> 3] * (1.0 + self._clock_error)
        n = int((now_s - self._next_s) * rate_hz)
        if n <= 0:
            return
        times_s = self._next_s + np.arange(1, n + 1) / rate_hz
        self._next_s += n / rate_hz
        single = bool(self._registers[0x0D] & 0x08)  # SINGLE_PPG
        for count in self._counts(times_s[:_DEPTH]):
            self._push(_TAG_PPG1 << 19 | count)
            if not single:
                self._push(_TAG_PPG2 << 19)
        self._lost = min(self._lost + max(n - _DEPTH, 0), 0x7F)

    def _push(self, word: int) -> None:
        if len(self._words) < _DEPTH:
            self._words.append(word)
        elif self._registers[0x0A] & 0x02:  # FIFO_RO
            self._words.popleft()
            self._words.append(word)
            self._lost = min(self._lost + 1, 0x7F)
        else:
            self._lost = min(self._lost + 1, 0x7F)

    def _counts(self, times_s: FloatArray) -> list[int]:
        led_ma = self._registers[0x23] * _LED_RANGES_MA[self._registers[0x2A] & 0b11] / _LED_STEPS
        pulse = self._ppg(times_s)
        back = np.where(np.isnan(pulse), _AIR_NA_PER_MA, _SKIN_NA_PER_MA * self.skin * (1.0 - _PULSE_SHARE * pulse))
        range_na = _ADC_RANGES_NA[self._registers[0x11] >> 2 & 0b11]
        return [int(x) for x in np.clip(led_ma * back / range_na * (_FULL_SCALE + 1), 0, _FULL_SCALE)]
