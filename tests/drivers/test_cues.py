import pytest

from drivers.cues import PwmCue
from drivers.errors import BusError
from drivers.wiring import Wiring
from tests.driver_helpers import MakeBoard


@pytest.mark.parametrize("name", ["led", "vibration"])
def test_strength_reaches_the_pin_and_closing_darkens_it(make_board: MakeBoard, name: str) -> None:
    board = make_board()
    cue = getattr(board, f"open_{name}")()
    gpio = getattr(board.wiring, f"{name}_gpio")
    assert board.level(gpio) == 0.0
    for wanted, shown in ((0.25, 0.25), (1.0, 1.0), (1.7, 1.0), (-1.0, 0.0), (0.5, 0.5)):
        cue.set(wanted)
        assert board.level(gpio) == shown
    cue.close()
    assert board.level(gpio) == 0.0


def test_what_is_not_wired_is_none(make_board: MakeBoard) -> None:
    board = make_board(wiring=Wiring(led_gpio=None, vibration_gpio=None))
    assert board.open_led() is None
    assert board.open_vibration() is None


def test_a_failing_pin_is_a_bus_error_and_is_tried_again() -> None:
    class Pin:
        writes = 0

        @property
        def value(self) -> float:
            return 0.0

        @value.setter
        def value(self, wanted: float) -> None:
            self.writes += 1
            if self.writes == 1:
                raise OSError(5, "Input/output error")

        def close(self) -> None:
            pass

    pin = Pin()
    cue = PwmCue(pin, "LED")
    with pytest.raises(BusError, match="LED"):
        cue.set(0.5)
    cue.set(0.5)
    cue.set(0.5)
    assert pin.writes == 2
