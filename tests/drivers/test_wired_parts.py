"""Every part that the wiring may name has its driver."""

from typing import get_args

from drivers.analog import ADC_FRAMES
from drivers.oled import CONTROLLERS
from drivers.wiring import Adc, DisplayController


def test_every_converter_and_every_display_controller_has_its_row() -> None:
    assert ADC_FRAMES.keys() == set(get_args(Adc))
    assert CONTROLLERS.keys() == set(get_args(DisplayController))
