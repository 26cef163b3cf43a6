"""The columns of a text file, read row by row: a file's rows are never in memory as text."""

import csv
import math
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device.errors import UsageError
from device.replay.text.cells import TOO_LARGE, CellReader, clock_s, number_of, unquoted
from device.replay.text.columns import is_time
from device.replay.text.layout import Layout, find_layout, is_comment, split
from device.replay.text.lines import numbered_lines
from dsp.types import FloatArray


class TextTable:
    """One text file. Its rows are read anew by each call; UsageError names the line and not the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.layout: Layout = find_layout(path)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.layout.columns

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of the data."""
        layout = self.layout
        lines = (
            (number, line)
            for number, line in numbered_lines(self._path, layout.encoding)
            if number >= layout.data_line and not is_comment(line)
        )
        if layout.delimiter in ("", " "):
            for number, line in lines:
                yield number, split(line, layout.delimiter)
            return
        at = layout.data_line

        def texts() -> Iterator[str]:
            nonlocal at
            for number, line in lines:
                at = number
                yield line

        try:
            for cells in csv.reader(texts(), delimiter=layout.delimiter):
                yield at, cells
        except csv.Error as error:
            raise UsageError(f"not a CSV file: line {at}: {error}") from None

    def reader(self, column: int) -> CellReader:
        """How the cells of a column are read: as numbers, or as dates and times of day where its first row is one."""
        comma = self.layout.decimal_comma
        first = next((row[column] for row in self.layout.head if column < len(row) and row[column]), "")
        named = self.columns[column] if self.columns else ""
        if number_of(first, comma) is None and (not named or is_time(named)) and clock_s(first) is not None:
            return lambda cell: math.nan if not cell else clock_s(cell)
        return lambda cell: number_of(cell, comma)

    def numbers(self, *columns: int) -> tuple[FloatArray, ...]:
        """The columns as float64, NaN where a cell is empty or too large."""
        found = tuple(array("d") for _ in columns)
        readers = [self.reader(column) for column in columns]
        for line, cells in self.rows():
            row = _plain(cells, columns)
            if row is None:
                row = [self.value(line, cells, at, read) for at, read in zip(columns, readers, strict=True)]
            for values, value in zip(found, row, strict=True):
                values.append(value)
        return tuple(np.frombuffer(values) if len(values) else np.empty(0) for values in found)

    def head_numbers(self, column: int) -> FloatArray:
        """The first rows of a column, NaN where a cell is no number."""
        read = self.reader(column)
        values = [read(row[column]) if column < len(row) else None for row in self.layout.head]
        return np.array([math.nan if value is None else value for value in values])

    def line_of(self, row: int) -> int:
        """The line that a row of `numbers` came from."""
        return next((line for at, (line, _) in enumerate(self.rows()) if at == row), 0)

    def name(self, column: int) -> str:
        return self.columns[column] if self.columns else f"column {column + 1}"

    def value(self, line: int, cells: list[str], at: int, read: CellReader) -> float:
        text = unquoted(cells[at]) if at < len(cells) else ""
        value = read(text)
        if value is None:
            raise UsageError(f"line {line}: {self.name(at)} must be a number, not {text[:40]!r}")
        return value


def _plain(cells: list[str], columns: tuple[int, ...]) -> list[float] | None:
    """The cells as numbers, the quick way; None where they must be read with care."""
    try:
        row = [float(cells[at]) for at in columns]
    except (ValueError, IndexError):
        return None
    return row if sum(map(abs, row)) < TOO_LARGE else None
