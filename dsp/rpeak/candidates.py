"""Where a beat could be: the maxima of the QRS envelope, and what the signal around each looks like.

The spans are choices but for AHEAD_S; the score's weights were fitted with them.
"""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.rpeak.features import LOUDEST, QUIETEST, Surrounding
from dsp.rpeak.filters import BANDS, MUSCLE_BAND, BandTrace
from dsp.types import FloatArray

IndexArray = NDArray[np.intp]

APART_S = 0.1  # of two maxima closer than this only the higher is a candidate; MIT-BIH loses 15 of 55 421 beats
AHEAD_S = 0.23  # how far past a candidate its features look: what 400 ms leave, better than 180 ms (decisions/0003)
BEHIND_S = 3.0  # and how far back: a beat or more of the slowest heart
_NEAR_S = 1.5  # how far back the longest span of the envelope reaches
# (from, to) in seconds about the candidate over which the envelope's level is averaged.
_SPANS_S = {
    Surrounding.QRS_MEAN: (-0.10, 0.10),
    Surrounding.ONSET_MEAN: (-0.06, -0.03),
    Surrounding.OFFSET_MEAN: (0.03, 0.06),
    Surrounding.BEFORE_MEAN: (-0.35, -0.10),
    Surrounding.LONG_BEFORE_MEAN: (-_NEAR_S, -0.10),
    Surrounding.AFTER_MEAN: (0.10, AHEAD_S),
}
_TOPS = {
    Surrounding.BEFORE_TOP: Surrounding.BEFORE_MEAN,
    Surrounding.LONG_BEFORE_TOP: Surrounding.LONG_BEFORE_MEAN,
    Surrounding.AFTER_TOP: Surrounding.AFTER_MEAN,
}
# Squared ratios to the highest of the last 0.35 s and 3 s beyond which no beat is looked for; choices, not tuned.
_HOPELESS_NEAR, _HOPELESS_FAR = math.exp(2 * 2.0), math.exp(2 * 3.3)
_FEW = 20  # so many grid points are quicker to look through one by one (speed alone) ...
_FEW_PEAKS = 6  # ... and so many maxima


def find_peaks(energy: FloatArray, start: int, stop: int) -> list[int]:
    """Local maxima from index `start` up to `stop`, which have neighbours."""
    if stop - start <= _FEW:
        near = energy[start - 1 : stop + 1].tolist()
        each = enumerate(zip(near, near[1:], near[2:], strict=False), start)
        return [k for k, (before, here, after) in each if before < here >= after]
    inner = energy[start:stop]
    is_peak = (inner > energy[start - 1 : stop - 1]) & (inner >= energy[start + 1 : stop + 1])
    found: list[int] = (is_peak.nonzero()[0] + start).tolist()
    return found


def log_ratio(power: FloatArray, reference: FloatArray) -> FloatArray:
    """The logarithm of the ratio of two envelopes given by their squares, within QUIETEST and LOUDEST."""
    ratio = np.log(power / reference)
    ratio *= 0.5
    return np.minimum(np.maximum(ratio, QUIETEST, out=ratio), LOUDEST, out=ratio)


def _reach(offsets: IndexArray) -> tuple[int, int]:
    """From the first of consecutive offsets up to the one behind the last."""
    return int(offsets[0]), int(offsets[-1]) + 1


class CandidateFinder:
    """Measures the neighbourhood of candidates: logarithms of envelope ratios, so that scale does not matter."""

    def __init__(self, grid_hz: float) -> None:
        first, last = round(-_NEAR_S * grid_hz), round(AHEAD_S * grid_hz)
        windows = {column: np.arange(round(a * grid_hz), round(b * grid_hz) + 1) for column, (a, b) in _SPANS_S.items()}
        before, after = windows[Surrounding.BEFORE_MEAN], windows[Surrounding.AFTER_MEAN]
        apart, behind = int(APART_S * grid_hz), round(BEHIND_S * grid_hz)
        # First and last offset of each window that must not hold more than so many times the candidate's energy.
        self._dwarfing = (
            (-apart, apart, 1.0),
            (int(before[0]), int(before[-1]), _HOPELESS_NEAR),
            (-behind, -apart - 1, _HOPELESS_FAR),
        )
        # From each candidate on: the bands at it, the envelope near it, the muscle noise before and after it, and the
        # highest envelope for far back.
        self._far, self._near = _reach(np.arange(-behind, -apart)), (first, last + 1)
        self._before, self._after = _reach(before), _reach(after)
        near, muscle = len(BANDS), len(BANDS) + last + 1 - first
        self._parts = near, muscle, muscle + len(before)
        self._width = muscle + len(before) + len(after) + 1
        self._tops = [
            (column, slice(near + windows[span][0] - first, near + windows[span][-1] - first + 1))
            for column, span in _TOPS.items()
        ]
        self._means = np.zeros((self._width, len(Surrounding)))
        self._means[:near, :near] = np.eye(near)
        for column, window in windows.items():
            self._means[near + window - first, column] = 1.0 / len(window)
        self._means[-1, Surrounding.FAR_TOP] = 1.0
        self._means[muscle : muscle + len(before), Surrounding.MUSCLE_BEFORE] = 1.0 / len(before)
        self._means[muscle + len(before) : -1, Surrounding.MUSCLE_AFTER] = 1.0 / len(after)

    def candidates(self, energy: FloatArray, start: int, stop: int) -> list[int]:
        """The maxima from index `start` up to `stop` that are the highest within APART_S either way and are not
        dwarfed by what lies before them."""
        peaks = find_peaks(energy, start, stop)
        if len(peaks) <= _FEW_PEAKS:
            return [peak for peak in peaks if self._stands_out(energy, peak)]
        left = np.array(peaks)
        for first, last, limit in self._dwarfing:
            around = left[:, None] + np.arange(first, last + 1)
            left = left[np.maximum.reduce(energy[around], axis=1) <= energy[left] * limit]
        found: list[int] = left.tolist()
        return found

    def _stands_out(self, energy: FloatArray, peak: int) -> bool:
        height = energy.item(peak)
        for first, last, limit in self._dwarfing:
            if np.maximum.reduce(energy[peak + first : peak + last + 1]) > height * limit:
                return False
        return True

    def measure(self, trace: BandTrace, at: list[int]) -> FloatArray:
        """(n, surroundings) for candidates `at`, each with BEHIND_S before and AHEAD_S after it in `trace`."""
        bands, energy, muscle = trace.bands, trace.energy, trace.bands[:, MUSCLE_BAND]
        near, before, after = self._parts
        power = np.empty((len(at), self._width))
        for row, here in zip(power, at, strict=True):
            row[:near] = bands[here, :near]
            row[near:before] = energy[here + self._near[0] : here + self._near[1]]
            row[before:after] = muscle[here + self._before[0] : here + self._before[1]]
            row[after:-1] = muscle[here + self._after[0] : here + self._after[1]]
            row[-1] = np.maximum.reduce(energy[here + self._far[0] : here + self._far[1]])
        ratios = log_ratio(power, energy[at][:, None])
        features = ratios.dot(self._means)
        for column, window in self._tops:
            features[:, column] = np.maximum.reduce(ratios[:, window], axis=1)
        return np.asarray(features)
