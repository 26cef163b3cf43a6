"""Beats in, intervals and one metrics row a second out: for beat lists and RR files."""

from dsp.metrics import LONGEST_GAP_S, Metrics, StateEstimatorLike
from dsp.types import Beat, MetricsRow, Output


class BeatPipeline:
    """The same path from beats on: for beat lists and RR files."""

    def __init__(self, *, state: StateEstimatorLike | None = None) -> None:
        self._metrics = Metrics(state)
        self._second = 1
        self._last: Beat | None = None

    def set_pace(self, t_s: float, breaths_per_min: float) -> None:
        """The guide's pace from `t_s` on; NaN while breathing is free."""
        self._metrics.set_pace(t_s, breaths_per_min)

    def break_at(self, t_s: float) -> None:
        """Nothing is known of the heart at `t_s`, before the next beat: no interval spans it."""
        self._metrics.break_at(t_s)

    def push(self, beat: Beat) -> Output:
        """Take the next beat in time; the rows of the whole seconds before it come out first."""
        out = Output(beats=[beat])
        while self._second < beat.t_s:
            out.rows.append(self._row())
        out.intervals.extend(self._metrics.push_beat(beat))
        self._last = beat
        return out

    def finish(self) -> Output:
        """The last intervals, and the row of the second that the last beat closes, if it is on one."""
        out = Output()
        out.intervals.extend(self._metrics.finish())
        if self._last is not None and self._second <= self._last.t_s:
            out.rows.append(self._row())
        return out

    def _row(self) -> MetricsRow:
        second, self._second = float(self._second), self._second + 1
        heard = self._last is not None and second - self._last.t_s <= LONGEST_GAP_S
        return self._metrics.row(second, self._last.quality if heard and self._last else 0.0)
