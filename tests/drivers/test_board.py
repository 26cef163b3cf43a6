"""RealBoard where there is no hardware, and SimBoard in its place."""

from typing import Literal

import pytest
from PIL import Image

from drivers.board import RealBoard
from drivers.errors import BusError, DriverError
from drivers.sensors import FRONT_ENDS
from drivers.sim.board import SimBoard
from drivers.sim.person.body import Body
from drivers.wiring import Wiring
from tests.driver_helpers import MakeBoard, Time


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_every_front_end_opens_starts_reads_and_closes(make_board: MakeBoard, time: Time, name: str) -> None:
    board = make_board(name)
    front_end = board.open_front_end(name)
    front_end.start()
    time.pass_s(0.05)
    burst = front_end.read()
    info = front_end.info
    assert info.name == name
    assert burst.counts
    assert all(info.min_count <= count <= info.max_count for count in burst.counts)
    front_end.close()


@pytest.mark.parametrize(
    ("name", "plugged"),
    [(name, plugged) for name in FRONT_ENDS for plugged in FRONT_ENDS if "max" in name + plugged and name != plugged],
)
def test_the_wrong_sensor_is_refused_on_start(make_board: MakeBoard, name: str, plugged: str) -> None:
    with pytest.raises(DriverError):
        make_board(plugged).open_front_end(name).start()


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_a_wearer_lives_from_when_the_board_is_made_however_long_the_machine_was_on(
    make_board: MakeBoard, time: Time, name: str
) -> None:
    time.pass_s(30 * 86_400.0)
    board = make_board(name)
    front_end = board.open_front_end(name)
    front_end.start()
    time.pass_s(0.05)
    assert front_end.read().counts
    assert len(board.body.true_beats) < 5


def test_an_unknown_sensor_is_named(make_board: MakeBoard) -> None:
    with pytest.raises(ValueError, match="'ads1292'; there are ad8232, pulse, max30102, max30003"):
        make_board().open_front_end("ads1292")
    with pytest.raises(ValueError, match="'ads1292'"):
        SimBoard(Body(), lambda: 0.0, "ads1292")


def test_a_display_that_is_gone_can_be_opened_when_it_is_back(make_board: MakeBoard) -> None:
    board = make_board()
    board.display.unplugged = True
    with pytest.raises(BusError):
        board.open_display()
    board.display.unplugged = False
    board.open_display().contrast(10)
    assert board.display.contrast == 10


def test_a_panel_that_lost_power_is_dark_until_it_is_opened_again(make_board: MakeBoard) -> None:
    board = make_board()
    oled = board.open_display()
    white = Image.new("1", oled.size, 1)
    board.display.power_cycle()
    oled.show(white)
    assert board.display.image().getbbox() is None
    oled.close()
    board.open_display().show(white)
    assert board.display.image().tobytes() == white.tobytes()


@pytest.mark.parametrize("link", ["i2c", "spi"])
def test_a_machine_without_buses_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, link: Literal["i2c", "spi"]
) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    board = RealBoard(Wiring(display_link=link, i2c_bus=22), lambda: 0.0)
    for open_it in (board.open_display, lambda: board.open_front_end("max30102")):
        with pytest.raises(DriverError) as caught:
            open_it()
        assert str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(DriverError, match="spidev"):
        board.open_front_end("max30003")
