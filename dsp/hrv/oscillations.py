"""What the slow oscillations of the intervals say: coherence, breathing rate and RSA, over the last minute or so."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.hrv.breathing import BreathingEstimator, BreathingRate
from dsp.hrv.coherence import WINDOW_S, Coherence, coherence
from dsp.hrv.rsa import MAX_OFF_PACE_HZ, PaceLine, even_edges, rsa_ms
from dsp.hrv.spectrum import MAX_HOLE_S, RESAMPLE_HZ, spline
from dsp.hrv.uncertainty import Window, of_rsa, trusted, window_of
from dsp.types import CONFIDENT_BREATHING, METRICS_WINDOW_S, NAN, FloatArray, RRInterval

PERIOD_S = 2.0
"""How often the oscillations are measured; in between the last measure stands. A choice, for the cost."""

_GRID_S = np.arange(-round(WINDOW_S * RESAMPLE_HZ) + 1, 1) / RESAMPLE_HZ
_BREATHING_SAMPLES = round(METRICS_WINDOW_S * RESAMPLE_HZ)
_WAVEFORM_LAG_S = 1.0  # a beat is measured so long after it at most; a choice


@dataclass(frozen=True, slots=True)
class Oscillations:
    """NaN where there is no support."""

    coherence: float = NAN
    rsa_ms: float = NAN
    breaths_per_min: float = NAN
    breath_confidence: float = NAN
    rsa_sd_ms: float = NAN


class OscillationMeter:
    """Measures the oscillations from the normal intervals, the beats' waveforms and the guide's pace."""

    def __init__(self) -> None:
        self.pace = PaceLine()
        self._breathing = BreathingEstimator()
        self._latest = Oscillations()
        self._measured_s = -math.inf
        self._steady = True

    def push_waveform(self, t_s: float, amplitude: float, baseline: float) -> None:
        """As `BreathingEstimator.push_beat`."""
        self._breathing.push_beat(t_s, amplitude, baseline)

    def clear(self) -> None:
        """Forget: contact was lost."""
        self._breathing.clear()
        self._latest = Oscillations()

    def measure(self, intervals: Sequence[RRInterval], t_s: float, steady: bool = True) -> Oscillations:
        """The oscillations at `t_s`, from intervals without a gap; empty until they cover 64 s, no hole over 5 s.

        Where the rhythm is not `steady` the intervals tell nothing; QRS complexes may still tell the breathing rate.
        """
        if t_s - self._measured_s >= PERIOD_S or steady is not self._steady:
            self._measured_s, self._steady = t_s, steady
            if not steady:
                self._latest = Oscillations() if self._breathing.of_pulses else self._of_waveforms(t_s)
                return self._latest
            window = window_of(intervals)
            covered = _covers_window(window.t_s[window.normal])
            self._latest = self._of_intervals(window) if covered else self._of_waveforms(t_s)
        return self._latest

    def _of_waveforms(self, t_s: float) -> Oscillations:
        found = self._breathing.rate(t_s - _WAVEFORM_LAG_S, None, self.pace.at(t_s))
        return Oscillations(breaths_per_min=found.breaths_per_min, breath_confidence=found.confidence)

    def _of_intervals(self, window: Window) -> Oscillations:
        t_s, rr_ms = window.t_s[window.normal], window.rr_ms[window.normal]
        end_s = float(t_s[-1])
        tachogram_ms = spline(t_s, rr_ms, end_s + _GRID_S)
        pace = self.pace.at(end_s)
        rhythm = coherence(tachogram_ms)
        breathing = self._breathing.rate(end_s, tachogram_ms[-_BREATHING_SAMPLES:], pace)
        edges = self._breath_edges(end_s, pace, rhythm, breathing)

        def measure(of: Window) -> float:
            return rsa_ms(of.t_s[of.normal], of.rr_ms[of.normal], edges)

        rsa, rsa_sd = trusted(measure(window), of_rsa(window, measure))
        return Oscillations(rhythm.ratio, rsa, breathing.breaths_per_min, breathing.confidence, rsa_sd)

    def _breath_edges(self, end_s: float, pace: float, rhythm: Coherence, breathing: BreathingRate) -> list[float]:
        """The guide's breaths, if the heart follows them; without a guide those of the breathing rate, if
        known."""
        if pace > 0:
            return self.pace.breath_edges(end_s) if abs(rhythm.peak_hz - pace / 60) <= MAX_OFF_PACE_HZ else []
        return even_edges(end_s, breathing.breaths_per_min) if breathing.confidence >= CONFIDENT_BREATHING else []


def _covers_window(t_s: FloatArray) -> bool:
    return bool(len(t_s) > 3 and t_s[0] <= t_s[-1] - WINDOW_S and (t_s[1:] - t_s[:-1]).max() <= MAX_HOLE_S)
