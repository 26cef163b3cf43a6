"""The breathing rate from what breathing does to the beats: RR intervals, beat amplitude, PPG baseline.

Each source's last minute is resampled at 4 Hz and detrended, and its power multiplied by a power of frequency
(up to 0.3 Hz), against the slow waves (Mayer's near 0.1 Hz, vasomotion, wander) that each of them carries. The
sources' spectra are averaged, each weighing by how concentrated it is. A concentrated common peak is a
breath; the less there is to support it, the more concentrated it must be, and a second witness must say the same.
The constants were chosen by hand on simulated hearts, those of decision 0037 on bidmc; bench.hrv prints how they
do there and on the recordings of `breathing`.
"""

from collections import deque
from dataclasses import dataclass
from statistics import median

import numpy as np

from dsp.hrv.breath_count import counted_breaths_per_min
from dsp.hrv.rsa import MAX_OFF_PACE_HZ
from dsp.hrv.spectrum import RESAMPLE_HZ, hann
from dsp.types import CONFIDENT_BREATHING, METRICS_WINDOW_S, NAN, FloatArray

BAND_HZ = (0.06, 0.55)
"""Where a breath is sought: 3.6 to 33 a minute."""
SLOPE_ENDS_HZ = 0.3
SLOPE = 1.5
"""Up to 0.3 Hz power is multiplied by this power of frequency (docs/decisions/0037)."""
CREDIBLE = 3.0
"""So many robust standard deviations (1.48 times the median deviation) from the median is as far as one QRS
complex's size counts (an ectopic's, say); an even breath stays within 1.5. A pulse that stands out is mostly movement,
and then the minute is better withheld."""

MIN_CONCENTRATION = 0.36
"""Share of the power within 0.025 Hz of the peak from which on a rate is believed."""
SLOW_HZ, SLOW_ADDS_PER_HZ = 0.15, 3.0
"""More is asked the further below 0.15 Hz (the edge of LF) the peak is, where slow waves live, ..."""
ALONE_ADDS = 0.17
"""... and where there is one source only, ..."""
PACED_TAKES = 0.25
"""... and less where the guide's pace says the same."""
AGREES = 2.0
"""Without a guide, breaths counted in one of the sources must say the same to so many a minute, ..."""
SAME_PEAK = 1.0
"""... or the intervals and the beats' waveforms each have their own greatest peak within so many a minute of it, ..."""
UNAGREED = 0.4
"""... and else the confidence is no more than this (docs/decisions/0022, 0037)."""
PLAIN, WHOLE_FROM_HZ = 0.72, 0.02
"""Intervals alone, below `SLOW_HZ`: a peak that holds so much of their whole power from 0.02 Hz on needs no witness.
Noise adds crests to a slow breath, so that counting denies it, and slow waves come with slower ones, which pull their
share below this (docs/decisions/0040)."""

_POINTS = 2048  # of the padded transform: bins of 0.002 Hz
_SIZE = round(METRICS_WINDOW_S * RESAMPLE_HZ)
_WINDOW = hann(_SIZE)
_BIN_HZ = RESAMPLE_HZ / _POINTS
_LOW, _HIGH = round(BAND_HZ[0] / _BIN_HZ), round(BAND_HZ[1] / _BIN_HZ)
_WHOLE = round(WHOLE_FROM_HZ / _BIN_HZ)
_FREQS_HZ = np.arange(_LOW, _HIGH + 1) * _BIN_HZ
_SLOPE = np.minimum(_FREQS_HZ, SLOPE_ENDS_HZ) ** SLOPE
_HALF_WIDTH = round(0.025 / _BIN_HZ)  # of a peak
_LINE = np.linspace(-1, 1, _SIZE) / np.sqrt(np.sum(np.linspace(-1, 1, _SIZE) ** 2))
_MIN_BEATS = 20  # in the minute
_SLACK_S = 3.0  # between the minute's ends and the first and last beat
_CONCENTRATION_POWER = 3  # to which a source's concentration is raised, to weigh it


@dataclass(frozen=True, slots=True)
class BreathingRate:
    """`breaths_per_min` is NaN where `confidence` (0 to 1) is below 0.5; both are NaN where there is
    nothing to read."""

    breaths_per_min: float = NAN
    confidence: float = NAN


class BreathingEstimator:
    """Collects what beats say about breathing; `rate` sums up the last minute."""

    def __init__(self) -> None:
        self._beats: deque[tuple[float, float, float]] = deque()

    def push_beat(self, t_s: float, amplitude: float, baseline: float = NAN) -> None:
        """A trusted beat's amplitude and (PPG) baseline, in any unit; NaN where there is none."""
        self._beats.append((t_s, amplitude, baseline))
        while self._beats[0][0] < t_s - METRICS_WINDOW_S - 2 * _SLACK_S:
            self._beats.popleft()

    def clear(self) -> None:
        """Forget: contact was lost."""
        self._beats.clear()

    @property
    def of_pulses(self) -> bool:
        """Whether the latest beat has a baseline. A pulse's size follows the interval before it (filling), that of a
        QRS complex hardly: in an irregular rhythm only the latter tells breathing."""
        return bool(self._beats) and not np.isnan(self._beats[-1][2])

    def rate(
        self, end_s: float, tachogram_ms: FloatArray | None = None, pace_breaths_per_min: float = NAN
    ) -> BreathingRate:
        """The rate over the minute up to `end_s`.

        `tachogram_ms` is that minute of RR at 4 Hz, shape (240,), None where it could not be read;
        `pace_breaths_per_min` the guide's pace, NaN without one.
        """
        waveforms = [source for source in self._waveforms(end_s) if np.ptp(source) > 0]
        intervals = [] if tachogram_ms is None or np.ptp(tachogram_ms) == 0 else [tachogram_ms]
        sources = waveforms + intervals
        if not sources:
            return BreathingRate()
        whole = _powers(sources)
        power = whole[:, _LOW:]
        rising = power * _SLOPE
        rising /= rising.sum(axis=1, keepdims=True)
        weights = np.array([_near(row, int(row.argmax())) for row in rising]) ** _CONCENTRATION_POWER
        fused = weights @ rising / weights.sum()
        peak = int(fused.argmax())
        hz = _top_hz(weights @ (power / power.sum(axis=1, keepdims=True)), peak)
        needed = MIN_CONCENTRATION + SLOW_ADDS_PER_HZ * max(0.0, SLOW_HZ - hz) + ALONE_ADDS * (len(power) == 1)
        if abs(hz - pace_breaths_per_min / 60) <= MAX_OFF_PACE_HZ:
            needed -= PACED_TAKES
            agreed = True
        else:
            own = np.abs(60 * _FREQS_HZ[rising.argmax(axis=1)] - 60 * hz) <= SAME_PEAK
            apart = bool(intervals and own[-1] and own[:-1].any())
            agreed = apart or any(abs(counted_breaths_per_min(source) - 60 * hz) <= AGREES for source in sources)
        confidence = min(1.0, CONFIDENT_BREATHING * _near(fused, peak) / needed)
        if not agreed:
            confidence = min(confidence, UNAGREED)
        if not waveforms:
            top = int(power[0].argmax())
            plain = _near(power[0], top) / float(whole[0, _WHOLE:].sum())
            if plain >= PLAIN and _FREQS_HZ[top] < SLOW_HZ:
                hz, confidence = _top_hz(power[0], top), max(confidence, CONFIDENT_BREATHING * plain / PLAIN)
        return BreathingRate(60 * hz if confidence >= CONFIDENT_BREATHING else NAN, confidence)

    def _waveforms(self, end_s: float) -> list[FloatArray]:
        """Amplitude and baseline at the tachogram's times, if the beats reach from its start to its end."""
        beats = np.array(self._beats)
        if (
            len(beats) < _MIN_BEATS
            or beats[0, 0] > end_s - METRICS_WINDOW_S + _SLACK_S
            or beats[-1, 0] < end_s - _SLACK_S
        ):
            return []
        grid_s = end_s - METRICS_WINDOW_S + np.arange(1, _SIZE + 1) / RESAMPLE_HZ
        columns = [beats[:, 1], beats[:, 2]] if self.of_pulses else [_credible(beats[:, 1])]
        return [np.interp(grid_s, beats[:, 0], column) for column in columns]


def _credible(values: FloatArray) -> FloatArray:
    """`values` with single ones that stand out brought back; as they are where most are the same."""
    middle = median(values.tolist())
    reach = CREDIBLE * 1.4826 * median(np.abs(values - middle).tolist())
    return np.minimum(np.maximum(values, middle - reach), middle + reach) if reach > 0 else values


def _powers(sources: list[FloatArray]) -> FloatArray:
    """The power of each source up to the band's end, shape (sources, bins)."""
    values = np.array(sources)
    values -= values.mean(axis=1, keepdims=True)
    values -= (values @ _LINE)[:, None] * _LINE
    spectra = np.fft.rfft(values * _WINDOW, _POINTS, axis=1)[:, : _HIGH + 1]
    return np.asarray(spectra.real**2 + spectra.imag**2)


def _near(share: FloatArray, peak: int) -> float:
    return float(share[max(0, peak - _HALF_WIDTH) : peak + _HALF_WIDTH + 1].sum())


def _top_hz(power: FloatArray, peak: int) -> float:
    """Where `power` is greatest near the bin `peak`, between bins by a parabola through its logarithm."""
    first = max(0, peak - _HALF_WIDTH)
    top = first + int(power[first : peak + _HALF_WIDTH + 1].argmax())
    if not 0 < top < len(power) - 1:
        return float(_FREQS_HZ[top])
    left, middle, right = np.log(power[top - 1 : top + 2])
    bend = left - 2 * middle + right
    return float(_FREQS_HZ[top] + (0.5 * (left - right) / bend if bend < 0 else 0.0) * _BIN_HZ)
