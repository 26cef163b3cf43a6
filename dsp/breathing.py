"""The breathing rate from what breathing does to the beats: RR intervals, beat amplitude, PPG baseline.

Each source's last minute is resampled at 4 Hz, freed of its trend, and its spectrum taken; a breath is where
sources agree.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from dsp.spectrum import RESAMPLE_HZ, Floats, hann
from dsp.types import NAN

WINDOW_S = 60.0
BAND_HZ = (0.06, 0.55)
MIN_CONFIDENCE = 0.5
_POINTS = 4096
_SIZE = round(WINDOW_S * RESAMPLE_HZ)
_WINDOW = hann(_SIZE)
_BIN_HZ = RESAMPLE_HZ / _POINTS
_LOW, _HIGH = round(BAND_HZ[0] / _BIN_HZ), round(BAND_HZ[1] / _BIN_HZ)
_FREQS_HZ = np.arange(_LOW, _HIGH + 1) * _BIN_HZ
_HALF_WIDTH = round(0.025 / _BIN_HZ)
_MAYER_HZ = (0.07, 0.13)
_TIME = np.linspace(-1, 1, _SIZE)
_TIME_POWER = float(_TIME @ _TIME)


@dataclass(frozen=True, slots=True)
class BreathingRate:
    """`breaths_per_min` is NaN where `confidence` (0 to 1) is below 0.5."""

    breaths_per_min: float = NAN
    confidence: float = NAN


class BreathingEstimator:
    """Collects what beats say about breathing; `rate` sums up the last minute."""

    def __init__(self) -> None:
        self._beats: deque[tuple[float, float, float]] = deque()

    def push_beat(self, t_s: float, amplitude: float, baseline: float = NAN) -> None:
        """A trusted beat's amplitude and (PPG) baseline, in any unit; NaN where there is none."""
        self._beats.append((t_s, amplitude, baseline))
        while self._beats[0][0] < t_s - WINDOW_S - 5:
            self._beats.popleft()

    def clear(self) -> None:
        """Forget: contact was lost."""
        self._beats.clear()

    def rate(self, end_s: float, tachogram_ms: Floats, pace_breaths_per_min: float = NAN) -> BreathingRate:
        """The rate over the minute up to `end_s`; `tachogram_ms` is that minute of RR at 4 Hz, shape
        (240,)."""
        sources = [tachogram_ms, *self._resampled(end_s)]
        shares = np.array([_shares(values) for values in sources if np.ptp(values) > 0])
        if len(shares) == 0:
            return BreathingRate()
        fused = shares.mean(axis=0)
        peak = int(fused.argmax())
        near = fused[max(0, peak - _HALF_WIDTH) : peak + _HALF_WIDTH + 1].sum()
        confidence = float(near)
        hz = _peak_hz(fused, peak)
        if confidence < MIN_CONFIDENCE:
            return BreathingRate(NAN, confidence)
        return BreathingRate(60 * hz, confidence)

    def _resampled(self, end_s: float) -> list[Floats]:
        beats = np.array([b for b in self._beats if b[0] <= end_s + 1]).reshape(-1, 3)
        if len(beats) < 20 or beats[0, 0] > end_s - WINDOW_S + 3:
            return []
        grid_s = end_s - WINDOW_S + np.arange(1, _SIZE + 1) / RESAMPLE_HZ
        columns = [beats[:, 1], beats[:, 2]]
        return [np.interp(grid_s, beats[:, 0], column) for column in columns if np.isfinite(column).all()]


def _shares(values: Floats) -> Floats:
    """Each bin's share of the source's power in the band."""
    centred = values - values.mean()
    centred = (centred - (centred @ _TIME) / _TIME_POWER * _TIME) * _WINDOW
    spectrum = np.fft.rfft(centred, _POINTS)[_LOW : _HIGH + 1]
    power = spectrum.real**2 + spectrum.imag**2
    total = power.sum()
    return np.asarray(power / total if total > 0 else power)


def _peak_hz(power: Floats, peak: int) -> float:
    """The top of the parabola through the log power around `peak`."""
    if not 0 < peak < len(power) - 1:
        return float(_FREQS_HZ[peak])
    left, top, right = np.log(power[peak - 1 : peak + 2] + 1e-300)
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(_FREQS_HZ[peak] + shift * _BIN_HZ)
