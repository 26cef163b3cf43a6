"""A 128x64 picture in one colour, and the few things drawn on it.

Circles are computed here, not by Pillow: the radius may have decimals, so a growing disc grows evenly, and the pixels
are the same with every Pillow. The fonts are bitmaps for the same reason.
"""

import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from device.screens.texts import TEXTS
from device.session.choosing.preferences import Language
from device.session.showing.hints import Hint
from dsp.types import FloatArray

WIDTH: Final = 128
HEIGHT: Final = 64
FONTS = Path(__file__).parent / "fonts"
HINT_Y: Final = 47
HINT_FONT: Final = "helvR14"
BESIDE_PX: Final = 60
SMALLER = ("helvR14", "helvR12", "helvR10")
LINE_PX = {"helvR10": 12, "helvR12": 15, "helvR14": 16, "helvB14": 17, "helvB18": 21, "helvB24": 28}


@functools.cache
def font(name: str) -> ImageFont.ImageFont:
    return ImageFont.load(str(FONTS / f"{name}.pil"))


@functools.cache
def text_width_px(font_name: str, text: str) -> int:
    return int(font(font_name).getbbox(text)[2])


def wrapped(text: str, font_name: str, width_px: int) -> list[str]:
    """`text` in lines no wider than `width_px`, broken between words; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width_px(font_name, f"{lines[-1]} {word}") <= width_px:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


class Canvas:
    """Black at first; words come in `language`, and `said` are those written so far. Coordinates are pixels from the
    top left corner."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self.image = Image.new("1", (WIDTH, HEIGHT), 0)
        self.draw = ImageDraw.Draw(self.image)
        self.said: list[str] = []

    def write(self, x: float, y: int, text: str, font_name: str, ink: int = 1) -> None:
        """`text` with its left end at `x`."""
        self.draw.text((round(x), y), text, font=font(font_name), fill=ink)
        self.said.append(text)

    def write_centred(self, x: float, y: int, text: str, font_name: str, ink: int = 1) -> None:
        self.write(x - text_width_px(font_name, text) / 2, y, text, font_name, ink)

    def write_right(self, x: float, y: int, text: str, font_name: str, ink: int = 1) -> None:
        self.write(x - text_width_px(font_name, text), y, text, font_name, ink)

    def word(self, key: str) -> str:
        """The first line of the text named `key`."""
        return TEXTS[key].lines(self._language)[0]

    def say(self, x: float, y: int, key: str, value: str = "", *, centred: bool = False, ink: int = 1) -> int:
        """The text named `key`, `value` in its braces; returns the y below its last line."""
        text = TEXTS[key]
        for line in text.lines(self._language):
            put = self.write_centred if centred else self.write
            put(x, y, line.format(value), text.place.font, ink)
            y += LINE_PX[text.place.font]
        return y

    def say_in_full(self, x: float, y: int, key: str, value: str) -> None:
        """A line centred on `x`, smaller where `value` is so long that it would not fit its place."""
        place, line = TEXTS[key].place, self.word(key).format(value)
        smaller = SMALLER[SMALLER.index(place.font) :]
        fitting = (name for name in smaller if text_width_px(name, line) <= place.width_px)
        self.write_centred(x, y, line, next(fitting, smaller[-1]))

    def hint(self, hint: Hint | None) -> None:
        """What a press does, along the bottom."""
        if hint is not None:
            self.say(WIDTH / 2, HINT_Y, f"hint.{hint}", centred=True)

    def hint_beside(self, x: float, y: int, hint: Hint) -> None:
        """The same in short lines around `x`, as wide as what stands beside the guide may be."""
        for line in wrapped(self.word(f"hint.{hint}"), HINT_FONT, BESIDE_PX):
            self.write_centred(x, y, line, HINT_FONT)
            y += LINE_PX[HINT_FONT]

    def dots(self, number: int, count: int) -> None:
        """Where one is: a dot a page down the right edge, the present one larger."""
        for i in range(count):
            y = 3 + 5 * i
            if i + 1 == number:
                self.draw.rectangle((WIDTH - 3, y - 1, WIDTH - 1, y + 1), fill=1)
            else:
                self.draw.point((WIDTH - 2, y), fill=1)

    def box(self, left: int, top: int, right: int, bottom: int, fill: int = 1) -> None:
        """A filled box with its corners taken off; edges included."""
        self.draw.rectangle((left, top, right, bottom), fill=fill)
        self.draw.point([(left, top), (right, top), (left, bottom), (right, bottom)], fill=1 - fill)

    def disc(self, x: float, y: float, radius: float, ink: int = 1) -> None:
        self._paint(_Around(x, y, radius), lambda around: around.distance <= radius, ink)

    def ring(self, x: float, y: float, radius: float, width: float = 1.0, share: float = 1.0) -> None:
        """A ring just inside `radius`; `share` of it, clockwise from the top."""

        def mask(around: "_Around") -> NDArray[np.bool_]:
            band: NDArray[np.bool_] = (around.distance <= radius) & (around.distance > radius - width)
            if share < 1.0:
                band &= around.turn() < share
            return band

        self._paint(_Around(x, y, radius), mask)

    def dotted_ring(self, x: float, y: float, radius: float, dots: int) -> None:
        for turn in np.arange(dots) * 2 * math.pi / dots:
            self.draw.point((round(x + radius * math.sin(turn)), round(y - radius * math.cos(turn))), fill=1)

    def _paint(self, around: "_Around", mask: Callable[["_Around"], NDArray[np.bool_]], ink: int = 1) -> None:
        stencil = Image.fromarray(mask(around).astype(np.uint8) * 255).convert("1")
        self.image.paste(ink, (around.left, around.top), stencil)


class _Around:
    """The pixels around a point, as far as `radius`."""

    def __init__(self, x: float, y: float, radius: float) -> None:
        self.left, self.top = math.floor(x - radius), math.floor(y - radius)
        self._dx = np.arange(self.left, math.ceil(x + radius) + 1) - x
        self._dy = (np.arange(self.top, math.ceil(y + radius) + 1) - y)[:, np.newaxis]
        self.distance: FloatArray = np.hypot(self._dx, self._dy)

    def turn(self) -> FloatArray:
        """Clockwise from the top, 0 to 1."""
        turn: FloatArray = np.arctan2(-self._dx, self._dy) / (2 * math.pi) + 0.5
        return turn
