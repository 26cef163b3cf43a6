"""Signals beside the heart's keep their place in time on their way through sampler, pipe and blocks."""

import itertools
import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sampling.blocks import Assembler
from device.sampling.pipe import MessageWriter, decode, encode
from device.sampling.sampler import SampleMessage, Sampler
from device.sampling.session_clock import Timeline
from device.system.clocks import VirtualClock
from drivers.frontend import Burst, FrontEndInfo, HeartSignal, LeadsOff, SideSample, SideSignal
from dsp.types import SideBlock

FS_HZ = 128.0


def info(*rates_hz: float, clock: Literal["host", "chip"] = "chip") -> FrontEndInfo:
    side = tuple(SideSignal(f"side {rate:g}", "degC", rate, 0.5, 0, 1 << 20) for rate in rates_hz)
    return FrontEndInfo("pair", HeartSignal.PPG, FS_HZ, clock, 1.0, 0, 1 << 20, side=side)


class Pair:
    """Delivers its heart samples' numbers, and beside them, evenly, those at which each side sample was taken. The
    bursts numbered in `drop` are lost in the chip, with what stood beside them."""

    def __init__(self, clock: VirtualClock, told: FrontEndInfo, drop: frozenset[int] = frozenset()) -> None:
        self.info, self._clock, self._drop = told, clock, drop
        self._taken, self._lost, self._reads, self._start_ns = 0, 0, 0, 0

    def start(self) -> None:
        self._start_ns = self._clock.monotonic_ns()

    def read(self) -> Burst:
        self._reads += 1
        upto = round((self._clock.monotonic_ns() - self._start_ns) * FS_HZ / 1e9)
        fresh, self._taken = range(self._taken, upto), upto
        if self.info.clock == "host":
            fresh = range(self._reads - 1, self._reads)
        if self._reads in self._drop:
            self._lost += len(fresh)
            return Burst((), 0, LeadsOff.NONE)
        side = tuple(
            SideSample(signal, index - fresh[0], index)
            for signal, beside in enumerate(self.info.side)
            for index in fresh
            if math.floor(index * beside.fs_hz / FS_HZ) > math.floor((index - 1) * beside.fs_hz / FS_HZ)
        )
        lost, self._lost = self._lost, 0
        return Burst(tuple(fresh), lost, LeadsOff.NONE, side)

    def close(self) -> None:
        pass


def through(front_end: Pair, clock: VirtualClock, messages: int, start_s: float = 0.0) -> list[SideBlock]:
    sampler = Sampler(lambda: front_end, clock)
    assembler = Assembler(front_end.info, Timeline(round(-start_s * 1e9), FS_HZ))
    out: list[SideBlock] = []
    for _ in range(messages):
        message = decode(encode(sampler.next_message()))
        assembler.blocks(message)
        out += assembler.side_blocks(message)
    return out


@given(
    rate_hz=st.sampled_from([1.0, 2.0, 25.0, 32.0, 50.0, 63.0]),
    start_s=st.floats(0.0, 5.0),
    clock=st.sampled_from(["chip", "host"]),
)
def test_even_side_samples_fill_their_grid_slot_by_slot_whatever_the_phase(
    rate_hz: float, start_s: float, clock: Literal["host", "chip"]
) -> None:
    time = VirtualClock()
    blocks = through(Pair(time, info(rate_hz, clock=clock)), time, 200, start_s)
    slots = [block.first_index + k for block in blocks for k in range(len(block.values))]
    values = np.concatenate([block.values for block in blocks])
    assert not np.isnan(values).any()
    assert slots == list(range(slots[0], slots[0] + len(slots)))
    heart = values / 0.5
    drift_s = np.array(slots) / rate_hz - heart / FS_HZ
    assert np.ptp(drift_s) < 1.0 / FS_HZ + 1e-9
    assert {block.fs_hz for block in blocks} == {rate_hz}


@given(drop=st.frozensets(st.integers(5, 90), max_size=40))
def test_what_was_lost_with_the_heart_samples_leaves_its_slots_empty_and_the_rest_in_place(
    drop: frozenset[int],
) -> None:
    time = VirtualClock()
    whole = Pair(time, info(25.0))
    placed = {k: v for b in through(whole, time, 100) for k, v in enumerate(b.values.tolist(), b.first_index)}
    time = VirtualClock()
    holed = Pair(time, info(25.0), drop)
    for block in through(holed, time, 100):
        for index, value in enumerate(block.values.tolist(), block.first_index):
            assert math.isnan(value) or placed[index] == value


def test_signals_at_rates_of_their_own_are_told_apart() -> None:
    time = VirtualClock()
    blocks = through(Pair(time, info(1.0, 32.0)), time, 100)
    counts = [sum(len(b.values) for b in blocks if b.signal == signal) for signal in (0, 1)]
    assert counts[1] == pytest.approx(32 * counts[0], abs=32)


@given(
    side=st.lists(
        st.builds(SideSample, st.integers(0, 9), st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1)),
        max_size=40,
    ),
    counts=st.integers(0, 50),
    note=st.text(max_size=20),
)
def test_side_samples_come_through_the_pipe_as_they_went_in(side: list[SideSample], counts: int, note: str) -> None:
    sent = SampleMessage(7, 5, np.arange(counts, dtype=np.int32), note=note, side=tuple(side))
    got = decode(encode(sent))
    assert got.side == sent.side
    assert got.counts.tolist() == sent.counts.tolist()
    assert got.note == note.encode("utf-8", "replace").decode()


def test_a_message_too_long_to_be_written_at_once_is_refused_side_samples_counted() -> None:
    message = SampleMessage(0, 0, np.zeros(900, np.int32), side=(SideSample(0, 0, 0),) * 30)
    with pytest.raises(ValueError, match="a message holds at most"):
        MessageWriter(0).send(message)


def test_side_samples_are_placed_on_the_heart_signals_line_after_a_chip_began_anew() -> None:
    told = info(1.0)
    assembler = Assembler(told, Timeline(0, FS_HZ))
    step = SampleMessage(0, 1_000_000_000, np.arange(128, dtype=np.int32), side=(SideSample(0, 0, 1),))
    firsts = []
    for second, first_index in itertools.chain(((0, 0), (1, 128)), ((10, 0), (11, 128))):
        newest_ns = (second + 1) * 1_000_000_000
        message = replace(step, first_index=first_index, newest_ns=newest_ns)
        assembler.blocks(message)
        firsts += [block.first_index for block in assembler.side_blocks(message)]
    assert firsts == [0, 1, 10, 11]
