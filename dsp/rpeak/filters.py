"""The R-peak detector's front end: decimation to a common rate and a bank of short band-pass filters.

All filters are linear phase and finite, so what comes out depends on 160 ms of signal alone: nothing rings after a
drop-out and nothing has to settle. The constants are choices, not tuned; the score's weights were fitted with them.
"""

import math
from dataclasses import dataclass

import numpy as np

from dsp.types import FloatArray

# Centre frequency in Hz and Gaussian width in seconds of each Gabor filter: from T waves up to muscle noise.
BANDS: tuple[tuple[float, float], ...] = ((4.0, 0.035), (8.0, 0.026), (14.0, 0.018), (22.0, 0.012), (36.0, 0.010))
T_WAVE_BAND, HIGH_QRS_BAND, MUSCLE_BAND = 0, 3, 4  # places in BANDS
QRS_BANDS = slice(1, HIGH_QRS_BAND + 1)  # 8 to 22 Hz, whose summed energy makes the candidates
HALF_LENGTH_S = 0.064  # of every filter: delay that counts against the 400 ms a beat may take
HEARD = 36  # numbers that tell what the last seconds sounded like (dsp/rpeak/hearing.py)
GRID_HZ = 125.0  # rate at which beats are sought; they are located at the full rate
SILENCE = 1e-60  # the squared envelope of nothing: a flat line, or samples that are missing
_RESOLUTION = 1e-9  # an envelope this small beside the signal's offset is rounding


@dataclass(frozen=True, slots=True)
class BandTrace:
    """What the filter bank gives at n consecutive grid points.

    `bands`: (n, bands + 1) squared envelopes and, last, `energy`: (n,) their sum over the QRS bands; `filtered`:
    (n, 2 * bands + 1) what the filters give themselves, which is `signed`, and, last, `wave`: (n,) the signal in the
    QRS bands with its polarity. SILENCE, and 0 in `filtered`, where there is no signal.
    """

    bands: FloatArray
    energy: FloatArray
    filtered: FloatArray
    signed: FloatArray
    wave: FloatArray

    @classmethod
    def of(cls, points: int) -> "BandTrace":
        """Room for so many grid points."""
        filtered = np.empty((points, 2 * len(BANDS) + 1))
        return cls(np.empty((points, len(BANDS) + 1)), np.empty(points), filtered, filtered[:, :-1], filtered[:, -1])

    def silence(self, points: int) -> None:
        """There is no signal at so many points, the first ones."""
        self.bands[:points] = SILENCE
        self.energy[:points] = SILENCE
        self.filtered[:points] = 0.0

    def move(self, begin: int, end: int) -> None:
        """The grid points from `begin` up to `end` become the first ones."""
        for array in (self.bands, self.energy, self.filtered):
            array[: end - begin] = array[begin:end].copy()


def decimation(fs_hz: float) -> int:
    """How many samples apart grid points are."""
    return max(1, round(fs_hz / GRID_HZ))


def grid_rate_hz(fs_hz: float) -> float:
    """Grid points a second, about GRID_HZ."""
    return fs_hz / decimation(fs_hz)


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


class FilterBank:
    """Turns samples into a `BandTrace` on a grid of about 125 Hz.

    Grid point k is sample `k * factor + delay`. Samples may be NaN; all grid points that they reach are then SILENCE.
    """

    def __init__(self, fs_hz: float, most_points: int) -> None:
        """`most_points` is how many grid points are asked for at once, at most."""
        self.factor = decimation(fs_hz)
        grid_hz = grid_rate_hz(fs_hz)
        self._lowpass = lowpass_taps(self.factor)
        taps = gabor_taps(grid_hz)
        self._taps = np.column_stack((taps, taps[:, QRS_BANDS].sum(axis=1)))
        slow_points = np.arange(most_points + len(taps) - 1)[:, None]
        self._slow_reach = slow_points * self.factor + np.arange(len(self._lowpass))
        self._reach = slow_points[:most_points] + np.arange(len(taps))
        self.delay = len(taps) // 2 * self.factor + len(self._lowpass) // 2
        pairing = np.vstack((np.eye(len(BANDS)), np.eye(len(BANDS)), np.zeros((1, len(BANDS)))))
        self._pairing = np.column_stack((pairing, pairing[:, QRS_BANDS].sum(axis=1)))

    def samples_for(self, points: int) -> int:
        """How many samples `points` consecutive grid points are made from."""
        return (points - 1) * self.factor + 2 * self.delay + 1

    def points_in(self, samples: int) -> int:
        """How many grid points `samples` consecutive samples make."""
        return max(0, (samples - 2 * self.delay - 1) // self.factor + 1)

    def fill(self, samples: FloatArray, trace: BandTrace, begin: int, end: int) -> bool:
        """Write the grid points of `samples`, as many as they are made from, into `trace` from `begin` up to `end`.

        Returns whether there is signal at all of them.
        """
        count = end - begin
        slow = samples[self._slow_reach[: count + len(self._taps) - 1]].dot(self._lowpass)
        filtered, bands, energy = trace.filtered[begin:end], trace.bands[begin:end], trace.energy[begin:end]
        np.dot(slow[self._reach[:count]], self._taps, out=filtered)
        np.dot(filtered * filtered, self._pairing, out=bands)
        energy[:] = bands[:, -1]
        offset = samples[self.delay : len(samples) - self.delay : self.factor]
        if np.minimum.reduce(energy) > offset.dot(offset) * _RESOLUTION**2 + SILENCE:
            return True  # as each is above what its own offset asks for
        silent = ~(energy > np.square(offset * _RESOLUTION) + SILENCE)
        if not silent.any():
            return True
        bands[silent] = energy[silent] = SILENCE
        filtered[silent] = 0.0
        return False
