"""Reading a front end so that every sample has its place on the grid.

A front end that the Pi clocks ("host") is read once a slot, at absolute deadlines. A chip with its own clock and FIFO
is read in bursts, and the index counts its samples. Either way an index passes for every sample that should have been,
so that a message whose first index lies beyond the last one's end says how many were lost, wherever they got lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from device.system.clocks import Clock
from drivers.errors import DriverError
from drivers.frontend import LOST, Burst, FrontEnd, LeadsOff, SideSample

LATE_NS = 1_000_000
MESSAGE_NS = 20_000_000
CHIP_POLL_NS = 40_000_000  # or a third of what the FIFO holds, so that a poll may come late by two thirds
RETRY_NS = 1_000_000_000
FAULT_NS = 50_000_000  # of nothing but bad frames: until then each is a lost sample
AGAIN_NS = 5_000_000


@dataclass(frozen=True, slots=True, eq=False)
class SampleMessage:
    """`counts` is int32 of shape (n,), `LOST` where a sample could not be read; `newest_ns` is when the last was taken,
    on CLOCK_MONOTONIC.

    `late` counts samples taken more than 1 ms after their slot. `fault` is empty while the sensor answers; `note` is
    for the log. `side` samples stand beside those in `counts`, as in a `Burst`.
    """

    first_index: int
    newest_ns: int
    counts: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    leads_off: LeadsOff = LeadsOff.NONE
    late: int = 0
    fault: str = ""
    note: str = ""
    side: tuple[SideSample, ...] = ()


class Sampler:
    """Turns a front end into messages; next_message() returns when the next one is complete.

    What cannot be read is tried again at once. Driver errors for 50 ms on end, or on opening, are a message with the
    text of the last: the front end is started again, at once and from then on every second, and the slots that pass
    meanwhile are skipped. Slot 0 is at `origin_ns`, or when the sensor first answers.
    """

    def __init__(self, open_front_end: Callable[[], FrontEnd], clock: Clock, origin_ns: int | None = None) -> None:
        self._open_front_end = open_front_end
        self._clock = clock
        self._front_end: FrontEnd | None = None
        self._period_ns = 0
        self._index = 0
        self._started = False
        self._origin_ns = origin_ns
        self._retry_ns = -RETRY_NS
        self._answered_ns = 0

    def next_message(self) -> SampleMessage:
        try:
            front_end = self._front_end if self._started and self._front_end else self._start()
            if front_end.info.clock == "host":
                return self._paced_here(front_end)
            return self._paced_by_chip(front_end)
        except DriverError as error:
            now_ns = self._clock.monotonic_ns()
            soon = self._started and now_ns - self._retry_ns >= RETRY_NS
            self._retry_ns = now_ns if soon else now_ns + RETRY_NS
            self._started = False
            self._skip_passed_slots(now_ns)
            return SampleMessage(self._index, now_ns, fault=str(error) or type(error).__name__)

    def close(self) -> None:
        """The sensor is off; the next message opens it anew."""
        front_end, self._front_end, self._started = self._front_end, None, False
        if front_end is not None:
            front_end.close()

    def _start(self) -> FrontEnd:
        self._clock.sleep_until_ns(self._retry_ns)
        if self._front_end is None:
            self._front_end = self._open_front_end()
            self._period_ns = round(1e9 / self._front_end.info.fs_hz)
        self._front_end.start()
        self._started = True
        now_ns = self._answered_ns = self._clock.monotonic_ns()
        if self._origin_ns is None:
            self._origin_ns = now_ns
        self._skip_passed_slots(now_ns)
        return self._front_end

    def _skip_passed_slots(self, now_ns: int) -> bool:
        """Moves on to the slot of `now_ns`; tells whether any slot was skipped."""
        if self._origin_ns is None or not self._period_ns:
            return False
        slot = (now_ns - self._origin_ns) // self._period_ns
        skipped = slot > self._index
        self._index = max(self._index, slot)
        return skipped

    def _paced_here(self, front_end: FrontEnd) -> SampleMessage:
        assert self._origin_ns is not None
        counts: list[int] = []
        side: list[SideSample] = []
        late, leads_off, newest_ns = 0, LeadsOff.NONE, 0
        first_index = self._index
        wanted = max(1, MESSAGE_NS // self._period_ns)
        while len(counts) < wanted:
            self._clock.sleep_until_ns(self._origin_ns + self._index * self._period_ns)
            now_ns = self._clock.monotonic_ns()
            if self._skip_passed_slots(now_ns):
                if counts:
                    break
                first_index = self._index
            burst = self._read_now(front_end)
            newest_ns = now_ns
            late += now_ns - self._origin_ns - self._index * self._period_ns > LATE_NS
            leads_off |= burst.leads_off
            side += [replace(sample, beside=sample.beside + len(counts)) for sample in burst.side]
            counts.append(burst.counts[0])
            self._index += 1
        return SampleMessage(first_index, newest_ns, np.array(counts, np.int32), leads_off, late, side=tuple(side))

    def _read_now(self, front_end: FrontEnd) -> Burst:
        """This slot's sample; one that cannot be read at the second try either is lost."""
        try:
            burst = self._read(front_end)
        except DriverError:
            try:
                burst = self._read(front_end)
            except DriverError:
                if self._silent():
                    raise
                burst = Burst((LOST,), 0, LeadsOff.NONE)
        return burst

    def _empty(self, front_end: FrontEnd) -> Burst:
        """What is in the FIFO, which keeps it over a few tries."""
        retry_ns = 0
        while True:
            try:
                return self._read(front_end)
            except DriverError:
                if self._silent():
                    raise
            self._clock.sleep_until_ns(self._clock.monotonic_ns() + retry_ns)
            retry_ns = AGAIN_NS

    def _read(self, front_end: FrontEnd) -> Burst:
        burst = front_end.read()
        self._answered_ns = self._clock.monotonic_ns()
        return burst

    def _silent(self) -> bool:
        return self._clock.monotonic_ns() - self._answered_ns >= FAULT_NS

    def _paced_by_chip(self, front_end: FrontEnd) -> SampleMessage:
        fifo_ns = round(front_end.info.fifo_samples * 1e9 / front_end.info.fs_hz)
        poll_ns = min(CHIP_POLL_NS, fifo_ns // 3) if fifo_ns else CHIP_POLL_NS
        self._clock.sleep_until_ns(self._clock.monotonic_ns() + poll_ns)
        burst = self._empty(front_end)
        now_ns = self._clock.monotonic_ns()
        first_index = self._index + burst.lost
        self._index = first_index + len(burst.counts)
        counts = np.array(burst.counts, np.int32)
        return SampleMessage(first_index, now_ns, counts, burst.leads_off, side=burst.side)
