"""What the latest beats were like, and how a candidate compares with them.

The constants are choices, not tuned; the score's weights were fitted with them.
"""

import math
from typing import NamedTuple

import numpy as np

from dsp.rpeak.features import LOUDEST, QUIETEST, Comparison
from dsp.rpeak.filters import HIGH_QRS_BAND, T_WAVE_BAND
from dsp.types import FloatArray

REMEMBERED = 8  # of the latest beats
_USUAL_RR_S = 0.8  # assumed until an interval has been seen
_LONGEST_RR_S = 3.0  # of a feature: longer is taken for this, and is no interval of the history
_DWARFED = 2.0  # before the examples' end a candidate e**2 times lower than they is no beat
_USUAL_IRREGULARITY = 0.1  # assumed until two intervals have been seen
_SHAPE_GAIN = 0.2  # the newest beat's part in the mean of the bands' levels
_SLOW_GAIN = 1.0 / 24.0  # its part in the typical waveform and height, which change slowly
_NOISE_GAIN = 0.1  # the newest passed-over candidate's part in the noise level
_SILENT = -99.0  # the height of the highest candidate passed over where there was none


class Candidate(NamedTuple):
    """`height`: logarithm of the envelope; `shape`: envelope of each band relative to it, as logarithms; `waves`:
    (3, length) the waveform one grid point early, in time and one late, of which that in time has unit norm."""

    t_s: float
    height: float
    shape: list[float]
    waves: FloatArray

    def unit_wave(self) -> FloatArray:
        return np.asarray(self.waves[1])


def _ratio(value: float) -> float:
    if value > LOUDEST:
        return LOUDEST
    return value if value > QUIETEST else QUIETEST


class BeatHistory:
    """The last beats' heights, intervals and waveforms; before the first one, those of `examples`, which are likely
    beats."""

    def __init__(self, examples: list[Candidate]) -> None:
        self._last_s = math.nan
        self._examples_end_s = examples[-1].t_s
        waves = [example.unit_wave() for example in examples]
        self._typical_wave = np.mean(waves, axis=0)
        # Waves lie in columns, the typical one in the first, so that the best of three places is a maximum of rows.
        self._waves = np.zeros((len(waves[0]), 1 + REMEMBERED))
        self._waves[:, 1 : 1 + len(waves)] = np.transpose(waves)
        self._waves[:, 0] = self._typical_wave
        self._typical_norm = self._norm_of_typical()
        self._shape: list[float] = np.mean([example.shape for example in examples], axis=0).tolist()
        self._set_heights([example.height for example in examples])
        self._typical_height = self._median_height
        self._set_intervals([])
        self._irregularity = _USUAL_IRREGULARITY
        self._count = 0
        self._known = len(examples)
        self._oldest = len(examples) % REMEMBERED
        self._noise = self._typical_height - 2.0
        self._passed_over = _SILENT

    def _set_heights(self, heights: list[float]) -> None:
        self._heights = heights
        ordered = sorted(heights)
        self._lowest, self._median_height, self._highest = ordered[0], ordered[len(ordered) // 2], ordered[-1]

    def _set_intervals(self, intervals_s: list[float]) -> None:
        self._intervals_s = intervals_s
        self._latest_s = intervals_s[-1] if intervals_s else _USUAL_RR_S
        self._usual_s = sorted(intervals_s)[len(intervals_s) // 2] if intervals_s else _USUAL_RR_S

    def _norm_of_typical(self) -> float:
        typical = self._typical_wave
        return math.sqrt(typical.dot(typical) + 1e-30)

    def compare(self, candidate: Candidate) -> Comparison:
        """Likeness in height, waveform and shape, and the interval since the last beat."""
        t_s, height, shape, waves = candidate
        since_s = t_s - self._last_s if self._count else _USUAL_RR_S
        typical, *each = np.maximum.reduce(waves.dot(self._waves[:, : 1 + self._known])).tolist()
        pace = math.log(since_s / self._usual_s)
        return Comparison(
            over_median=_ratio(height - self._median_height),
            over_last=_ratio(height - self._heights[-1]),
            over_lowest=_ratio(height - self._lowest),
            over_highest=_ratio(height - self._highest),
            over_typical=_ratio(height - self._typical_height),
            over_noise=_ratio(height - self._noise),
            over_passed_over=_ratio(height - self._passed_over),
            best_likeness=max(each),
            mean_likeness=sum(each) / self._known,
            typical_likeness=typical / self._typical_norm,
            band_distance=math.dist(shape, self._shape),
            high_band_change=shape[HIGH_QRS_BAND] - self._shape[HIGH_QRS_BAND],
            t_wave_band_change=shape[T_WAVE_BAND] - self._shape[T_WAVE_BAND],
            ln_pace=pace,
            off_pace=abs(pace),
            irregularity=self._irregularity,
            ln_over_last_interval=math.log(since_s / self._latest_s),
            ln_since=math.log(since_s),
            since_s=min(since_s, _LONGEST_RR_S),
            experience=min(self._count, REMEMBERED) / REMEMBERED,
        )

    def accept(self, beat: Candidate) -> None:
        """The candidate is a beat."""
        since_s = beat.t_s - self._last_s
        if self._count and since_s < _LONGEST_RR_S:
            if self._intervals_s:
                change = abs(math.log(since_s / self._latest_s))
                self._irregularity += (change - self._irregularity) / REMEMBERED
            self._set_intervals([*self._intervals_s[1 - REMEMBERED :], since_s])
        self._count += 1
        self._known = min(REMEMBERED, self._known + 1)
        wave = beat.unit_wave()
        self._waves[:, 1 + self._oldest] = wave
        self._oldest = (self._oldest + 1) % REMEMBERED
        self._typical_wave += _SLOW_GAIN * (wave - self._typical_wave)
        self._waves[:, 0] = self._typical_wave
        self._typical_norm = self._norm_of_typical()
        self._typical_height += _SLOW_GAIN * (beat.height - self._typical_height)
        self._set_heights([*self._heights[1 - REMEMBERED :], beat.height])
        self._shape = [old + _SHAPE_GAIN * (new - old) for old, new in zip(self._shape, beat.shape, strict=True)]
        self._last_s = beat.t_s
        self._passed_over = _SILENT

    def dwarfs(self, candidate: Candidate) -> bool:
        """Whether it is far lower than the examples, the last of which is still to come."""
        return candidate.t_s < self._examples_end_s and candidate.height < self._typical_height - _DWARFED

    def pass_over(self, height: float) -> None:
        """The candidate is no beat."""
        self._noise += _NOISE_GAIN * (height - self._noise)
        self._passed_over = max(self._passed_over, height)
