"""Heart rhythm coherence (McCraty & Zayas 2014, doi 10.3389/fpsyg.2014.01090)."""

from dataclasses import dataclass

import numpy as np

from dsp.hrv.spectrum import RESAMPLE_HZ, hann
from dsp.types import NAN, ComplexArray, FloatArray

WINDOW_S = 64.0  # as in the paper
FFT_POINTS = 16384  # padded to so many, that a peak's power is not read off bins as wide as itself
PEAK_BAND_HZ = (0.04, 0.26)  # the paper's
TOTAL_BAND_HZ = (0.0033, 0.4)  # the paper's
HALF_WIDTH_HZ = 0.015  # the paper's

_SIZE = round(WINDOW_S * RESAMPLE_HZ)
_BIN_HZ = RESAMPLE_HZ / FFT_POINTS
_BINS = round(TOTAL_BAND_HZ[1] / _BIN_HZ) + 1


def _chirp_response(points: int) -> tuple[ComplexArray, ComplexArray]:
    chirp = np.exp(-1j * np.pi * np.arange(_BINS) ** 2 / FFT_POINTS)
    response = np.zeros(points, dtype=np.complex128)
    response[:_BINS] = chirp.conj()
    response[1 - _SIZE :] = chirp[1:_SIZE].conj()[::-1]
    return hann(_SIZE) * chirp[:_SIZE], np.fft.fft(response)


# A tenth of the padded transform is wanted, of a signal that is mostly zeros: Bluestein's chirp gives just that, the
# same values to rounding, from two transforms of an eighth of the length.
_CHIRP_POINTS = 2048
_WINDOWED_CHIRP, _RESPONSE = _chirp_response(_CHIRP_POINTS)


@dataclass(frozen=True, slots=True)
class Coherence:
    """`ratio` = peak power / (total power - peak power); a pure sine reads about 9 to 10. `peak_hz` is where
    the peak is."""

    ratio: float = NAN
    peak_hz: float = NAN


def coherence(tachogram_ms: FloatArray) -> Coherence:
    """Coherence of 64 s of tachogram at 4 Hz, shape (256,); NaN when it is flat.

    The Hann-windowed tachogram is padded with zeros to 16384 points. The peak's power lies within 0.015 Hz
    of the greatest density between 0.04 and 0.26 Hz, the total between 0.0033 and 0.4 Hz.
    """
    power = _power(tachogram_ms - tachogram_ms.mean())
    low, high = _bin(PEAK_BAND_HZ[0]), _bin(PEAK_BAND_HZ[1])
    peak = low + int(power[low : high + 1].argmax())
    half = _bin(HALF_WIDTH_HZ)
    near = float(power[max(0, peak - half) : peak + half + 1].sum())
    rest = float(power[_bin(TOTAL_BAND_HZ[0]) :].sum()) - near
    if near <= 1e-9 * _SIZE or rest <= 0:
        return Coherence()
    return Coherence(near / rest, peak * _BIN_HZ)


def _power(values: FloatArray) -> FloatArray:
    """Power of the Hann-windowed, padded transform of `values`, bins from 0 to 0.4 Hz."""
    spectrum = np.fft.ifft(np.fft.fft(values * _WINDOWED_CHIRP, _CHIRP_POINTS) * _RESPONSE)[:_BINS]
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def _bin(freq_hz: float) -> int:
    return round(freq_hz / _BIN_HZ)
