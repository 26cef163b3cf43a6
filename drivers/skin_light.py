"""How bright the light must shine into this skin, and whether skin is there at all. Pure logic on counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SEARCH_MA: Final = 6.4  # enough to see a finger, little enough to wait with
_LEAST_MA: Final = 0.8
_MOST_PA: Final = 255
# What comes back of each mA of light, in nA of the photodiode: from the air some 2, from a finger some hundred.
_FINGER_ON_NA_PER_MA: Final = 46.875
_FINGER_OFF_NA_PER_MA: Final = 31.25
_TARGET: Final = 0.6  # of full scale
_LOW: Final = 0.3
_HIGH: Final = 0.85
_CLIPPED: Final = 0.98
_WINDOW_S: Final = 0.4
_SETTLE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class LightScale:
    """What a chip's numbers mean: LED current a step of its pulse amplitude, counts a nA of photodiode current."""

    ma_per_step: float
    counts_per_na: float
    max_count: int

    @property
    def search_pa(self) -> int:
        """The pulse amplitude that is waited for a finger with."""
        return round(SEARCH_MA / self.ma_per_step)


class SkinLight:
    """Watches windows of samples. A change of current jumps the baseline, so it is made only when the mean leaves a
    wide band, and the samples after it are not judged until the light has settled."""

    def __init__(self, fs_hz: float, scale: LightScale) -> None:
        self.led_pa = scale.search_pa
        self.finger = False
        self._scale = scale
        self._least_pa = round(_LEAST_MA / scale.ma_per_step)
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
        scale = self._scale
        na_per_ma = mean / scale.counts_per_na / (self.led_pa * scale.ma_per_step)
        clipped = mean >= _CLIPPED * scale.max_count
        self.finger = clipped or na_per_ma > (_FINGER_OFF_NA_PER_MA if self.finger else _FINGER_ON_NA_PER_MA)
        wanted = self._wanted_pa(mean / scale.max_count, clipped)
        if wanted == self.led_pa:
            return False
        self.led_pa = wanted
        self._skip = self._settle
        return True

    def _wanted_pa(self, level: float, clipped: bool) -> int:
        if not self.finger:
            return self._scale.search_pa
        if clipped:
            return max(self.led_pa // 2, self._least_pa)
        if _LOW <= level <= _HIGH:
            return self.led_pa
        return min(max(round(self.led_pa * _TARGET / level), self._least_pa), _MOST_PA)
