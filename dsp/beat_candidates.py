"""Where a beat could be: the maxima of the QRS envelope, and what the signal around each looks like."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.filters import BANDS, FloatArray, Trace

IndexArray = NDArray[np.intp]

APART_S = 0.1  # of two maxima closer than this only the higher is a candidate
AHEAD_S = 0.23  # how far past a candidate its features look
BEHIND_S = 3.0  # and how far back
QUIETEST, LOUDEST = -5.0, 3.0  # limits of every log ratio: e**-5 is silence, e**3 is an artefact
_NEAR_S = 1.5
_MUSCLE = len(BANDS) - 1
# (from, to) in seconds about the candidate: the mean log ratio of the envelope, and of the last three its maximum too
_WINDOWS: tuple[tuple[float, float], ...] = (
    (-0.10, 0.10),
    (-0.06, -0.03),
    (0.03, 0.06),
    (-0.35, -0.10),
    (-_NEAR_S, -0.10),
    (0.10, AHEAD_S),
)
_MAXIMA_FROM = 3
SURROUNDINGS = len(BANDS) + 2 * len(_WINDOWS) - _MAXIMA_FROM + 3
# Squared ratios to the highest of the last 0.35 s and 3 s beyond which no beat is looked for.
_HOPELESS_NEAR, _HOPELESS_FAR = math.exp(2 * 2.0), math.exp(2 * 3.3)
_FEW = 16  # grid points that are quicker to look through one by one


def find_peaks(energy: FloatArray, start: int, stop: int) -> IndexArray:
    """Local maxima from index `start` up to `stop`, which have neighbours."""
    if stop - start <= _FEW:
        near = energy[start - 1 : stop + 1].tolist()
        found = [k for k in range(1, len(near) - 1) if near[k - 1] < near[k] >= near[k + 1]]
        return np.array(found, dtype=np.intp) + (start - 1)
    inner = energy[start:stop]
    return np.flatnonzero((inner > energy[start - 1 : stop - 1]) & (inner >= energy[start + 1 : stop + 1])) + start


def log_ratio(power: FloatArray, reference: FloatArray) -> FloatArray:
    """The logarithm of the ratio of two envelopes given by their squares, within QUIETEST and LOUDEST."""
    ratio = 0.5 * np.log(power / reference)
    return np.minimum(np.maximum(ratio, QUIETEST, out=ratio), LOUDEST, out=ratio)


class Surroundings:
    """Measures the neighbourhood of candidates: logarithms of envelope ratios, so that scale does not matter."""

    def __init__(self, grid_hz: float) -> None:
        first, last = round(-_NEAR_S * grid_hz), round(AHEAD_S * grid_hz)
        self._near = np.arange(first, last + 1)
        windows = [slice(round(a * grid_hz) - first, round(b * grid_hz) - first + 1) for a, b in _WINDOWS]
        self._means = np.zeros((len(self._near), len(windows)))
        for column, window in enumerate(windows):
            self._means[window, column] = 1.0 / (window.stop - window.start)
        self._maxima = windows[_MAXIMA_FROM:]
        apart = int(APART_S * grid_hz)
        self._apart = np.arange(-apart, apart + 1)
        self._before = self._near[windows[3]]
        after = self._near[windows[5]]
        self._muscle = np.concatenate((self._before, after))
        self._muscle_means = np.zeros((len(self._muscle), 2))
        self._muscle_means[: len(self._before), 0] = 1.0 / len(self._before)
        self._muscle_means[len(self._before) :, 1] = 1.0 / len(after)
        self._far = np.arange(-round(BEHIND_S * grid_hz), -apart)

    def candidates(self, energy: FloatArray, start: int, stop: int) -> IndexArray:
        """The maxima from index `start` up to `stop` that are the highest within APART_S either way and are not
        dwarfed by what lies before them."""
        peaks = find_peaks(energy, start, stop)
        for window, limit in ((self._apart, 1.0), (self._before, _HOPELESS_NEAR), (self._far, _HOPELESS_FAR)):
            if len(peaks):
                height = energy[peaks] * limit
                peaks = np.compress(energy[peaks[:, None] + window].max(axis=1) <= height, peaks)
        return np.asarray(peaks)

    def measure(self, trace: Trace, at: IndexArray) -> FloatArray:
        """(n, SURROUNDINGS) for candidates `at`, each with BEHIND_S before and AHEAD_S after it in `trace`."""
        bands, energy, where = trace.bands, trace.energy, at[:, None]
        height = energy[where]
        near = log_ratio(energy[where + self._near], height)
        muscle = log_ratio(bands[where + self._muscle, _MUSCLE], height)
        columns = [log_ratio(bands[at, : len(BANDS)], height), near @ self._means]
        columns += [near[:, window].max(axis=1, keepdims=True) for window in self._maxima]
        columns.append(log_ratio(energy[where + self._far].max(axis=1, keepdims=True), height))
        columns.append(muscle @ self._muscle_means)
        return np.concatenate(columns, axis=1)
