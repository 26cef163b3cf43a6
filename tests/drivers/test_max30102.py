"""MAX30102 datasheet (19-7740), Register Maps and Descriptions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import BusError, NotRespondingError
from drivers.frontend import STUCK_S, LeadsOff
from drivers.max30102 import MAX_COUNT, Max30102, Max30102Reg, decode
from drivers.sim.chips.max30102 import SimMax30102
from tests.driver_helpers import Poll, Time

FINGER_S = 2.0


class Pin:
    """INT: active while the chip pulls it low."""

    def __init__(self, chip: SimMax30102) -> None:
        self.chip = chip

    @property
    def value(self) -> int:
        return int(self.chip.interrupt_asserted)

    def close(self) -> None:
        pass


@pytest.fixture
def chip(time: Time) -> SimMax30102:
    return SimMax30102(lambda t_s: 0.5 + 0.5 * np.sin(2 * np.pi * 1.2 * t_s), time)


@pytest.fixture
def sensor(chip: SimMax30102, time: Time) -> Max30102:
    driver = Max30102(chip, time)
    driver.start()
    return driver


def test_bring_up_writes_exactly_this(chip: SimMax30102, sensor: Max30102) -> None:
    assert chip.writes == [
        (0x09, 0x40),  # Mode Configuration: RESET
        (0x0D, 0x20),  # LED2_PA: 6.4 mA to look for a finger
        (0x02, 0x80),  # Interrupt Enable 1: A_FULL_EN
        (0x03, 0x00),
        (0x08, 0x0F),  # FIFO Configuration: SMP_AVE 1, no rollover, interrupt at 17 samples
        (0x0A, 0x27),  # SpO2 Configuration: 4096 nA, 100 sps, 411 us (18 bit)
        (0x0C, 0x00),  # LED1_PA: red stays dark
        (0x11, 0x02),  # Multi-LED Mode Control: infrared in slot 1
        (0x12, 0x00),
        (0x04, 0x00),  # FIFO pointers and overflow counter cleared
        (0x05, 0x00),
        (0x06, 0x00),
        (0x09, 0x07),  # Mode Configuration: multi-LED, which starts sampling
    ]


def test_fifo_data_is_big_endian_and_18_bit() -> None:
    assert decode([0x03, 0xFF, 0xFF, 0x00, 0x01, 0x02]) == [MAX_COUNT, 0x102]


@given(st.lists(st.integers(0, 255), max_size=32))
def test_fifo_data_of_any_bytes_is_in_range(data: list[int]) -> None:
    counts = decode(data)
    assert len(counts) == len(data) // 3
    assert all(0 <= count <= MAX_COUNT for count in counts)


def test_samples_come_at_the_rate_and_carry_the_pulse(sensor: Max30102, run: Poll) -> None:
    run(sensor, 5.0)
    counts = np.array([count for burst in run(sensor, 10.0) for count in burst.counts])
    assert abs(len(counts) - 1000) <= 1
    spectrum = np.abs(np.fft.rfft(counts - counts.mean()))
    assert np.argmax(spectrum) * 100.0 / len(counts) == pytest.approx(1.2, abs=0.1)


def test_fifo_of_32_is_read_in_blocks_of_30_bytes(chip: SimMax30102, sensor: Max30102, time: Time) -> None:
    lengths = []
    read_block = chip.read_i2c_block_data

    class Bus:
        def read_i2c_block_data(self, address: int, register: int, length: int, /) -> list[int]:
            lengths.extend([length] if register == Max30102Reg.FIFO_DATA else [])
            return read_block(address, register, length)

        read_byte_data = staticmethod(chip.read_byte_data)
        write_byte_data = staticmethod(chip.write_byte_data)

        def close(self) -> None:
            pass

    driver = Max30102(Bus(), time)
    driver.start()
    time.pass_s(0.255)
    assert len(driver.read().counts) == 25
    assert lengths == [30, 30, 15]


def test_ovf_counter_tells_the_loss_before_the_next_burst(sensor: Max30102, time: Time, run: Poll) -> None:
    run(sensor, 1.0)
    time.pass_s(0.405)
    full = sensor.read()
    assert (len(full.counts), full.lost) == (32, 0)
    time.pass_s(0.1)
    assert sensor.read().lost == pytest.approx(8, abs=1)


def test_ovf_counter_saturates_and_time_tells_the_rest(
    chip: SimMax30102, sensor: Max30102, time: Time, run: Poll
) -> None:
    produced = sum(len(burst.counts) + burst.lost for burst in run(sensor, 1.0))
    time.pass_s(5.0)
    produced += sum(len(burst.counts) + burst.lost for burst in run(sensor, 1.0))
    assert abs(produced - 700) <= 2


def test_part_id_of_another_chip(chip: SimMax30102, time: Time) -> None:
    chip.part_id = 0x11
    with pytest.raises(NotRespondingError, match=r"part 0x11, a MAX30102 with 0x15"):
        Max30102(chip, time).start()


def test_nak_is_a_bus_error_with_its_cause(chip: SimMax30102, time: Time) -> None:
    chip.unplugged = True
    with pytest.raises(BusError, match="PART_ID") as caught:
        Max30102(chip, time).start()
    assert isinstance(caught.value.__cause__, OSError)


def test_stuck_fifo(chip: SimMax30102, sensor: Max30102, time: Time, run: Poll) -> None:
    run(sensor, 1.0)
    chip.stuck = True
    time.pass_s(0.01)
    assert sensor.read().counts == ()
    time.pass_s(STUCK_S)
    with pytest.raises(NotRespondingError, match="stuck"):
        sensor.read()


def test_unplugged_and_replugged_in_mid_session(chip: SimMax30102, sensor: Max30102, run: Poll) -> None:
    run(sensor, FINGER_S)
    chip.unplugged = True
    with pytest.raises(BusError):
        run(sensor, 1.0)
    chip.unplugged = False
    chip.power_cycle()
    with pytest.raises(NotRespondingError, match="lost its settings"):
        run(sensor, 1.0)
    sensor.start()
    assert sum(len(burst.counts) for burst in run(sensor, 1.0)) == pytest.approx(100, abs=1)


def test_finger_comes_and_goes(time: Time, run: Poll) -> None:
    chip = SimMax30102(lambda t_s: np.where(t_s < 3.0, np.nan, np.where(t_s < 6.0, 0.3, np.nan)), time)
    sensor = Max30102(chip, time)
    sensor.start()
    assert {burst.leads_off for burst in run(sensor, 3.0)} == {LeadsOff.FINGER}
    assert run(sensor, 3.0)[-1].leads_off is LeadsOff.NONE
    assert run(sensor, 2.0)[-1].leads_off is LeadsOff.FINGER


@pytest.mark.parametrize("skin", [0.35, 0.6, 1.0, 2.0, 3.0])
def test_led_current_brings_any_skin_into_range(chip: SimMax30102, sensor: Max30102, skin: float, run: Poll) -> None:
    chip.skin = skin
    run(sensor, 6.0)
    counts = [count for burst in run(sensor, 4.0) for count in burst.counts]
    assert min(counts) > 0.25 * MAX_COUNT
    assert max(counts) < 0.95 * MAX_COUNT


def test_led_current_is_left_alone_once_it_fits(chip: SimMax30102, sensor: Max30102, run: Poll) -> None:
    run(sensor, 3.0)
    before = len(chip.writes)
    run(sensor, 20.0)
    assert len(chip.writes) == before


def test_interrupt_keeps_the_bus_quiet_until_a_full(chip: SimMax30102, time: Time, run: Poll) -> None:
    sensor = Max30102(chip, time, interrupt=Pin(chip))
    sensor.start()
    sizes = [len(burst.counts) for burst in run(sensor, 4.0, step_s=0.01)]
    assert set(sizes) <= {0, 17, 18}
    assert sum(sizes) == pytest.approx(400, abs=17)


def test_interrupt_that_never_comes_still_finds_a_stuck_fifo(chip: SimMax30102, time: Time, run: Poll) -> None:
    sensor = Max30102(chip, time, interrupt=Pin(chip))
    sensor.start()
    chip.stuck = True
    with pytest.raises(NotRespondingError, match="stuck"):
        run(sensor, 1.0)


def test_close_puts_the_chip_to_sleep_and_does_not_mind_its_absence(chip: SimMax30102, sensor: Max30102) -> None:
    sensor.close()
    assert chip.writes[-1] == (Max30102Reg.MODE_CONFIGURATION, 0x80)
    chip.unplugged = True
    sensor.close()


def test_rates_are_those_at_which_18_bit_fit(chip: SimMax30102, time: Time, run: Poll) -> None:
    with pytest.raises(ValueError, match="50, 100, 200, 400 Hz, not 150"):
        Max30102(chip, time, fs_hz=150)
    sensor = Max30102(chip, time, fs_hz=200)
    sensor.start()
    assert (0x0A, 0x2B) in chip.writes
    assert sum(len(burst.counts) for burst in run(sensor, 1.0)) == pytest.approx(200, abs=1)
