import io

import numpy as np
import pytest
from PIL import Image

from device.screens import draw
from device.screens.gallery.examples import examples
from device.screens.terminal import (
    ASCII_DOTS,
    ASCII_HALVES,
    BRAILLE_BITS,
    BRAILLE_BLANK,
    HALF_BLOCKS,
    TerminalScreen,
    render,
)
from device.session.choosing.preferences import Language

PICTURE = draw(examples(Language.NB)["guide_calm"])


def from_half_blocks(text: str) -> np.ndarray:
    codes = np.array([[HALF_BLOCKS.index(sign) for sign in line] for line in text.split("\n")])
    return np.stack([codes & 1, codes >> 1], axis=1).reshape(2 * codes.shape[0], codes.shape[1])


def from_braille(text: str) -> np.ndarray:
    codes = np.array([[ord(sign) - BRAILLE_BLANK for sign in line] for line in text.split("\n")])
    picture = np.zeros((4 * codes.shape[0], 2 * codes.shape[1]), dtype=int)
    for down, bits in enumerate(BRAILLE_BITS):
        for across, bit in enumerate(bits):
            picture[down::4, across::2] = (codes & bit) > 0
    return picture


@pytest.mark.parametrize(
    ("terminal", "rows", "width", "back"),
    [
        ((80, 24), 16, 64, from_braille),
        ((200, 32), 16, 64, from_braille),
        ((127, 60), 16, 64, from_braille),
        ((128, 33), 32, 128, from_half_blocks),
    ],
)
def test_every_pixel_is_in_the_text(terminal: tuple[int, int], rows: int, width: int, back: object) -> None:
    text = render(PICTURE, *terminal)
    assert [len(line) for line in text.split("\n")] == [width] * rows
    assert callable(back)
    assert np.array_equal(back(text), np.asarray(PICTURE, dtype=int))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "ANSI_X3.4-1968", "no such encoding"])
def test_a_terminal_without_blocks_gets_ascii(encoding: str) -> None:
    large, small = render(PICTURE, 128, 33, encoding), render(PICTURE, 80, 24, encoding)
    assert (large + small).isascii()
    codes = np.array([[ASCII_HALVES.index(sign) for sign in line] for line in large.split("\n")])
    assert np.array_equal(np.stack([codes & 1, codes >> 1], axis=1).reshape(64, 128), np.asarray(PICTURE, dtype=int))
    counts = np.array([[ASCII_DOTS.index(sign) for sign in line] for line in small.split("\n")])
    assert np.array_equal(counts, np.asarray(PICTURE, dtype=int).reshape(16, 4, 64, 2).sum(axis=(1, 3)))


def test_blocks_are_drawn_where_there_are_some() -> None:
    assert render(PICTURE, 128, 33, "cp437") == render(PICTURE, 128, 33)  # half blocks, and no braille
    assert render(PICTURE, 80, 24, "cp437").isascii()


def test_the_screen_is_redrawn_in_place_and_only_when_it_changed() -> None:
    stream = io.StringIO()
    screen = TerminalScreen(stream)
    screen.display(PICTURE)
    screen.display(PICTURE.copy())
    once = stream.getvalue()
    assert once.count("\n") == 16
    screen.display(Image.new("1", (128, 64)))
    assert stream.getvalue().removeprefix(once).startswith("\x1b[16A\r")
    screen.close()
    assert stream.getvalue().endswith("\x1b[?25h")


def test_a_screen_never_used_leaves_the_terminal_alone() -> None:
    stream = io.StringIO()
    TerminalScreen(stream).close()
    assert stream.getvalue() == ""
