"""DS21298 (MCP3204/3208) and DS21295 (MCP3004/3008), sections 5 and 6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import BusError, CorruptFrameError, NotRespondingError
from drivers.mcp3208 import MCP3008, MCP3208, AdcFrame, Mcp3208, decode, request
from drivers.sim.chips.mcp3208 import SimMcp3208

FRAMES = [MCP3208, MCP3008]


class Wire:
    """Answers each transfer with the same bytes and keeps what was sent."""

    def __init__(self, *answer: int) -> None:
        self.answer = list(answer)
        self.sent: list[bytes] = []

    def xfer2(self, data: list[int]) -> list[int]:
        self.sent.append(bytes(data))
        return self.answer

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("channel", "sent"), [(0, "060000"), (1, "064000"), (3, "06c000"), (4, "070000"), (7, "07c000")]
)
def test_figure_6_1_mcp3208_request(channel: int, sent: str) -> None:
    wire = Wire(0, 0, 0)
    Mcp3208(wire, 3300.0).read_counts(channel)
    assert wire.sent == [bytes.fromhex(sent)]


@pytest.mark.parametrize(("channel", "sent"), [(0, "018000"), (1, "019000"), (5, "01d000"), (7, "01f000")])
def test_figure_6_1_mcp3008_request(channel: int, sent: str) -> None:
    wire = Wire(0, 0, 0)
    Mcp3208(wire, 3300.0, MCP3008).read_counts(channel)
    assert wire.sent == [bytes.fromhex(sent)]


@pytest.mark.parametrize(
    ("frame", "answer", "counts"),
    [
        (MCP3208, (0xFF, 0xEF, 0xFF), 4095),
        (MCP3208, (0x00, 0x08, 0x00), 2048),
        (MCP3208, (0xFF, 0xE1, 0x23), 0x123),
        (MCP3008, (0xFF, 0xFB, 0xFF), 1023),
        (MCP3008, (0x00, 0x02, 0x01), 513),
    ],
)
def test_figure_6_1_answer_ignores_what_comes_before_the_null_bit(
    frame: AdcFrame, answer: tuple[int, int, int], counts: int
) -> None:
    assert Mcp3208(Wire(*answer), 3300.0, frame).read_counts(0) == counts


@pytest.mark.parametrize(("frame", "byte"), [(MCP3208, 0x10), (MCP3008, 0x04)])
def test_section_5_null_bit_must_be_low(frame: AdcFrame, byte: int) -> None:
    with pytest.raises(CorruptFrameError, match="null bit"):
        Mcp3208(Wire(0, byte, 0), 3300.0, frame).read_counts(0)


def test_an_answer_of_another_length_is_corrupt() -> None:
    with pytest.raises(CorruptFrameError, match="2 bytes"):
        Mcp3208(Wire(0, 0), 3300.0).read_counts(0)


@pytest.mark.parametrize("channel", [-1, 8])
def test_there_are_eight_channels(channel: int) -> None:
    with pytest.raises(ValueError, match="channels 0 to 7"):
        request(MCP3208, channel)


@given(st.lists(st.integers(0, 255), min_size=3, max_size=3), st.sampled_from(FRAMES))
def test_any_three_bytes_are_a_count_in_range_or_corrupt(answer: list[int], frame: AdcFrame) -> None:
    try:
        assert 0 <= decode(frame, answer) < 1 << frame.bits
    except CorruptFrameError:
        assert int.from_bytes(bytes(answer), "big") >> frame.bits & 1


@given(st.integers(0, 7), st.floats(-0.5, 4.0), st.sampled_from(FRAMES))
def test_the_modelled_chip_and_the_driver_agree_on_every_channel(channel: int, volts: float, frame: AdcFrame) -> None:
    chip = SimMcp3208(lambda asked: volts if asked == channel else -1.0, 3300.0, frame.part.lower())
    top = (1 << frame.bits) - 1
    expected = min(max(int(volts / 3.3 * (top + 1)), 0), top)
    assert abs(Mcp3208(chip, 3300.0, frame).read_counts(channel) - expected) <= 1
    assert Mcp3208(chip, 3300.0, frame).read_counts((channel + 1) % 8) == 0


def test_figure_5_2_further_clocks_bring_the_result_lsb_first() -> None:
    chip = SimMcp3208(lambda _: 3.3 * 0b1000_0000_0110 / 4096, 3300.0)
    sent = [0x06, 0, 0, 0, 0]
    bits = f"{int.from_bytes(bytes(chip.xfer2(sent)), 'big'):040b}"
    assert bits[12:24] == "100000000110"
    assert bits[24:35] == "11000000001"
    assert set(bits[35:]) == {"0"}


def test_table_5_2_differential_pairs() -> None:
    chip = SimMcp3208(lambda channel: {2: 2.0, 3: 0.35}[channel], 3300.0)
    assert decode(MCP3208, chip.xfer2([0x04, 0x80, 0])) == 2048
    assert decode(MCP3208, chip.xfer2([0x04, 0xC0, 0])) == 0


def test_section_5_leading_zeros_are_not_a_start_bit() -> None:
    chip = SimMcp3208(lambda _: 1.0, 3300.0)
    assert chip.xfer2([0, 0, 0]) == [0xFF] * 3
    assert chip.conversions == 0


def test_unplugged_is_corrupt_and_replugged_reads_again() -> None:
    chip = SimMcp3208(lambda _: 1.65)
    adc = Mcp3208(chip, 3300.0)
    chip.unplugged = True
    with pytest.raises(CorruptFrameError):
        adc.read_counts(0)
    chip.unplugged = False
    assert adc.read_counts(0) == 2048


def test_a_channel_at_exactly_zero_is_not_connected() -> None:
    with pytest.raises(NotRespondingError, match="channel 2 reads exactly 0 V"):
        Mcp3208(Wire(0, 0, 0), 3300.0).require_signal(2)
    Mcp3208(Wire(0, 0, 1), 3300.0).require_signal(2)


def test_a_failing_bus_chains_its_oserror() -> None:
    chip = SimMcp3208(lambda _: 1.65)
    chip.failing = True
    with pytest.raises(BusError, match="SPI transfer failed") as caught:
        Mcp3208(chip, 3300.0).read_counts(0)
    assert isinstance(caught.value.__cause__, OSError)
