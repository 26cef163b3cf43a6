"""How bright the panel is: the menu's level, and none while it is dark."""

import pytest
from PIL import Image

from device.peripherals.panel import BRIGHTNESS, LEAST_CONTRAST, MOST_CONTRAST, Panel
from device.session.choosing.preferences import BRIGHTNESS_LEVELS, USUAL_BRIGHTNESS
from tests.driver_helpers import Time

PICTURE = Image.new("1", (128, 64))


class Lamp:
    def __init__(self) -> None:
        self.level = -1
        self.lit = True

    def show(self, image: Image.Image) -> bool:
        return True

    def contrast(self, level: int) -> None:
        self.level = level

    def on(self) -> None:
        self.lit = True

    def off(self) -> None:
        self.lit = False

    def close(self) -> None:
        pass


def lit_panel(lamp: Lamp, contrast: int) -> Panel:
    panel = Panel(lambda: lamp, contrast, Time(), background=False)
    panel.show(PICTURE)
    return panel


@pytest.mark.parametrize("contrast", [1, 128, 255])
def test_every_level_is_lit_no_darker_than_the_one_before_and_the_usual_is_as_configured(contrast: int) -> None:
    lamp = Lamp()
    panel = lit_panel(lamp, contrast)
    assert lamp.level == contrast
    levels = []
    for level in range(BRIGHTNESS_LEVELS):
        panel.brighten(level)
        levels.append(lamp.level)
    assert levels == sorted(levels)
    assert (levels[0], levels[USUAL_BRIGHTNESS]) == (LEAST_CONTRAST, contrast)
    assert max(levels) <= MOST_CONTRAST
    assert len(BRIGHTNESS) == BRIGHTNESS_LEVELS


def test_a_dark_panel_stays_dark_whatever_is_chosen_and_comes_back_to_it() -> None:
    lamp = Lamp()
    panel = lit_panel(lamp, 100)
    panel.light(False)
    panel.brighten(3)
    assert not lamp.lit
    panel.light(True)
    assert (lamp.lit, lamp.level) == (True, 200)


def test_a_panel_that_comes_late_comes_at_the_level_chosen_meanwhile() -> None:
    lamp = Lamp()
    panel = Panel(lambda: lamp, 100, Time(), background=False)
    panel.brighten(1)
    panel.show(PICTURE)
    assert lamp.level == 30
