"""The R-peak detector's front end: decimation to a common rate and a bank of short band-pass filters.

All filters are linear phase and finite, so what comes out depends on 190 ms of signal alone: nothing rings after a
drop-out and nothing has to settle.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Centre frequency in Hz and Gaussian width in seconds of each Gabor filter: from T waves up to muscle noise.
BANDS: tuple[tuple[float, float], ...] = ((4.0, 0.040), (8.0, 0.028), (14.0, 0.018), (22.0, 0.012), (36.0, 0.010))
QRS_BANDS = slice(1, 4)
HALF_LENGTH_S = 0.080
GRID_HZ = 125.0
SILENCE = -60.0  # the logarithm given to an envelope of nothing: a flat line, or samples that are missing
_RESOLUTION = 1e-9  # an envelope this small beside the signal's offset is rounding


@dataclass(frozen=True, slots=True)
class Trace:
    """What the front end knows at n consecutive grid points.

    `bands`: (n, bands) natural logarithms of the envelopes, re 1 uV; `energy`: (n,) the same of the QRS bands
    together; `wave`: (n,) the signal in the QRS bands with its polarity. SILENCE where there is no signal, and 0 in
    `wave`.
    """

    bands: FloatArray
    energy: FloatArray
    wave: FloatArray


def gabor_taps(grid_hz: float) -> FloatArray:
    """Quadrature pairs of Gabor filters blind to offset and slope: (length, 2 * bands), even filters first.

    Gabor 1946, Theory of communication: the shortest filters for their bandwidth. The magnitude of a pair is an
    envelope that depends neither on polarity nor on where in the QRS complex the R-peak lies.
    """
    half = math.ceil(HALF_LENGTH_S * grid_hz)
    t_s = np.arange(-half, half + 1) / grid_hz
    even, odd = [], []
    for centre_hz, width_s in BANDS:
        window = np.exp(-0.5 * (t_s / width_s) ** 2)
        cosine = window * np.cos(2 * np.pi * centre_hz * t_s)
        sine = window * np.sin(2 * np.pi * centre_hz * t_s)
        cosine -= window * cosine.sum() / window.sum()
        sine -= window * t_s * (sine @ t_s) / (window @ t_s**2)
        even.append(cosine / np.linalg.norm(cosine) / math.sqrt(grid_hz))
        odd.append(sine / np.linalg.norm(sine) / math.sqrt(grid_hz))
    return np.ascontiguousarray(np.array(even + odd).T)


def lowpass_taps(factor: int) -> FloatArray:
    """A Hann window of four grid steps with unit gain at DC; odd, so that its delay is a whole sample."""
    if factor == 1:
        return np.ones(1)
    taps = np.hanning(4 * factor + 1)
    return np.asarray(taps / taps.sum())


class FrontEnd:
    """Turns samples into a `Trace` on a grid of about 125 Hz.

    Grid point k is sample `k * factor + delay`. Samples may be NaN; so is then everything they reach, as SILENCE.
    """

    def __init__(self, fs_hz: float) -> None:
        self.factor = max(1, round(fs_hz / GRID_HZ))
        self.grid_hz = fs_hz / self.factor
        self._lowpass = lowpass_taps(self.factor)
        self._taps = gabor_taps(self.grid_hz)
        self._half = len(self._taps) // 2
        self.delay = self._half * self.factor + len(self._lowpass) // 2
        self._index = np.empty((0, 0), dtype=np.intp)

    def samples_for(self, points: int) -> int:
        """How many samples `points` consecutive grid points are made from."""
        return (points - 1) * self.factor + 2 * self.delay + 1

    def trace(self, samples: FloatArray) -> Trace:
        """The grid points of `samples`, `samples_for(n)` of them for n points."""
        slow = np.convolve(samples, self._lowpass, "valid")[:: self.factor] if self.factor > 1 else samples
        points = len(slow) - 2 * self._half
        if len(self._index) != points:
            self._index = np.arange(points)[:, None] + np.arange(2 * self._half + 1)
        pairs = slow[self._index] @ self._taps
        squares = pairs * pairs
        power = squares[:, : len(BANDS)] + squares[:, len(BANDS) :]
        energy = power[:, QRS_BANDS].sum(axis=1)
        wave = pairs[:, QRS_BANDS].sum(axis=1)
        offset = slow[self._half : self._half + points] * _RESOLUTION
        silent = ~(energy > offset * offset)
        if silent.any():
            power[silent] = energy[silent] = math.exp(2 * SILENCE)
            wave[silent] = 0.0
        np.maximum(power, math.exp(2 * SILENCE), out=power)
        return Trace(0.5 * np.log(power), 0.5 * np.log(energy), wave)
