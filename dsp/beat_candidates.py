"""Where a beat could be: the maxima of the QRS envelope, and what the signal around each looks like."""

import numpy as np
from numpy.typing import NDArray

from dsp.filters import BANDS, FloatArray

IndexArray = NDArray[np.intp]

APART_S = 0.1  # of two maxima closer than this only the higher is a candidate
AHEAD_S = 0.18  # how far past a candidate its features look
BEHIND_S = 3.0  # and how far back
SNIPPET_S = 0.080  # half the length of the waveform that is compared from beat to beat
# (from, to) in seconds about the candidate
_WINDOWS: tuple[tuple[float, float], ...] = (
    (-0.35, -0.10),
    (-1.5, -0.10),
    (-0.10, 0.10),
    (-0.06, -0.03),
    (0.03, 0.06),
    (0.10, AHEAD_S),
)
_PEAK_WINDOWS = (0, 1, 5)
SURROUNDINGS = len(BANDS) + len(_WINDOWS) + len(_PEAK_WINDOWS) + 3
QUIETEST, LOUDEST = -5.0, 3.0  # limits of every log ratio: e**-5 is silence, e**3 is an artefact


def find_candidates(energy: FloatArray, grid_hz: float) -> IndexArray:
    """Local maxima of `energy` that no higher one follows or precedes within APART_S."""
    inner = energy[1:-1]
    peaks = np.flatnonzero((inner > energy[:-2]) & (inner >= energy[2:])) + 1
    if len(peaks) < 2:
        return peaks
    height = energy[peaks]
    close = np.diff(peaks) <= int(APART_S * grid_hz)
    later_wins = height[1:] > height[:-1]
    keep = np.ones(len(peaks), dtype=bool)
    keep[:-1] &= ~(close & later_wins)
    keep[1:] &= ~(close & ~later_wins)
    return peaks[keep]


class Surroundings:
    """Measures the neighbourhood of candidates: logarithms of envelope ratios, so that scale does not matter."""

    def __init__(self, grid_hz: float) -> None:
        self._windows = [np.arange(round(a * grid_hz), round(b * grid_hz) + 1) for a, b in _WINDOWS]
        self._far = np.arange(-round(BEHIND_S * grid_hz), -round(APART_S * grid_hz) + 1)
        self._beside = round(0.15 * grid_hz)

    def measure(self, bands: FloatArray, energy: FloatArray, at: IndexArray) -> FloatArray:
        """(n, SURROUNDINGS) for candidates `at`, each with BEHIND_S before and AHEAD_S after it in the arrays."""
        height = energy[at][:, None]
        columns = [bands[at] - height]
        for number, window in enumerate(self._windows):
            ratio = np.clip(energy[at[:, None] + window] - height, QUIETEST, LOUDEST)
            columns.append(ratio.mean(axis=1, keepdims=True))
            if number in _PEAK_WINDOWS:
                columns.append(ratio.max(axis=1, keepdims=True))
        columns.append(energy[at[:, None] + self._far].max(axis=1, keepdims=True) - height)
        columns.append(bands[at - self._beside, -1:] - height)
        columns.append(bands[at + self._beside, -1:] - height)
        return np.clip(np.concatenate(columns, axis=1), QUIETEST, LOUDEST)
