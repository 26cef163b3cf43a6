"""From beats and a clock to intervals and one metrics row a second."""

import math
from collections import deque
from dataclasses import replace
from typing import Protocol

import numpy as np

from dsp.breathing import MIN_CONFIDENCE, BreathingEstimator, BreathingRate
from dsp.coherence import WINDOW_S, Coherence, coherence
from dsp.hrv import MAX_SPOILT_PCT, hrv_snapshot
from dsp.intervals import MAX_RR_MS, IntervalClassifier
from dsp.rhythm import RhythmMonitor
from dsp.rsa import MAX_OFF_PACE_HZ, PaceLine, even_edges, rsa_ms
from dsp.spectrum import RESAMPLE_HZ, Floats, spline
from dsp.types import (
    NAN,
    Beat,
    Contact,
    HrvSnapshot,
    IntervalKind,
    MetricsRow,
    RRInterval,
    StateInputs,
    WearerState,
)

MAX_GAP_S = MAX_RR_MS / 1000
KEPT_S = 80.0

_GRID_S = np.arange(-round(WINDOW_S * RESAMPLE_HZ) + 1, 1) / RESAMPLE_HZ
_BREATHING_SAMPLES = round(60 * RESAMPLE_HZ)


class StateEstimatorLike(Protocol):
    """What the metrics ask once a second."""

    def update(self, inputs: StateInputs) -> WearerState | None: ...


class Metrics:
    """Beats in time order and their breaks go in; intervals come out, and a row whenever asked for one.

    No measure averages across a gap of more than 3 s, or shows once the gap is there.
    """

    def __init__(self, state: StateEstimatorLike | None = None) -> None:
        self._state = state
        self._classifier = IntervalClassifier()
        self._rhythm = RhythmMonitor()
        self._breathing = BreathingEstimator()
        self._pace = PaceLine()
        self._intervals: deque[RRInterval] = deque()
        self._news: list[RRInterval] = []
        self._last_beat_s = -math.inf

    def push_beat(self, beat: Beat) -> list[RRInterval]:
        """Take the next beat; return the intervals that it decides (each two beats late)."""
        self._last_beat_s = beat.t_s
        return self._take(self._classifier.push(beat))

    def push_waveform(self, t_s: float, amplitude: float, baseline: float = NAN) -> None:
        """The size of the beat at `t_s` and (PPG) the level it rises from, any unit; only of trusted
        beats."""
        self._breathing.push_beat(t_s, amplitude, baseline)

    def break_at(self, t_s: float) -> None:
        """Contact was lost at `t_s`."""
        self._classifier.break_at(t_s)

    def set_pace(self, t_s: float, breaths_per_min: float) -> None:
        """The guide's pace from `t_s` on; NaN while breathing is free."""
        self._pace.set(t_s, breaths_per_min)

    def finish(self) -> list[RRInterval]:
        """The last intervals, decided on what there is."""
        return self._take(self._classifier.finish())

    def row(self, t_s: float, quality: float, contact: Contact = Contact.GOOD) -> MetricsRow:
        """The metrics from what was pushed so far; `t_s` rises from call to call."""
        while self._intervals and self._intervals[0].t_s < t_s - KEPT_S:
            self._intervals.popleft()
        in_gap = t_s - self._last_beat_s > MAX_GAP_S
        usable = [] if in_gap else list(self._intervals)
        hrv = hrv_snapshot(usable, t_s)
        irregular = self._rhythm.irregular(t_s)
        pace = self._pace.at(t_s)
        rhythm, breathing, swing_ms = Coherence(), BreathingRate(), NAN
        if not irregular and hrv.spoilt_pct <= MAX_SPOILT_PCT:
            rhythm, breathing, swing_ms = self._swings(usable, t_s, pace)
        row = MetricsRow(
            t_s,
            mean_hr_bpm=hrv.mean_hr_bpm,
            rmssd_ms=NAN if irregular else hrv.rmssd_ms,
            sdnn_ms=NAN if irregular else hrv.sdnn_ms,
            rsa_ms=swing_ms,
            coherence=rhythm.ratio,
            breaths_per_min=breathing.breaths_per_min,
            breath_confidence=breathing.confidence,
            quality=quality,
            contact=contact,
            irregular_rhythm=irregular,
        )
        return self._with_state(row, hrv, pace)

    def _with_state(self, row: MetricsRow, hrv: HrvSnapshot, pace: float) -> MetricsRow:
        news, self._news = tuple(self._news), []
        if self._state is None:
            return row
        inputs = StateInputs(
            row.t_s,
            news,
            hrv,
            row.quality,
            row.contact,
            row.irregular_rhythm,
            row.rsa_ms,
            row.breaths_per_min,
            row.breath_confidence,
            pace,
        )
        return replace(row, state=self._state.update(inputs))

    def _swings(self, intervals: list[RRInterval], t_s: float, pace: float) -> tuple[Coherence, BreathingRate, float]:
        """Coherence, breathing rate and RSA from the last 64 s of normal intervals, if they reach back that
        far."""
        normal = [i for i in intervals if i.kind is IntervalKind.NORMAL]
        if len(normal) < 30 or normal[0].t_s > normal[-1].t_s - WINDOW_S:
            return Coherence(), BreathingRate(), NAN
        times_s = np.array([i.t_s for i in normal])
        rr_ms = np.array([i.rr_ms for i in normal])
        end_s = float(times_s[-1])
        tachogram_ms = spline(times_s, rr_ms, end_s + _GRID_S)
        rhythm = coherence(tachogram_ms)
        breathing = self._breathing.rate(end_s, tachogram_ms[-_BREATHING_SAMPLES:], pace)
        return rhythm, breathing, self._rsa_ms(times_s, rr_ms, pace, rhythm, breathing)

    def _rsa_ms(
        self, times_s: Floats, rr_ms: Floats, pace: float, rhythm: Coherence, breathing: BreathingRate
    ) -> float:
        end_s = float(times_s[-1])
        if pace > 0:
            if abs(rhythm.peak_hz - pace / 60) > MAX_OFF_PACE_HZ:
                return NAN
            return rsa_ms(times_s, rr_ms, self._pace.breath_edges(end_s))
        if not breathing.confidence >= MIN_CONFIDENCE:
            return NAN
        return rsa_ms(times_s, rr_ms, even_edges(end_s, breathing.breaths_per_min))

    def _take(self, intervals: list[RRInterval]) -> list[RRInterval]:
        for interval in intervals:
            if self._follows_gap(interval):
                self._intervals.clear()
                self._rhythm.clear()
                self._breathing.clear()
            if interval.rr_ms <= MAX_RR_MS:
                self._intervals.append(interval)
            self._rhythm.push(interval)
        self._news.extend(intervals)
        return intervals

    def _follows_gap(self, interval: RRInterval) -> bool:
        if not self._intervals:
            return False
        unknown_s = interval.t_s - interval.rr_ms / 1000 - self._intervals[-1].t_s
        return interval.rr_ms > MAX_RR_MS or unknown_s > MAX_GAP_S
