"""What a pull shows: a bar that moves on a terminal, plain lines anywhere else."""

import sys
from typing import TextIO

from host.errors import printable
from host.progress import Progress


def megabytes(count: float) -> str:
    return f"{count / 1e6:.1f} MB"


class PullScreen:
    """Progress goes to `out` (standard error by default)."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._bar: Progress | None = None

    def say(self, text: str) -> None:
        """A line that stays."""
        self.clear()
        print(printable(text), file=self._out, flush=True)

    def begin(self, name: str, size: int, done: int) -> None:
        """A session of `size` bytes, `done` of them here from an earlier try."""
        self.end()
        self._bar = Progress(name, size, "B", self._out, done=done, kept=True)
        if not self._out.isatty():
            kept = f", {megabytes(done)} here already" if done else ""
            print(f"{name}: {megabytes(size)}{kept}", file=self._out, flush=True)

    def advance(self, count: int) -> None:
        if self._bar is not None:
            self._bar.advance(count)

    def end(self) -> None:
        """The session's bar stays as it is."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def clear(self) -> None:
        """Leave the moving line, if there is one."""
        if self._bar is not None:
            self._bar.clear()
