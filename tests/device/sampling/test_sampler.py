import contextlib
import itertools
import multiprocessing
import os
import signal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sampling.pipe import MessageReader, MessageWriter, decode, encode
from device.sampling.sampler import SampleMessage, Sampler
from device.sampling.sources import SamplerProcess
from device.system.clocks import Clock, MachineClock, VirtualClock
from drivers.errors import BusError
from drivers.frontend import LOST, Burst, FrontEndInfo, HeartSignal, LeadsOff

HOST_INFO = FrontEndInfo("counter", HeartSignal.ECG, 500.0, "host", 1.0, 0, 4095)
CHIP_INFO = FrontEndInfo("counter", HeartSignal.PPG, 100.0, "chip", 1.0, 0, 1 << 18)


class SlowClock(VirtualClock):
    """Every `every`-th sleep oversleeps by `by_ns`."""

    def __init__(self, every: int = 0, by_ns: int = 0) -> None:
        super().__init__()
        self._every, self._by_ns, self._sleeps = every, by_ns, 0

    def sleep_until_ns(self, deadline_ns: int) -> None:
        self._sleeps += 1
        extra_ns = self._by_ns if self._every and self._sleeps % self._every == 0 else 0
        super().sleep_until_ns(deadline_ns + extra_ns)


class Counter:
    """Reads the number of the 2 ms slot (host) or all chip samples since last time; faults when told to."""

    def __init__(self, clock: Clock, info: FrontEndInfo = HOST_INFO, faults: tuple[int, ...] = ()) -> None:
        self.info, self._clock, self._faults = info, clock, faults
        self._reads, self._taken, self._started_ns = 0, 0, 0

    def start(self) -> None:
        self._started_ns, self._taken = self._clock.monotonic_ns(), 0

    def read(self) -> Burst:
        self._reads += 1
        if self._reads in self._faults:
            raise BusError("the bus let go")
        now_ns = self._clock.monotonic_ns()
        if self.info.clock == "host":
            return Burst((now_ns // 2_000_000,), 0, LeadsOff.NONE)
        upto = (now_ns - self._started_ns) * 100 // 10**9
        fresh, self._taken = range(self._taken, upto), upto
        lost = max(0, len(fresh) - 32)
        return Burst(tuple(fresh)[lost:], lost, LeadsOff.NONE)

    def close(self) -> None:
        pass


def messages(clock: VirtualClock, front_end: Counter, seconds: float) -> list[SampleMessage]:
    sampler = Sampler(lambda: front_end, clock)
    out = [sampler.next_message()]
    while clock.monotonic_ns() < (seconds - 0.02) * 1e9:
        out.append(sampler.next_message())
    return out


def test_each_sample_stands_in_its_slot_when_all_goes_well() -> None:
    clock = VirtualClock()
    out = messages(clock, Counter(clock), 1.0)
    assert [m.first_index for m in out] == list(range(0, 500, 10))
    assert np.concatenate([m.counts for m in out]).tolist() == list(range(500))
    assert sum(m.late for m in out) == 0


@given(every=st.integers(2, 60), by_ms=st.floats(0.1, 30.0))
def test_slots_slept_through_are_skipped_and_the_rest_keeps_its_place(every: int, by_ms: float) -> None:
    clock = SlowClock(every, int(by_ms * 1e6))
    for message in messages(clock, Counter(clock), 2.0):
        slots = np.arange(message.first_index, message.first_index + len(message.counts))
        assert message.counts.tolist() == slots.tolist()


def test_a_sample_over_a_millisecond_late_is_counted() -> None:
    clock = SlowClock(every=10, by_ns=1_500_000)
    out = messages(clock, Counter(clock), 1.0)
    assert sum(m.late for m in out) == 50
    assert sum(len(m.counts) for m in out) == 500


@given(st.integers(1, 400))
def test_a_bad_frame_is_read_again_at_once(bad: int) -> None:
    clock = VirtualClock()
    out = messages(clock, Counter(clock, faults=(bad,)), 1.0)
    assert np.concatenate([m.counts for m in out]).tolist() == list(range(500))
    assert not any(m.fault for m in out)


@given(st.integers(1, 400), st.integers(1, 24))
def test_frames_that_stay_bad_for_less_than_50_ms_are_as_many_lost_samples(first: int, slots: int) -> None:
    clock = VirtualClock()
    out = messages(clock, Counter(clock, faults=tuple(range(first, first + 2 * slots))), 1.0)
    got = np.concatenate([m.counts for m in out])
    wanted = np.arange(500)
    wanted[first - 1 : first - 1 + slots] = LOST
    assert got.tolist() == wanted.tolist()
    assert not any(m.fault for m in out)


def test_frames_that_stay_bad_are_a_fault_and_the_sensor_is_started_again_at_once() -> None:
    clock = VirtualClock()
    out = messages(clock, Counter(clock, faults=tuple(range(25, 25 + 2 * 25))), 3.0)
    assert [m.fault for m in out if m.fault] == ["the bus let go"]
    after = next(m for m in out[out.index(next(m for m in out if m.fault)) + 1 :])
    assert after.first_index == after.counts[0] == 24 + 24


def test_a_sensor_that_does_not_come_back_is_started_again_every_second() -> None:
    clock = VirtualClock()
    out = messages(clock, Counter(clock, faults=tuple(range(25, 10_000))), 5.0)
    told_s = [m.newest_ns / 1e9 for m in out if m.fault]
    assert np.diff(told_s).tolist() == pytest.approx([0.05] + [1.05] * (len(told_s) - 2), abs=0.01)


def test_a_sensor_that_cannot_be_opened_is_asked_for_again_every_second() -> None:
    clock, tries = VirtualClock(), []

    def missing() -> Counter:
        tries.append(clock.monotonic_ns() / 1e9)
        raise BusError("no such bus")

    sampler = Sampler(missing, clock)
    assert {sampler.next_message().fault for _ in range(4)} == {"no such bus"}
    assert tries == [0.0, 1.0, 2.0, 3.0]


def test_an_overflowed_fifo_leaves_a_gap_of_the_lost_samples() -> None:
    clock = SlowClock(every=5, by_ns=600_000_000)
    index = 0
    gaps = 0
    for message in messages(clock, Counter(clock, CHIP_INFO), 10.0):
        gaps += message.first_index - index
        assert message.counts.tolist() == list(range(message.first_index, message.first_index + len(message.counts)))
        index = message.first_index + len(message.counts)
    assert gaps > 0


def test_a_chip_that_was_away_comes_back_at_the_present() -> None:
    clock = VirtualClock()
    out = messages(clock, Counter(clock, CHIP_INFO, faults=(10,)), 4.0)
    last = out[-1]
    assert last.first_index + len(last.counts) == pytest.approx(400, abs=5)


@given(
    first_index=st.integers(0, 2**40),
    counts=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=900),
    leads_off=st.sampled_from([*LeadsOff, LeadsOff.NONE]),
    fault=st.text(max_size=40),
)
def test_a_message_comes_through_the_pipe_as_it_went_in(
    first_index: int, counts: list[int], leads_off: LeadsOff, fault: str
) -> None:
    sent = SampleMessage(first_index, 5, np.array(counts, np.int32), leads_off, 3, fault)
    got = decode(encode(sent))
    assert got.counts.tolist() == counts
    assert (got.first_index, got.newest_ns, got.leads_off, got.late) == (first_index, 5, leads_off, 3)
    assert got.fault == fault.encode("utf-8", "replace").decode()


def test_a_full_pipe_drops_whole_messages_and_counts_them() -> None:
    read_fd, write_fd = os.pipe()
    writer, reader = MessageWriter(write_fd), MessageReader(read_fd)
    sent = 30_000
    for k in range(sent):
        writer.send(SampleMessage(k * 10, k, np.arange(10, dtype=np.int32)))
    os.close(write_fd)
    got: list[SampleMessage] = []
    with contextlib.suppress(EOFError):
        while True:
            got += reader.wait(1.0)
    os.close(read_fd)
    assert writer.dropped > 0
    assert len(got) == sent - writer.dropped
    assert all(b.first_index - a.first_index == 10 for a, b in itertools.pairwise(got))


def test_the_sampler_process_delivers_and_says_how_it_was_treated() -> None:
    clock = MachineClock.from_now()
    source = SamplerProcess(lambda: Counter(clock), clock, realtime=False)
    got: list[SampleMessage] = []
    while sum(len(m.counts) for m in got) < 50:
        got += source.wait(5.0)
    source.close()
    assert got[0].note == "sampling without real time: not asked for"
    assert got[1].first_index == pytest.approx(0, abs=500)


def test_a_sampler_that_was_killed_comes_back_on_the_same_grid() -> None:
    clock = MachineClock.from_now()
    source = SamplerProcess(lambda: Counter(clock), clock, realtime=False)
    before = wait_for_samples(source)
    os.kill(source.pid, signal.SIGKILL)
    faults: list[str] = []
    while not faults:
        faults = [m.fault for m in source.wait(5.0) if m.fault]
    after = wait_for_samples(source)
    now_ns = clock.monotonic_ns()
    source.close()
    assert faults == ["the sampler had stopped and was started again"]
    assert before.first_index < after.first_index <= now_ns // 2_000_000


def test_the_sensor_is_switched_off_when_nobody_listens_any_more() -> None:
    clock, (read_fd, write_fd) = MachineClock.from_now(), os.pipe()

    class Telling(Counter):
        def close(self) -> None:
            os.write(write_fd, b"off")

    source = SamplerProcess(lambda: Telling(clock), clock, realtime=False)
    os.close(write_fd)
    wait_for_samples(source)
    source.close()
    with os.fdopen(read_fd, "rb") as told:
        assert told.read() == b"off"


def test_a_sampler_does_not_outlive_its_keeper() -> None:
    clock = MachineClock.from_now()
    source = SamplerProcess(lambda: Counter(clock), clock, realtime=False)
    wait_for_samples(source)
    (keeper,) = multiprocessing.active_children()
    keeper.kill()
    with pytest.raises(EOFError, match="the sampler's process has ended"):
        wait_for_ever(source)
    source.close()


def test_a_sampler_with_a_fault_of_its_own_is_started_again_and_says_what_it_was(
    capfd: pytest.CaptureFixture[str],
) -> None:
    clock = MachineClock.from_now()

    def broken() -> Counter:
        raise LookupError("a fault of ours")

    source = SamplerProcess(broken, clock, realtime=False)
    faults: list[str] = []
    while not faults:
        faults = [m.fault for m in source.wait(5.0) if m.fault]
    source.close()
    source.close()
    assert faults[0] == "the sampler had stopped and was started again"
    assert "LookupError: a fault of ours" in capfd.readouterr().err


def wait_for_ever(source: SamplerProcess) -> None:
    while True:
        source.wait(5.0)


def wait_for_samples(source: SamplerProcess) -> SampleMessage:
    while True:
        for message in source.wait(5.0):
            if len(message.counts):
                return message
