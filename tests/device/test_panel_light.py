"""How bright the panel is: the menu's level, and dim while it is left alone."""

import pytest
from PIL import Image

from device.peripherals import BRIGHTNESS, DIM_CONTRAST, MOST_CONTRAST, Panel
from device.session.choosing.preferences import BRIGHTNESS_LEVELS, USUAL_BRIGHTNESS


class Lamp:
    def __init__(self) -> None:
        self.level = -1

    def show(self, image: Image.Image) -> bool:
        return True

    def contrast(self, level: int) -> None:
        self.level = level

    def close(self) -> None:
        pass


@pytest.mark.parametrize("contrast", [1, 128, 255])
def test_every_level_is_lit_no_darker_than_the_one_before_and_the_usual_is_as_configured(contrast: int) -> None:
    lamp = Lamp()
    panel = Panel(lambda: lamp, contrast)
    panel.show(Image.new("1", (128, 64)), 0.0)
    assert lamp.level == contrast
    levels = []
    for level in range(BRIGHTNESS_LEVELS):
        panel.brighten(level, 1.0)
        levels.append(lamp.level)
    assert levels == sorted(levels)
    assert (levels[0], levels[USUAL_BRIGHTNESS]) == (DIM_CONTRAST, contrast)
    assert max(levels) <= MOST_CONTRAST
    assert len(BRIGHTNESS) == BRIGHTNESS_LEVELS


def test_a_dimmed_panel_stays_dim_whatever_is_chosen_and_comes_back_to_it() -> None:
    lamp = Lamp()
    panel = Panel(lambda: lamp, 100)
    panel.show(Image.new("1", (128, 64)), 0.0)
    panel.dim(True, 1.0)
    panel.brighten(3, 2.0)
    assert lamp.level == DIM_CONTRAST
    panel.dim(False, 3.0)
    assert lamp.level == 200
