"""A tiny synthetic ECG: sums of Gaussians at known R-peak times. Shares no code with dsp."""

import numpy as np

from dsp.types import FloatArray

# (height in uV, time from the R-peak in s, width in s)
NORMAL: tuple[tuple[float, float, float], ...] = (
    (100.0, -0.170, 0.022),
    (-120.0, -0.028, 0.010),
    (1000.0, 0.0, 0.011),
    (-220.0, 0.027, 0.011),
    (260.0, 0.260, 0.045),
)
ECTOPIC: tuple[tuple[float, float, float], ...] = ((1400.0, 0.0, 0.032), (-500.0, 0.300, 0.060))


def regular_r_times(duration_s: float, rr_s: float = 0.8, start_s: float = 0.5) -> FloatArray:
    return np.arange(start_s, duration_s - 0.1, rr_s)


def wandering_r_times(duration_s: float, rr_s: float, rmssd_ms: float, seed: int) -> FloatArray:
    """R-peak times whose successive differences have about the given RMSSD; intervals vary independently."""
    rng = np.random.default_rng(seed)
    count = int(duration_s / rr_s) + 2
    intervals_s = rr_s + rng.normal(0.0, rmssd_ms / 1000.0 / np.sqrt(2.0), count)
    times_s = 0.5 + np.cumsum(intervals_s)
    return times_s[times_s < duration_s - 0.5]


def ecg(
    r_times_s: FloatArray,
    fs_hz: float,
    duration_s: float,
    waves: tuple[tuple[float, float, float], ...] = NORMAL,
) -> FloatArray:
    """A clean ECG in uV, shape (round(duration_s * fs_hz),)."""
    count = round(duration_s * fs_hz)
    signal = np.zeros(count)
    for r_s in r_times_s:
        low = max(0, int((r_s - 0.6) * fs_hz))
        high = min(count, int((r_s + 0.8) * fs_hz))
        t_s = np.arange(low, high) / fs_hz - r_s
        for height_uv, at_s, width_s in waves:
            signal[low:high] += height_uv * np.exp(-0.5 * ((t_s - at_s) / width_s) ** 2)
    return signal


def noise(count: int, rms_uv: float, seed: int) -> FloatArray:
    """White noise."""
    return np.random.default_rng(seed).normal(0.0, rms_uv, count)


def noise_at_snr(signal: FloatArray, r_times_s: FloatArray, fs_hz: float, snr_db: float, seed: int) -> FloatArray:
    """White noise whose power lies `snr_db` below that of the QRS complexes (100 ms about each R-peak)."""
    half = round(0.05 * fs_hz)
    places = (np.round(r_times_s * fs_hz).astype(int)[:, None] + np.arange(-half, half + 1)).ravel()
    places = places[(places >= 0) & (places < len(signal))]
    power = float(np.mean(signal[places] ** 2))
    return noise(len(signal), np.sqrt(power / 10.0 ** (snr_db / 10.0)), seed)


def matched(found_s: FloatArray, true_s: FloatArray, tolerance_s: float = 0.05) -> tuple[int, int, int]:
    """Hits, misses and false beats, one to one within the tolerance."""
    hits, i, j = 0, 0, 0
    while i < len(found_s) and j < len(true_s):
        if found_s[i] < true_s[j] - tolerance_s:
            i += 1
        elif found_s[i] > true_s[j] + tolerance_s:
            j += 1
        else:
            hits, i, j = hits + 1, i + 1, j + 1
    return hits, len(true_s) - hits, len(found_s) - hits
