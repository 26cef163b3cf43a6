"""Takes spikes out of an ECG that are too short for a heart: pacing pulses, switching, lost bits."""

import numpy as np

from dsp.types import FloatArray

LONGEST_S = 0.004  # a QRS complex is an order of magnitude longer (Hampton, The ECG Made Easy: 70 to 110 ms)
LEAST_HZ = 200.0  # below, the R-peak of a narrow complex can be a single sample
_FEW = 4  # that are quicker to look at one by one
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

    def clean(self, samples: FloatArray, start: int, stop: int) -> list[int]:
        """Take the spikes that begin from `start` up to `stop` out of `samples`, which go on for `ahead` more; return
        where they were.

        `start` is where the call before stopped.
        """
        if not self._longest or stop <= start:
            return []
        if self._kept is None:
            first = samples[start]
            self._kept = np.concatenate(([first, first], samples[start : start + self.ahead]))
        as_came = np.concatenate((self._kept, samples[start + self.ahead : stop + self.ahead]))
        self._kept = as_came[len(as_came) - self.ahead - 2 :]
        change = as_came[1:] - as_came[:-1]
        size = np.abs(change)
        steeper, count = _STEEPER * size, stop - start
        rises, falls = size[1:] > steeper[:-1], size[:-1] > steeper[1:]
        found: list[tuple[int, int]] = []
        for length in range(1, self._longest + 1):
            at = (rises[:count] & falls[1 + length : 1 + length + count]).nonzero()[0]
            if len(at) > _FEW:
                at = at[change[at + 1] * change[at + 1 + length] < 0.0]
                across = np.abs(as_came[at + 2 + length] - as_came[at + 1])
                at = at[size[at + 1] > _STEEPER * across]
            for place in at.tolist():
                rise, fall = change.item(place + 1), change.item(place + 1 + length)
                if rise * fall < 0.0:
                    found.append((place, length))
        taken = []
        for place, length in sorted(found):
            left, right = as_came.item(place + 1), as_came.item(place + 2 + length)
            beside = max(size.item(place), size.item(place + 2 + length), abs(right - left))
            if min(size.item(place + 1), size.item(place + 1 + length)) > _STEEPER * beside:
                step = (right - left) / (length + 1)
                for number in range(length):
                    samples[start + place + number] = left + step * (number + 1)
                taken.append(start + place)
        return taken
