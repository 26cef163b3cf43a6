"""The CSV tables of a replay: beats, intervals and one metrics row a second. Columns are a contract."""

import csv
import errno
import io
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from device.errors import unwritable
from device.recording.format.metrics import NUMBERS
from device.system.files import AtomicFile, OsFileSystem
from dsp.types import MetricsRow, Output

BEAT_COLUMNS = ("time_s", "quality", "known_s")
INTERVAL_COLUMNS = ("time_s", "interval_ms", "kind", "known_s", "sd_ms", "doubt")
_FIRST = tuple(metric for metric in NUMBERS if not metric.appended)
_APPENDED = tuple(metric for metric in NUMBERS if metric.appended)
METRICS_COLUMNS = (
    "time_s",
    *(metric.name for metric in _FIRST),
    "state",
    "arousal",
    "settling",
    *(metric.name for metric in _APPENDED),
)


class Table:
    """One CSV file with a header; nothing at all where no path is given. As a context it comes under its name when it
    is whole, and until then, or after an error, what lay there stays. What is no ordinary file (a pipe, /dev/null) gets
    each row as it comes.

    All methods raise UsageError where the place does not take it.
    """

    def __init__(self, path: Path | None, columns: tuple[str, ...]) -> None:
        self._path = path
        self._file: AtomicFile | _Stream | None = None
        if path is not None:
            with self._told():
                self._file = _opened(path)
                self._file.add(_line(columns))

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with self._told():
                self._file.__exit__(kind, error, trace)

    def row(self, *cells: str) -> None:
        if self._file is not None:
            with self._told():
                self._file.add(_line(cells))

    def sync(self) -> None:
        """Return when all rows are on the disk: then no table of several lacks the room that another took."""
        if self._file is not None:
            with self._told():
                self._file.sync()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self._path, error) from error


class _Stream:
    """What cannot be replaced and takes what it gets at once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def add(self, content: bytes) -> None:
        left = memoryview(content)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            self._file.close()
            raise

    def sync(self) -> None:
        """It has all of it."""

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _opened(path: Path) -> AtomicFile | _Stream:
    if path.exists() and not path.is_file():
        return _Stream(path)
    file = Path(os.path.realpath(path))
    if file.exists() and not os.access(file, os.W_OK):  # who locked it wants to keep it
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return AtomicFile(OsFileSystem(), file)


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def number(value: float, decimals: int) -> str:
    """`value` with fixed decimals, empty where it is NaN."""
    return "" if math.isnan(value) else f"{value:.{decimals}f}"


def write_output(output: Output, known_s: float, beats: Table, intervals: Table, metrics: Table) -> None:
    """Append the output of one push; `known_s` is the time of the last sample seen."""
    known = f"{known_s:.5f}"
    for beat in output.beats:
        beats.row(f"{beat.t_s:.5f}", f"{beat.quality:.3f}", known)
    for interval in output.intervals:
        told = f"{interval.t_s:.5f}", f"{interval.rr_ms:.3f}", interval.kind.value, known
        intervals.row(*told, number(interval.sd_ms, 2), number(interval.doubt, 4))
    for row in output.rows:
        metrics.row(*metrics_cells(row))


def metrics_cells(row: MetricsRow) -> tuple[str, ...]:
    state = row.state
    return (
        f"{row.t_s:.5f}",
        *(number(metric.value(row), metric.decimals) for metric in _FIRST),
        state.kind.value if state else "",
        number(state.arousal, 4) if state else "",
        str(int(state.settling)) if state else "",
        *(number(metric.value(row), metric.decimals) for metric in _APPENDED),
    )
