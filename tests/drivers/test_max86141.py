"""MAX86140/MAX86141 datasheet (19-100051), SPI Timing and Register Map."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import BusError, CorruptFrameError, NotRespondingError
from drivers.frontend import LOST, STUCK_S, LeadsOff
from drivers.max86141 import LIGHT, MAX_COUNT, Max86141, Max86141Reg, decode
from drivers.sim.chips.max86141 import SimMax86141
from tests.driver_helpers import Poll, Time

FINGER_S = 2.0


@pytest.fixture
def chip(time: Time) -> SimMax86141:
    return SimMax86141(lambda t_s: 0.5 + 0.5 * np.sin(2 * np.pi * 1.2 * t_s), time, die_c=lambda t_s: t_s - 3.0)


@pytest.fixture
def sensor(chip: SimMax86141, time: Time) -> Max86141:
    driver = Max86141(chip, time)
    driver.start()
    return driver


class Watched:
    """Notes what goes over the bus, and may put something else into the answers."""

    def __init__(
        self, chip: SimMax86141, change: Callable[[list[int], list[int]], list[int]] = lambda sent, answer: answer
    ) -> None:
        self.chip, self.change = chip, change
        self.sent: list[list[int]] = []

    def xfer2(self, data: list[int]) -> list[int]:
        self.sent.append(list(data))
        return self.change(data, self.chip.xfer2(data))

    def close(self) -> None:
        pass


def test_bring_up_sends_exactly_this(chip: SimMax86141, time: Time) -> None:
    bus = Watched(chip)
    Max86141(bus, time).start()
    written = [frame for frame in bus.sent if frame[1] == 0x00]
    assert bus.sent[0] == [0xFF, 0x80, 0]  # PART_ID
    assert written == [
        [0x0D, 0x00, 0x01],  # System Control: RESET
        [0x0D, 0x00, 0x0E],  # SINGLE_PPG, LP_MODE, SHDN
        [0x10, 0x00, 0x00],
        [0x11, 0x00, 0x03],  # PPG Configuration 1: 4 uA, 117.3 us
        [0x12, 0x00, 0x70],  # PPG Configuration 2: 128 sps, no averaging
        [0x13, 0x00, 0xC0],  # PPG Configuration 3: LED settles for 12 us
        [0x15, 0x00, 0x01],  # Photo Diode Bias: up to 65 pF
        [0x2A, 0x00, 0x00],  # LED Range: 31 mA
        [0x20, 0x00, 0x01],  # LED Sequence: LED1 alone
        [0x21, 0x00, 0x00],
        [0x22, 0x00, 0x00],
        [0x02, 0x00, 0x00],
        [0x03, 0x00, 0x00],
        [0x23, 0x00, 0x35],  # LED1_PA: 6.4 mA to look for a finger
        [0x0A, 0x00, 0x10],  # FIFO Configuration 2: flushed, no rollover
        [0x0D, 0x00, 0x0C],  # System Control: out of shutdown
    ]


def test_a_fifo_word_is_5_bits_of_tag_and_19_of_data() -> None:
    assert decode([0x0F, 0xFF, 0xFF, 0x38, 0x01, 0x02, 0xF0]) == [(0x01, MAX_COUNT), (0x07, 0x102)]


@given(st.lists(st.integers(0, 255), max_size=390))
def test_fifo_data_of_any_bytes_is_in_range(data: list[int]) -> None:
    words = decode(data)
    assert len(words) == len(data) // 3
    assert all(0 <= tag <= 0x1F and 0 <= count <= MAX_COUNT for tag, count in words)


def test_samples_come_at_the_rate_and_carry_the_pulse(sensor: Max86141, run: Poll) -> None:
    run(sensor, 5.0)
    counts = np.array([count for burst in run(sensor, 10.0) for count in burst.counts])
    assert abs(len(counts) - 1280) <= 1
    spectrum = np.abs(np.fft.rfft(counts - counts.mean()))
    assert np.argmax(spectrum) * 128.0 / len(counts) == pytest.approx(1.2, abs=0.1)


def test_the_fifo_is_read_in_one_transfer(chip: SimMax86141, time: Time) -> None:
    bus = Watched(chip)
    driver = Max86141(bus, time)
    driver.start()
    time.pass_s(0.5001)
    bus.sent.clear()
    assert len(driver.read().counts) == 64
    counters = [[0x06, 0x80, 0], [0x07, 0x80, 0]]
    assert bus.sent[:5] == [*counters, *counters, [0x08, 0x80, *[0] * 192]]


def test_no_register_that_is_asked_again_and_again_is_one_wrong_bit_off_the_fifo(chip: SimMax86141, time: Time) -> None:
    """A word read by mistake is gone, and nothing counts it."""
    bus = Watched(chip)
    driver = Max86141(bus, time)
    driver.start()
    bus.sent.clear()
    for _ in range(100):
        time.pass_s(0.04)
        driver.read()
    for address, how, *data in bus.sent:
        for bit in range(8):
            reached = range(address ^ 1 << bit, (address ^ 1 << bit) + len(data))
            assert address == 0x08 or how != 0x80 or 0x08 not in reached


def test_ovf_counter_tells_the_loss_before_the_next_burst(sensor: Max86141, time: Time, run: Poll) -> None:
    run(sensor, 1.0)
    time.pass_s(1.25)
    full = sensor.read()
    assert (len(full.counts), full.lost) == (128, 0)
    time.pass_s(0.1)
    assert sensor.read().lost == pytest.approx(32, abs=1)


def test_ovf_counter_saturates_and_time_tells_the_rest(sensor: Max86141, time: Time, run: Poll) -> None:
    produced = sum(len(burst.counts) + burst.lost for burst in run(sensor, 1.0))
    time.pass_s(5.0)
    produced += sum(len(burst.counts) + burst.lost for burst in run(sensor, 1.0))
    assert abs(produced - 7 * 128) <= 2


@given(step_s=st.floats(0.01, 0.3), gap_s=st.floats(0.0, 4.0))
def test_one_temperature_a_second_stands_beside_its_sample(step_s: float, gap_s: float) -> None:
    now = [0.0]
    chip = SimMax86141(lambda t_s: 0.0 * t_s, lambda: now[0], die_c=lambda t_s: t_s - 3.0)
    driver = Max86141(chip, lambda: now[0])
    driver.start()
    index, told = 0, []
    for k in range(round(8.0 / step_s)):
        now[0] += step_s + (gap_s if k == round(4.0 / step_s) else 0.0)
        burst = driver.read()
        told += [(index + burst.lost + sample.beside, sample.count / 16.0) for sample in burst.side]
        index += burst.lost + len(burst.counts)
    places, values = zip(*told, strict=True)
    assert all(place % 128 == 0 for place in places)
    assert all(later > earlier for earlier, later in itertools.pairwise(places))
    # Asked for with the burst that reached its second, which may have come up to the gap late.
    late_s = np.array(values) + 3.0 - np.array(places) / 128.0
    assert np.all((late_s > -0.1) & (late_s < step_s + gap_s + 0.1))
    assert gap_s > 0.0 or places == tuple(range(0, 128 * len(places), 128))


def test_a_thermometer_that_does_not_answer_leaves_the_pulse_alone(chip: SimMax86141, time: Time, run: Poll) -> None:
    bus = Watched(
        chip, lambda sent, answer: [0, 0, 1] if sent[0] == Max86141Reg.DIE_TEMPERATURE_CONFIGURATION else answer
    )
    driver = Max86141(bus, time)
    driver.start()
    bursts = run(driver, 5.0)
    assert sum(len(burst.counts) for burst in bursts) == pytest.approx(640, abs=1)
    assert not any(burst.side for burst in bursts)


def test_part_id_of_another_chip(chip: SimMax86141, time: Time) -> None:
    chip.part_id = 0x24
    with pytest.raises(NotRespondingError, match="PART_ID reads 0x24"):
        Max86141(chip, time).start()


@pytest.mark.parametrize("floating", [0x00, 0xFF])
def test_nothing_connected(chip: SimMax86141, time: Time, floating: int) -> None:
    chip.unplugged, chip.floating = True, floating
    with pytest.raises(NotRespondingError, match="not connected"):
        Max86141(chip, time).start()


def test_a_chip_that_holds_nothing_is_refused(chip: SimMax86141, time: Time) -> None:
    chip.read_only = True
    with pytest.raises(NotRespondingError, match="SYSTEM_CONTROL does not hold 0x0e"):
        Max86141(chip, time).start()


def test_a_bus_that_fails_is_a_bus_error_with_its_cause(chip: SimMax86141, time: Time) -> None:
    chip.failing = True
    with pytest.raises(BusError, match="PART_ID") as caught:
        Max86141(chip, time).start()
    assert isinstance(caught.value.__cause__, OSError)


def test_a_word_of_an_exposure_that_is_not_made_is_a_corrupt_frame(
    chip: SimMax86141, sensor: Max86141, time: Time
) -> None:
    chip.xfer2([0x0D, 0x00, 0x04])  # SINGLE_PPG lost: the second photodiode's words come between
    time.pass_s(0.1)
    with pytest.raises(CorruptFrameError, match="tag 0x07"):
        sensor.read()


@given(bit=st.integers(0, 23), word=st.integers(0, 9))
def test_a_flipped_bit_in_the_fifo_costs_one_sample_at_most(bit: int, word: int) -> None:
    time = Time()

    def flip(sent: list[int], answer: list[int]) -> list[int]:
        if sent[0] == Max86141Reg.FIFO_DATA:
            answer[2 + 3 * word + bit // 8] ^= 0x80 >> bit % 8
        return answer

    bus = Watched(SimMax86141(lambda t_s: 0.5 + 0.0 * t_s, time), flip)
    driver = Max86141(bus, time)
    driver.start()
    time.pass_s(0.0782)
    counts = driver.read().counts
    assert len(counts) == 10
    assert counts.count(LOST) == (bit < 5)


@given(bit=st.integers(16, 23), counter=st.sampled_from([Max86141Reg.OVF_COUNTER, Max86141Reg.FIFO_DATA_COUNT]))
def test_a_flipped_bit_in_the_counters_costs_none(bit: int, counter: Max86141Reg) -> None:
    time, flips = Time(), iter([True])

    def flip(sent: list[int], answer: list[int]) -> list[int]:
        if sent[0] == counter and time.s and next(flips, False):
            answer[bit // 8] ^= 0x80 >> bit % 8
        return answer

    driver = Max86141(Watched(SimMax86141(lambda t_s: 0.5 + 0.0 * t_s, time), flip), time)
    driver.start()
    time.pass_s(0.0782)
    got = list(driver.read().counts)
    time.pass_s(0.0782)
    got += driver.read().counts
    assert len(got) == 20


def test_stuck_fifo(chip: SimMax86141, sensor: Max86141, time: Time, run: Poll) -> None:
    run(sensor, 1.0)
    chip.stuck = True
    time.pass_s(0.01)
    assert sensor.read().counts == ()
    time.pass_s(STUCK_S)
    with pytest.raises(NotRespondingError, match="stuck"):
        sensor.read()


def test_unplugged_and_replugged_in_mid_session(chip: SimMax86141, sensor: Max86141, run: Poll) -> None:
    run(sensor, FINGER_S)
    chip.unplugged = True
    with pytest.raises(NotRespondingError, match="not connected"):
        run(sensor, 1.0)
    chip.unplugged = False
    chip.power_cycle()
    with pytest.raises(NotRespondingError, match="lost its settings"):
        run(sensor, 1.0)
    sensor.start()
    assert sum(len(burst.counts) for burst in run(sensor, 1.0)) == pytest.approx(128, abs=1)


def test_finger_comes_and_goes(time: Time, run: Poll) -> None:
    chip = SimMax86141(lambda t_s: np.where(t_s < 3.0, np.nan, np.where(t_s < 6.0, 0.3, np.nan)), time)
    sensor = Max86141(chip, time)
    sensor.start()
    assert {burst.leads_off for burst in run(sensor, 3.0)} == {LeadsOff.FINGER}
    assert run(sensor, 3.0)[-1].leads_off is LeadsOff.NONE
    assert run(sensor, 2.0)[-1].leads_off is LeadsOff.FINGER


@pytest.mark.parametrize("skin", [0.35, 0.6, 1.0, 2.0, 3.0])
def test_led_current_brings_any_skin_into_range_and_is_then_left_alone(
    chip: SimMax86141, sensor: Max86141, skin: float, run: Poll
) -> None:
    chip.skin = skin
    run(sensor, 6.0)
    before = [write for write in chip.writes if write[0] == Max86141Reg.LED1_PA]
    counts = [count for burst in run(sensor, 4.0) for count in burst.counts]
    assert min(counts) > 0.25 * LIGHT.max_count
    assert max(counts) < 0.95 * LIGHT.max_count
    assert [write for write in chip.writes if write[0] == Max86141Reg.LED1_PA] == before


def test_close_puts_the_chip_to_sleep_and_does_not_mind_its_absence(chip: SimMax86141, sensor: Max86141) -> None:
    sensor.close()
    assert chip.writes[-1] == (Max86141Reg.SYSTEM_CONTROL, 0x02)
    chip.failing = True
    sensor.close()


def test_rates_are_the_whole_ones(chip: SimMax86141, time: Time, run: Poll) -> None:
    with pytest.raises(ValueError, match="64, 128, 256 Hz here, not 100"):
        Max86141(chip, time, fs_hz=100)
    sensor = Max86141(chip, time, fs_hz=256)
    sensor.start()
    assert (0x12, 0x78) in chip.writes
    assert sum(len(burst.counts) for burst in run(sensor, 1.0)) == pytest.approx(256, abs=1)
