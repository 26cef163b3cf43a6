"""How large each beat is: what breathing modulates beside the intervals. The constants are choices, not tuned."""

import math
from collections import deque

import numpy as np

from dsp.types import NAN, Beat, FloatArray, SampleBlock, SignalKind

_AROUND_R_S = (-0.06, 0.06)  # holds the QRS complex
_AROUND_UPSLOPE_S = (-0.25, 0.3)  # holds the pulse's foot and its top
_KEPT_S = 4.0  # of samples, longer than a beat waits to be known


class Waveform:
    """Keeps the latest samples and measures each beat once the samples around it are in."""

    def __init__(self, kind: SignalKind, fs_hz: float) -> None:
        before_s, after_s = _AROUND_R_S if kind == SignalKind.ECG else _AROUND_UPSLOPE_S
        self._before, self._after = math.floor(before_s * fs_hz), math.ceil(after_s * fs_hz)
        self._is_ppg = kind == SignalKind.PPG
        self._kept = math.ceil(_KEPT_S * fs_hz)
        self._blocks: deque[SampleBlock] = deque()
        self._end_index = 0
        self._asked: deque[Beat] = deque()

    def extend(self, block: SampleBlock) -> None:
        """Take the next block."""
        self._blocks.append(block)
        self._end_index = block.first_index + len(block.values)
        while self._blocks[0].first_index < block.first_index - self._kept:
            self._blocks.popleft()

    def ask(self, beat: Beat) -> None:
        """Have `beat`, the next in time, measured as soon as possible."""
        self._asked.append(beat)

    def ready(self) -> list[tuple[float, float, float]]:
        """Time, amplitude and (PPG, else NaN) baseline of the beats that could now be measured.

        The amplitude is the height of the QRS complex or of the pulse, the baseline the pulse's foot, in the
        signal's unit. Beats with lost samples around them are passed over.
        """
        out: list[tuple[float, float, float]] = []
        while self._asked and round(self._asked[0].sample_index) + self._after < self._end_index:
            beat = self._asked.popleft()
            around = self._around(round(beat.sample_index))
            if len(around) == self._after - self._before + 1 and not np.isnan(around).any():
                low, high = float(around.min()), float(around.max())
                out.append((beat.t_s, high - low, low if self._is_ppg else NAN))
        return out

    def _around(self, index: int) -> FloatArray:
        first, stop = index + self._before, index + self._after + 1
        parts: list[FloatArray] = []
        for block in reversed(self._blocks):
            if block.first_index + len(block.values) <= first:
                break
            if block.first_index < stop:
                parts.append(block.values[max(0, first - block.first_index) : stop - block.first_index])
        return np.concatenate(parts[::-1]) if parts else np.empty(0)
