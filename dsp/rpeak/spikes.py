"""Takes spikes out of an ECG that are too short for a heart: pacing pulses, switching, lost bits."""

import numpy as np

from dsp.types import FloatArray

LONGEST_S = 0.004  # a QRS complex is an order of magnitude longer (Hampton, The ECG Made Easy: 70 to 110 ms)
LEAST_HZ = 200.0  # below, the R-peak of a narrow complex can be a single sample
_STEEPER = 4.0  # than anything right beside it is a spike on both its sides


class SpikeRemover:
    """Replaces spikes by a straight line between the samples beside them.

    What is a spike is decided on the samples as they came, `ahead` of them after it at most, so how they are cut does
    not matter. NaN makes none.
    """

    def __init__(self, fs_hz: float) -> None:
        self._longest = round(LONGEST_S * fs_hz) if fs_hz >= LEAST_HZ else 0
        self.ahead = self._longest + 1 if self._longest else 0
        self.restart()

    def restart(self) -> None:
        """The samples to come have none before them."""
        self._kept: FloatArray | None = None

    def clean(self, samples: FloatArray, start: int, stop: int) -> None:
        """Take the spikes that begin from `start` up to `stop` out of `samples`, which go on for `ahead` more.

        `start` is where the call before stopped.
        """
        if not self._longest or stop <= start:
            return
        if self._kept is None:
            first = samples[start]
            self._kept = np.concatenate(([first, first], samples[start : start + self.ahead]))
        as_came = np.concatenate((self._kept, samples[start + self.ahead : stop + self.ahead]))
        self._kept = as_came[len(as_came) - self.ahead - 2 :]
        change = np.diff(as_came)
        size = np.abs(change)
        steeper, count = _STEEPER * size, stop - start
        rises, falls = size[1:] > steeper[:-1], size[:-1] > steeper[1:]
        found: list[tuple[int, int]] = []
        for length in range(1, self._longest + 1):
            both = rises[:count] & falls[1 + length : 1 + length + count]
            found += [(at, length) for at in np.flatnonzero(both).tolist()]
        for at, length in sorted(found):
            rise, fall = float(change[at + 1]), float(change[at + 1 + length])
            left, right = float(as_came[at + 1]), float(as_came[at + 2 + length])
            least = min(abs(rise), abs(fall))
            beside = max(float(size[at]), float(size[at + 2 + length]), abs(right - left))
            if rise * fall < 0.0 and least > _STEEPER * beside:
                samples[start + at : start + at + length] = np.linspace(left, right, length + 2)[1:-1]
