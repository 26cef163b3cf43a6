"""The appliance's clocks: the machine's own, and one that stands still until it is told to move."""

import time
from typing import Protocol


class Clock(Protocol):
    def monotonic_ns(self) -> int: ...

    def sleep_until_ns(self, deadline_ns: int) -> None: ...


class MachineClock:
    """CLOCK_MONOTONIC, counted from `origin_ns`. Two processes that share the origin share the clock."""

    def __init__(self, origin_ns: int = 0) -> None:
        self._origin_ns = origin_ns

    @classmethod
    def from_now(cls) -> "MachineClock":
        return cls(time.monotonic_ns())

    def monotonic_ns(self) -> int:
        return time.monotonic_ns() - self._origin_ns

    def sleep_until_ns(self, deadline_ns: int) -> None:
        while (left_ns := deadline_ns - self.monotonic_ns()) > 0:
            time.sleep(left_ns / 1e9)


class VirtualClock:
    """Time that passes only by sleeping: a session of minutes runs as fast as the machine can compute it."""

    def __init__(self) -> None:
        self._now_ns = 0

    def monotonic_ns(self) -> int:
        return self._now_ns

    def sleep_until_ns(self, deadline_ns: int) -> None:
        self._now_ns = max(self._now_ns, deadline_ns)
