import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.sampling.blocks import LONGEST_FILLED_S, Assembler
from device.sampling.sampler import SampleMessage
from device.sampling.session_clock import Timeline
from drivers.frontend import FrontEndInfo, HeartSignal
from dsp.types import SampleBlock

HOST = FrontEndInfo("counter", HeartSignal.ECG, 500.0, "host", 1.0, 0, 4095)
CHIP = FrontEndInfo("counter", HeartSignal.PPG, 100.0, "chip", 1.0, 0, 1 << 18)
FAULT = SampleMessage(0, 0, fault="gone")


class Bench:
    """An assembler and the clock its samples are stamped with."""

    def __init__(self, info: FrontEndInfo) -> None:
        self.timeline = Timeline(0, info.fs_hz)
        self.assembler = Assembler(info, self.timeline)
        self.fs_hz = info.fs_hz
        self.blocks: list[SampleBlock] = []

    def burst(self, first_index: int, newest_s: float, count: int = 4) -> None:
        message = SampleMessage(first_index, round(newest_s * 1e9), np.zeros(count, np.int32))
        self.blocks += self.assembler.blocks(message)

    def run(self, seconds: float, rate_hz: float, from_s: float = 0.0, first_index: int = 0) -> None:
        for number in range(round(seconds * rate_hz / 4)):
            self.burst(first_index + 4 * number, from_s + (4 * number + 3) / rate_hz)

    def ends_s(self) -> float:
        return (self.blocks[-1].first_index + len(self.blocks[-1].values)) / self.fs_hz


@settings(deadline=None, max_examples=25)
@given(st.floats(0.97, 1.03), st.floats(1.0, 40.0), st.integers(0, 10_000), st.booleans())
def test_a_chip_counted_anew_goes_on_where_the_clock_is(
    rate: float, away_s: float, first_index: int, told: bool
) -> None:
    bench = Bench(CHIP)
    bench.run(300.0, rate * 100.0)
    if told:
        bench.assembler.blocks(FAULT)
    bench.run(20.0, rate * 100.0, 300.0 + away_s, first_index)
    for one, other in itertools.pairwise(bench.blocks):
        assert other.first_index == one.first_index + len(one.values)
    assert bench.ends_s() == pytest.approx(rate * (320.0 + away_s), abs=1.0)
    assert bench.timeline.measured_fs_hz == pytest.approx(rate * 100.0, rel=0.003)


def test_a_sensor_that_was_away_for_hours_leaves_a_jump_and_not_hours_of_nothing() -> None:
    bench = Bench(HOST)
    bench.run(10.0, 500.0)
    bench.assembler.blocks(FAULT)
    bench.burst(5 * 3600 * 500, 5 * 3600.0 + 0.006)
    filled = sum(len(block.values) for block in bench.blocks) / 500.0 - 10.0
    assert filled == pytest.approx(LONGEST_FILLED_S, abs=0.1)
    assert bench.ends_s() == pytest.approx(5 * 3600.0, abs=0.1)
    assert bench.assembler.lost == 5 * 3600 * 500 - 5000


def test_how_long_a_button_was_held_does_not_depend_on_when_the_loop_looks() -> None:
    bench = Bench(HOST)
    bench.run(10.0, 500.0)
    assert bench.timeline.t_s(13_000_000_000) == pytest.approx(13.0, abs=0.01)
    held_s = bench.timeline.past_s(12_500_000_000) - bench.timeline.past_s(11_500_000_000)
    assert held_s == pytest.approx(1.0, abs=0.001)
    assert bench.timeline.t_s(12_600_000_000) == pytest.approx(13.0, abs=0.01)
