"""The stripboard from its copper side, where the strips are cut."""

from collections.abc import Iterator
from html import escape
from typing import Final

from hardware.board_view import LETTERS, cross, strip, text
from hardware.captions import Captions
from hardware.layout import BOARD_X, COLUMNS, CUT, HOLE, PITCH, TOP, BoardLayout, hole, row_y

WIDTH: Final = 500.0
_LEFT: Final = 60.0


def copper_view(layout: BoardLayout, words: Captions) -> str:
    """As it is seen when the board is turned over like a page: the rows as before, the columns the other way round."""
    height = row_y(layout.rows) + 12.0
    size = f'viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" height="{height:g}"'
    title = escape(words.say("copper side"))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans, Arial, sans-serif">',
            f"<title>{title}</title>",
            f'<rect width="{WIDTH:g}" height="{height:g}" fill="#ffffff"/>',
            text(20.0, 26.0, words.say("copper side"), 13.0),
            *_board(layout),
            "</svg>",
            "",
        ]
    )


def _board(layout: BoardLayout) -> Iterator[str]:
    """Drawn as from the parts' side, and turned over; what is read is put back the right way round."""
    right = (COLUMNS - 1) * HOLE
    size = f'width="{right + 28:g}" height="{(layout.rows - 1) * PITCH + 26:g}"'
    yield f'<rect x="{_LEFT - 14:g}" y="{TOP - 13:g}" {size} rx="3" fill="#d9a15c" stroke="#8a5a1c"/>'
    yield f'<g transform="translate({_LEFT + BOARD_X + right:g} 0) scale(-1 1)">'
    for row in range(layout.rows):
        yield from strip(layout, row, cut=True)
    if layout.chip is not None:
        for row in range(layout.chip[1], layout.chip[1] + 8):
            yield cross(*hole(row, CUT))
    yield "</g>"
    for column, letter in enumerate(LETTERS):
        yield text(_LEFT + right - column * HOLE, TOP - 18.0, letter, 8.5, "middle", fill="#6b5330")
    for row in range(layout.rows):
        yield text(_LEFT + right + 24.0, row_y(row) + 3.0, str(row + 1), 9.0)
