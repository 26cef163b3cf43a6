"""Reading a front end so that every sample has its place on the grid, and what could not be read is counted.

A front end that the Pi clocks ("host") is read once a slot, at absolute deadlines. A chip with its own clock and FIFO is
read in bursts, and the index counts its samples. Either way an index passes for every sample that should have been.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.clocks import Clock
from drivers.errors import DriverError
from drivers.frontend import FrontEnd, LeadsOff

LOST = np.iinfo(np.int32).min
LATE_NS = 1_000_000
MESSAGE_NS = 20_000_000
CHIP_POLL_NS = 40_000_000
RETRY_NS = 1_000_000_000
MAX_SAMPLES = 512


@dataclass(frozen=True, slots=True, eq=False)
class SampleMessage:
    """`counts` is int32 of shape (n,), LOST in the slots without a sample; `late` and `lost` count within this message.

    `newest_ns` is when the newest sample was taken, on CLOCK_MONOTONIC. `fault` is empty while the sensor answers.
    """

    first_index: int
    counts: NDArray[np.int32]
    leads_off: LeadsOff
    newest_ns: int
    late: int = 0
    lost: int = 0
    fault: str = ""


class Sampler:
    """Turns a front end into messages; next_message() returns when the next one is complete.

    A driver error is a message with its text; the front end is started again every second, and the slots that pass
    meanwhile are lost, not forgotten.
    """

    def __init__(self, front_end: FrontEnd, clock: Clock) -> None:
        self._front_end = front_end
        self._clock = clock
        self._info = front_end.info
        self._period_ns = round(1e9 / self._info.fs_hz)
        self._index = 0
        self._started = False
        self._origin_ns: int | None = None
        self._retry_ns = 0

    def next_message(self) -> SampleMessage:
        try:
            if not self._started:
                self._clock.sleep_until_ns(self._retry_ns)
                self._front_end.start()
                self._started = True
                if self._origin_ns is None:
                    self._origin_ns = self._clock.monotonic_ns()
            return self._paced_here() if self._info.clock == "host" else self._paced_by_chip()
        except DriverError as error:
            return self._fault(str(error))

    def _fault(self, text: str) -> SampleMessage:
        self._started = False
        now_ns = self._clock.monotonic_ns()
        self._retry_ns = now_ns + RETRY_NS
        return SampleMessage(self._index, np.empty(0, np.int32), LeadsOff.NONE, now_ns, fault=text)

    def _paced_here(self) -> SampleMessage:
        first_index, counts, late, lost = self._index, [], 0, 0
        leads_off = LeadsOff.NONE
        now_ns = self._clock.monotonic_ns()
        end_index = first_index + max(1, MESSAGE_NS // self._period_ns)
        while self._index < end_index and len(counts) < MAX_SAMPLES:
            deadline_ns = self._deadline_ns()
            self._clock.sleep_until_ns(deadline_ns)
            now_ns = self._clock.monotonic_ns()
            passed = min((now_ns - deadline_ns) // self._period_ns, MAX_SAMPLES - len(counts) - 1)
            if passed > 0:
                counts += [LOST] * passed
                lost += passed
                self._index += passed
                if self._deadline_ns() + self._period_ns <= now_ns:
                    break
            try:
                burst = self._front_end.read()
            except DriverError as error:
                if not counts:
                    raise
                fault = self._fault(str(error))
                return SampleMessage(
                    first_index, np.array(counts, np.int32), leads_off, now_ns, late, lost, fault.fault
                )
            late += now_ns - self._deadline_ns() > LATE_NS
            leads_off |= burst.leads_off
            counts.append(burst.counts[0])
            self._index += 1
        return SampleMessage(first_index, np.array(counts, np.int32), leads_off, now_ns, late, lost)

    def _deadline_ns(self) -> int:
        assert self._origin_ns is not None
        return self._origin_ns + self._index * self._period_ns

    def _paced_by_chip(self) -> SampleMessage:
        self._clock.sleep_until_ns(self._clock.monotonic_ns() + CHIP_POLL_NS)
        burst = self._front_end.read()
        now_ns = self._clock.monotonic_ns()
        lost = min(burst.lost + self._missed_while_stopped(now_ns, len(burst.counts)), MAX_SAMPLES)
        counts = np.array([LOST] * lost + list(burst.counts), np.int32)
        first_index, self._index = self._index, self._index + len(counts)
        return SampleMessage(first_index, counts, burst.leads_off, now_ns, 0, lost)

    def _missed_while_stopped(self, now_ns: int, fresh: int) -> int:
        """After a fault the chip's count starts anew: the time that passed tells how many samples are missing."""
        if not self._retry_ns:
            return 0
        assert self._origin_ns is not None
        missing = (now_ns - self._origin_ns) // self._period_ns - self._index - fresh
        if missing <= MAX_SAMPLES:
            self._retry_ns = 0
        return max(0, missing)
