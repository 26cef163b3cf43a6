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
        count = stop - start
        before, rise = size[:count], change[1 : 1 + count]
        found: list[tuple[int, int]] = []
        for length in range(1, self._longest + 1):
            fall, after = change[1 + length : 1 + length + count], size[2 + length : 2 + length + count]
            across = np.abs(as_came[2 + length : 2 + length + count] - as_came[1 : 1 + count])
            beside = np.maximum(np.maximum(before, after), across)
            least = np.minimum(size[1 : 1 + count], size[1 + length : 1 + length + count])
            spikes = (least > _STEEPER * beside) & (rise * fall < 0.0)
            found += [(at, length) for at in np.flatnonzero(spikes).tolist()]
        for at, length in sorted(found):
            left, right = as_came[at + 1], as_came[at + 2 + length]
            samples[start + at : start + at + length] = np.linspace(left, right, length + 2)[1:-1]
