"""The demo in a terminal: the screen's picture in a frame that says what goes on and what the keys do.

It follows the terminal's size from picture to picture. A window too small for the picture, a terminal that cannot move
its cursor and one without the signs for a picture get the screen's words instead.
"""

import os
import shutil
from typing import TextIO

from PIL import Image

from device.screens.terminal import HIDE_CURSOR, SHOW_CURSOR, letters_show, picture_fits, render

KEYS = "space press   l hold   d press twice   q end"
SHORT_KEYS = "space, l hold, d twice, q end"
FRAME_LINES = 4
CLEAR, HOME, END_OF_LINE, BELOW = "\x1b[2J", "\x1b[H", "\x1b[K", "\x1b[J"


class Stage:
    """`stream` is the terminal; `kind` what it calls itself (TERM)."""

    def __init__(self, stream: TextIO, kind: str | None = None) -> None:
        self._stream = stream
        self._moves = (os.environ.get("TERM") if kind is None else kind) not in (None, "", "dumb")
        self._size = (0, 0)
        self._shown = ""

    def show(self, image: Image.Image, words: str, heading: str, tells: str) -> None:
        """The picture that the panel shows, what can be read on it, and the frame around it."""
        if not self._moves:
            self._tell(heading, tells, words)
            return
        columns, lines = shutil.get_terminal_size()
        size = columns, lines
        text = "\n".join(line + END_OF_LINE for line in self._page(image, words, (heading, tells), size))
        if size != self._size:
            self._stream.write(HIDE_CURSOR + CLEAR)
        elif text == self._shown:
            return
        self._stream.write(HOME + text + BELOW)
        self._stream.flush()
        self._size, self._shown = size, text

    def _page(self, image: Image.Image, words: str, frame: tuple[str, str], size: tuple[int, int]) -> list[str]:
        columns, lines = size
        encoding, room = self._stream.encoding or "utf-8", lines - FRAME_LINES
        read = picture_fits(columns, room) and letters_show(columns, room, encoding)
        said = [] if read else [words]
        room -= len(said)
        picture = render(image, columns, room + 1, encoding).split("\n") if picture_fits(columns, room) else []
        keys = KEYS if len(KEYS) < columns else SHORT_KEYS
        return [line[: columns - 1] for line in (*frame, *said, *picture, keys)][: max(1, lines - 1)]

    def _tell(self, heading: str, tells: str, words: str) -> None:
        """A line where something new is to be read; nothing for a picture that only moves."""
        text = f"{heading}: {tells} [{words}]"
        if text != self._shown:
            self._stream.write(text + "\n")
            self._stream.flush()
            self._shown = text

    def close(self) -> None:
        """Give the cursor back below the last picture, which stays."""
        if self._shown and self._moves:
            self._stream.write("\n" + SHOW_CURSOR)
            self._stream.flush()
