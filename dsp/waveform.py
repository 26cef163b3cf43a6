"""How large each beat is: what breathing modulates beside the intervals."""

import math
from collections import deque
from typing import Literal

import numpy as np

from dsp.spectrum import Floats
from dsp.types import NAN, Beat, SampleBlock

_AROUND_R_S = (-0.06, 0.06)
_AROUND_UPSLOPE_S = (-0.25, 0.3)
_KEPT_S = 4.0


class Waveform:
    """Keeps the latest samples and measures each beat once the samples around it are in."""

    def __init__(self, kind: Literal["ecg", "ppg"], fs_hz: float) -> None:
        before_s, after_s = _AROUND_R_S if kind == "ecg" else _AROUND_UPSLOPE_S
        self._before, self._after = math.floor(before_s * fs_hz), math.ceil(after_s * fs_hz)
        self._is_ppg = kind == "ppg"
        self._kept = math.ceil(_KEPT_S * fs_hz)
        self._values: Floats = np.full(4 * self._kept, np.nan)
        self._end = 0
        self._end_index = 0
        self._asked: deque[Beat] = deque()

    def extend(self, block: SampleBlock) -> None:
        values = block.values[-self._kept :]
        if block.first_index != self._end_index:
            self._end = 0
        if self._end + len(values) > len(self._values):
            kept = min(self._kept, self._end)
            self._values[:kept] = self._values[self._end - kept : self._end]
            self._end = kept
        self._values[self._end : self._end + len(values)] = values
        self._end += len(values)
        self._end_index = block.first_index + len(block.values)

    def ask(self, beat: Beat) -> None:
        self._asked.append(beat)

    def ready(self) -> list[tuple[float, float, float]]:
        """Time, amplitude and baseline of the beats that can be measured now."""
        out = []
        while self._asked and round(self._asked[0].sample_index) + self._after < self._end_index:
            beat = self._asked.popleft()
            first = round(beat.sample_index) + self._before - self._end_index + self._end
            around = self._values[max(0, first) : first + self._after - self._before + 1]
            if first >= 0 and not np.isnan(around).any():
                low, high = float(around.min()), float(around.max())
                out.append((beat.t_s, high - low, low if self._is_ppg else NAN))
        return out
