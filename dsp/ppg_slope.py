"""Smoothed PPG and its slope on a grid of 100 to 200 Hz, from samples at 25 to 500 Hz, some of which may be lost."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]

KERNEL_S = 0.16
GRID_HZ = 100.0
MAX_LOST_WEIGHT = 0.25
ABSURD = 1e12
LEAST_SHARE = 0.01


class SlopeFilter:
    """Local linear regression under a Hann kernel of 0.16 s, evaluated hop by hop.

    The value and the slope of the fitted line are exact for a ramp at any offset, and need no filling of lost
    samples: those simply have no weight. Where they would have had more than a quarter of it, the slope is NaN.
    Grid point j lies at sample `j * samples_per_point`; it is known `delay_samples` samples later.
    """

    def __init__(self, fs_hz: float, hop_s: float) -> None:
        self._up = max(1, math.ceil(GRID_HZ / fs_hz))
        self._step = max(1, int(fs_hz // GRID_HZ))
        self.samples_per_point = self._step / self._up
        self.grid_hz = fs_hz / self.samples_per_point
        self.hop_samples = self._step * max(1, round(hop_s * fs_hz / self._step))
        self.delay_samples = math.ceil(KERNEL_S * fs_hz / 2)
        offsets = np.arange(-self.delay_samples, self.delay_samples + 1)
        phases = np.arange(self._up) / self._up
        self._x_s = (offsets[:, None] - phases[None, :]) / fs_hz
        inside = np.abs(self._x_s) < KERNEL_S / 2
        self._weights = np.where(inside, 1 + np.cos(2 * np.pi * self._x_s / KERNEL_S), 0.0)
        s0, s1, s2 = (np.sum(self._weights * self._x_s**k, axis=0) for k in range(3))
        spread = s0 * s2 - s1 * s1
        self._value_taps = self._weights * (s2 - s1 * self._x_s) / spread
        self._slope_taps = self._weights * (s0 * self._x_s - s1) / spread
        self._tail = np.full(2 * self.delay_samples, np.nan)

    def push(self, samples: Array) -> tuple[Array, Array]:
        """Value and slope (per second) at the grid points that `samples`, one hop long, complete."""
        buffer = np.concatenate((self._tail, samples))
        self._tail = buffer[samples.size :]
        good = np.abs(buffer) < ABSURD
        if not good.any():
            nothing = np.full(samples.size * self._up // self._step, np.nan)
            return nothing, nothing
        complete = bool(good.all())
        reference = buffer[int(np.argmax(good))]
        centred = buffer - reference
        if not complete:
            centred = np.where(good, centred, 0.0)
        windows = sliding_window_view(centred, self._weights.shape[0])[:: self._step]
        if complete:
            value, slope = windows @ self._value_taps, windows @ self._slope_taps
        else:
            value, slope = self._around_losses(windows, good)
        slope[np.abs(slope) < LEAST_SHARE * np.ptp(centred) / KERNEL_S] = 0.0
        return value.ravel() + reference, slope.ravel()

    def _around_losses(self, windows: Array, good: NDArray[np.bool_]) -> tuple[Array, Array]:
        present = sliding_window_view(good.astype(np.float64), self._weights.shape[0])[:: self._step]
        moments = [present @ (self._weights * self._x_s**k) for k in range(3)]
        t0, t1 = windows @ self._weights, windows @ (self._weights * self._x_s)
        spread = moments[0] * moments[2] - moments[1] ** 2
        enough = moments[0] >= (1 - MAX_LOST_WEIGHT) * self._weights.sum(axis=0)
        spread = np.where(enough, spread, np.nan)
        value = (moments[2] * t0 - moments[1] * t1) / spread
        slope = (moments[0] * t1 - moments[1] * t0) / spread
        return value, slope
