"""RR series of a simulated heart, and beat lists with the artefacts that detectors and hearts make."""

from dataclasses import dataclass

import numpy as np

from dsp.types import FloatArray

MISPLACED_MS = (30.0, 150.0)
EARLY = (0.2, 0.4)
"""How early an ectopic beat comes, as a share of its interval."""


@dataclass(frozen=True, slots=True)
class RRHeart:
    """Breathes at `pace` breaths/min; `noise` and `slow` (a 0.03 Hz wave) are relative to the swing of breathing."""

    level_ms: float
    pace: float
    noise: float = 0.0
    slow: float = 0.0
    phase: float = 0.0


def random_heart(rng: np.random.Generator, pace: float) -> RRHeart:
    """A heart of 55 to 90 bpm with a little of everything."""
    return RRHeart(
        60_000 / rng.uniform(55, 90), pace, rng.uniform(0.05, 0.3), rng.uniform(0, 0.2), rng.uniform(0, 2 * np.pi)
    )


def beat_times_ms(heart: RRHeart, duration_s: float, swing_ms: float, rng: np.random.Generator) -> FloatArray:
    """Beat times from 0; breathing alone swings the intervals by `swing_ms` from trough to peak."""
    noise = rng.standard_normal(round(duration_s * 4))
    times = [0.0]
    while times[-1] < duration_s * 1000:
        turns = heart.pace / 60_000 * times[-1]
        wave = np.sin(2 * np.pi * turns + heart.phase) + heart.slow * np.sin(2 * np.pi * 3e-5 * times[-1])
        rr = heart.level_ms + swing_ms / 2 * (wave + heart.noise * noise[len(times) - 1])
        times.append(times[-1] + max(350.0, rr))
    return np.array(times)


def beat_times_of_rmssd(heart: RRHeart, duration_s: float, rmssd_ms: float, seed: int) -> FloatArray:
    """Beat times whose true RMSSD is `rmssd_ms`."""
    swing_ms = 2 * rmssd_ms
    for _ in range(10):
        rr = np.diff(beat_times_ms(heart, duration_s, swing_ms, np.random.default_rng(seed)))
        swing_ms *= rmssd_ms / np.sqrt(np.mean(np.diff(rr) ** 2))
    return beat_times_ms(heart, duration_s, swing_ms, np.random.default_rng(seed))


def with_artefacts(times_ms: FloatArray, share: float, rng: np.random.Generator) -> FloatArray:
    """`share` of the beats missed, extra, ectopic (early, then a pause) or misplaced, in equal parts."""
    count = len(times_ms)
    rr = np.diff(times_ms)
    out = times_ms.copy()
    kept = np.ones(count, dtype=bool)
    extra = []
    for beat in rng.choice(np.arange(3, count - 3), round(share * count), replace=False):
        kind = rng.integers(4)
        if kind == 0:
            kept[beat] = False
        elif kind == 1:
            extra.append(times_ms[beat] + rng.uniform(0.25, 0.75) * rr[beat])
        elif kind == 2:
            out[beat] -= rng.uniform(*EARLY) * rr[beat - 1]
        else:
            out[beat] += rng.choice([-1, 1]) * rng.uniform(*MISPLACED_MS)
    return np.sort(np.concatenate((out[kept], extra)))
