"""How far a long job is: a bar on a terminal, nothing anywhere else."""

import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TextIO, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
_AFTER_S = 0.5


class Progress:
    """Of `total` sessions, on `out` (standard error by default); shown once it takes longer than half a second."""

    def __init__(self, job: str, total: int, out: TextIO | None = None) -> None:
        out = out or sys.stderr
        moves = out.isatty()
        self._bar = tqdm(
            total=total, desc=job, unit="session", file=out, disable=not moves, leave=False, delay=_AFTER_S
        )

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()

    def over(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self._bar.update()
            yield item

    def clear(self) -> None:
        """Out of the way of a line that is about to be written."""
        self._bar.clear()
