"""The lines of a text file in whatever encoding, one at a time."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from device.errors import UsageError

LONGEST_LINE = 131_072  # characters
_LOOKED_AT = 65_536  # bytes
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = set(b"\t\n\r\f\x1a")


def encoding_of(path: Path) -> str:
    """By its mark, by the zeros of UTF-16, else UTF-8, else Latin-1. UsageError where the file is no text."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        pairs = len(head) // 2
        for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if head[start::2].count(0) > 0.9 * pairs and not head[1 - start :: 2].count(0):
                return name
    if any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in set(head)):
        raise UsageError("neither EDF nor text")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def numbered_lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """(number from 1, line without its end), blank lines left out. Raises UsageError for one that is no line."""
    with path.open(encoding=encoding, errors="replace") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise UsageError(f"not a CSV file: line {number} has more than {LONGEST_LINE} characters")
            if text := line.strip("\r\n\f\x1a "):
                yield number, text
