"""The appliance's clocks: the machine's own, and one that stands still until it is told to move."""

import time
from typing import Protocol


class Clock(Protocol):
    def monotonic_ns(self) -> int: ...

    def sleep_until_ns(self, deadline_ns: int) -> None: ...


class MachineClock:
    """CLOCK_MONOTONIC."""

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    def sleep_until_ns(self, deadline_ns: int) -> None:
        while (left_ns := deadline_ns - time.monotonic_ns()) > 0:
            time.sleep(left_ns / 1e9)


class VirtualClock:
    """Time that passes only by sleeping: a session of minutes runs as fast as the machine can compute it."""

    def __init__(self) -> None:
        self._now_ns = 0

    def monotonic_ns(self) -> int:
        return self._now_ns

    def sleep_until_ns(self, deadline_ns: int) -> None:
        self._now_ns = max(self._now_ns, deadline_ns)
