"""The smoothed slope of PPG on a grid of 100 to 200 Hz, from samples at 25 to 500 Hz, some of which may be lost."""

import math

import numpy as np

from dsp.types import FloatArray

KERNEL_S = 0.16  # length of the kernel
GRID_HZ = 100.0  # least rate of the grid
MAX_LOST_WEIGHT = 0.25  # of lost samples, above which a slope is unknown
ABSURD = 1e12  # counts that no sensor gives: lost
LEAST_SHARE = 0.01  # of the range within a kernel: a flatter slope is rounding, or hum that dwarfs the pulse


class SlopeFilter:
    """Local linear regression under a Hann kernel of 0.16 s, evaluated hop by hop.

    The slope of the fitted line is exact for a ramp at any offset, and lost samples need not be
    filled in: they have no weight. Where they would have had more than a quarter of it, the slope is NaN.
    Grid point j lies at sample `j * samples_per_point`; it is known `delay_samples` samples later.
    """

    def __init__(self, fs_hz: float, hop_s: float) -> None:
        self._up = max(1, math.ceil(GRID_HZ / fs_hz))
        self._step = max(1, int(fs_hz // GRID_HZ))
        self.samples_per_point = self._step / self._up
        self.grid_hz = fs_hz / self.samples_per_point
        self.hop_samples = self._step * max(1, round(hop_s * fs_hz / self._step))
        self.delay_samples = math.ceil(KERNEL_S * fs_hz / 2)
        points = np.arange(self.hop_samples * self._up // self._step) * self.samples_per_point
        around = np.arange(self.hop_samples + 2 * self.delay_samples)[:, None] - self.delay_samples
        x_s = (around - points) / fs_hz
        kernel = np.where(np.abs(x_s) < KERNEL_S / 2, 1 + np.cos(2 * np.pi * x_s / KERNEL_S), 0.0)
        self._moment_taps = [kernel * x_s**k for k in range(3)]
        self._full_weight = kernel.sum(axis=0)
        s0, s1, s2 = (taps.sum(axis=0) for taps in self._moment_taps)
        self._slope_taps = (s0 * self._moment_taps[1] - s1 * kernel) / (s0 * s2 - s1 * s1)
        self._tail = np.full(2 * self.delay_samples, np.nan)

    def push(self, samples: FloatArray) -> FloatArray:
        """Slope (per second) at the grid points that `samples`, one hop long, complete."""
        buffer = np.concatenate((self._tail, samples))
        self._tail = buffer[samples.size :]
        good = np.abs(buffer) < ABSURD
        if good.all():
            centred = buffer - buffer[0]
            slope = centred.dot(self._slope_taps)
        elif good.any():
            centred = np.where(good, buffer - buffer[int(np.argmax(good))], 0.0)
            slope = self._around_losses(centred, good.astype(np.float64))
        else:
            return np.full(self._full_weight.size, np.nan)
        slope[np.abs(slope) < LEAST_SHARE * (centred.max() - centred.min()) / KERNEL_S] = 0.0
        return np.asarray(slope)

    def _around_losses(self, values: FloatArray, present: FloatArray) -> FloatArray:
        s0, s1, s2 = (present @ taps for taps in self._moment_taps)
        t0, t1 = (values @ taps for taps in self._moment_taps[:2])
        enough = s0 >= (1 - MAX_LOST_WEIGHT) * self._full_weight
        return np.asarray((s0 * t1 - s1 * t0) / np.where(enough, s0 * s2 - s1 * s1, np.nan))
