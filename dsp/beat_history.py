"""What the latest beats were like, and how a candidate compares with them."""

import math

import numpy as np

from dsp.beat_candidates import LOUDEST, QUIETEST
from dsp.filters import BANDS, FloatArray

REMEMBERED = 8  # beats
COMPARISONS = 17
_USUAL_RR_S = 0.8  # assumed until an interval has been seen
_LONGEST_RR_S = 3.0
_SHAPE_GAIN = 0.2
_NOISE_GAIN = 0.1
SILENT_HEIGHT = -99.0


def _ratio(value: float) -> float:
    return min(LOUDEST, max(QUIETEST, value))


class BeatHistory:
    """The last beats' heights, intervals and waveforms. Times in seconds, heights as natural logarithms.

    `start_height`: what a beat's height is taken to be before the first one.
    """

    def __init__(self, start_height: float, snippet_length: int) -> None:
        self._heights = [start_height]
        self._intervals_s: list[float] = []
        self._last_s = math.nan
        self._shape: FloatArray | None = None
        self._waves = np.zeros((REMEMBERED, snippet_length))
        self._count = 0
        self._noise = start_height - 2.0
        self._passed_over = SILENT_HEIGHT

    def compare(self, t_s: float, height: float, shape: FloatArray, snippets: FloatArray) -> list[float]:
        """COMPARISONS features. `shape`: (bands,) relative envelopes; `snippets`: (length, 3) the waveform one grid
        point early, in time and late."""
        since_s = t_s - self._last_s if self._count else _USUAL_RR_S
        intervals = sorted(self._intervals_s)
        usual_s = intervals[len(intervals) // 2] if intervals else _USUAL_RR_S
        latest_s = self._intervals_s[-1] if intervals else _USUAL_RR_S
        heights = sorted(self._heights)
        best, mean = self._likeness(snippets)
        difference = shape - self._shape if self._shape is not None else np.zeros(len(BANDS))
        pace = math.log(since_s / usual_s)
        return [
            _ratio(height - heights[len(heights) // 2]),
            _ratio(height - self._heights[-1]),
            _ratio(height - heights[0]),
            _ratio(height - heights[-1]),
            _ratio(height - self._noise),
            _ratio(height - self._passed_over),
            best,
            mean,
            math.sqrt(float(difference @ difference)),
            float(difference[3]),
            float(difference[0]),
            pace,
            abs(pace),
            math.log(since_s / latest_s),
            math.log(since_s),
            min(since_s, _LONGEST_RR_S),
            min(self._count, REMEMBERED) / REMEMBERED,
        ]

    def _likeness(self, snippets: FloatArray) -> tuple[float, float]:
        """The best and the mean correlation with the remembered waveforms."""
        known = min(self._count, REMEMBERED)
        if not known:
            return 0.5, 0.5
        middle = snippets[:, 1]
        norm = math.sqrt(float(middle @ middle)) + 1e-30
        each = (self._waves[:known] @ snippets).max(axis=1).tolist()
        return max(each) / norm, sum(each) / known / norm

    def accept(self, t_s: float, height: float, shape: FloatArray, snippets: FloatArray) -> None:
        """The candidate is a beat."""
        if self._count:
            if t_s - self._last_s < _LONGEST_RR_S:
                self._intervals_s = [*self._intervals_s[1 - REMEMBERED :], t_s - self._last_s]
            self._heights = [*self._heights[1 - REMEMBERED :], height]
            assert self._shape is not None
            self._shape = self._shape + _SHAPE_GAIN * (shape - self._shape)
        else:
            self._heights = [height]
            self._shape = shape
        wave = snippets[:, 1]
        self._waves[self._count % REMEMBERED] = wave / (math.sqrt(float(wave @ wave)) + 1e-30)
        self._count += 1
        self._last_s = t_s
        self._passed_over = SILENT_HEIGHT

    def pass_over(self, height: float) -> None:
        """The candidate is no beat."""
        self._noise += _NOISE_GAIN * (height - self._noise)
        self._passed_over = max(self._passed_over, height)
