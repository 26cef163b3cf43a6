"""RR intervals from text: their unit, whether they are a heart's, and the beats that they give."""

from array import array
from itertools import pairwise

import numpy as np

from device.errors import UsageError
from device.replay.text.beat_lists import of_intervals_with_gaps
from device.replay.text.cells import unquoted
from device.replay.text.columns import SECONDS_PER_UNIT, is_interval, time_unit, unit_of_time, unknown_unit
from device.replay.text.gaps import MOST_COLUMNS, gaps_s
from device.replay.text.table import TextTable
from dsp.types import Beat, FloatArray

MS_PER_UNIT = {unit: 1e3 * seconds for unit, seconds in SECONDS_PER_UNIT.items()}
HEART_MS = (250.0, 2500.0)
"""Most intervals of a heart lie within it: 24 to 240 bpm."""
HEART_BPM = (25.0, 250.0)
_NAMES = {"us": "microseconds", "ns": "nanoseconds"}
_WINDOW = 64
_LEAST_WINDOWS = 4
SMOOTH = 0.085
"""Mean step over range, within 64 values and without the largest of both, below which a column is a sampled wave. Of 57
people's RR the least is 0.111; pulse waves have 0.02 to 0.05, most ECGs 0.03 to 0.08."""
_LEAST_RISING = 20
_SAME = 0.02  # s: how far a time may lie from the sum of its intervals


def read_intervals(
    table: TextTable, told: str | None, guessed: bool
) -> tuple[list[Beat], list[float], tuple[str, ...]]:
    """(beats, the first at 0 s; times of breaks; what is to be said). `told` is the user's unit; `guessed`: nothing but
    the numbers says that they are intervals. Raises UsageError, without the file's name."""
    column = interval_column(table)
    values, lines, empty = _positive(table, column)
    name = table.name(column)
    unit, said = _unit(values, name, unit_of_time(name), told)
    if told is None and unknown_unit(name):
        said = said or f"{name} names no unit of time that is known: intervals read in {unit}"
    rr_ms = values * MS_PER_UNIT[unit]
    if guessed and told is None:
        if is_wave(rr_ms):
            raise UsageError(
                f"{len(values)} values run on smoothly, as samples of a signal do and RR intervals do not; samples "
                "need a column time_s and a header (--kind rr reads intervals all the same)"
            )
        total_s, usual_ms = float(rr_ms.sum()) / 1000, float(np.median(rr_ms))
        said = said or f"read as RR intervals in {unit}"
        said += f": {len(values)} in {total_s:.0f} s, {60_000 / usual_ms:.0f} bpm"
    missing_s = gaps_s(table, column, lines, rr_ms / 1000) if table.layout.width > 1 else np.zeros(len(rr_ms))
    beats, breaks_s = of_intervals_with_gaps(rr_ms.tolist(), missing_s.tolist())
    gaps = len(breaks_s)
    told_of_gaps = f"no interval spans the {gaps} {'gap' if gaps == 1 else 'gaps'} that its times show" if gaps else ""
    told_of_rows = f"{empty} {'row' if empty == 1 else 'rows'} without an interval passed over" if empty else ""
    return beats, breaks_s, (said, told_of_gaps, told_of_rows)


def interval_column(table: TextTable) -> int:
    """The column of intervals: by its name, the only one there is, or the one beside the times that it adds up to."""
    if table.columns:
        named = [at for at, name in enumerate(table.columns) if is_interval(name)]
        if named:
            return named[0]
        if len(table.columns) == 1:
            return 0
        raise UsageError(f"which column holds RR intervals? There are: {', '.join(table.columns)[:80]}")
    width = table.layout.width
    if width == 1:
        return 0
    heads = [table.head_numbers(at) for at in range(min(width, MOST_COLUMNS))]
    filled = [at for at, values in enumerate(heads) if np.isfinite(values).any()]
    if len(filled) == 1:
        return filled[0]
    for rr, values in enumerate(heads):
        if any(at != rr and _adds_up(times, values) for at, times in enumerate(heads)):
            return rr
    raise UsageError(f"line {table.layout.data_line}: {width} columns without a header; samples need time_s and a name")


def _adds_up(times: FloatArray, intervals: FloatArray) -> bool:
    """Whether most times are the one before and the interval up to them, in s or ms."""
    steps = np.diff(times)
    if len(steps) == 0 or not (np.isfinite(steps).all() and np.isfinite(intervals).all() and (steps > 0).all()):
        return False
    for factor in (1.0, 1e-3, 1e3):
        off = np.abs(steps - intervals[1:] * factor)
        if np.mean(off <= _SAME * np.median(steps)) > 0.8:
            return True
    return False


def _positive(table: TextTable, column: int) -> tuple[FloatArray, list[int], int]:
    """The intervals, the line of each, and how many rows hold none."""
    found = array("d")
    empty = 0
    lines: list[int] = []
    read = table.reader(column)
    for line, cells in table.rows():
        text = unquoted(cells[column]) if column < len(cells) else ""
        value = read(text)
        if value is None:
            raise UsageError(f"line {line}: one RR interval in ms is wanted, not {text[:40]!r}")
        if text == "" and len(cells) > 1:  # a row about something else
            empty += 1
            continue
        if not value > 0.0:
            raise UsageError(f"line {line}: an RR interval must be above 0 ms, not {text[:40]}")
        found.append(value)
        lines.append(line)
    if not found:
        raise UsageError("no RR intervals: not one of its lines is a number")
    return np.frombuffer(found), lines, empty


def _unit(values: FloatArray, name: str, stated: str | None, told: str | None) -> tuple[str, str]:
    """(unit, what is to be said)."""
    if told is not None:
        unit = time_unit(told)
        if unit is None:
            raise UsageError(f"--unit {told}: RR intervals are read in ms, s, us, ns or 1/1024 s")
        return unit, ""
    if len(values) >= _LEAST_RISING and all(a < b for a, b in pairwise(values.tolist())):
        raise UsageError(f"{name}: the values rise from line to line, as times of beats do; --kind beats reads those")
    expected = stated or "ms"
    if _is_heart(values * MS_PER_UNIT[expected]):
        return expected, ""
    middle = float(np.median(values))
    for unit in ("ms", "s"):
        if unit != expected and _is_heart(values * MS_PER_UNIT[unit]):
            return unit, f"intervals read in {unit} (the middle one is {middle:.4g})"
    raise UsageError(f"{name}: no RR intervals: {_reason(values, middle)} (--unit ms, s, us or ns decides)")


def _reason(values: FloatArray, middle: float) -> str:
    for unit, name in _NAMES.items():
        if _is_heart(values * MS_PER_UNIT[unit]):
            return f"the middle one, {middle:.6g}, would be {name}"
    if HEART_BPM[0] <= middle <= HEART_BPM[1]:
        return f"the middle one, {middle:.4g}, would be a heart rate in bpm"
    return f"most are not within {HEART_MS[0]:g} to {HEART_MS[1]:g} ms; the middle one is {middle:.4g}"


def _is_heart(rr_ms: FloatArray) -> bool:
    return float(np.mean((rr_ms >= HEART_MS[0]) & (rr_ms <= HEART_MS[1]))) > 0.5


def is_wave(values: FloatArray) -> bool:
    """Whether values run on as the samples of a wave do; False where they are too few to tell."""
    windows = len(values) // _WINDOW
    if windows < _LEAST_WINDOWS:
        return False
    smooth = []
    for window in values[: windows * _WINDOW].reshape(windows, _WINDOW):
        low, high = np.quantile(window, (0.1, 0.9))
        if high > low:
            steps = np.sort(np.abs(np.diff(window)))[: int(0.9 * (_WINDOW - 1))]
            smooth.append(float(steps.mean()) / float(high - low))
    return len(smooth) >= _LEAST_WINDOWS and float(np.median(smooth)) < SMOOTH
