"""The screen in a terminal: half blocks where there is room for 128 columns and 33 lines, else braille in 64 by 16.

A terminal whose encoding has neither gets ASCII in the same two sizes.
"""

import math
from typing import TextIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.screens.canvas import HEIGHT, WIDTH

HALF_BLOCKS = " ▀▄█"
ASCII_HALVES = " ',#"
ASCII_DOTS = " .:-=+*#@"
BRAILLE_BLANK = 0x2800
# Unicode 16.0, chapter 21.1: the bits of a cell's dots, two across and four down.
BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
LEAST_SCALE = 0.75
# A pixel of a smaller picture is lit from this share of light on: thin strokes are to survive.
LIT_SHARE = 0.4
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


def render(image: Image.Image, columns: int = 80, lines: int = 24, encoding: str = "utf-8") -> str:
    """The picture as text for a terminal of `columns` by `lines`: 32 lines of 128, or 16 of 64 where it is smaller, and
    scaled down where even those do not fit. Lit pixels are drawn in the terminal's own colour."""
    pixels = np.asarray(image.convert("1"), dtype=np.uint8)
    large = columns >= image.width and lines > image.height // 2
    scale = 1.0 if large else _scale(columns, lines - 1)
    if scale < 1.0:
        size = 2 * math.floor(WIDTH * scale / 2), 4 * math.floor(HEIGHT * scale / 4)
        smaller = np.asarray(image.convert("L").resize(size, Image.Resampling.BOX))
        pixels = (smaller > LIT_SHARE * 255).astype(np.uint8)
    blocks = _has(encoding, HALF_BLOCKS if large else chr(BRAILLE_BLANK))
    if large:
        rows = _halves(pixels, HALF_BLOCKS if blocks else ASCII_HALVES)
    else:
        rows = _braille(pixels) if blocks else _dots(pixels)
    return "\n".join(rows)


def picture_fits(columns: int, lines: int) -> bool:
    """Whether a picture drawn in so much room is hardly smaller than it should be."""
    return _scale(columns, lines) >= LEAST_SCALE


def letters_show(columns: int, lines: int, encoding: str) -> bool:
    """Whether letters in such a picture can be read: never in signs of ASCII that stand for eight pixels each."""
    large = columns >= WIDTH and lines >= HEIGHT // 2
    return large or _has(encoding, chr(BRAILLE_BLANK))


def _scale(columns: int, lines: int) -> float:
    return min(1.0, 2 * columns / WIDTH, 4 * lines / HEIGHT)


def _has(encoding: str, signs: str) -> bool:
    try:
        signs.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _halves(pixels: NDArray[np.uint8], signs: str) -> list[str]:
    codes = pixels[0::2] + 2 * pixels[1::2]
    return ["".join(signs[code] for code in row) for row in codes]


def _dots(pixels: NDArray[np.uint8]) -> list[str]:
    """The more of a cell's eight pixels are lit, the heavier the sign."""
    counts = pixels.reshape(pixels.shape[0] // 4, 4, pixels.shape[1] // 2, 2).sum(axis=(1, 3))
    return ["".join(ASCII_DOTS[count] for count in row) for row in counts.tolist()]


def _braille(pixels: NDArray[np.uint8]) -> list[str]:
    codes = np.full((pixels.shape[0] // 4, pixels.shape[1] // 2), BRAILLE_BLANK, dtype=np.int64)
    for down, bits in enumerate(BRAILLE_BITS):
        for across, bit in enumerate(bits):
            codes += bit * pixels[down::4, across::2].astype(np.int64)
    return ["".join(map(chr, row)) for row in codes.tolist()]


class TerminalScreen:
    """A display on a text stream, redrawn in place. It takes pictures as luma's devices do and skips unchanged ones."""

    def __init__(self, stream: TextIO, columns: int = 80, lines: int = 24) -> None:
        self._stream = stream
        self._size = columns, lines
        self._shown = ""

    def display(self, image: Image.Image) -> None:
        text = render(image, *self._size, encoding=self._stream.encoding or "utf-8")
        if text == self._shown:
            return
        back = f"\x1b[{text.count(chr(10)) + 1}A\r" if self._shown else HIDE_CURSOR
        self._stream.write(back + text + "\n")
        self._stream.flush()
        self._shown = text

    def close(self) -> None:
        """Give the cursor back; the last picture stays."""
        if self._shown:
            self._stream.write(SHOW_CURSOR)
            self._stream.flush()
