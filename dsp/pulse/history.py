"""The last seconds of slope, smoothed once more while the pulses are rough."""

import numpy as np

from dsp.types import FloatArray

ROUGH_KERNEL_S = 0.36  # over which a rough slope is smoothed; chosen on phone-finger (docs/decisions/0035)
MEMORY_PULSES = 8  # whose likeness says whether pulses are rough
ROUGH, SMOOTH = 0.70, 0.85  # mean likeness below which smoothing begins, and above which it ends


class SlopeHistory:
    """The last `capacity` points of slope: `fine` as they came, 0 where they are lost, `values` as they are searched.
    `first` is the grid index of the first of them.

    While `rough` they are smoothed by a Hann kernel, and stand up to half its length before the end only.
    """

    def __init__(self, grid_hz: float, capacity: int) -> None:
        self._capacity = capacity
        self._reach = round(ROUGH_KERNEL_S * grid_hz / 2)
        taps = np.hanning(2 * self._reach + 1)
        self._taps = taps / taps.sum()
        self.fine = np.zeros(0)
        self.values = self.fine
        self._lost = np.zeros(0, dtype=bool)
        self.first = 0
        self.rough = False

    @property
    def end(self) -> int:
        return self.first + self.fine.size

    @property
    def known(self) -> int:
        """The grid index up to which the values stand."""
        return self.end - self._reach if self.rough else self.end

    def push(self, slope: FloatArray) -> None:
        """`slope`: the next points, NaN where lost."""
        drop = max(0, self.fine.size + slope.size - self._capacity)
        lost = np.isnan(slope)
        self.fine = np.concatenate((self.fine[drop:], np.where(lost, 0.0, slope)))
        self._lost = np.concatenate((self._lost[drop:], lost))
        self.first += drop
        self._smooth()

    def is_whole(self, begin: int, end: int) -> bool:
        """Whether no point is lost from grid index `begin` up to `end`."""
        return not self._lost[max(begin - self.first, 0) : max(end - self.first, 0)].any()

    def turn(self) -> None:
        """Rough from now on, or no longer."""
        self.rough = not self.rough
        self._smooth()

    def _smooth(self) -> None:
        self.values = self.fine
        if self.rough and self.fine.size >= self._taps.size:
            self.values = np.convolve(self.fine, self._taps, "same")


class RoughWatch:
    """Follows how alike the last pulses are.

    Clean pulses match the wearer's mean upslope to 0.87 or more even where the rhythm does not (bidmc); where the
    noise within a pulse is as large as the pulse, as with a cold finger before a phone's camera, to 0.6.
    """

    def __init__(self) -> None:
        self._likenesses: list[float] = []

    def push(self, likeness: float) -> None:
        self._likenesses = [*self._likenesses[1 - MEMORY_PULSES :], likeness]

    def turned(self, rough: bool) -> bool:
        """Whether rough pulses proved smooth, or smooth ones rough. Then watching starts again."""
        if len(self._likenesses) < MEMORY_PULSES:
            return False
        mean = sum(self._likenesses) / MEMORY_PULSES
        if not (mean > SMOOTH if rough else mean < ROUGH):
            return False
        self._likenesses = []
        return True
