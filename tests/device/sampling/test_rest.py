"""A sampler that nobody needs: its sensor is off, its process waits for one byte, and it wakes on the same grid."""

import os
import signal
from pathlib import Path

import pytest

from device.sampling.clock_fit import SampleClock
from device.sampling.sampler import SampleMessage
from device.sampling.sources import InlineSource, SamplerProcess
from device.system.clocks import MachineClock, VirtualClock
from drivers.frontend import Burst, FrontEndInfo, HeartSignal, LeadsOff

INFO = FrontEndInfo("telling", HeartSignal.ECG, 500.0, "host", 1.0, 0, 4095)


class Telling:
    """A front end that tells a pipe when it is switched on and off."""

    info = INFO

    def __init__(self, told_fd: int) -> None:
        self._told_fd = told_fd

    def start(self) -> None:
        os.write(self._told_fd, b"+")

    def read(self) -> Burst:
        return Burst((1,), 0, LeadsOff.NONE)

    def close(self) -> None:
        os.write(self._told_fd, b"-")


def samples(source: SamplerProcess) -> SampleMessage:
    while True:
        for message in source.wait(5.0):
            if len(message.counts):
                return message


def test_at_rest_the_sensor_is_off_and_awake_it_stands_on_the_same_grid() -> None:
    clock, (told, tell) = MachineClock.from_now(), os.pipe()
    source = SamplerProcess(lambda: Telling(tell), clock, realtime=False)
    before = samples(source)
    assert os.read(told, 1) == b"+"
    source.rest()
    assert os.read(told, 1) == b"-"
    while source.wait(0.0):
        pass
    os.kill(source.pid, 0)
    woken_ns = clock.monotonic_ns()
    source.wake()
    assert os.read(told, 1) == b"+"
    after = samples(source)
    now_ns = clock.monotonic_ns()
    source.close()
    last = before.first_index + len(before.counts) - 1
    at_rest = (woken_ns - before.newest_ns) // 2_000_000
    assert max(last + 1, last + at_rest) <= after.first_index <= now_ns // 2_000_000
    assert os.read(told, 1) == b"-"


@pytest.mark.skipif(not Path("/proc/self/wchan").exists(), reason="asks Linux what a process waits for")
def test_a_resting_sampler_ends_when_nobody_listens_and_one_that_was_killed_rests_again() -> None:
    clock, (told, tell) = MachineClock.from_now(), os.pipe()
    source = SamplerProcess(lambda: Telling(tell), clock, realtime=False)
    samples(source)
    source.rest()
    assert os.read(told, 2) in (b"+-", b"+")
    first = source.pid
    os.kill(first, signal.SIGKILL)
    while not [m for m in source.wait(5.0) if m.fault]:
        pass
    while source.pid == first:
        pass
    os.set_blocking(told, False)
    os.close(tell)
    source.close()
    left = b""
    while part := os.read(told, 64):
        left += part
    assert b"+" not in left, "it was not switched on for a moment"


def test_whoever_waits_is_nudged_from_another_thread_or_before() -> None:
    clock = MachineClock.from_now()
    told, tell = os.pipe()
    source = SamplerProcess(lambda: Telling(tell), clock, realtime=False)
    source.rest()
    for _ in range(100_000):
        source.nudge()
    while source.wait(0.0):
        pass
    source.nudge()
    assert source.wait(600.0) == []
    source.close()
    os.close(told)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux which descriptors are open")
def test_a_closed_sampler_leaves_no_descriptor_and_a_late_nudge_goes_nowhere() -> None:
    def one_more() -> None:
        told, tell = os.pipe()
        source = SamplerProcess(lambda: Telling(tell), MachineClock.from_now(), realtime=False)
        samples(source)
        source.rest()
        source.close()
        for late in (source.nudge, source.wake, source.close):
            late()
        os.close(told)
        os.close(tell)

    one_more()  # the first leaves memory that all share
    before = sorted(Path("/proc/self/fd").iterdir())
    for _ in range(5):
        one_more()
    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_inline_time_goes_by_at_rest_and_a_nudge_stops_it() -> None:
    clock, (told, tell) = VirtualClock(), os.pipe()
    source = InlineSource(lambda: Telling(tell), clock)
    source.wait(0.05)
    source.rest()
    at_ns = clock.monotonic_ns()
    assert source.wait(1.0) == []
    assert clock.monotonic_ns() - at_ns == 10**9
    source.nudge()
    assert source.wait(1.0) == []
    assert clock.monotonic_ns() - at_ns == 10**9
    source.wake()
    (message,) = source.wait(0.05)
    assert message.first_index * 2_000_000 >= 10**9
    assert os.read(told, 9) == b"+-+"


@pytest.mark.parametrize("hours", [1, 24, 24 * 30])
def test_a_rate_is_known_after_any_rest(hours: int) -> None:
    clock = SampleClock(500.0)
    for second in range(60):
        clock.observe(500 * second, float(second))
    rested_s = 3600.0 * hours
    clock.observe(500 * rested_s, rested_s)
    assert clock.fs_hz == pytest.approx(500.0, rel=1e-6)
    assert clock.t_s_at(rested_s + 10.0) == pytest.approx(rested_s + 10.0, abs=1e-3)
