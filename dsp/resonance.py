"""The wearer's resonance frequency: the breathing rate at which heart rate swings the most.

Lehrer's protocol (Lehrer, Vaschillo & Vaschillo 2000, doi 10.1023/A:1009554825745) breathes at 6.5, 6.0, 5.5, 5.0 and
4.5 a minute, two minutes each. Taking the best step is at the mercy of noise, so here a resonance curve is fitted over
all steps: a peak that falls off alike on both sides in log frequency and has the tails of a damped resonance,

    A(f) = gain / sqrt(1 + (w log(f / f_peak))^2).

Gain is eliminated, peak and w (sharpness) run over a grid, and the likelihood, summed over w, is a distribution of the
peak: its mean is the finding and its spread the uncertainty. When a flat response explains the steps about as well,
when the spread is wide or when the peak lies outside the steps, the answer is "inconclusive".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.types import NAN, IntervalKind, RRInterval

LEHRER_STEPS_BREATHS_PER_MIN = (6.5, 6.0, 5.5, 5.0, 4.5)
STEP_S = 120.0
SETTLE_S = 25.0
SHORTEST_STEP_S = 50.0
MOST_SPOILT_SHARE = 0.2

# What a two-minute amplitude is uncertain by even when its breaths agree: from visit to visit within one session.
AMPLITUDE_FLOOR = 0.04
FLAT_EVIDENCE = 3.0
WIDEST_SD_BREATHS_PER_MIN = 0.3
EDGE_BREATHS_PER_MIN = 0.4

_PEAK_GRID = np.arange(3.8, 7.6, 0.02)
_SHARPNESS_GRID = np.geomspace(1.0, 16.0, 20)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PacedStep:
    """A stretch breathed at one pace, from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    breaths_per_min: float


@dataclass(frozen=True, slots=True)
class StepResponse:
    """How heart rate answered one step; the criteria of Shaffer & Meehan (2020, doi 10.3389/fnins.2020.570400).

    `rsa_ms` is the peak-to-trough swing at the pace (both harmonics), `rsa_se_ms` its standard error from breath to
    breath; `phase_synchrony` is 1 when every breath swings alike; `smoothness` is the share of the detrended variance
    that the swing explains.
    """

    breaths_per_min: float
    breaths: int
    rsa_ms: float
    rsa_se_ms: float
    phase_synchrony: float
    smoothness: float
    mean_hr_bpm: float


@dataclass(frozen=True, slots=True)
class Resonance:
    """`breaths_per_min` is NaN when the finding is inconclusive; `reason` then says why. `sd_breaths_per_min` is the
    spread of the estimate; `confidence` runs from 0 to 1."""

    breaths_per_min: float
    sd_breaths_per_min: float
    confidence: float
    reason: str
    steps: tuple[StepResponse, ...]

    @property
    def conclusive(self) -> bool:
        return not math.isnan(self.breaths_per_min)


def steps_of(pace: Sequence[tuple[float, float]], end_s: float) -> list[PacedStep]:
    """The stretches of constant pace in (time_s, breaths_per_min) changes, from each change to the next or `end_s`."""
    ends = [t_s for t_s, _ in pace[1:]] + [end_s]
    return [
        PacedStep(t_s, stop_s, breaths_per_min)
        for (t_s, breaths_per_min), stop_s in zip(pace, ends, strict=True)
        if not math.isnan(breaths_per_min) and stop_s - t_s >= SHORTEST_STEP_S
    ]


def step_response(intervals: Sequence[RRInterval], step: PacedStep) -> StepResponse | None:
    """The swing of RR at the step's pace, its first 25 s left out; None where too few intervals can be read."""
    inside = [i for i in intervals if step.start_s + SETTLE_S <= i.t_s <= step.end_s]
    normal = [i for i in inside if i.kind is IntervalKind.NORMAL]
    breath_s = 60.0 / step.breaths_per_min
    if not inside or len(normal) < (1.0 - MOST_SPOILT_SHARE) * len(inside):
        return None
    t_s = np.array([i.t_s - i.rr_ms / 2000.0 for i in normal])
    rr_ms = np.array([i.rr_ms for i in normal])
    if t_s[-1] - t_s[0] < 2.0 * breath_s:
        return None
    swing, coefficients = _swing(t_s, rr_ms, breath_s)
    detrended = rr_ms - np.polyval(np.polyfit(t_s, rr_ms, 1), t_s)
    breath_swings, vectors = _breath_by_breath(t_s, detrended, breath_s)
    if len(breath_swings) < 3:
        return None
    spread = float(np.std(breath_swings, ddof=1)) / math.sqrt(len(breath_swings))
    explained = float(np.var(coefficients) / np.var(detrended)) if np.var(detrended) > 0 else 0.0
    return StepResponse(
        breaths_per_min=step.breaths_per_min,
        breaths=len(breath_swings),
        rsa_ms=swing,
        rsa_se_ms=spread,
        phase_synchrony=float(abs(np.mean(vectors))),
        smoothness=min(1.0, explained),
        mean_hr_bpm=60000.0 / float(np.mean(rr_ms)),
    )


def _design(t_s: Floats, breath_s: float) -> Floats:
    angle = 2.0 * np.pi * t_s / breath_s
    return np.column_stack([np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)])


def _swing(t_s: Floats, rr_ms: Floats, breath_s: float) -> tuple[float, Floats]:
    """Peak-to-trough of the periodic part (two harmonics beside a straight line), and that part at each beat."""
    line = np.column_stack([np.ones_like(t_s), t_s - t_s.mean()])
    waves = _design(t_s, breath_s)
    fit = np.linalg.lstsq(np.hstack([line, waves]), rr_ms, rcond=None)[0][2:]
    one_breath = _design(np.linspace(0.0, breath_s, 200), breath_s) @ fit
    return float(np.ptp(one_breath)), waves @ fit


def _breath_by_breath(t_s: Floats, detrended: Floats, breath_s: float) -> tuple[Floats, NDArray[np.complex128]]:
    """Swing (ms) and unit phase vector of each breath, from a sine fitted to that breath alone."""
    swings, vectors = [], []
    for k in range(int((t_s[-1] - t_s[0]) / breath_s)):
        inside = (t_s >= t_s[0] + k * breath_s) & (t_s < t_s[0] + (k + 1) * breath_s)
        if np.count_nonzero(inside) < 4:
            continue
        columns = np.column_stack([_design(t_s[inside], breath_s)[:, :2], np.ones(np.count_nonzero(inside))])
        a, b, _ = np.linalg.lstsq(columns, detrended[inside], rcond=None)[0]
        swings.append(2.0 * math.hypot(a, b))
        vectors.append(complex(a, b) / max(1e-9, math.hypot(a, b)))
    return np.array(swings), np.array(vectors, dtype=np.complex128)


def find_resonance(
    intervals: Sequence[RRInterval], steps: Sequence[PacedStep], prior: tuple[float, float] | None = None
) -> Resonance:
    """The resonance rate from paced steps of one session.

    `prior` is an earlier finding (mean and SD in breaths per minute) for a quick recheck or a refinement from ordinary
    sessions; without it every rate on the grid is equally likely beforehand.
    """
    responses = tuple(r for r in (step_response(intervals, step) for step in steps) if r is not None)
    paces = {r.breaths_per_min for r in responses}
    if len(paces) < (2 if prior else 3):
        return Resonance(NAN, NAN, 0.0, "too few readable steps", responses)
    pace = np.array([r.breaths_per_min for r in responses])
    swing = np.array([max(r.rsa_ms, 1e-3) for r in responses])
    error = np.hypot(AMPLITUDE_FLOOR, np.array([r.rsa_se_ms for r in responses]) / swing)
    log_likelihood, flat = _curve_likelihood(pace, np.log(swing), error)
    log_posterior = np.logaddexp.reduce(log_likelihood, axis=1)
    if prior is not None:
        log_posterior = log_posterior - 0.5 * ((_PEAK_GRID - prior[0]) / prior[1]) ** 2
    weight = np.exp(log_posterior - log_posterior.max())
    weight /= weight.sum()
    mean = float(weight @ _PEAK_GRID)
    sd = math.sqrt(float(weight @ (_PEAK_GRID - mean) ** 2))
    evidence = float(log_likelihood.max()) - flat
    reason = _why_inconclusive(mean, sd, evidence, pace, prior is not None)
    confidence = float(weight[np.abs(_PEAK_GRID - mean) <= 0.25].sum())
    return Resonance(NAN if reason else mean, sd, 0.0 if reason else confidence, reason, responses)


def _curve_likelihood(pace: Floats, log_swing: Floats, error: Floats) -> tuple[Floats, float]:
    """Log likelihood over the grid (peak, sharpness) and of a flat response, the gain fitted in each."""
    distance = np.log(pace / _PEAK_GRID[:, None, None])
    shape = -0.5 * np.log1p((_SHARPNESS_GRID[:, None] * distance) ** 2)
    weight = 1.0 / error**2

    def misfit(model: Floats) -> Floats:
        rest = log_swing - model
        gain = (rest @ weight) / weight.sum()
        return np.asarray(-0.5 * ((rest - gain[..., None]) ** 2 @ weight))

    return misfit(shape), float(misfit(np.zeros((1, len(pace))))[0])


def _why_inconclusive(mean: float, sd: float, evidence: float, pace: Floats, has_prior: bool) -> str:
    if evidence < FLAT_EVIDENCE and not has_prior:
        return "heart rate answers all paces about alike"
    if not pace.min() - EDGE_BREATHS_PER_MIN <= mean <= pace.max() + EDGE_BREATHS_PER_MIN:
        return "the strongest answer lies outside the paces tried"
    if sd > WIDEST_SD_BREATHS_PER_MIN:
        return "the answers scatter too much"
    return ""
