"""Spectra of a tachogram: cubic resampling at 4 Hz and Welch's method.

Settings, fixed: natural cubic spline at 4 Hz; Hann segments of 120 s, half overlapping, each without its
mean, zero-padded to 4096 points; one-sided density; bands integrated by trapezoids, upper edge left out. The bands are
those of the Task Force (1996, doi 10.1161/01.CIR.93.5.1043); the other settings are choices, not tuned.
"""

from collections.abc import Sequence

import numpy as np

from dsp.types import NAN, FloatArray

RESAMPLE_HZ = 4.0  # of the even tachogram
SEGMENT_S = 120.0  # of one spectrum
MIN_STRETCH_S = 60.0  # shorter unbroken stretches are left out
MAX_HOLE_S = 5.0  # between beats; a longer one is not bridged
LF_HZ = (0.04, 0.15)  # Task Force 1996
HF_HZ = (0.15, 0.40)  # Task Force 1996
_FFT_POINTS = 4096  # bins of 0.001 Hz


def spline(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """The natural cubic spline through (`x`, `y`), shape (n,) with n >= 3 and `x` rising, evaluated at `at`.

    Outside of `x` the outermost cubic goes on.
    """
    h = x[1:] - x[:-1]
    slope = (y[1:] - y[:-1]) / h
    bend = np.zeros(len(x))
    bend[1:-1] = _solve_tridiagonal(h, 6 * (slope[1:] - slope[:-1]))
    first = slope - h * (2 * bend[:-1] + bend[1:]) / 6
    third = (bend[1:] - bend[:-1]) / (6 * h)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(h) - 1)
    past = at - x[i]
    return np.asarray(y[i] + past * (first[i] + past * (bend[i] / 2 + past * third[i])))


def _solve_tridiagonal(h: FloatArray, rhs: FloatArray) -> list[float]:
    """The spline's inner second derivatives, by Thomas's algorithm (plain floats: faster than arrays
    here)."""
    sides: list[float] = h.tolist()
    values: list[float] = rhs.tolist()
    upper: list[float] = []
    carried = factor = 0.0
    for i, value in enumerate(values):
        left, right = sides[i], sides[i + 1]
        pivot = 2 * (left + right) - left * factor
        factor = right / pivot
        carried = (value - left * carried) / pivot
        upper.append(factor)
        values[i] = carried
    for i in range(len(values) - 2, -1, -1):
        values[i] -= upper[i] * values[i + 1]
    return values


def welch(stretches: Sequence[FloatArray], fs_hz: float) -> tuple[FloatArray, FloatArray]:
    """Frequencies in Hz and one-sided power density (unit squared per Hz), averaged over all segments.

    `stretches` are evenly sampled and unbroken; a segment lies in one of them. Where none is as long as a
    segment the longest one sets the segment's length.
    """
    longest = max(len(values) for values in stretches)
    size = min(longest, round(SEGMENT_S * fs_hz))
    points = max(_FFT_POINTS, size)
    window = hann(size)
    segments = [
        values[start : start + size]
        for values in stretches
        for start in range(0, len(values) - size + 1, size - size // 2)
    ]
    powers = np.zeros(points // 2 + 1)
    for segment in segments:
        powers += np.abs(np.fft.rfft((segment - segment.mean()) * window, points)) ** 2
    powers *= 2 / (fs_hz * np.sum(window**2) * len(segments))
    powers[[0, -1]] /= 2
    freqs_hz: FloatArray = np.arange(points // 2 + 1, dtype=np.float64) * (fs_hz / points)
    return freqs_hz, powers


def hann(size: int) -> FloatArray:
    """The periodic Hann window, as spectra want it."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size))


def band_power(freqs_hz: FloatArray, density: FloatArray, band_hz: tuple[float, float]) -> float:
    """The power between the band's edges, in the density's unit times Hz."""
    inside = slice(*np.searchsorted(freqs_hz, band_hz))
    f, p = freqs_hz[inside], density[inside]
    return float(np.sum(np.diff(f) * (p[1:] + p[:-1]) / 2))


def lf_hf_ms2(t_s: FloatArray, rr_ms: FloatArray) -> tuple[float, float]:
    """LF and HF power of the tachogram (closing beat's time, interval); NaN without an unbroken minute.

    Holes of more than 5 s between the beats are not bridged.
    """
    breaks = np.flatnonzero(np.diff(t_s) > MAX_HOLE_S) + 1
    stretches = [
        spline(t, rr, np.arange(t[0], t[-1], 1 / RESAMPLE_HZ))
        for t, rr in zip(np.split(t_s, breaks), np.split(rr_ms, breaks), strict=True)
        if len(t) > 3 and t[-1] - t[0] >= MIN_STRETCH_S
    ]
    if not stretches:
        return NAN, NAN
    freqs_hz, density = welch(stretches, RESAMPLE_HZ)
    return band_power(freqs_hz, density, LF_HZ), band_power(freqs_hz, density, HF_HZ)
