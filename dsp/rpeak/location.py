"""Where in a QRS complex the R-peak lies, to a fraction of a sample.

The widths are choices; with them the jitter against MIT-BIH's annotations is 2.0 ms (docs/decisions/0003).
"""

import math

import numpy as np

from dsp.types import FloatArray

_FINE_S = 0.008  # Gaussian smoothing that keeps the R-peak
_COARSE_S = 0.040  # Gaussian smoothing that follows wander, P and T waves
REACH_S = 0.050  # the R-peak is sought this far from the envelope's maximum


def gaussian_taps(width_s: float, half: int, fs_hz: float) -> FloatArray:
    t_s = np.arange(-half, half + 1) / fs_hz
    taps = np.exp(-0.5 * (t_s / width_s) ** 2)
    return np.asarray(taps / taps.sum())


def top_of(wave: FloatArray, at: int) -> float:
    """Where the parabola through the samples about the maximum `at` has its top."""
    before, peak, after = wave[at - 1 : at + 2].tolist()
    bend = before - 2.0 * peak + after
    shift = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
    return at + max(-0.5, min(0.5, shift))


class RPeakLocator:
    """The difference of two Gaussian smoothings (Marr & Hildreth 1980) and its largest deflection of either sign."""

    def __init__(self, fs_hz: float) -> None:
        half = math.ceil(3 * _COARSE_S * fs_hz)
        self._taps = gaussian_taps(_FINE_S, half, fs_hz) - gaussian_taps(_COARSE_S, half, fs_hz)
        self.noise_taps = self._taps / math.sqrt(self._taps.dot(self._taps))
        self._reach = math.ceil(REACH_S * fs_hz)
        self.margin = half + self._reach + 1

    def deflection(self, samples: FloatArray) -> FloatArray:
        """Of all samples that have 3 coarse widths of others on both sides."""
        return np.correlate(samples, self._taps)

    def highest(self, wave: FloatArray) -> float:
        """Offset in samples of the R-peak from the middle of `wave`, which reaches REACH_S and a sample either way."""
        size = np.abs(wave)
        return top_of(size, int(size[1:-1].argmax()) + 1) - (self._reach + 1)
