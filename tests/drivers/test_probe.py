from typing import Literal

import pytest

from drivers.probe import probe
from drivers.sensors import FRONT_ENDS
from drivers.wiring import Wiring
from tests.driver_helpers import MakeBoard


class RunningTime:
    """Moves on a little whenever it is read, as the self-test's does."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        self.s += 0.0003
        return self.s


@pytest.fixture
def time() -> RunningTime:
    return RunningTime()


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_recognises_the_sensor_that_is_plugged_in(make_board: MakeBoard, name: str) -> None:
    recognised = [finding.front_end for finding in probe(make_board(name)) if finding.front_end]
    assert recognised == [name]


@pytest.mark.parametrize("adc", ["mcp3208", "mcp3008"])
def test_tells_the_converters_apart_by_their_repeated_bits(
    make_board: MakeBoard, adc: Literal["mcp3208", "mcp3008"]
) -> None:
    finding = probe(make_board(wiring=Wiring(adc=adc)))[0]
    assert adc.upper() in finding.text
    assert "channel 0 at 1." in finding.text


def test_an_empty_board_has_no_sensor_and_says_why(make_board: MakeBoard) -> None:
    board = make_board()
    board.chip.unplugged = True
    board.display.unplugged = True
    findings = {finding.part: finding for finding in probe(board)}
    assert not findings["SPI sensor"].seen
    assert "null bit" in findings["SPI sensor"].text
    assert not findings["display"].seen
    assert findings["button"].seen


def test_miso_held_low_is_not_taken_for_a_sensor(make_board: MakeBoard) -> None:
    board = make_board("max30003")
    board.chip.unplugged, board.chip.floating = True, 0x00
    assert "only zeros" in probe(board)[0].text


def test_another_chip_at_the_address_is_named(make_board: MakeBoard) -> None:
    board = make_board("max30102")
    board.chip.part_id = 0x11
    assert "part 0x11, which is no MAX30102" in probe(board)[1].text


def test_button_and_usb_are_told(make_board: MakeBoard) -> None:
    board = make_board()
    probe(board)
    assert [finding.text for finding in probe(board)[3:]] == ["GPIO 5: released", "no power seen"]
