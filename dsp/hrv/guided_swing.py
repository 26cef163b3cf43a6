"""The swing of the intervals along the guide's breath: breath by breath, and as a whole."""

import math
from collections.abc import Sequence

import numpy as np

from dsp.types import ComplexArray, FloatArray

FEWEST_INTERVALS = 4  # of a breath that is fitted by itself: one more than it has coefficients


def guided_breaths(pace: Sequence[tuple[float, float]], t_s: FloatArray) -> FloatArray:
    """Breaths that the guide has shown by the times `t_s` (rising), from (time_s, breaths_per_min) changes.

    A breath runs on through a change of pace and begins anew, with an inhale, after a stop (NaN). NaN while there is no
    guide.
    """
    breaths = np.full(len(t_s), math.nan)
    gone = 0.0
    for (start_s, breaths_per_min), (end_s, _) in zip(pace, [*pace[1:], (math.inf, 0.0)], strict=False):
        if math.isnan(breaths_per_min):
            gone = math.ceil(gone)
            continue
        inside = (t_s >= start_s) & (t_s < end_s)
        breaths[inside] = gone + (t_s[inside] - start_s) * breaths_per_min / 60.0
        if math.isfinite(end_s):
            gone += (end_s - start_s) * breaths_per_min / 60.0
    return breaths


def waves(breath: FloatArray) -> FloatArray:
    """The fundamental and the second harmonic of the breath, shape (n, 4); the first two columns times (a, b) are the
    real part of (a + ib) exp(2 pi i breath)."""
    angle = 2.0 * np.pi * breath
    return np.column_stack([np.cos(angle), -np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)])


def fit_swing(t_s: FloatArray, rr_ms: FloatArray, breath: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Slow trend (a parabola) and periodic part at each interval, and the periodic part's four coefficients."""
    minutes = (t_s - t_s.mean()) / 60.0
    trend = np.column_stack([np.ones_like(minutes), minutes, minutes**2])
    periodic = waves(breath)
    fit = np.linalg.lstsq(np.hstack([trend, periodic]), rr_ms, rcond=None)[0]
    return trend @ fit[:3], periodic @ fit[3:], fit[3:]


def breath_vectors(breath: FloatArray, detrended: FloatArray) -> ComplexArray:
    """The fundamental of each whole breath from the first interval on, fitted to that breath alone; breaths with fewer
    than four intervals left out."""
    vectors = []
    for k in range(int(breath[-1] - breath[0])):
        inside = (breath >= breath[0] + k) & (breath < breath[0] + k + 1)
        if (count := np.count_nonzero(inside)) < FEWEST_INTERVALS:
            continue
        columns = np.column_stack([waves(breath[inside])[:, :2], np.ones(count)])
        a, b, _ = np.linalg.lstsq(columns, detrended[inside], rcond=None)[0]
        vectors.append(complex(a, b))
    return np.array(vectors, dtype=np.complex128)


def synchrony(vectors: ComplexArray) -> float:
    """1 when all breaths swing in the same phase, near 0 when their phases are unrelated."""
    return float(abs(np.mean(vectors / np.maximum(np.abs(vectors), 1e-9))))
