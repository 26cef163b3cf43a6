"""Keys of a terminal as the button: space is a short press, l a long one, d a double one, q ends the demo."""

import os
import select
import sys
import termios
import tty
from types import TracebackType
from typing import Any

from device.demo.hand import LONG_S, SHORT_S, Finger

HELD_S = {" ": SHORT_S, "\n": SHORT_S, "l": LONG_S}


class Keyboard:
    """While entered, keys arrive one by one and are not echoed; the terminal is as before afterwards."""

    def __init__(self, enabled: bool) -> None:
        self._fd = sys.stdin.fileno() if enabled else None
        self._before: list[Any] = []
        self.quit = False

    def __enter__(self) -> "Keyboard":
        if self._fd is not None:
            self._before = termios.tcgetattr(self._fd)
            tty.setcbreak(self._fd)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def press(self, finger: Finger, now_s: float) -> None:
        """Have `finger` do what was typed since the last call."""
        if self._fd is None or not select.select([self._fd], [], [], 0.0)[0]:
            return
        keys = os.read(self._fd, 100).decode("ascii", "replace")
        self.quit |= "q" in keys
        for key in keys:
            if key in HELD_S:
                finger.push(now_s, HELD_S[key])
            elif key == "d":
                finger.push_twice(now_s)
