"""One cell: a number, a time, or neither."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

TOO_LARGE = 1e100
"""From which on a number is none that was measured, but one whose squares would be infinite."""
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "--"})
_DATES = (
    "%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S.%f", "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S.%f %p", "%m/%d/%Y %I:%M:%S %p",
)  # fmt: skip


def unquoted(cell: str) -> str:
    return cell.strip().strip("'\"").strip()


def number_of(cell: str, decimal_comma: bool) -> float | None:
    """NaN where the cell is empty, says that there is nothing, or is too large; None where it is no number."""
    text = cell.replace(",", ".") if decimal_comma else cell
    try:
        value = float(text)
    except ValueError:
        return math.nan if text.strip().lower() in _MISSING else None
    return value if abs(value) < TOO_LARGE else math.nan


def is_datum(cell: str, decimal_comma: bool) -> bool:
    """Whether a cell belongs to a row of data rather than to a header."""
    number = number_of(cell, decimal_comma)
    return (number is not None and cell != "") or clock_s(cell) is not None


def clock_s(cell: str) -> float | None:
    """Seconds of a date with time (from the year 1) or of a time of day (from midnight); None where it is neither."""
    for read in (_iso, _clock, _date):
        if (value := read(cell)) is not None:
            return value if value < TOO_LARGE else None
    return None


def _iso(cell: str) -> float | None:
    if len(cell) < 10 or not cell[:4].isdigit():
        return None
    try:
        moment = datetime.fromisoformat(cell.replace(",", "."))
    except ValueError:
        return None
    return _seconds(moment)


def _clock(cell: str) -> float | None:
    parts = cell.replace(",", ".").split(":")
    if not 2 <= len(parts) <= 3 or not all(part and set(part) <= set("0123456789.") for part in parts):
        return None
    try:
        seconds, minutes, *hours = (float(part) for part in reversed(parts))
    except ValueError:
        return None
    return seconds + 60 * minutes + 3600 * sum(hours)


def _date(cell: str) -> float | None:
    if not (cell[:1].isdigit() and ":" in cell):
        return None
    for form in _DATES:
        try:
            return _seconds(datetime.strptime(cell.replace(",", "."), form))
        except ValueError:
            continue
    return None


def _seconds(moment: datetime) -> float:
    offset = moment.utcoffset() or timedelta()
    return (moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds() - offset.total_seconds()


CellReader = Callable[[str], float | None]
