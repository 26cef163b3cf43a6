"""How bright the light must shine into this skin, and whether skin is there at all. Pure logic on counts."""

from collections.abc import Sequence
from typing import Final

MA_PER_STEP: Final = 0.2  # LEDx_PA, MAX30102 datasheet, LED Pulse Amplitude
SEARCH_PA: Final = 32  # 6.4 mA: enough to see a finger, little enough to wait with
_MOST_PA: Final = 255
_LEAST_PA: Final = 4
# Reflected light at 6.4 mA: some hundred counts into the air, many ten thousand from a finger.
_FINGER_ON_COUNTS_PER_MA: Final = 3000.0
_FINGER_OFF_COUNTS_PER_MA: Final = 2000.0
_TARGET: Final = 0.6  # of full scale
_LOW: Final = 0.3
_HIGH: Final = 0.85
_CLIPPED: Final = 0.98
_WINDOW_S: Final = 0.4
_SETTLE_S: Final = 0.2


class SkinLight:
    """Watches windows of samples. A change of current jumps the baseline, so it is made only when the mean leaves a
    wide band, and the samples after it are not judged until the light has settled."""

    def __init__(self, fs_hz: float, max_count: int) -> None:
        self.led_pa = SEARCH_PA
        self.finger = False
        self._max_count = max_count
        self._window = round(_WINDOW_S * fs_hz)
        self._settle = round(_SETTLE_S * fs_hz)
        self._skip = 0
        self._sum = 0
        self._n = 0

    def see(self, counts: Sequence[int]) -> bool:
        """Take the next samples; True when `led_pa` changed and must be written to the chip."""
        changed = False
        for count in counts:
            if self._skip:
                self._skip -= 1
                continue
            self._sum += count
            self._n += 1
            if self._n >= self._window:
                changed |= self._judge(self._sum / self._n)
                self._sum = self._n = 0
        return changed

    def _judge(self, mean: float) -> bool:
        per_ma = mean / (self.led_pa * MA_PER_STEP)
        clipped = mean >= _CLIPPED * self._max_count
        self.finger = clipped or per_ma > (_FINGER_OFF_COUNTS_PER_MA if self.finger else _FINGER_ON_COUNTS_PER_MA)
        wanted = self._wanted_pa(mean / self._max_count, clipped)
        if wanted == self.led_pa:
            return False
        self.led_pa = wanted
        self._skip = self._settle
        return True

    def _wanted_pa(self, level: float, clipped: bool) -> int:
        if not self.finger:
            return SEARCH_PA
        if clipped:
            return max(self.led_pa // 2, _LEAST_PA)
        if _LOW <= level <= _HIGH:
            return self.led_pa
        return min(max(round(self.led_pa * _TARGET / level), _LEAST_PA), _MOST_PA)
