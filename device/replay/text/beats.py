"""Beat lists and tables of intervals with their times."""

import math

from device.errors import UsageError
from device.replay.text.cells import number_of, unquoted
from device.replay.text.table import TextTable
from dsp.types import Beat

# Annotation codes that mark something other than a beat (PhysioNet's annotation table).
NOT_BEATS = set("[]!+~|x()=^'`\"stuTDp@")
_ROUNDING = 1e-6  # by which a quality of 0 or 1 may be off, as sums of others' are
SAME_S = 0.02  # no heart beats twice within it, so intervals whose rounded ends are this close share a beat


def read_beats(table: TextTable, time: int) -> list[Beat]:
    """Beats in order, by the column of times; codes that are no beats left out. Raises UsageError."""
    quality, symbol = _column(table, "quality"), _column(table, "symbol")
    of_time = table.reader(time)
    beats: list[Beat] = []
    for line, cells in table.rows():
        if symbol is not None and symbol < len(cells) and cells[symbol].strip() in NOT_BEATS:
            continue
        t_s = table.value(line, cells, time, of_time)
        if not 0.0 <= t_s < math.inf or (beats and t_s < beats[-1].t_s):
            raise UsageError(f"line {line}: beat times must be in order and not below 0, not {t_s}")
        beats.append(Beat(t_s, t_s, _rated(table, line, cells, quality)))
    return beats


def _rated(table: TextTable, line: int, cells: list[str], quality: int | None) -> float:
    """A beat's quality, 0 to 1; 1 where its cell is empty, or no column tells it. UsageError where it is another."""
    text = unquoted(cells[quality]) if quality is not None and quality < len(cells) else ""
    if not text:
        return 1.0
    rated = number_of(text, table.layout.decimal_comma)
    if rated is None or not -_ROUNDING <= rated <= 1.0 + _ROUNDING:
        raise UsageError(f"line {line}: a beat's quality must be a number from 0 to 1, or empty, not {text[:40]!r}")
    return min(1.0, max(0.0, rated))


def read_closing_beats(table: TextTable, time: int, interval: int) -> tuple[list[Beat], list[float]]:
    """(beats, times of breaks) from intervals and the times of their closing beats. An interval that does not begin at
    the last beat adds its opening beat behind a break, unless that lies before the recording; a time without an
    interval is a beat alone."""
    beats: list[Beat] = []
    breaks_s: list[float] = []
    of_time, of_interval = table.reader(time), table.reader(interval)
    for line, cells in table.rows():
        end_s = table.value(line, cells, time, of_time)
        interval_ms = table.value(line, cells, interval, of_interval)
        last_s = beats[-1].t_s if beats else -math.inf
        start_s = end_s if math.isnan(interval_ms) else end_s - interval_ms / 1000.0
        positive = interval_ms > 0.0 or math.isnan(interval_ms)
        if not positive or not 0.0 <= end_s < math.inf or not last_s - SAME_S <= start_s or end_s <= last_s:
            told = f"intervals must be above 0 ms, in order and apart, not {interval_ms:g} ms up to {end_s:g} s"
            raise UsageError(f"line {line}: {told}")
        if start_s >= 0.0 and last_s + SAME_S < start_s < end_s:
            if beats:
                breaks_s.append((last_s + start_s) / 2)
            beats.append(Beat(start_s, start_s, 1.0))
        beats.append(Beat(end_s, end_s, 1.0))
    return beats, breaks_s


def _column(table: TextTable, name: str) -> int | None:
    return table.columns.index(name) if name in table.columns else None
