"""Keys of a terminal as the button: space is a short press, l a long one, d a double one, q quits."""

import contextlib
import os
import select
import sys
import termios
import tty
from collections.abc import Iterator


@contextlib.contextmanager
def single_keys(fd: int) -> Iterator[None]:
    """Keys arrive one by one and are not echoed; the terminal is as before afterwards."""
    before = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def pressed_keys() -> str:
    """What was typed since the last call."""
    if not select.select([sys.stdin], [], [], 0.0)[0]:
        return ""
    return os.read(sys.stdin.fileno(), 100).decode("ascii", "replace")
