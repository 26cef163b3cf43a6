"""What a pull shows: a line that moves on a terminal, plain lines anywhere else."""

import sys
import time
from typing import TextIO

from host.errors import printable

_BAR = 24
_EVERY_S = 0.1


def megabytes(count: float) -> str:
    return f"{count / 1e6:.1f} MB"


class PullScreen:
    """Progress goes to `out` (standard error by default)."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._moves = self._out.isatty()
        self._name, self._size, self._done, self._begun_at = "", 0, 0, 0
        self._begun_s = self._drawn_s = 0.0

    def say(self, text: str) -> None:
        """A line that stays."""
        self.clear()
        print(printable(text), file=self._out, flush=True)

    def begin(self, name: str, size: int, done: int) -> None:
        """A session of `size` bytes, `done` of them here from an earlier try."""
        self._name, self._size, self._done, self._begun_at = name, size, done, done
        self._begun_s = time.monotonic()
        if not self._moves:
            kept = f", {megabytes(done)} here already" if done else ""
            print(f"{name}: {megabytes(size)}{kept}", file=self._out, flush=True)

    def advance(self, count: int) -> None:
        self._done += count
        if self._moves and time.monotonic() - self._drawn_s > _EVERY_S:
            self._draw()

    def end(self) -> None:
        if self._moves:
            self._draw()
            print(file=self._out, flush=True)

    def clear(self) -> None:
        """Leave the moving line, if there is one."""
        if self._moves:
            print("\r\033[K", end="", file=self._out, flush=True)

    def _draw(self) -> None:
        self._drawn_s = time.monotonic()
        share = min(1.0, self._done / self._size) if self._size else 1.0
        bar = ("=" * int(share * _BAR)).ljust(_BAR)
        speed = (self._done - self._begun_at) / max(1e-3, self._drawn_s - self._begun_s)
        line = f"{self._name} [{bar}] {share:4.0%} of {megabytes(self._size)}, {megabytes(speed)}/s"
        print(f"\r\033[K{line}", end="", file=self._out, flush=True)
