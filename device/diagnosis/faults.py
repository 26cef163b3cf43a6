"""The service's faults, kept for whoever looks for one: without a number that might be the wearer's.

Numbers are blotted out, but for a traceback's lines, the system's own codes and the names of parts: a rate, an
interval, a date or a count has no other way into a line.
"""

import logging
import os
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

KEPT = "faults.txt"
"""In the service's folder in memory: it outlives the process, not the boot."""
LAST_LINES = 100
_MOST_BYTES = 1 << 15
_NUMBER = re.compile(r"\d+(?:[.,:T]\d+)*Z?")
_CODE = re.compile(r"\[Errno \d+\]|, line \d+|(?<![^\W\d_])(?:MAX|MCP|AD|SSD|SH|GPIO|PiSugar|tty[A-Z]+)\d+(?!\w)")


class BlottingFormatter(logging.Formatter):
    """A record as a line, or a traceback as some, with its numbers blotted out."""

    def format(self, record: logging.LogRecord) -> str:
        return blotted(super().format(record))


def blotted(text: str) -> str:
    parts, at = [], 0
    for code in _CODE.finditer(text):
        parts += [_NUMBER.sub("#", text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, _NUMBER.sub("#", text[at:])])


class FaultCounts(logging.Handler):
    """How often each kind of fault was told since the start, by the line as it stands in the program."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self.counts[blotted(f"{record.name}: {record.msg}")] += 1


def keep_faults(folder: Path | None = None) -> FaultCounts:
    """From here on faults are counted, and their lines kept in `folder` (default: the service's; none outside it)."""
    counts = FaultCounts()
    logging.getLogger().addHandler(counts)
    folder = folder or runtime_folder()
    if folder is not None:
        with suppress(OSError):
            kept = RotatingFileHandler(folder / KEPT, maxBytes=_MOST_BYTES, backupCount=1, encoding="utf-8")
            kept.setLevel(logging.WARNING)
            kept.setFormatter(BlottingFormatter("%(levelname)s %(message)s"))
            logging.getLogger().addHandler(kept)
    return counts


def runtime_folder() -> Path | None:
    named = os.environ.get("RUNTIME_DIRECTORY")
    return Path(named) if named else None


def last_lines(folder: Path | None) -> list[str]:
    """The last that were kept, the oldest first."""
    lines: list[str] = []
    for name in (f"{KEPT}.1", KEPT):
        with suppress(OSError):
            if folder is not None:
                lines += (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
    return [blotted(line) for line in lines[-LAST_LINES:]]


def told(counts: FaultCounts) -> Iterable[str]:
    return (f"{times} x {line}" for line, times in counts.counts.most_common())
