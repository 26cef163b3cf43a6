"""The real luma controllers and our page packing against a panel at the wire."""

import numpy as np
import pytest
from gpiozero import DigitalOutputDevice
from gpiozero.pins.mock import MockFactory
from hypothesis import given, settings
from hypothesis import strategies as st
from luma.core.interface.serial import i2c
from PIL import Image, ImageDraw

from drivers.board import LumaPins, SpiLink
from drivers.errors import BusError
from drivers.oled import CONTROLLERS, Oled, pack_pages, windows
from drivers.sim.chips.display import SimDisplay
from drivers.wiring import DisplayController

EACH = pytest.mark.parametrize("controller", list(CONTROLLERS))


def picture(text: str = "Rolig") -> Image.Image:
    image = Image.new("1", (128, 64))
    draw = ImageDraw.Draw(image)
    draw.ellipse((3, 5, 60, 60), outline=1)
    draw.text((66, 20), text, fill=1)
    return image


def open_panel(controller: DisplayController = "ssd1306", rotate: int = 0) -> tuple[SimDisplay, Oled]:
    panel = SimDisplay(controller)
    return panel, Oled(CONTROLLERS[controller](panel, rotate=rotate))


@EACH
def test_the_panel_shows_the_image_pixel_for_pixel(controller: DisplayController) -> None:
    panel, oled = open_panel(controller)
    assert oled.show(picture())
    assert panel.image().tobytes() == picture().tobytes()


@settings(max_examples=20)
@given(st.binary(min_size=1024, max_size=1024), st.sampled_from(list(CONTROLLERS)))
def test_any_image_survives_the_wire(pixels: bytes, controller: DisplayController) -> None:
    panel, oled = open_panel(controller)
    image = Image.frombytes("1", (128, 64), pixels)
    oled.show(image)
    assert panel.image().tobytes() == image.tobytes()


def test_gddram_pages_hold_eight_rows_lsb_on_top() -> None:
    image = Image.new("1", (128, 64))
    image.putpixel((5, 0), 1)
    image.putpixel((5, 7), 1)
    image.putpixel((127, 63), 1)
    pages = pack_pages(image).tobytes()
    assert len(pages) == 1024
    assert {i: byte for i, byte in enumerate(pages) if byte} == {5: 0x81, 1023: 0x80}


def test_unchanged_frames_are_not_sent() -> None:
    panel, oled = open_panel()
    assert [oled.show(picture(text)) for text in ("a", "a", "b", "b", "a")] == [True, False, True, False, True]
    before = panel.transfers
    assert not oled.show(picture("a"))
    assert panel.transfers == before


@EACH
def test_only_the_columns_that_changed_are_sent(controller: DisplayController) -> None:
    panel, oled = open_panel(controller)
    image = picture()
    oled.show(image)
    before = panel.received, panel.transfers
    image.putpixel((100, 9), not image.getpixel((100, 9)))
    oled.show(image)
    assert (panel.received - before[0], panel.transfers - before[1]) == (1, 2)
    assert panel.image().tobytes() == image.tobytes()


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 127), st.integers(0, 63), st.integers(1, 60), st.integers(1, 40)), max_size=8),
    st.sampled_from(["ssd1306", "sh1106"]),
    st.sampled_from([0, 2]),
)
def test_whatever_changes_in_whatever_order_the_panel_shows_the_last_image(
    boxes: list[tuple[int, int, int, int]], controller: DisplayController, rotate: int
) -> None:
    panel, oled = open_panel(controller, rotate)
    image = Image.new("1", (128, 64))
    for ink, (x, y, width, height) in enumerate(boxes):
        ImageDraw.Draw(image).rectangle((x, y, x + width, y + height), fill=ink % 3 != 2)
        oled.show(image)
        assert panel.image().tobytes() == image.rotate(90 * rotate).tobytes()


def test_no_frame_costs_much_more_than_a_whole_one() -> None:
    checks = np.indices((8, 128)).sum(axis=0) % 2 == 0
    sent = sum(end - first for _, first, end in windows(checks))
    assert len(windows(checks)) == 8
    assert sent <= 1024


def test_what_a_disturbed_line_got_wrong_is_sent_again_in_time() -> None:
    panel, oled = open_panel()
    image = picture()
    oled.show(image)
    panel.command(0x21, 3, 120, 0x22, 0, 7)
    panel.data([0x55] * 118 * 8)
    for i in range(8 * 32 + 2):
        image.putpixel((127, 63), i % 2)
        oled.show(image)
    assert panel.image().tobytes() == image.tobytes()


@pytest.mark.parametrize("column", range(5))
def test_an_sh1106_panel_may_begin_at_any_of_the_spare_columns(column: int) -> None:
    panel = SimDisplay("sh1106", first_column=column)
    Oled(CONTROLLERS["sh1106"](panel, column_offset=column)).show(picture())
    assert panel.image().tobytes() == picture().tobytes()


def test_rotated_by_half_a_turn() -> None:
    panel, oled = open_panel(rotate=2)
    oled.show(picture())
    assert panel.image().tobytes() == picture().rotate(180).tobytes()


@EACH
def test_power_and_contrast(controller: DisplayController) -> None:
    panel, oled = open_panel(controller)
    oled.show(picture())
    oled.contrast(40)
    assert panel.contrast == 40
    oled.off()
    assert not panel.powered
    assert panel.image().getbbox() is None
    oled.on()
    assert panel.image().tobytes() == picture().tobytes()
    oled.close()
    assert not panel.powered


@pytest.mark.parametrize("level", [-1, 256])
def test_contrast_out_of_range(level: int) -> None:
    with pytest.raises(ValueError, match="0 to 255"):
        open_panel()[1].contrast(level)


def test_an_image_of_another_size() -> None:
    with pytest.raises(ValueError, match="128x64 pixels, not 64x64"):
        open_panel()[1].show(Image.new("1", (64, 64)))


def test_unplugged_raises_and_the_frame_is_sent_again_afterwards() -> None:
    panel, oled = open_panel()
    oled.show(picture())
    panel.unplugged = True
    with pytest.raises(BusError, match="display"):
        oled.show(picture("other"))
    panel.unplugged = False
    assert oled.show(picture())
    assert panel.image().tobytes() == picture().tobytes()


class SmBus:
    """I2C wires between luma's link and a panel: the first byte tells commands from data."""

    def __init__(self, panel: SimDisplay) -> None:
        self.panel = panel

    def write_i2c_block_data(self, address: int, control: int, block: list[int]) -> None:
        assert address == 0x3C
        assert len(block) <= 32
        self.panel.command(*block) if control == 0x00 else self.panel.data(block)


class SpiDev:
    """SPI wires between luma's link and a panel: the D/C line tells commands from data."""

    max_speed_hz = 0

    def __init__(self, panel: SimDisplay, dc: DigitalOutputDevice) -> None:
        self.panel = panel
        self.dc = dc
        self.closed = False

    def open(self, bus: int, device: int) -> None:
        self.opened = (bus, device)

    def writebytes(self, data: list[int]) -> None:
        self.panel.data(data) if self.dc.value else self.panel.command(*data)

    def close(self) -> None:
        self.closed = True


@EACH
def test_over_luma_s_i2c_link(controller: DisplayController) -> None:
    panel = SimDisplay(controller)
    oled = Oled(CONTROLLERS[controller](i2c(bus=SmBus(panel), address=0x3C)))
    oled.show(picture())
    assert panel.image().tobytes() == picture().tobytes()
    panel.unplugged = True
    with pytest.raises(BusError, match="0x3C"):
        oled.show(picture("gone"))
    oled.close()


@EACH
def test_over_luma_s_spi_link_with_gpiozero_lines(controller: DisplayController) -> None:
    panel, factory = SimDisplay(controller), MockFactory()
    dc, reset = (DigitalOutputDevice(gpio, pin_factory=factory) for gpio in (24, 25))
    bus = SpiDev(panel, dc)
    link = SpiLink(spi=bus, gpio=LumaPins({24: dc, 25: reset}), port=1, device=0, gpio_DC=24, gpio_RST=25)
    oled = Oled(CONTROLLERS[controller](link))
    assert (bus.opened, bus.max_speed_hz, reset.value) == ((1, 0), 8_000_000, 1)
    oled.show(picture())
    assert panel.image().tobytes() == picture().tobytes()
    oled.close()
    assert bus.closed
    assert dc.closed
    assert reset.closed


def test_closing_releases_bus_and_pins_of_a_panel_that_is_gone() -> None:
    panel, factory = SimDisplay(), MockFactory()
    dc, reset = (DigitalOutputDevice(gpio, pin_factory=factory) for gpio in (24, 25))
    bus = SpiDev(panel, dc)
    oled = Oled(CONTROLLERS["ssd1306"](SpiLink(spi=bus, gpio=LumaPins({24: dc, 25: reset}), gpio_DC=24, gpio_RST=25)))
    panel.unplugged = True
    oled.close()
    assert bus.closed
    assert dc.closed
