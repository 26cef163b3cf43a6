"""PPG made for tests: a systolic wave, a dicrotic wave and a slow run-off for each pulse, at known times."""

import numpy as np

from dsp.types import FloatArray


def pulse_times(duration_s: float, mean_s: float = 0.85, swing_s: float = 0.06, breath_s: float = 4.5) -> FloatArray:
    """Times of pulses whose interval follows the breath."""
    times = [0.4]
    while times[-1] < duration_s - 1.0:
        times.append(times[-1] + mean_s + swing_s * np.sin(2 * np.pi * times[-1] / breath_s))
    return np.array(times)


def ppg(
    times_s: FloatArray, fs_hz: float, duration_s: float, notch: float = 0.35, strengths: FloatArray | None = None
) -> FloatArray:
    """Pulses of height near 1, each with its systolic wave's centre at its time.

    The dicrotic wave follows sooner at a higher rate, as the systole shortens.
    """
    notch_s = 0.36 * np.sqrt(np.median(np.diff(times_s)))
    t = np.arange(round(duration_s * fs_hz)) / fs_hz
    heights = np.ones(times_s.size) if strengths is None else strengths
    out = np.zeros(t.size)
    for at, height in zip(times_s, heights, strict=True):
        low, high = np.searchsorted(t, (at - 0.6, at + 1.5))
        u = t[low:high] - at
        wave = np.exp(-0.5 * (u / 0.07) ** 2) + 0.5 * np.exp(-0.5 * ((u - 0.12) / 0.09) ** 2)
        out[low:high] += height * (wave + notch * np.exp(-0.5 * ((u - notch_s) / 0.06) ** 2))
    return out


def wander(size: int, fs_hz: float, height: float, breath_s: float = 4.5) -> FloatArray:
    """What breathing and a drifting finger add."""
    t = np.arange(size) / fs_hz
    return height * (np.sin(2 * np.pi * t / breath_s) + np.sin(2 * np.pi * t / 23.0))


def noise(size: int, height: float, seed: int) -> FloatArray:
    return height * np.random.default_rng(seed).normal(size=size)
