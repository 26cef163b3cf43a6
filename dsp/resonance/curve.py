"""Where a resonance's peak lies, given the size and phase of the swing at several paces: a distribution over the peak.

A resonance of quality Q at f0 answers a pace f with

    H = 1 / (1 + i D),  D = Q (f / f0 - f0 / f),

so its size falls off alike on both sides, and its phase turns through zero at the peak, where heart rate moves with the
breath (Lehrer & Gevirtz 2014, doi 10.3389/fpsyg.2014.00756). A delay turns the phase in proportion to f. The size alone
says little about a blunt resonance; the turn of the phase tells Q, and with it the peak. Phase is believed only as far
as it fits: five readings are weighed against each other:

- the phase against the guide's breath is that of H and a short delay,
- that of H and hardly any delay,
- as the first, but for an unknown constant,
- the same with the lopsided size of a low pass, H / (f / f0), whose peak lies below f0,
- phase says nothing; the size alone counts, with the tails of a resonance, a low pass or a Gaussian.

RSA also changes with vagal tone during a run, and the steps come in one order. Heart rate follows tone, so each step's
size is corrected to one heart rate, with an uncertain coefficient.
"""

import math
from dataclasses import dataclass

import numpy as np

from dsp.guide import INHALE_SHARE
from dsp.resonance.steps import StepResponse
from dsp.types import ComplexArray, FloatArray

PEAKS_BREATHS_PER_MIN = np.arange(3.8, 7.6, 0.02)
PEAK_PRIOR = (5.5, 0.8)
"""Mean and SD: adults' resonance mostly lies between 4.5 and 6.5 breaths/min (Lehrer & Gevirtz 2014)."""
NEAR_BREATHS_PER_MIN = 0.25
"""How near is right: the accuracy that the finder promises."""

# Choices made on simulated bodies (docs/decisions/0014) where no other source is named; pairs are a mean and its SD.
_Q = np.geomspace(0.5, 7.0, 20)
_NATURAL_OVER_PEAK = 1 / np.sqrt(np.maximum(1 - 1 / (2 * _Q**2), 0.25))
"""A low pass's natural frequency over that of its peak, where it has one."""
# ln Q beforehand, for the readings that use phase, and for the one by size alone: a blunter resonance shows in phase or
# not at all.
_LN_Q_PRIOR = (math.log(1.8), 0.5)
_LN_Q_PRIOR_BY_SIZE = (math.log(2.5), 0.6)
# ln size falls by this much as ln HR rises by one: vagal tone moves both.
_LN_SIZE_PER_LN_HR = (4.0, 1.5)
# The least errors of ln size and of a phase (rad): no two steps are breathed alike, however even each of them was.
_SIZE_FLOOR = 0.045
_PHASE_FLOOR = 0.03
# Neighbouring breaths err alike (the Mayer wave spans several), so errors are larger than their scatter says.
_SE_FACTOR = 1.2
# The scatter of all steps together counts in each step like this many of its own breaths.
_POOLED_BREATHS = 8.0
# The short delay, and hardly any.
_DELAY_S = (0.9, 0.4)
_NO_DELAY_S = (0.0, 0.2)
# SDs of the constant part of the phase (rad): where a reading says that there is none, and where it may be anything.
_OFFSET = 0.1
_ANY_OFFSET = 1.8
# SD of the phase's slope (rad per breath/min) where it follows no resonance.
_PHASE_SLOPE = 0.6
# How likely each of the five readings is beforehand.
_LN_READINGS = np.log([0.3, 0.1, 0.1, 0.15, 0.35])


@dataclass(frozen=True, slots=True)
class PeakDistribution:
    """`weights` over `PEAKS_BREATHS_PER_MIN`, sum 1; `evidence` is the log of how much better a peak explains the
    steps than a flat response does."""

    weights: FloatArray
    evidence: float

    @property
    def estimate(self) -> float:
        """The pace that most probably lies within 0.25 breaths/min of the peak."""
        return round(float(PEAKS_BREATHS_PER_MIN[np.argmax(self._near())]), 2)

    @property
    def confidence(self) -> float:
        """That probability."""
        return min(1.0, float(self._near().max()))

    @property
    def sd(self) -> float:
        return math.sqrt(float(self.weights @ (PEAKS_BREATHS_PER_MIN - self.estimate) ** 2))

    def _near(self) -> FloatArray:
        """The weight within 0.25 breaths/min of each pace."""
        steps = round(NEAR_BREATHS_PER_MIN / (PEAKS_BREATHS_PER_MIN[1] - PEAKS_BREATHS_PER_MIN[0]))
        return np.convolve(self.weights, np.ones(2 * steps + 1), mode="same")


def peak_distribution(responses: list[StepResponse], prior: tuple[float, float] = PEAK_PRIOR) -> PeakDistribution:
    """From at least two steps; `prior` is the peak's mean and SD beforehand, in breaths per minute."""
    pace = np.array([r.breaths_per_min for r in responses])
    ln_size, size_covariance = _sizes(responses)
    phase = np.array([r.phase for r in responses]) - _breath_phase()
    phase_variance = _PHASE_FLOOR**2 + (_SE_FACTOR * np.array([r.phase_se for r in responses])) ** 2
    turn = 2 * np.pi * pace / 60
    near_zero = np.diag(phase_variance) + _outer(np.ones_like(pace), _OFFSET)
    anyhow = np.diag(phase_variance) + _outer(np.ones_like(pace), _ANY_OFFSET) + _outer(turn, _DELAY_S[1])

    detuning = _detuning(pace, PEAKS_BREATHS_PER_MIN[:, None, None])
    size = _log_density(ln_size + 0.5 * np.log1p(detuning**2), size_covariance)
    gaussian = _log_density(ln_size + 0.5 * detuning**2, size_covariance)
    late = _turned(phase, turn * _DELAY_S[0], detuning)
    prompt = _turned(phase, turn * _NO_DELAY_S[0], detuning)
    natural = PEAKS_BREATHS_PER_MIN[:, None, None] * _NATURAL_OVER_PEAK[:, None]
    low_detuning = _detuning(pace, natural)
    low_size = _log_density(ln_size + 0.5 * np.log1p(low_detuning**2) + np.log(pace / natural), size_covariance)
    low_late = _turned(phase, turn * _DELAY_S[0], low_detuning)
    any_size = np.logaddexp(np.logaddexp(size, gaussian), low_size)
    no_reading = _other_phase(phase, pace, phase_variance)
    q = _log_prior(np.log(_Q), _LN_Q_PRIOR)
    readings = [
        size + _log_density(late, near_zero + _outer(turn, _DELAY_S[1])) + q,
        size + _log_density(prompt, near_zero + _outer(turn, _NO_DELAY_S[1])) + q,
        size + _log_density(late, anyhow) + q,
        low_size + _log_density(low_late, anyhow) + q,
        any_size - math.log(3) + no_reading + _log_prior(np.log(_Q), _LN_Q_PRIOR_BY_SIZE),
    ]
    log_peak = np.logaddexp.reduce(np.array(readings) + _LN_READINGS[:, None, None], axis=(0, 2))
    log_peak = log_peak + _log_prior(PEAKS_BREATHS_PER_MIN, prior)
    total = float(np.logaddexp.reduce(log_peak))
    flat = float(_log_density(ln_size, size_covariance)) + no_reading
    return PeakDistribution(np.exp(log_peak - total), total - flat)


def _detuning(pace: FloatArray, natural: FloatArray) -> FloatArray:
    """D for every peak, Q and pace."""
    return np.asarray(_Q[:, None] * (pace / natural - natural / pace))


def _turned(phase: FloatArray, by_delay: FloatArray, detuning: FloatArray) -> FloatArray:
    """What is left of the phases once the resonance and a delay are taken out, unwrapped."""
    angles = phase + np.arctan(detuning) + by_delay
    turns: ComplexArray = np.exp(1j * angles)
    mean = np.angle(turns.mean(axis=-1, keepdims=True))
    return np.asarray(mean + np.angle(turns * np.exp(-1j * mean)))


def _sizes(responses: list[StepResponse]) -> tuple[FloatArray, FloatArray]:
    """ln of each step's swing, less the noise's share and corrected to one heart rate; its covariance, with the
    gain unknown."""
    swing = np.array([r.swing_ms for r in responses])
    noise = _SE_FACTOR * _pooled(responses)
    size = np.sqrt(np.maximum(swing**2 - noise**2, (0.3 * swing) ** 2))
    ln_hr = np.log([r.mean_hr_bpm for r in responses])
    ln_hr -= ln_hr.mean()
    ln_size = np.log(size) + _LN_SIZE_PER_LN_HR[0] * ln_hr
    error = np.hypot(_SIZE_FLOOR, noise / size)
    gain_open = _outer(np.ones_like(swing), 10.0)
    covariance = np.diag(error**2) + _outer(ln_hr, _LN_SIZE_PER_LN_HR[1]) + gain_open
    return ln_size - ln_size.mean(), covariance


def _pooled(responses: list[StepResponse]) -> FloatArray:
    """Standard errors of the swings, ms. A step's few breaths show their own scatter badly, so it is drawn towards that
    of all steps."""
    breaths = np.array([r.breaths for r in responses])
    per_breath = np.array([r.swing_se_ms for r in responses]) ** 2 * breaths
    common = np.average(per_breath, weights=breaths - 1)
    pooled = ((breaths - 1) * per_breath + _POOLED_BREATHS * common) / (breaths - 1 + _POOLED_BREATHS)
    return np.asarray(np.sqrt(pooled / breaths))


def _other_phase(phase: FloatArray, pace: FloatArray, variance: FloatArray) -> float:
    """Log density of phases that follow no resonance: on some straight line over pace, or anywhere at all."""
    mean = np.angle(np.exp(1j * phase).mean())
    line = np.diag(variance) + _outer(pace - pace.mean(), _PHASE_SLOPE) + _outer(np.ones_like(pace), _ANY_OFFSET)
    on_a_line = float(_log_density(np.angle(np.exp(1j * (phase - mean))), line))
    return float(np.logaddexp(on_a_line, -len(phase) * math.log(2 * np.pi))) - math.log(2)


def _log_density(rest: FloatArray, covariance: FloatArray) -> FloatArray:
    """Log density of a normal distribution at `rest`, shape (..., n)."""
    misfit = ((rest @ np.linalg.cholesky(np.linalg.inv(covariance))) ** 2).sum(axis=-1)
    size = float(np.linalg.slogdet(2 * np.pi * covariance)[1])
    return np.asarray(-0.5 * (misfit + size))


def _outer(direction: FloatArray, sd: float) -> FloatArray:
    return np.asarray(sd**2 * np.outer(direction, direction))


def _log_prior(grid: FloatArray, prior: tuple[float, float]) -> FloatArray:
    log = -0.5 * ((grid - prior[0]) / prior[1]) ** 2
    return np.asarray(log - np.logaddexp.reduce(log))


def _breath_phase() -> float:
    """Phase of the fundamental of a lung that fills during 4 tenths of the breath and empties during 6."""
    breath = np.arange(1000) / 1000
    inhaling = breath < INHALE_SHARE
    turn = np.where(inhaling, 0.5 * breath / INHALE_SHARE, 0.5 + 0.5 * (breath - INHALE_SHARE) / (1 - INHALE_SHARE))
    return float(np.angle(np.sum(-np.cos(2 * np.pi * turn) * np.exp(-2j * np.pi * breath))))
