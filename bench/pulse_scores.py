"""How pulses are scored against the ECG's beats: after one constant lag, one to one, within 150 ms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.types import TRUSTED_QUALITY, FloatArray

TOLERANCE_S = 0.150
LAGS_S = np.arange(-0.5, 1.501, 0.02)
NEARLY_ALL = 0.98
MIN_INTERVALS = 30


@dataclass(frozen=True, slots=True)
class PulseScore:
    """`interval_errors_ms` are absolute, of intervals whose two beats follow each other in both lists; RMSSD is taken
    over the differences between two such intervals that touch. `trusted_*`: only with both ends at quality >= 0.5."""

    hits: int
    missed: int
    false: int
    lag_s: float
    interval_errors_ms: FloatArray
    rmssd_error_ms: float
    trusted_errors_ms: FloatArray
    trusted_rmssd_error_ms: float

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, 2 * self.hits + self.missed + self.false)


def pairs(found_s: FloatArray, true_s: FloatArray) -> FloatArray:
    """Indices (found, true) of matches in time order; of two within the tolerance the nearer one counts."""
    out: list[tuple[int, int]] = []
    i = j = 0
    while i < len(found_s) and j < len(true_s):
        error = found_s[i] - true_s[j]
        if error < -TOLERANCE_S or (
            error <= TOLERANCE_S and i + 1 < len(found_s) and abs(found_s[i + 1] - true_s[j]) < abs(error)
        ):
            i += 1
        elif error > TOLERANCE_S:
            j += 1
        else:
            out.append((i, j))
            i, j = i + 1, j + 1
    return np.array(out, dtype=int).reshape(-1, 2)


def constant_lag_s(found_s: FloatArray, true_s: FloatArray) -> float:
    """The lag within -0.5 to 1.5 s that fits best: of those with nearly the most matches, the least mean deviation.

    The second clause matters in a regular rhythm, where a lag wrong by one whole beat matches as many.
    """
    fits = []
    for start_s in LAGS_S:
        matched = pairs(found_s - start_s, true_s)
        if not len(matched):
            continue
        lag_s = float(np.median(found_s[matched[:, 0]] - true_s[matched[:, 1]]))
        matched = pairs(found_s - lag_s, true_s)
        deviation_s = np.mean(np.abs(found_s[matched[:, 0]] - true_s[matched[:, 1]] - lag_s))
        fits.append((len(matched), float(deviation_s), lag_s))
    if not fits:
        return 0.0
    most = max(fit[0] for fit in fits)
    return min((fit for fit in fits if fit[0] >= NEARLY_ALL * most), key=lambda fit: fit[1])[2]


def score(found_s: FloatArray, true_s: FloatArray, quality: FloatArray | None = None) -> PulseScore:
    return scored_at(constant_lag_s(found_s, true_s), found_s, true_s, quality)


def scored_at(lag_s: float, found_s: FloatArray, true_s: FloatArray, quality: FloatArray | None = None) -> PulseScore:
    """As `score`, at a known lag."""
    matched = pairs(found_s - lag_s, true_s)
    found, true = matched[:, 0], matched[:, 1]
    whole = (np.diff(found) == 1) & (np.diff(true) == 1)
    good = np.ones(len(found), dtype=bool) if quality is None else quality[found] >= TRUSTED_QUALITY
    trusted = whole & good[1:] & good[:-1]
    pulse_ms, ecg_ms = 1000 * np.diff(found_s[found]), 1000 * np.diff(true_s[true])
    errors_ms = np.abs(pulse_ms - ecg_ms)
    return PulseScore(
        len(matched),
        len(true_s) - len(matched),
        len(found_s) - len(matched),
        lag_s,
        errors_ms[whole],
        _rmssd_error_ms(pulse_ms, ecg_ms, whole),
        errors_ms[trusted],
        _rmssd_error_ms(pulse_ms, ecg_ms, trusted),
    )


def _rmssd_error_ms(pulse_ms: FloatArray, ecg_ms: FloatArray, use: NDArray[np.bool_]) -> float:
    touching = use[1:] & use[:-1]
    if touching.sum() < MIN_INTERVALS:
        return float("nan")
    rmssd = [float(np.sqrt(np.mean(np.diff(rr_ms)[touching] ** 2))) for rr_ms in (pulse_ms, ecg_ms)]
    return abs(rmssd[0] - rmssd[1])
