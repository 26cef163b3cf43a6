"""A FIFO of 32 words at 512 sps holds 62.5 ms, so that a poll every 40 ms had 22 ms to be late by."""

import numpy as np
import pytest

from device.sampling.sampler import Sampler
from device.system.clocks import VirtualClock
from drivers.max30003 import Max30003
from drivers.sim.chips.max30003 import SimMax30003


class Late(VirtualClock):
    """Every seventh sleep ends late."""

    def __init__(self, by_s: float) -> None:
        super().__init__()
        self._by_ns, self._sleeps = round(by_s * 1e9), 0

    def now_s(self) -> float:
        return self.monotonic_ns() / 1e9

    def sleep_until_ns(self, deadline_ns: int) -> None:
        self._sleeps += 1
        super().sleep_until_ns(deadline_ns + (self._by_ns if self._sleeps % 7 == 0 else 0))


@pytest.mark.parametrize("by_ms", [0.0, 10.0, 25.0, 40.0])
def test_a_poll_that_comes_late_loses_no_sample(by_ms: float) -> None:
    clock = Late(by_ms / 1000.0)
    chip = SimMax30003(np.sin, clock.now_s)
    sampler = Sampler(lambda: Max30003(chip, clock.now_s), clock)
    index = 0
    while clock.now_s() < 10.0:
        message = sampler.next_message()
        assert not message.fault
        assert message.first_index == index
        index += len(message.counts)
    assert index == pytest.approx(512 * clock.now_s(), abs=62)
