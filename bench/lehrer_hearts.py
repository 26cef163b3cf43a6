"""Hearts that breathe Lehrer's steps as recorded elsewhere, made by other formulas than the finder's.

Steps at 6.5, 6.0, 5.5, 5.0 and 4.5 a minute, two minutes each, without a way down and sometimes after a rest. The size
of the swing follows a curve over pace, off by up to 6 % (SD, drawn once a step). The phase is zero, any constant, that
of a delay, or of no order; where a breath is in its course at the step's beginning is up to the recording, too.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

STEPS_BREATHS_PER_MIN = (6.5, 6.0, 5.5, 5.0, 4.5)
STEP_S = 120.0
Curve = Callable[[float], complex]


def lorentzian(peak: float, rng: np.random.Generator) -> Curve:
    width = rng.uniform(0.4, 1.2)
    return lambda f: 1 / math.sqrt(1 + ((f - peak) / width) ** 2)


def lorentzian_power(peak: float, rng: np.random.Generator) -> Curve:
    width = rng.uniform(0.8, 1.8)
    return lambda f: 1 / (1 + ((f - peak) / width) ** 2)


def gaussian(peak: float, rng: np.random.Generator) -> Curve:
    width = rng.uniform(0.6, 1.3)
    return lambda f: math.exp(-0.5 * ((f - peak) / width) ** 2)


def resonator(peak: float, rng: np.random.Generator) -> Curve:
    """With its own phase and a delay."""
    q, delay_s = rng.uniform(1.5, 4.0), rng.uniform(0.0, 3.0)
    return lambda f: np.exp(-2j * np.pi * f / 60 * delay_s) / (1 + 1j * q * (f / peak - peak / f))


def low_pass(peak: float, rng: np.random.Generator) -> Curve:
    q = rng.uniform(1.8, 4.0)
    natural = peak / math.sqrt(1 - 1 / (2 * q * q))
    return lambda f: 1 / math.hypot(1 - (f / natural) ** 2, f / natural / q)


def flat(peak: float, rng: np.random.Generator) -> Curve:
    return lambda f: 1.0


CURVES = {
    "Lorentzian": lorentzian,
    "Lorentzian, squared": lorentzian_power,
    "Gaussian": gaussian,
    "resonator with delay": resonator,
    "low pass": low_pass,
}


@dataclass(frozen=True, slots=True)
class LehrerSession:
    """`pace` as a guide file tells it; `curve` is the size of the response over its best."""

    beats_s: list[float]
    pace: list[tuple[float, float]]
    peak: float
    curve: Callable[[float], float]


def record(make: Callable[[float, np.random.Generator], Curve], seed: int) -> LehrerSession:
    rng = np.random.default_rng(60_000 + seed)
    peak = float(rng.uniform(4.7, 6.3))
    curve = make(peak, rng)
    best = max(abs(curve(f)) for f in np.arange(3.5, 8.5, 0.01))
    noise, swing_ms = rng.uniform(0.0, 0.06), rng.uniform(40.0, 150.0)
    starts_s = rng.choice([0.0, 60.0, 120.0]) + STEP_S * np.arange(len(STEPS_BREATHS_PER_MIN))
    vectors = [
        swing_ms / 2 / best * curve(pace) * np.exp(rng.normal(0.0, noise) + 1j * turn)
        for pace, turn in zip(STEPS_BREATHS_PER_MIN, _phases(rng), strict=True)
    ]
    restarts = rng.uniform() < 0.5
    rr_ms, jitter_ms = rng.uniform(700.0, 1100.0), rng.uniform(2.0, 8.0)
    slow_ms, slow_turn = rng.uniform(0.0, 20.0), rng.uniform(0.0, 2 * np.pi)
    beats_s = [0.0]
    while (t_s := beats_s[-1]) < starts_s[-1] + STEP_S:
        wave = 15 * math.sin(2 * math.pi * 0.24 * t_s)
        if t_s >= starts_s[0]:
            step = int(np.searchsorted(starts_s, t_s, side="right")) - 1
            gone = 0.0 if restarts else STEP_S / 60 * sum(STEPS_BREATHS_PER_MIN[:step])
            breath = gone + (t_s - starts_s[step]) * STEPS_BREATHS_PER_MIN[step] / 60
            wave = (vectors[step] * np.exp(2j * np.pi * breath)).real
        slow = slow_ms * math.sin(2 * math.pi * t_s / 300 + slow_turn)
        beats_s.append(t_s + (rr_ms + wave + slow + rng.normal(0.0, jitter_ms)) / 1000)
    pace = [(float(t_s), pace) for t_s, pace in zip(starts_s, STEPS_BREATHS_PER_MIN, strict=True)]
    return LehrerSession(beats_s, pace, peak, lambda f: abs(curve(f)) / best)


def _phases(rng: np.random.Generator) -> list[float]:
    """The phase (rad) that each step adds to its curve's."""
    match rng.integers(4):
        case 0:
            return [0.0] * len(STEPS_BREATHS_PER_MIN)
        case 1:
            return [float(rng.uniform(0, 2 * np.pi))] * len(STEPS_BREATHS_PER_MIN)
        case 2:
            delay_s = rng.uniform(0.0, 3.0)
            return [-2 * math.pi * pace / 60 * delay_s for pace in STEPS_BREATHS_PER_MIN]
        case _:
            return [float(turn) for turn in rng.uniform(0, 2 * np.pi, len(STEPS_BREATHS_PER_MIN))]
