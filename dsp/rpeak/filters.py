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
HEARD = 36  # numbers that tell what the last seconds sounded like
GRID_HZ = 125.0  # rate at which beats are sought; they are located at the full rate
SILENCE = 1e-60  # the squared envelope of nothing: a flat line, or samples that are missing
_RESOLUTION = 1e-9  # an envelope this small beside the signal's offset is rounding


@dataclass(frozen=True, slots=True)
class BandTrace:
    """What the filter bank gives at n consecutive grid points.

    `bands`: (n, bands) squared envelopes; `energy`: (n,) their sum over the QRS bands; `wave`: (n,) the signal in the
    QRS bands with its polarity; `signed`: (n, 2 * bands) what the filters give themselves; `heard`: (n, HEARD) what
    the last seconds sounded like up to there (dsp/rpeak/hearing.py). SILENCE, and 0 in `wave` and `signed`, where there
    is no signal.
    """

    bands: FloatArray
    energy: FloatArray
    wave: FloatArray
    signed: FloatArray
    heard: FloatArray

    @classmethod
    def of(cls, points: int) -> "BandTrace":
        """Room for so many grid points."""
        widths = (len(BANDS) + 1, 0, 0, 2 * len(BANDS), HEARD)
        return cls(*(np.empty((points, width) if width else points) for width in widths))


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
        slow = samples[self._slow_reach[: count + self._taps.shape[0] - 1]].dot(self._lowpass)
        outputs = slow[self._reach[:count]].dot(self._taps)
        bands, energy = trace.bands[begin:end], trace.energy[begin:end]
        trace.wave[begin:end] = outputs[:, -1]
        trace.signed[begin:end] = outputs[:, :-1]
        np.matmul(np.square(outputs, out=outputs), self._pairing, out=bands)
        energy[:] = bands[:, -1]
        offset = samples[self.delay : len(samples) - self.delay : self.factor]
        heard = energy > np.square(offset * _RESOLUTION) + SILENCE
        if heard.all():
            return True
        silent = ~heard
        bands[silent] = energy[silent] = SILENCE
        trace.wave[begin:end][silent] = 0.0
        trace.signed[begin:end][silent] = 0.0
        return False
