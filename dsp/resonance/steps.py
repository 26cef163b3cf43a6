"""How heart rate answers each paced stretch of a resonance run: the swing at the pace, its phase against the guide, and
the criteria of Shaffer & Meehan (2020, doi 10.3389/fnins.2020.570400)."""

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.hrv.guided_swing import breath_vectors, fit_swing, guided_breaths, synchrony, waves
from dsp.hrv.spectrum import LF_HZ, MAX_HOLE_S, RESAMPLE_HZ, band_power, spline, welch
from dsp.hrv.time_domain import MAX_SPOILT_PCT
from dsp.types import NAN, ComplexArray, FloatArray, IntervalKind, RRInterval

SETTLE_S = 20.0
"""Left out at a step's start, until the swing has settled; a choice."""
SHORTEST_STEP_S = 50.0
"""Shorter stretches are no steps; a choice."""
FEWEST_BREATHS = 3
"""That tell their scatter; a choice."""
FEWEST_NORMAL = 10
"""Normal ones, that a step is fitted to; a choice."""
PEAK_COUNTS_FROM = 0.25
"""Of the highest peak's density, for the number of LF peaks; a choice."""


@dataclass(frozen=True, slots=True)
class PacedStep:
    """A stretch breathed at one pace, from `start_s` to `end_s`; `breath` is how far the guide's breath has gone at
    the start (0: an inhale begins)."""

    start_s: float
    end_s: float
    breaths_per_min: float
    breath: float = 0.0


@dataclass(frozen=True, slots=True)
class StepResponse:
    """How heart rate answered one step.

    `rsa_ms` is the peak-to-trough swing of RR at the pace (two harmonics) and `swing_ms` twice the fundamental's
    amplitude, with the standard errors of its size (`swing_se_ms`) and phase (`phase_se`, rad). `phase` (rad) is that
    of heart rate's fundamental against the guide's breath, a cosine that peaks as the inhale begins.
    `phase_synchrony` is 1 when every breath swings alike. `smoothness` is the share of the detrended variance that
    the swing explains. LF power, the height of the LF peak (ms2 per Hz) and the number of LF peaks are the tachogram's;
    NaN and 0 where it is too short or broken.
    """

    breaths_per_min: float
    breaths: int
    rsa_ms: float
    swing_ms: float
    swing_se_ms: float
    phase: float
    phase_se: float
    phase_synchrony: float
    smoothness: float
    lf_power_ms2: float
    lf_peak_ms2_per_hz: float
    lf_peaks: int
    mean_hr_bpm: float


def steps_of(pace: Sequence[tuple[float, float]], end_s: float) -> list[PacedStep]:
    """The stretches of constant pace of 50 s or more in (time_s, breaths_per_min) changes, from each change to the next
    or `end_s`. The guide's breath runs on through a change of pace and begins anew after a stop (NaN). A pace repeated
    is no change."""
    pace = [now for now, before in zip(pace, [(0.0, NAN), *pace], strict=False) if now[1] != before[1]]
    ends = [t_s for t_s, _ in pace[1:]] + [end_s]
    breaths = guided_breaths(pace, np.array([t_s for t_s, _ in pace])).tolist()
    return [
        PacedStep(t_s, stop_s, breaths_per_min, breath % 1.0)
        for (t_s, breaths_per_min), stop_s, breath in zip(pace, ends, breaths, strict=True)
        if not math.isnan(breaths_per_min) and stop_s - t_s >= SHORTEST_STEP_S
    ]


def step_response(intervals: Sequence[RRInterval], step: PacedStep) -> StepResponse | None:
    """The swing of RR at the step's pace, its first 20 s left out; None where too few intervals can be read."""
    inside = [i for i in intervals if step.start_s + SETTLE_S <= i.t_s <= step.end_s]
    normal = [i for i in inside if i.kind is IntervalKind.NORMAL and i.timed]
    if not inside or len(normal) < (1.0 - MAX_SPOILT_PCT / 100.0) * len(inside) or len(normal) < FEWEST_NORMAL:
        return None
    t_s = np.array([i.t_s - i.rr_ms / 2000.0 for i in normal])
    rr_ms = np.array([i.rr_ms for i in normal])
    breath = step.breath + (t_s - step.start_s) * step.breaths_per_min / 60.0
    trend, periodic, fit = fit_swing(t_s, rr_ms, breath)
    detrended = rr_ms - trend
    swing = complex(fit[0], fit[1])
    vectors = breath_vectors(breath, detrended) * cmath.exp(-1j * cmath.phase(swing))
    if len(vectors) < FEWEST_BREATHS or abs(swing) < 1e-6:
        return None
    root = math.sqrt(len(vectors))
    variance = float(np.var(detrended))
    power, height, peaks = _lf(t_s, rr_ms)
    return StepResponse(
        breaths_per_min=step.breaths_per_min,
        breaths=len(vectors),
        rsa_ms=float(np.ptp(waves(np.linspace(0.0, 1.0, 200)) @ fit)),
        swing_ms=2.0 * abs(swing),
        swing_se_ms=2.0 * float(np.std(vectors.real, ddof=1)) / root,
        phase=cmath.phase(-swing),
        phase_se=math.hypot(float(np.std(vectors.imag, ddof=1)) / root / abs(swing), _wander(vectors) / 4.0),
        phase_synchrony=synchrony(vectors),
        smoothness=min(1.0, float(np.var(periodic)) / variance) if variance > 0 else 0.0,
        lf_power_ms2=power,
        lf_peak_ms2_per_hz=height,
        lf_peaks=peaks,
        mean_hr_bpm=60000.0 / float(np.mean(rr_ms)),
    )


def scores(responses: Sequence[StepResponse]) -> list[float]:
    """A score from 0 to 1 for each step, in terms that a practitioner knows: the mean of Shaffer & Meehan's six
    criteria, each as a share of its best step. Shown beside the fitted resonance, which decides."""
    criteria = [
        [r.phase_synchrony for r in responses],
        [r.rsa_ms for r in responses],
        [r.lf_power_ms2 for r in responses],
        [r.lf_peak_ms2_per_hz for r in responses],
        [r.smoothness for r in responses],
        [1.0 / r.lf_peaks if r.lf_peaks else NAN for r in responses],
    ]
    shares = [[value / max(values) for value in values] for values in criteria if not any(map(math.isnan, values))]
    return [sum(of_step) / len(shares) for of_step in zip(*shares, strict=True)]


def _wander(vectors: ComplexArray) -> float:
    """How far the phase moved from the step's first half to its second, rad: a wearer who drifts off the guide."""
    half = len(vectors) // 2
    return abs(cmath.phase(complex(np.sum(vectors[:half])) * complex(np.sum(vectors[-half:])).conjugate()))


def _lf(t_s: FloatArray, rr_ms: FloatArray) -> tuple[float, float, int]:
    """LF power, height of its highest peak and number of peaks of at least a quarter of that height."""
    if np.diff(t_s).max() > MAX_HOLE_S or t_s[-1] - t_s[0] < 30.0:
        return NAN, NAN, 0
    tachogram_ms = spline(t_s, rr_ms, np.arange(t_s[0], t_s[-1], 1.0 / RESAMPLE_HZ))
    freqs_hz, density = welch([tachogram_ms], RESAMPLE_HZ)
    inside = density[slice(*np.searchsorted(freqs_hz, LF_HZ))]
    height = float(inside.max())
    higher = (inside[1:-1] > inside[:-2]) & (inside[1:-1] >= inside[2:]) & (inside[1:-1] >= PEAK_COUNTS_FROM * height)
    return band_power(freqs_hz, density, LF_HZ), height, int(np.count_nonzero(higher))
