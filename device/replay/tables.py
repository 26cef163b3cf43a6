"""The CSV tables of a replay: beats, intervals and one metrics row a second. Columns are a contract."""

import csv
import math
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from device.errors import RoligError, UsageError
from device.recording.format.metrics import NUMBERS
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
    """One CSV file with a header; nothing at all where no path is given."""

    def __init__(self, path: Path | None, columns: tuple[str, ...]) -> None:
        self._path = path
        self._file = None
        if path is None:
            return
        try:
            self._file = path.open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(columns)

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._write(self._file.close)

    def row(self, *cells: str) -> None:
        """RoligError where the disk does not take it."""
        if self._file is not None:
            self._write(self._writer.writerow, cells)

    def _write(self, write: Callable[..., object], *arguments: object) -> None:
        try:
            write(*arguments)
        except OSError as error:
            raise RoligError(f"{self._path}: cannot be written: {error.strerror}") from error


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
