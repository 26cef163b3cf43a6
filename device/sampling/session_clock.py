"""The session clock: seconds since the appliance started, carried by the samples once they flow.

Beats, rows, presses and the guide are all stamped on this one line. Before the first sample it is CLOCK_MONOTONIC; from
then on sample indices are shifted so that the line goes on without a step.
"""

from device.sampling.clock_fit import SampleClock


class Timeline:
    """`start_ns` is the monotonic time that counts as 0 s."""

    def __init__(self, start_ns: int, fs_hz: float) -> None:
        self._start_ns = start_ns
        self._fs_hz = fs_hz
        self._clock = SampleClock(fs_hz)
        self._shift: int | None = None
        self._end = 0
        self._latest_s = 0.0

    @property
    def measured_fs_hz(self) -> float:
        """The sensor's rate against CLOCK_MONOTONIC."""
        return self._clock.fs_hz

    def place(self, first_index: int, count: int, newest_ns: int, anew: bool = False) -> int:
        """The index on the session's grid of a message's first sample; its newest, of `count`, was taken at
        `newest_ns`. `anew`: the sensor counts from somewhere else than before."""
        if self._shift is None:
            start_s = (newest_ns - self._start_ns) / 1e9
            self._shift = max(0, round(start_s * self._fs_hz) - first_index - count)
        elif anew:
            first = round(self._clock.index_at(newest_ns / 1e9)) - count + 1
            self._shift = max(self._end, first) - first_index
        index = first_index + self._shift
        self._end = index + count
        self._clock.observe(self._end - 1, newest_ns / 1e9)
        return index

    def t_s(self, monotonic_ns: int) -> float:
        """Session seconds at the present monotonic time; never less than an earlier answer."""
        self._latest_s = max(self._latest_s, self.past_s(monotonic_ns))
        return self._latest_s

    def past_s(self, monotonic_ns: int) -> float:
        """Session seconds at a monotonic time that may lie before what was told already, as a button's edge does."""
        if self._shift is None:
            return (monotonic_ns - self._start_ns) / 1e9
        return self._clock.t_s_at(monotonic_ns / 1e9)
