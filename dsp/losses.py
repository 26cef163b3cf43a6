"""Where samples were lost."""

from collections import deque

import numpy as np

from dsp.types import SampleBlock

MOST_RUNS = 4096  # kept: far more than fall between two beats and a detector's delay


class Losses:
    """Runs of lost samples, found in blocks that come in order, forgotten once a later time is asked for."""

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._end: int | None = None
        self._runs: deque[tuple[int, int]] = deque(maxlen=MOST_RUNS)

    def push(self, block: SampleBlock) -> None:
        if self._end is not None and block.first_index > self._end:
            self._add(self._end, block.first_index)
        if block.lost:
            lost = np.flatnonzero(np.isnan(block.values)) + block.first_index
            for run in np.split(lost, np.flatnonzero(np.diff(lost) > 1) + 1):
                self._add(int(run[0]), int(run[-1]) + 1)
        self._end = block.first_index + len(block.values)

    def first_s(self, start_s: float, end_s: float) -> float | None:
        """The first moment between the two at which a sample was lost; neither runs backwards from call to call."""
        while self._runs and self._runs[0][1] <= start_s * self._fs_hz:
            self._runs.popleft()
        if not self._runs or self._runs[0][0] >= end_s * self._fs_hz:
            return None
        return max(start_s, self._runs[0][0] / self._fs_hz)

    def _add(self, start: int, stop: int) -> None:
        if self._runs and self._runs[-1][1] == start:
            start = self._runs.pop()[0]
        self._runs.append((start, stop))
