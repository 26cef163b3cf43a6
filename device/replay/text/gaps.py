"""Where a table of intervals is broken: its times, where they add up with the intervals, go on without one.

A time may be that of the beat that closes its interval, as Empatica writes it, or of the one that opens it, as HRV
Logger does. Times of arrival, which straps' loggers note, add up with nothing and tell no gaps.
"""

import math
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from device.errors import UsageError
from device.replay.text.table import TextTable
from dsp.types import FloatArray

_UNITS_S = (1.0, 1e-3, 1e-6, 1e-9)
_SAME = 0.02
_MOST = 0.8
MOST_COLUMNS = 32
"""Of a table of intervals, that are looked at for times: each is read by itself."""
_SOON, _ENOUGH = 8, 3
_GAP = 0.5
"""Of the middle interval: less than a beat cannot be missing, so it is no gap."""


def gaps_s(table: TextTable, column: int, lines: list[int], rr_s: FloatArray) -> FloatArray:
    """By each of the intervals `rr_s` (n,), which stand in `lines`, how many seconds are missing before it: 0 for most,
    and for all where no other column adds up with them."""
    middle_s = float(np.median(rr_s))
    for times_s in _times(table, column, lines):
        opened_s = times_s - np.cumsum(rr_s)
        steps_s = (np.diff(_filled(level_s)) for level_s in (opened_s, opened_s + rr_s))
        before_s = min(steps_s, key=lambda off_s: _unlike(off_s, middle_s))
        if _unlike(before_s, middle_s)[0] < 1.0 - _MOST:
            return np.concatenate(([0.0], _lasting(before_s, _GAP * middle_s)))
    return np.zeros(len(rr_s))


def _unlike(off_s: FloatArray, middle_s: float) -> tuple[float, float]:
    """Which share of the steps is no interval, and by how much in all: the closing or the opening beat's, whichever
    fits better."""
    same = np.abs(off_s) <= _SAME * middle_s
    return 1.0 - float(same.mean()), float(np.nansum(np.abs(off_s)))


def _filled(level_s: FloatArray) -> FloatArray:
    """Where a time could not be read, what the one before it says."""
    return np.asarray(level_s[np.maximum.accumulate(np.where(np.isfinite(level_s), np.arange(len(level_s)), 0))])


def _lasting(before_s: FloatArray, least_s: float) -> FloatArray:
    """What is missing, 0 elsewhere. A time that was only noted late is made up for by those soon after, which come too
    early; at the end, where too few are left to tell, it takes twice as much."""
    missing_s = np.zeros(len(before_s))
    for at in np.flatnonzero(before_s > least_s).tolist():
        behind_s = before_s[at + 1 : at + 1 + _SOON]
        made_up_s = -float(np.cumsum(behind_s).min(initial=0.0))
        left_s = before_s[at] - (made_up_s if made_up_s > least_s / 2 else 0.0)
        if left_s > least_s * (1 if len(behind_s) >= _ENOUGH else 2):
            missing_s[at] = left_s
    return missing_s


def _times(table: TextTable, column: int, lines: list[int]) -> Iterator[FloatArray]:
    """The other columns of numbers or times that rise, each in every unit that it may have."""
    wanted = set(lines)
    for at in range(min(table.layout.width, MOST_COLUMNS)):
        if at == column:
            continue
        read = table.reader(at)
        values: list[float] = []
        with suppress(UsageError):
            for line, cells in table.rows():
                if line in wanted:
                    value = read(cells[at].strip()) if at < len(cells) else None
                    values.append(math.nan if value is None else value)
        if len(values) == len(lines) > 1 and np.isfinite(values).mean() > _MOST:
            for unit_s in _UNITS_S:
                yield np.array(values) * unit_s
