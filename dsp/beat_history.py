"""What the latest beats were like, and how a candidate compares with them."""

import math
from dataclasses import dataclass

import numpy as np

from dsp.beat_candidates import LOUDEST, QUIETEST
from dsp.filters import FloatArray

REMEMBERED = 8  # beats
COMPARISONS = 20
_USUAL_RR_S = 0.8  # assumed until an interval has been seen
_LONGEST_RR_S = 3.0
_DWARFED = 2.0
_USUAL_IRREGULARITY = 0.1
_SHAPE_GAIN = 0.2
_SLOW_GAIN = 1.0 / 24.0
_NOISE_GAIN = 0.1
_SILENT = -99.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """`height`: logarithm of the envelope; `shape`: (bands,) envelopes relative to it, as logarithms; `waves`:
    (length, 3) the waveform one grid point early, in time and one late."""

    t_s: float
    height: float
    shape: FloatArray
    waves: FloatArray

    def unit_wave(self) -> FloatArray:
        wave = self.waves[:, 1]
        return np.asarray(wave / (math.sqrt(float(wave @ wave)) + 1e-30))


def _ratio(value: float) -> float:
    return min(LOUDEST, max(QUIETEST, value))


class BeatHistory:
    """The last beats' heights, intervals and waveforms; before the first one, those of `examples`, which are likely
    beats."""

    def __init__(self, examples: list[Candidate]) -> None:
        self._heights = [example.height for example in examples]
        self._intervals_s: list[float] = []
        self._last_s = math.nan
        self._examples_end_s = examples[-1].t_s
        self._shape: FloatArray = np.mean([example.shape for example in examples], axis=0)
        self._waves = np.zeros((REMEMBERED, len(examples[0].waves)))
        for number, example in enumerate(examples):
            self._waves[number] = example.unit_wave()
        self._typical_wave: FloatArray = self._waves[: len(examples)].mean(axis=0)
        self._typical_height = sorted(self._heights)[len(examples) // 2]
        self._irregularity = _USUAL_IRREGULARITY
        self._count = 0
        self._known = len(examples)
        self._noise = self._typical_height - 2.0
        self._passed_over = _SILENT

    def compare(self, candidate: Candidate) -> list[float]:
        """COMPARISONS features: likeness in height, waveform and shape, and the interval since the last beat."""
        since_s = candidate.t_s - self._last_s if self._count else _USUAL_RR_S
        intervals = sorted(self._intervals_s)
        usual_s = intervals[len(intervals) // 2] if intervals else _USUAL_RR_S
        latest_s = self._intervals_s[-1] if intervals else _USUAL_RR_S
        height, heights = candidate.height, sorted(self._heights)
        best, mean, typical = self._likeness(candidate.waves)
        difference = candidate.shape - self._shape
        pace = math.log(since_s / usual_s)
        return [
            _ratio(height - heights[len(heights) // 2]),
            _ratio(height - self._heights[-1]),
            _ratio(height - heights[0]),
            _ratio(height - heights[-1]),
            _ratio(height - self._typical_height),
            _ratio(height - self._noise),
            _ratio(height - self._passed_over),
            best,
            mean,
            typical,
            math.sqrt(float(difference @ difference)),
            float(difference[3]),
            float(difference[0]),
            pace,
            abs(pace),
            self._irregularity,
            math.log(since_s / latest_s),
            math.log(since_s),
            min(since_s, _LONGEST_RR_S),
            min(self._count, REMEMBERED) / REMEMBERED,
        ]

    def _likeness(self, waves: FloatArray) -> tuple[float, float, float]:
        """The best and the mean correlation with the remembered waveforms, and that with the typical one."""
        middle, typical = waves[:, 1], self._typical_wave
        norm = math.sqrt(float(middle @ middle)) + 1e-30
        each = (self._waves[: self._known] @ waves).max(axis=1).tolist()
        with_typical = max((typical @ waves).tolist()) / math.sqrt(float(typical @ typical) + 1e-30)
        return max(each) / norm, sum(each) / self._known / norm, with_typical / norm

    def accept(self, beat: Candidate) -> None:
        """The candidate is a beat."""
        since_s = beat.t_s - self._last_s
        if self._count and since_s < _LONGEST_RR_S:
            if self._intervals_s:
                change = abs(math.log(since_s / self._intervals_s[-1]))
                self._irregularity += (change - self._irregularity) / REMEMBERED
            self._intervals_s = [*self._intervals_s[1 - REMEMBERED :], since_s]
        self._count += 1
        self._known = min(REMEMBERED, self._known + 1)
        wave = beat.unit_wave()
        self._waves[self._count % REMEMBERED if self._known == REMEMBERED else self._known - 1] = wave
        self._typical_wave = self._typical_wave + _SLOW_GAIN * (wave - self._typical_wave)
        self._typical_height += _SLOW_GAIN * (beat.height - self._typical_height)
        self._heights = [*self._heights[1 - REMEMBERED :], beat.height]
        self._shape = self._shape + _SHAPE_GAIN * (beat.shape - self._shape)
        self._last_s = beat.t_s
        self._passed_over = _SILENT

    def dwarfs(self, candidate: Candidate) -> bool:
        """Whether it is far lower than the examples, the last of which is still to come."""
        return candidate.t_s < self._examples_end_s and candidate.height < self._typical_height - _DWARFED

    def pass_over(self, height: float) -> None:
        """The candidate is no beat."""
        self._noise += _NOISE_GAIN * (height - self._noise)
        self._passed_over = max(self._passed_over, height)
