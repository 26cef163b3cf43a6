"""How a text file lays out its numbers: delimiter, decimal sign, comments, header."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from device.errors import UsageError
from device.replay.text.cells import is_datum, number_of, unquoted
from device.replay.text.lines import encoding_of, numbered_lines

_COMMENTS = ("#", "%", "//")
_SEPARATOR_TOLD = re.compile(r"sep=(.)$", re.IGNORECASE)  # as spreadsheets tell it
_COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+")
_WITH_SIGN = re.compile(r"[+-]?\d*[.,][\d.,]*")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_HEAD_LINES = 64
_LONGEST_NAME = 256
_SAME_MS = 2.0


@dataclass(frozen=True, slots=True)
class Layout:
    """`delimiter` is "" for one column and " " for white space; `columns` is empty without a header; `data_line` is
    the number of the first line of data; `head` holds the first rows as cells."""

    encoding: str
    delimiter: str
    decimal_comma: bool
    columns: tuple[str, ...]
    data_line: int
    head: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        return len(self.columns) or (len(self.head[0]) if self.head else 0)


def is_comment(line: str) -> bool:
    return line.startswith(_COMMENTS)


def split(line: str, delimiter: str) -> list[str]:
    """The cells of one line. UsageError where it is none of a CSV."""
    if delimiter == "":
        return [unquoted(line)]
    if delimiter == " ":
        return line.split()
    try:
        return [unquoted(cell) for cell in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error as error:
        raise UsageError(f"not a CSV file: {error}") from None


def find_layout(path: Path) -> Layout:
    """Reads the head of `path`. Raises UsageError, without the file's name, where it holds nothing."""
    encoding = encoding_of(path)
    told, comment = "", ""
    lines: list[tuple[int, str]] = []
    for number, line in islice(numbered_lines(path, encoding), _HEAD_LINES):
        if separator := _SEPARATOR_TOLD.match(line):
            told = separator[1]
        elif is_comment(line):
            comment = line.lstrip("#%/ ") if not lines else comment
        else:
            lines.append((number, line))
    if not lines:
        raise UsageError("the file is empty" if not comment else "the file holds comments alone")
    texts = [line for _, line in lines]
    delimiter, decimal_comma = (
        (told, "," not in told and _has_comma_numbers(texts, told)) if told else _delimiter(texts)
    )
    rows = [(number, split(line, delimiter)) for number, line in lines]
    decimal_comma |= delimiter == "," and _has_quoted_comma_numbers(cells for _, cells in rows[len(rows) // 2 :])
    width = Counter(len(cells) for _, cells in rows[len(rows) // 2 :]).most_common(1)[0][0]
    if all(len(cells) == width and not cells[-1] for _, cells in rows[len(rows) // 2 :]):  # lines that end with one
        rows = [(number, [*cells, ""] if len(cells) == width - 1 else cells) for number, cells in rows]

    def is_data(cell: str) -> bool:
        return is_datum(cell, decimal_comma)

    def has_data(cells: list[str]) -> bool:
        return any(map(is_data, cells))

    columns, rows = _header(rows, width, is_data)
    if not columns and comment and len(split(comment, delimiter)) == width:
        columns = split(comment, delimiter)
        columns = [] if has_data(columns) else columns
    if columns and rows and not has_data(rows[0][1]) and any(rows[0][1]):  # a second line of units
        columns = [f"{name} [{unit}]" if unit else name for name, unit in zip(columns, rows[0][1], strict=False)]
        rows = rows[1:]
    if (longest := max(map(len, columns), default=0)) > _LONGEST_NAME:
        raise UsageError(f"a column's name has {longest} characters; up to {_LONGEST_NAME} are read")
    head = tuple(tuple(cells) for _, cells in rows)
    return Layout(encoding, delimiter, decimal_comma, tuple(columns), rows[0][0] if rows else 1 << 62, head)


Rows = list[tuple[int, list[str]]]


def _header(rows: Rows, width: int, is_data: Callable[[str], bool]) -> tuple[list[str], Rows]:
    """The names of the columns, and the rows below them. What stands above a header is passed over."""
    for at, (_, cells) in enumerate(rows):
        below = rows[at + 1 :]
        if len(cells) != width and below:
            continue
        if any(map(is_data, cells)):
            names = below and any(c and not is_data(c) and is_data(b) for c, b in zip(cells, below[0][1], strict=False))
            return (cells, below) if names else ([], rows[at:])
        if width == 1 and len(below) > 1 and not is_data(below[0][1][0]):
            continue
        return cells, below
    return [], rows


def _delimiter(lines: list[str]) -> tuple[str, bool]:
    """(delimiter, whether numbers have a decimal comma)."""
    body = lines[len(lines) // 2 :]
    for sign in (";", "\t"):
        if all(sign in line for line in body):
            return sign, _has_comma_numbers(body, sign)
    spaced = [line.split() for line in body]
    if len(spaced[0]) > 1 and all(len(cells) == len(spaced[0]) and _all_numbers(cells) for cells in spaced):
        return " ", any("," in cell for cell in spaced[0])
    if not all("," in line for line in body):
        return "", False
    first = lines[0]
    if all(_COMMA_NUMBER.fullmatch(line) for line in body) and ("," not in first or _COMMA_NUMBER.fullmatch(first)):
        return (",", False) if _adds_up(body) else ("", True)
    return ",", False


def _has_comma_numbers(lines: list[str], delimiter: str) -> bool:
    return any(_COMMA_NUMBER.fullmatch(unquoted(cell)) for line in lines for cell in line.split(delimiter or None))


def _has_quoted_comma_numbers(rows: Iterable[list[str]]) -> bool:
    """Whether `"0,004"` between commas is a number with a decimal comma; `"1,004"` alone could be a thousand."""
    cells = [cell for row in rows for cell in row if _WITH_SIGN.fullmatch(cell)]
    found = [cell for cell in cells if _COMMA_NUMBER.fullmatch(cell)]
    return bool(found) and len(found) == len(cells) and not all(map(_THOUSANDS.fullmatch, found))


def _all_numbers(cells: Iterable[str]) -> bool:
    return all(number_of(cell, "," in cell) is not None for cell in cells)


def _adds_up(lines: list[str]) -> bool:
    """Whether `1731,878` is a time and the interval up to it, not one number with a decimal comma."""
    pairs = [tuple(map(float, line.split(","))) for line in lines]
    return len(pairs) > 1 and all(abs(now[0] - past[0] - now[1]) <= _SAME_MS for past, now in pairwise(pairs))
