"""Each quirk of a chip that its model knows, by the erratum's name; the model says where it is known from."""

import ast
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drivers.errors import NotRespondingError
from drivers.frontend import LOST, FrontEnd, LeadsOff
from drivers.max30003 import Max30003, recognise
from drivers.max30102 import Max30102
from drivers.max86141 import Max86141
from drivers.mcp3208 import MCP3208, Mcp3208, request
from drivers.sim.chips import max30003, max30102, max86141, mcp3208, pisugar3
from drivers.sim.chips.errata import Erratum
from tests.driver_helpers import Poll, Time

MODELS = {
    "max30003": max30003.ERRATA,
    "max30102": max30102.ERRATA,
    "max86141": max86141.ERRATA,
    "mcp3208": mcp3208.ERRATA,
    "pisugar3": pisugar3.ERRATA,
}
INFO, STATUS, SW_RST, SYNCH, FIFO_RST, ECG_FIFO = (code << 1 for code in (0x0F, 0x01, 0x08, 0x09, 0x0A, 0x21))
READ = 1
READ_2 = 0x80  # the second byte of a MAX86141's frame


@pytest.fixture
def chip(time: Time) -> max30003.SimMax30003:
    return max30003.SimMax30003(lambda t_s: 0.3 + 0.0 * t_s, time)


@pytest.fixture
def ecg(chip: max30003.SimMax30003, time: Time) -> Max30003:
    sensor = Max30003(chip, time)
    sensor.start()
    return sensor


@pytest.fixture
def light(time: Time) -> max30102.SimMax30102:
    return max30102.SimMax30102(lambda t_s: 0.5 + 0.5 * np.sin(7.5 * t_s), time)


@pytest.fixture
def pulse(light: max30102.SimMax30102, time: Time) -> Max30102:
    sensor = Max30102(light, time)
    sensor.start()
    return sensor


def word(chip: max30003.SimMax30003, command: int, data: int = 0) -> int:
    return int.from_bytes(bytes(chip.xfer2([command, *data.to_bytes(3, "big")])[1:]), "big")


def samples(run: Poll, sensor: FrontEnd, seconds: float) -> int:
    return sum(len(burst.counts) for burst in run(sensor, seconds))


@pytest.mark.parametrize("part", MODELS)
def test_a_model_takes_nothing_from_its_driver(part: str) -> None:
    source = ast.parse((Path(max30003.__file__).parent / f"{part}.py").read_text("utf-8"))
    modules = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom)}
    assert not {module for module in modules if module and module.startswith("drivers.") and ".sim" not in module}


@pytest.mark.parametrize(
    ("part", "erratum"), [(part, erratum) for part, errata in MODELS.items() for erratum in errata], ids=str
)
def test_an_erratum_has_a_source_and_a_test(part: str, erratum: Erratum) -> None:
    assert erratum.source
    assert erratum.says
    name = f"test_{part}_{erratum.name}"
    assert name in globals() or f"def {name}(" in (Path(__file__).parent / f"test_{part}.py").read_text("utf-8")


# --- MAX30003


@pytest.mark.parametrize("reset", [False, True], ids=["power-up", "SW_RST"])
def test_max30003_info_first(chip: max30003.SimMax30003, time: Time, reset: bool) -> None:
    if reset:
        chip.xfer2([SW_RST, 0, 0, 0])
    assert word(chip, INFO | READ) == 0
    assert word(chip, INFO | READ) >> 20 == 0b0101
    chip.power_cycle()
    assert recognise(chip).recognised
    chip.power_cycle()
    Max30003(chip, time).start()


def test_max30003_emux_isolated(chip: max30003.SimMax30003, ecg: Max30003, run: Poll) -> None:
    assert {count for burst in run(ecg, 0.1) for count in burst.counts} != {0}
    chip.xfer2([0x14 << 1, 0x30, 0, 0])
    run(ecg, 0.1)
    assert {count for burst in run(ecg, 0.1) for count in burst.counts} == {0}


def test_max30003_pllint_held(chip: max30003.SimMax30003, time: Time) -> None:
    assert not word(chip, STATUS | READ) & 0x100  # no ECG, no PLL
    Max30003(chip, time).start()
    chip.pll_locks = False
    word(chip, 0x10 << 1 | READ)
    chip.pll_locks = True
    assert word(chip, STATUS | READ) & 0x100
    assert not word(chip, STATUS | READ) & 0x100
    chip.pll_locks = False
    with pytest.raises(NotRespondingError, match="PLL"):
        Max30003(chip, time).start()


def test_max30003_dcloff_late(time: Time, run: Poll) -> None:
    off: set[str] = set()
    sensor = Max30003(max30003.SimMax30003(lambda t_s: 0.0 * t_s, time, lambda _: frozenset(off)), time)
    sensor.start()
    off.add("negative")
    seen = [burst.leads_off for burst in run(sensor, 0.3, step_s=0.02)]
    assert seen[:5] == [LeadsOff.NONE] * 5
    assert set(seen[7:]) == {LeadsOff.NEGATIVE}
    off.clear()
    assert [burst.leads_off for burst in run(sensor, 0.06, step_s=0.02)][1:] == [LeadsOff.NONE] * 2


def test_max30003_overflow_stays(chip: max30003.SimMax30003, ecg: Max30003, time: Time) -> None:
    time.pass_s(0.1)
    assert word(chip, ECG_FIFO | READ) >> 3 & 0b111 == 7
    time.pass_s(0.01)
    assert word(chip, ECG_FIFO | READ) >> 3 & 0b111 == 7
    assert ecg.read().lost == 56
    time.pass_s(0.01)
    assert word(chip, ECG_FIFO | READ) >> 3 & 0b111 == 0


@pytest.mark.parametrize("command", [SW_RST, SYNCH, FIFO_RST])
def test_max30003_commands_of_zeros(chip: max30003.SimMax30003, ecg: Max30003, time: Time, command: int) -> None:
    time.pass_s(0.02)
    chip.xfer2([command, 0, 0, 1])
    assert len(ecg.read().counts) == 10
    time.pass_s(0.02)
    chip.xfer2([command, 0, 0, 0])
    assert set(ecg.read().counts) <= {LOST}


@pytest.mark.parametrize("address", [0x02, 0x04, 0x05, 0x10, 0x12, 0x14, 0x15])
def test_max30003_reserved_bits(chip: max30003.SimMax30003, time: Time, address: int) -> None:
    chip.xfer2([address << 1, 0xFF, 0xFF, 0xFF])
    assert word(chip, address << 1 | READ) != 0xFFFFFF
    Max30003(chip, time).start()  # which reads back all that it writes


def test_max30003_fifo_62_ms(chip: max30003.SimMax30003, ecg: Max30003, time: Time) -> None:
    time.pass_s(0.0624)
    assert len(ecg.read().counts) == 31
    time.pass_s(0.0664)
    assert ecg.read().lost


def test_max30003_eint_level(chip: max30003.SimMax30003, ecg: Max30003, time: Time) -> None:
    assert word(chip, STATUS | READ) >> 23 == 0
    time.pass_s(0.003)  # the driver sets EFIT to one word
    assert word(chip, STATUS | READ) >> 23 == word(chip, STATUS | READ) >> 23 == 1
    ecg.read()
    assert word(chip, STATUS | READ) >> 23 == 0


# --- MAX30102


def test_max30102_reset_takes_time(light: max30102.SimMax30102, pulse: Max30102, run: Poll) -> None:
    light.write_byte_data(0x57, 0x09, 0x40)
    assert [light.read_byte_data(0x57, 0x09) for _ in range(4)] == [0x40, 0x40, 0x40, 0]
    pulse.start()
    assert samples(run, pulse, 1.0) == pytest.approx(100, abs=1)


def test_max30102_pwr_rdy(light: max30102.SimMax30102) -> None:
    assert light.read_byte_data(0x57, 0x00) == 0x01
    light.write_byte_data(0x57, 0x09, 0x40)
    assert light.read_byte_data(0x57, 0x00) == 0
    light.power_cycle()
    assert light.read_byte_data(0x57, 0x00) == 0x01


@pytest.mark.parametrize(("code", "unread"), [(0, 32), (15, 17)])
def test_max30102_a_full_reversed(
    light: max30102.SimMax30102, pulse: Max30102, time: Time, code: int, unread: int
) -> None:
    light.write_byte_data(0x57, 0x08, code)
    time.pass_s(0.01 * unread - 0.005)
    assert not light.interrupt_asserted
    time.pass_s(0.01)
    assert light.interrupt_asserted


def test_max30102_shutdown_answers(light: max30102.SimMax30102, pulse: Max30102, time: Time) -> None:
    pulse.close()
    time.pass_s(0.5)
    assert light.read_byte_data(0x57, 0xFF) == 0x15
    assert light.read_byte_data(0x57, 0x04) == light.read_byte_data(0x57, 0x06)


def test_max30102_status_clears(light: max30102.SimMax30102, pulse: Max30102, time: Time) -> None:
    time.pass_s(0.2)
    assert light.interrupt_asserted
    assert light.read_byte_data(0x57, 0x00) & 0x80
    assert not light.interrupt_asserted


def test_max30102_fifo_data_stays(light: max30102.SimMax30102, pulse: Max30102, time: Time) -> None:
    time.pass_s(0.055)
    burst = light.read_i2c_block_data(0x57, 0x07, 15)
    light.write_byte_data(0x57, 0x06, 0)
    assert [light.read_byte_data(0x57, 0x07) for _ in range(15)] == burst
    assert light.read_i2c_block_data(0x57, 0xFE, 2) == [0x03, 0x15]


def test_max30102_overflow_until_popped(light: max30102.SimMax30102, pulse: Max30102, time: Time) -> None:
    time.pass_s(0.405)
    assert light.read_byte_data(0x57, 0x05) == 8
    assert len(pulse.read().counts) == 32
    assert light.read_byte_data(0x57, 0x05) == 0
    time.pass_s(2.0)
    assert light.read_byte_data(0x57, 0x05) == 31


def test_max30102_rd_ptr_first_byte(light: max30102.SimMax30102, pulse: Max30102, time: Time) -> None:
    time.pass_s(0.055)
    light.read_byte_data(0x57, 0x07)
    assert light.read_byte_data(0x57, 0x06) == 1


def test_max30102_rd_ptr_written(light: max30102.SimMax30102, pulse: Max30102, time: Time) -> None:
    time.pass_s(0.055)
    first = light.read_i2c_block_data(0x57, 0x07, 15)
    light.write_byte_data(0x57, 0x06, 0)
    assert light.read_i2c_block_data(0x57, 0x07, 15) == first


def test_max30102_empty_runs_on(light: max30102.SimMax30102, pulse: Max30102, time: Time) -> None:
    time.pass_s(0.055)
    light.read_i2c_block_data(0x57, 0x07, 18)
    assert light.read_byte_data(0x57, 0x06) == 6 != light.read_byte_data(0x57, 0x04)


# --- MAX86141


@pytest.fixture
def two(time: Time) -> max86141.SimMax86141:
    chip = max86141.SimMax86141(lambda t_s: 0.5 + 0.0 * t_s, time, die_c=lambda _: 30.0)
    Max86141(chip, time).start()
    return chip


def test_max86141_status_clears(two: max86141.SimMax86141, time: Time) -> None:
    for clear in ([0x00, READ_2, 0], [0x41, READ_2, 0, 0]):
        two.xfer2([0x40, 0, 1])
        time.pass_s(0.05)
        two.xfer2([0x07, READ_2, 0])
        two.xfer2(clear)
        assert two.xfer2([0x00, READ_2, 0])[2] & 0x04 == 0


def test_max86141_temp_en_clears(two: max86141.SimMax86141, time: Time) -> None:
    two.xfer2([0x02, 0, 0x04])  # INT_EN_1, DIE_TEMP_RDY
    two.xfer2([0x40, 0, 1])
    assert two.xfer2([0x40, READ_2, 0])[2] == 1
    time.pass_s(0.05)
    assert two.xfer2([0x40, READ_2, 0])[2] == 0
    assert two.xfer2([0x00, READ_2, 0])[2] & 0x04
    assert two.xfer2([0x41, READ_2, 0])[2] == 30


def test_max86141_fifo_data_stays(two: max86141.SimMax86141, time: Time) -> None:
    time.pass_s(0.02)
    words = two.xfer2([0x08, READ_2, *[0] * 9])[2:]
    assert [byte >> 3 for byte in words[::3]] == [0x01, 0x01, 0x1E]


def test_max86141_two_photodiodes(two: max86141.SimMax86141, time: Time) -> None:
    two.xfer2([0x0D, 0, 0x04])
    time.pass_s(0.02)
    words = two.xfer2([0x08, READ_2, *[0] * 12])[2:]
    assert [byte >> 3 for byte in words[::3]] == [0x01, 0x07, 0x01, 0x07]


# --- MCP3208


def adc(volts: Callable[[int], float]) -> mcp3208.SimMcp3208:
    return mcp3208.SimMcp3208(volts, 4096.0)


@pytest.mark.parametrize("zeros", [0, 1, 5])
def test_mcp3208_leading_zeros(zeros: int) -> None:
    sent = (0b11 << 22 >> zeros).to_bytes(3, "big")
    answer = int.from_bytes(bytes(adc(lambda channel: 1.0005 if channel == 0 else 0.0).xfer2(list(sent))), "big")
    assert answer >> 5 - zeros & 0xFFF == 1000


def test_mcp3208_null_bit() -> None:
    answer = adc(lambda _: 4.0955).xfer2(list(request(MCP3208, 0)))
    assert answer[1] & 0x1F == 0x0F
    assert Mcp3208(adc(lambda _: 4.0955), 4096.0).read_counts(0) == 4095


def test_mcp3208_lsb_first_again() -> None:
    answer = adc(lambda _: 0.0015).xfer2([0x06, 0, 0, 0])
    assert answer[2:] == [0x01, 0x00]
    assert adc(lambda _: 0.0025).xfer2([0x06, 0, 0, 0])[2:] == [0x02, 0x80]


def test_mcp3208_floats_before_null() -> None:
    assert adc(lambda _: 0.0).xfer2([0x06, 0, 0])[:2] == [0xFF, 0xE0]
