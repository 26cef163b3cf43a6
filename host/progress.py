"""How far a long job is: a bar on a terminal, nothing anywhere else. Drawn by tqdm, for all commands of the laptop."""

import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TextIO, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
_AFTER_S = 0.5


class Progress:
    """Of `total` `unit`s, `done` of them before, on `out` (standard error by default). A job shorter than half a second
    shows nothing; a bar that is `kept` stands there when it is done."""

    def __init__(
        self,
        job: str,
        total: int,
        unit: str = " sessions",
        out: TextIO | None = None,
        *,
        done: int = 0,
        kept: bool = False,
    ) -> None:
        out = out or sys.stderr
        self._bar = tqdm(
            total=total,
            initial=done,
            desc=job,
            unit=unit,
            unit_scale=unit == "B",
            file=out,
            disable=not out.isatty(),
            leave=kept,
            delay=0.0 if kept else _AFTER_S,
        )

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def over(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self.advance(1)
            yield item

    def advance(self, count: int) -> None:
        self._bar.update(count)

    def clear(self) -> None:
        """Out of the way of a line that is about to be written."""
        self._bar.clear()

    def close(self) -> None:
        self._bar.close()
