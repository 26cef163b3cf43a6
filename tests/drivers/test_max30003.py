"""MAX30003 datasheet (19-8658): SPI Interface Description, Register Map, ECG FIFO Memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import BusError, CorruptFrameError, NotRespondingError
from drivers.frontend import LOST, STUCK_S, LeadsOff
from drivers.max30003 import FifoWord, Max30003, Max30003Reg, decode, request
from drivers.sim.chips.max30003 import SimMax30003
from tests.driver_helpers import Poll, Time

HELD = 62  # words of three polls, which may be held back until the next


@pytest.fixture
def chip(time: Time) -> SimMax30003:
    return SimMax30003(lambda t_s: 1.5 * np.sin(2 * np.pi * 1.2 * t_s), time)


@pytest.fixture
def sensor(chip: SimMax30003, time: Time) -> Max30003:
    driver = Max30003(chip, time)
    driver.start()
    return driver


def test_spi_frames_are_32_bits() -> None:
    assert request(Max30003Reg.INFO) == [0x1F, 0, 0, 0]
    assert request(Max30003Reg.ECG_FIFO) == [0x43, 0, 0, 0]
    assert request(Max30003Reg.CNFG_ECG, 0x825000) == [0x2A, 0x82, 0x50, 0x00]


def test_bring_up_writes_exactly_this(chip: SimMax30003, sensor: Max30003) -> None:
    assert [frame.hex() for frame in chip.frames] == [
        "10000000",  # SW_RST
        "20081217",  # CNFG_GEN: EN_ECG, DC leads-off 10 nA +/-300 mV, 100 Mohm bias on both inputs
        "24000000",  # CNFG_CAL
        "28000000",  # CNFG_EMUX: inputs connected
        "2a006000",  # CNFG_ECG: 512 sps, 20 V/V, 0.5 Hz high pass, 100 Hz low pass
        "3a000000",  # CNFG_RTOR1: off
        "08000000",  # MNGR_INT
        "0a000000",  # MNGR_DYN
        "04000000",  # EN_INT
        "12000000",  # SYNCH
    ]


@pytest.mark.parametrize(
    ("word", "counts", "etag"),
    [
        (0x000040, 1, 0),
        (0x7FFFC0, 131071, 0),
        (0x800000, -131072, 0),
        (0xFFFFD0, -1, 2),
        (0x000008, 0, 1),
        (0x000018, 0, 3),
        (0x000030, 0, 6),
        (0x000038, 0, 7),
    ],
)
def test_ecg_fifo_word(word: int, counts: int, etag: int) -> None:
    assert decode(word) == FifoWord(counts, etag)


@given(st.integers(-(1 << 17), (1 << 17) - 1), st.integers(0, 7), st.integers(0, 7))
def test_ecg_fifo_word_round_trip(counts: int, etag: int, ptag: int) -> None:
    assert decode((counts & 0x3FFFF) << 6 | etag << 3 | ptag) == FifoWord(counts, etag)


def test_samples_come_at_512_sps_in_microvolts(sensor: Max30003, run: Poll) -> None:
    counts = [count for burst in run(sensor, 10.0) for count in burst.counts]
    assert len(counts) == pytest.approx(5120, abs=HELD)
    read_uv = np.array(counts) * sensor.info.units_per_count
    truth_uv = 1500.0 * np.sin(2 * np.pi * 1.2 * np.arange(1, len(counts) + 1) / 512.0)
    assert np.abs(read_uv - truth_uv).max() < 2 * sensor.info.units_per_count


def test_status_dcloff_names_the_electrode(time: Time, run: Poll) -> None:
    loose: dict[str, frozenset[str]] = {"off": frozenset()}
    chip = SimMax30003(lambda t_s: 0.0 * t_s, time, lambda _: loose["off"])
    sensor = Max30003(chip, time)
    sensor.start()
    seen = []
    for off in ((), ("positive",), ("negative",), ("positive", "negative"), ()):
        loose["off"] = frozenset(off)
        seen.append(run(sensor, 0.2)[-1].leads_off)
    both = LeadsOff.POSITIVE | LeadsOff.NEGATIVE
    assert seen == [LeadsOff.NONE, LeadsOff.POSITIVE, LeadsOff.NEGATIVE, both, LeadsOff.NONE]


def test_etag_overflow_resets_the_fifo_and_counts_the_loss(
    chip: SimMax30003, sensor: Max30003, time: Time, run: Poll
) -> None:
    before = run(sensor, 1.0)
    time.pass_s(2.0)
    burst = sensor.read()
    assert burst.counts == ()
    assert burst.lost == pytest.approx(1024, abs=HELD)
    assert chip.frames[-1].hex() == "14000000"  # FIFO_RST
    after = run(sensor, 1.0)
    total = sum(len(b.counts) + b.lost for b in [*before, burst, *after])
    assert total == pytest.approx(4.0 * 512, abs=HELD)


def test_etag_overflow_after_every_reset_is_a_broken_chip(sensor: Max30003, run: Poll) -> None:
    with pytest.raises(NotRespondingError, match="overflows again"):
        run(sensor, 2.0, step_s=0.2)


def test_info_of_another_part(chip: SimMax30003, time: Time) -> None:
    chip.info = 0x000000
    with pytest.raises(NotRespondingError, match="INFO reads 0x000000"):
        Max30003(chip, time).start()


@pytest.mark.parametrize("floating", [0x00, 0xFF])
def test_info_of_an_empty_socket(chip: SimMax30003, time: Time, floating: int) -> None:
    chip.unplugged, chip.floating = True, floating
    with pytest.raises(NotRespondingError, match="not connected"):
        Max30003(chip, time).start()


def test_pllint_that_stays_means_no_clock(chip: SimMax30003, time: Time) -> None:
    chip.pll_locks = False
    with pytest.raises(NotRespondingError, match="PLL"):
        Max30003(chip, time).start()


@pytest.mark.parametrize("floating", [0x00, 0xFF])
def test_unplugged_and_replugged_in_mid_session(chip: SimMax30003, sensor: Max30003, floating: int, run: Poll) -> None:
    run(sensor, 1.0)
    chip.unplugged, chip.floating = True, floating
    with pytest.raises((NotRespondingError, CorruptFrameError)):
        run(sensor, 1.0)
    chip.unplugged = False
    chip.power_cycle()
    sensor.start()
    assert sum(len(burst.counts) for burst in run(sensor, 1.0)) == pytest.approx(512, abs=HELD)


def test_power_cycled_chip_is_found_out(chip: SimMax30003, sensor: Max30003, run: Poll) -> None:
    run(sensor, 1.0)
    chip.power_cycle()
    with pytest.raises(NotRespondingError, match="stuck"):
        run(sensor, 1.0)


@pytest.mark.parametrize("bits", [0x0FF0F0, 0x080000, 0x000010])
def test_bits_of_status_that_mean_nothing_may_be_anything(chip: SimMax30003, time: Time, run: Poll, bits: int) -> None:
    chip.idle_bits = bits
    sensor = Max30003(chip, time)
    sensor.start()
    bursts = run(sensor, 6.0, step_s=0.0208)
    counts = [count for burst in bursts for count in burst.counts]
    assert len(counts) == pytest.approx(6.0 * 512, abs=HELD)
    assert LOST not in counts
    assert {burst.leads_off for burst in bursts} == {LeadsOff.NONE}


def test_stuck_fifo(chip: SimMax30003, sensor: Max30003, time: Time, run: Poll) -> None:
    run(sensor, 1.0)
    chip.stuck = True
    time.pass_s(STUCK_S / 2)
    assert sensor.read().counts == ()
    time.pass_s(STUCK_S)
    with pytest.raises(NotRespondingError, match="stuck"):
        sensor.read()


def test_a_register_that_does_not_hold_its_value(chip: SimMax30003, time: Time) -> None:
    class Bus:
        def xfer2(self, data: list[int]) -> list[int]:
            answer = chip.xfer2(data)
            return [0, 0, 0, 0] if data[0] == Max30003Reg.CNFG_ECG << 1 | 1 else answer

        def close(self) -> None:
            pass

    with pytest.raises(NotRespondingError, match="CNFG_ECG does not hold"):
        Max30003(Bus(), time).start()


def test_a_failing_bus_chains_its_oserror(chip: SimMax30003, sensor: Max30003) -> None:
    chip.failing = True
    with pytest.raises(BusError) as caught:
        sensor.read()
    assert isinstance(caught.value.__cause__, OSError)
    sensor.close()


def test_rates_and_gains_are_those_of_the_chip(chip: SimMax30003, time: Time, run: Poll) -> None:
    with pytest.raises(ValueError, match="512, 256, 128 Hz, not 500"):
        Max30003(chip, time, fs_hz=500)
    with pytest.raises(ValueError, match="20, 40, 80, 160, not 10"):
        Max30003(chip, time, gain=10)
    sensor = Max30003(chip, time, fs_hz=128, gain=40)
    sensor.start()
    counts = [count for burst in run(sensor, 4.0) for count in burst.counts]
    assert len(counts) == pytest.approx(512, abs=HELD)
    assert max(counts) * sensor.info.units_per_count == pytest.approx(1500.0, rel=0.01)
