"""Spectra of a tachogram: cubic resampling at 4 Hz and Welch's method.

Settings, fixed: natural cubic spline at 4 Hz; Hann segments of 120 s, half overlapping, each without its
mean, zero-padded to 4096 points; one-sided density; bands integrated by trapezoids, upper edge left out. The bands are
those of the Task Force (1996, doi 10.1161/01.CIR.93.5.1043); the other settings are choices, not tuned.
"""

import math
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
_PIECE = 512  # knots that a spline has at once
_REACH = 64  # knots beyond which a spline does not change


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
    i = np.minimum(np.maximum(x.searchsorted(at, side="right") - 1, 0), len(h) - 1)
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


class Welch:
    """The average of the power densities of all segments, in memory that does not grow with what was added.

    A segment lies in one unbroken stretch. Where no stretch is as long as a segment, the longest one sets the segment's
    length.
    """

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._whole = round(SEGMENT_S * fs_hz)
        self._size = 0
        self._count = 0
        self._powers = np.zeros(0)
        self._stretch = np.zeros(0)

    def add(self, values: FloatArray) -> None:
        """The stretch at hand goes on by evenly sampled `values`, shape (n,)."""
        self._stretch = np.concatenate((self._stretch, values))
        first = 0
        while len(self._stretch) - first >= self._whole:
            self._take(self._stretch[first : first + self._whole])
            first += self._whole - self._whole // 2
        self._stretch = self._stretch[first:]

    def end_stretch(self) -> None:
        if self._size < self._whole and len(self._stretch):
            self._take(self._stretch)
        self._stretch = np.zeros(0)

    def density(self) -> tuple[FloatArray, FloatArray]:
        """Frequencies in Hz and one-sided power density (unit squared per Hz), both empty where nothing was added."""
        if not self._count:
            return np.zeros(0), np.zeros(0)
        powers = self._powers * (2 / (self._fs_hz * np.sum(hann(self._size) ** 2) * self._count))
        powers[[0, -1]] /= 2
        freqs_hz: FloatArray = np.arange(len(powers), dtype=np.float64) * (self._fs_hz / self._points)
        return freqs_hz, powers

    @property
    def _points(self) -> int:
        return max(_FFT_POINTS, self._size)

    def _take(self, segment: FloatArray) -> None:
        if len(segment) < self._size:
            return
        if len(segment) > self._size:
            self._size, self._count = len(segment), 0
            self._powers = np.zeros(self._points // 2 + 1)
        self._powers += np.abs(np.fft.rfft((segment - segment.mean()) * hann(self._size), self._points)) ** 2
        self._count += 1


def welch(stretches: Sequence[FloatArray], fs_hz: float) -> tuple[FloatArray, FloatArray]:
    """Frequencies in Hz and one-sided power density of `stretches`, each evenly sampled and unbroken; as `Welch`."""
    averaged = Welch(fs_hz)
    for values in stretches:
        averaged.add(values)
        averaged.end_stretch()
    return averaged.density()


def hann(size: int) -> FloatArray:
    """The periodic Hann window, as spectra want it."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size))


def band_power(freqs_hz: FloatArray, density: FloatArray, band_hz: tuple[float, float]) -> float:
    """The power between the band's edges, in the density's unit times Hz."""
    inside = slice(*np.searchsorted(freqs_hz, band_hz))
    f, p = freqs_hz[inside], density[inside]
    return float(np.sum(np.diff(f) * (p[1:] + p[:-1]) / 2))


class TachogramSpectrum:
    """LF and HF power of a tachogram that comes a part at a time, in memory that does not grow with it.

    The spline is made of pieces that overlap: a knot's pull halves at least with each knot between (the system's rows
    sum to half their diagonal), so `_REACH` knots away it is below rounding.
    """

    def __init__(self) -> None:
        self._welch = Welch(RESAMPLE_HZ)
        self._t_s = np.zeros(0)
        self._rr_ms = np.zeros(0)
        self._begun_s = 0.0
        self._sampled = 0

    def add(self, t_s: FloatArray, rr_ms: FloatArray) -> None:
        """The next intervals: closing beats' times, which rise, and lengths; both of shape (n,)."""
        steps_s = np.diff(t_s, prepend=self._t_s[-1:])
        if not len(self._t_s):
            steps_s = np.concatenate(([np.inf], steps_s))[: len(t_s)]
        breaks = np.flatnonzero(~((steps_s > 0) & (steps_s <= MAX_HOLE_S)))
        for number, (t, rr) in enumerate(zip(np.split(t_s, breaks), np.split(rr_ms, breaks), strict=True)):
            if number:
                self._end_stretch()
            self._grow(t, rr)

    def lf_hf_ms2(self) -> tuple[float, float]:
        """NaN without an unbroken minute. Ends the stretch at hand."""
        self._end_stretch()
        freqs_hz, density = self._welch.density()
        if not len(density):
            return NAN, NAN
        return band_power(freqs_hz, density, LF_HZ), band_power(freqs_hz, density, HF_HZ)

    def _grow(self, t_s: FloatArray, rr_ms: FloatArray) -> None:
        for first in range(0, len(t_s), _PIECE):
            if not len(self._t_s):
                self._begun_s = float(t_s[0])
            self._t_s = np.concatenate((self._t_s, t_s[first : first + _PIECE]))
            self._rr_ms = np.concatenate((self._rr_ms, rr_ms[first : first + _PIECE]))
            if len(self._t_s) > _PIECE + 2 * _REACH and self._is_long_enough():
                self._sample_up_to(float(self._t_s[-_REACH]))
                done = int(np.searchsorted(self._t_s, self._next_s())) - _REACH
                self._t_s, self._rr_ms = self._t_s[max(0, done) :], self._rr_ms[max(0, done) :]

    def _end_stretch(self) -> None:
        if len(self._t_s) > 3 and self._is_long_enough():
            self._sample_up_to(float(self._t_s[-1]))
            self._welch.end_stretch()
        self._t_s = self._rr_ms = np.zeros(0)
        self._sampled = 0

    def _is_long_enough(self) -> bool:
        return float(self._t_s[-1]) - self._begun_s >= MIN_STRETCH_S

    def _next_s(self) -> float:
        return self._begun_s + self._sampled / RESAMPLE_HZ

    def _sample_up_to(self, end_s: float) -> None:
        count = max(0, math.ceil((end_s - self._begun_s) * RESAMPLE_HZ))
        at_s = self._begun_s + np.arange(self._sampled, count) / RESAMPLE_HZ
        self._welch.add(spline(self._t_s, self._rr_ms, at_s))
        self._sampled = max(count, self._sampled)


def lf_hf_ms2(t_s: FloatArray, rr_ms: FloatArray) -> tuple[float, float]:
    """LF and HF power of the tachogram (closing beat's time, interval); NaN without an unbroken minute.

    Holes of more than 5 s between the beats are not bridged.
    """
    spectrum = TachogramSpectrum()
    spectrum.add(t_s, rr_ms)
    return spectrum.lf_hf_ms2()
