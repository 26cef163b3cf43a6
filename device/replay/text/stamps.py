"""From the time stamps of samples to a rate and each sample's place on its grid.

Devices stamp their samples with a clock that is not theirs: rates are not round, stamps are rounded or jitter, and a
gap need not last a whole number of samples. A row's stamp is `t0 + row * period + error`; where the errors' local level
moves by more than half a period, samples are missing and a new stretch begins.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.errors import UsageError
from dsp.types import FloatArray

_SHORTEST_S = 1e-6
LONGEST_S = 8 * 86400.0
LOST_S = 3600.0
LOST_PER_SAMPLE = 10
"""What may be lost: an hour, and ten times what is there. A stamp must not ask for the memory of years."""
_WINDOWS = (64, 512)  # rows whose mean step gives a first period
_AGREE = 0.02
_LEAST_ROWS = 64
_WANDERS = 0.64  # periods, of the root of a window's rows: half of what chance steps give
_STEPS = 100_000  # looked at for a first period and the errors' spread
_LEVEL_ROWS = 200.0  # times the errors' variance in periods: rows each side that tell half a period from chance
_MOST_ROWS = 256
_BEATS = 3.0  # periods of that beat which are averaged over
_MOST_BEAT_ROWS = 2048
_COARSE = 0.3  # periods that a stamp is rounded to, from which on its beat matters
_ROUNDED = 1e-3  # of the resolution, by which a float may miss it
_MOVED = 0.5  # periods
_ENDS = 64  # rows whose mean stamp gives a stretch's beginning and end
_CHUNK = 65_536
_LEAST_ROWS_A_STRETCH = 4
_IN_STEP = 1.5  # usual steps, up to which a row follows the one before
_RESOLVED = 2.0  # times the stamps' resolution, which a step has to be for equal times to mean anything
_MOST_REPEATED = 0.1
_BACK = 2.0  # periods that a stamp may step back: jitter


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows[k]` is the first row of stretch k and `slots[k]` its place on the grid of `length` slots."""

    fs_hz: float
    rows: NDArray[np.int64]
    slots: NDArray[np.int64]
    length: int
    count: int

    @property
    def lost(self) -> int:
        return self.length - self.count

    @property
    def gaps(self) -> int:
        """Stretches that do not follow the one before without a hole."""
        sizes = np.diff(np.append(self.rows, self.count))
        return int(np.count_nonzero(np.diff(self.slots) > sizes[:-1]))

    def place(self, values: FloatArray) -> FloatArray:
        """`values`, one a row, on the grid; NaN where samples are lost."""
        if not self.lost:
            return values
        placed = np.full(self.length, np.nan)
        for row, stop, slot in zip(self.rows, np.append(self.rows[1:], self.count), self.slots, strict=True):
            placed[slot : slot + stop - row] = values[row:stop]
        return placed


class UnevenStampsError(UsageError):
    """`row` is the first row at fault."""

    def __init__(self, text: str, row: int) -> None:
        super().__init__(text)
        self.row = row


def fit_grid(times_s: FloatArray) -> Grid:
    """The grid that `times_s` (n,) lie on. Raises UnevenStampsError where they lie on none, or go back."""
    count = len(times_s)
    if count < 2 or not np.isfinite(times_s).all():
        raise UnevenStampsError("has a row without a time, or not two rows", _first(~np.isfinite(times_s)))
    if not abs(float(times_s[-1] - times_s[0])) <= LONGEST_S:
        raise UnevenStampsError(f"spans {times_s[-1] - times_s[0]:g} s; at most {LONGEST_S:g} s are read", count - 1)
    far = np.abs(times_s - times_s[0]) > LONGEST_S
    if far.any():
        raise UnevenStampsError(f"a time lies {times_s[_first(far)]:g} s from the first", _first(far))
    period_s = _first_period(times_s)
    if not period_s > 0:
        raise UnevenStampsError("does not rise from row to row", _first(np.diff(times_s) <= 0, 1))
    if period_s < _SHORTEST_S:
        raise UnevenStampsError(f"rises by {period_s:g} s from row to row: no signal is sampled so fast", 1)
    if _is_uneven(times_s, period_s):
        raise UnevenStampsError(f"the rows are not evenly sampled (near {1 / period_s:g} Hz)", 0)
    back = _first(times_s[1:] - times_s[:-1] < -_BACK * max(period_s, _spread(times_s, period_s)), 1)
    if back:
        raise UnevenStampsError(f"goes back, to {times_s[back]:g} s", back)
    for _ in range(2):  # a better period finds the breaks better
        breaks = _breaks(times_s, period_s)
        rows = np.array([0, *breaks], dtype=np.int64)
        if len(breaks) > 8 and count / len(rows) < _LEAST_ROWS_A_STRETCH:
            raise UnevenStampsError(f"the rows are not evenly sampled (near {1 / period_s:g} Hz)", int(breaks[0]))
        period_s = _period(times_s, rows, period_s)
    period_s = _whole_rate(period_s, _spread(times_s, period_s) / (times_s[-1] - times_s[0]))
    slots = _slots(times_s, rows, period_s)
    length = int(slots[-1]) + count - int(rows[-1])
    if length > LOST_PER_SAMPLE * count + LOST_S / period_s + count:
        holes = np.diff(slots) - np.diff(rows)
        at = int(np.argmax(holes))
        told = f"{int(holes[at]) * period_s:g} s are missing before it: too much of the recording is lost"
        raise UnevenStampsError(told, int(rows[at + 1]))
    return Grid(1.0 / period_s, rows, slots, length, count)


def repeated_rows(times_s: FloatArray, values: FloatArray) -> NDArray[np.bool_]:
    """Which rows (n,) are the one before them over again, as a transfer that was tried twice leaves them: same
    time, same value, and the next row comes as if they were not there. None where equal times are usual, as where the
    stamps are coarser than the rate."""
    repeated = np.zeros(len(times_s), dtype=bool)
    if len(times_s) < _LEAST_ROWS or not np.isfinite(times_s).all():
        return repeated
    steps_s = np.diff(times_s)
    usual_s = float(np.median(steps_s[:: max(1, len(steps_s) // _STEPS)]))
    same = (steps_s == 0) & ((values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1])))
    in_step = np.append(steps_s[1:] < _IN_STEP * usual_s, True)
    repeated[1:] = same & in_step
    if not usual_s > _RESOLVED * _resolution(times_s) or np.mean(steps_s == 0) > _MOST_REPEATED:
        repeated[:] = False
    return repeated


def _first(wrong: NDArray[np.bool_], more: int = 0) -> int:
    """The place of the first True, 0 where there is none."""
    return int(np.argmax(wrong)) + more if wrong.any() else 0


def _first_period(times_s: FloatArray) -> float:
    """From means over rows that few gaps fall into: nearly the least of them; of longer means where these agree."""
    short_s, long_s = (_mean_step(times_s, rows) for rows in _WINDOWS)
    return long_s if long_s < short_s * (1 + _AGREE) else short_s


def _mean_step(times_s: FloatArray, rows: int) -> float:
    return float(np.quantile(_mean_steps(times_s, rows), 0.25))


def _mean_steps(times_s: FloatArray, rows: int) -> FloatArray:
    width = max(1, min(rows, (len(times_s) - 1) // 4))
    starts = np.unique(np.linspace(0, len(times_s) - 1 - width, _STEPS).astype(np.int64))
    return np.asarray((times_s[starts + width] - times_s[starts]) / width)


def _is_uneven(times_s: FloatArray, period_s: float) -> bool:
    """Whether the mean step wanders as it does where each step is chance; errors of the stamps alone average out. Gaps
    make some means longer, so the shorter ones are looked at."""
    if len(times_s) < _LEAST_ROWS:
        return False
    width = min(_WINDOWS[0], (len(times_s) - 1) // 4)
    low_s, usual_s = np.quantile(_mean_steps(times_s, width), (0.02, 0.25))
    return float(usual_s - low_s) > _WANDERS * period_s / math.sqrt(width)


def _spread(times_s: FloatArray, period_s: float) -> float:
    """The standard deviation of the stamps' errors: from the steps without the longest twentieth, and at least what
    rounding may add."""
    at = np.unique(np.linspace(0, len(times_s) - 2, _STEPS).astype(np.int64))
    squares = np.sort((times_s[at + 1] - times_s[at] - period_s) ** 2)
    steps_s = math.sqrt(float(np.mean(squares[: max(1, math.ceil(0.95 * len(squares)))])) / 2)
    return max(steps_s, _resolution(times_s) / 2)


def _resolution(times_s: FloatArray) -> float:
    """The power of ten in s, 1 ms or more, that all stamps are multiples of; 0 where there is none."""
    some = times_s[:: max(1, len(times_s) // _STEPS)] - times_s[-1]
    some = some[1:]  # the first stamp may be out of step
    for unit_s in (1.0, 0.1, 0.01, 0.001):
        if np.all(np.abs(some / unit_s - np.rint(some / unit_s)) < _ROUNDED):
            return unit_s
    return 0.0


def _level_rows(times_s: FloatArray, period_s: float) -> int:
    """Rows on each side whose mean errors tell a lost sample from chance, and from the beat of a rate with the
    resolution of its stamps."""
    rows = _LEVEL_ROWS * (_spread(times_s, period_s) / period_s) ** 2
    rows = min(rows, _MOST_ROWS)
    resolution_s = _resolution(times_s)
    if resolution_s > _COARSE * period_s:
        slip = abs(period_s / resolution_s - round(period_s / resolution_s))
        rows = max(rows, _BEATS / slip) if slip * _MOST_BEAT_ROWS > _BEATS else rows
    return max(1, min(round(rows), len(times_s) // 4))


def _breaks(times_s: FloatArray, period_s: float) -> list[int]:
    """The rows before which something is missing, or out of step."""
    width = _level_rows(times_s, period_s)
    slope: float | None = None
    found: list[int] = []
    for start in range(1, len(times_s), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(times_s)))
        moved = _level_moves(times_s, period_s, rows, width)
        if slope is None:
            slope = float(np.median(moved)) if width > 1 else 0.0
        moved -= slope
        ends = np.minimum(rows, len(times_s) - rows)  # where fewer rows stand on one side, chance does more
        far = np.flatnonzero(np.abs(moved) > _MOVED * period_s * np.sqrt(np.maximum(1.0, width / ends)))
        for run in np.split(far, np.flatnonzero(np.diff(far) > 1) + 1):
            if len(run):
                at = rows[run]
                sign = np.sign(moved[run[np.argmax(np.abs(moved[run]))]])
                row = int(at[np.argmax(sign * (times_s[at] - times_s[at - 1]))])
                if not found or row - found[-1] >= max(1, width // 2):
                    found.append(row)
    return found


def _level_moves(times_s: FloatArray, period_s: float, rows: NDArray[np.int64], width: int) -> FloatArray:
    """How far the mean error of the `width` rows from a row on lies above that of the `width` before it."""
    first = max(0, int(rows[0]) - width)
    last = min(len(times_s), int(rows[-1]) + width)
    errors = times_s[first:last] - times_s[first] - period_s * np.arange(last - first)
    sums = np.concatenate(((0.0,), np.cumsum(errors)))
    at = rows - first
    wide = np.minimum(width, np.minimum(at, last - first - at))
    return np.asarray((sums[at + wide] - 2 * sums[at] + sums[at - wide]) / wide)


def _period(times_s: FloatArray, rows: NDArray[np.int64], first_s: float) -> float:
    """The mean step within the stretches, from the mean stamps at their ends."""
    spans_s, steps = 0.0, 0
    for start, stop in zip(rows, np.append(rows[1:], len(times_s)), strict=True):
        ends = max(1, min(_ENDS, (stop - start) // 3))
        spans_s += float(np.mean(times_s[stop - ends : stop]) - np.mean(times_s[start : start + ends]))
        steps += int(stop - start - ends)
    return spans_s / steps if steps and spans_s > 0 else first_s


def _whole_rate(period_s: float, doubt: float) -> float:
    """A rate that is whole within what the stamps can tell is whole."""
    fs_hz = 1.0 / period_s
    whole = round(fs_hz)
    return 1.0 / whole if whole and abs(fs_hz / whole - 1) <= min(1e-3, max(1e-9, 3 * doubt)) else period_s


def _slots(times_s: FloatArray, rows: NDArray[np.int64], period_s: float) -> NDArray[np.int64]:
    """By each stretch's own offset against that of the longest; no two rows share a slot."""
    sizes = np.diff(np.append(rows, len(times_s)))
    begins_s = np.empty(len(rows))
    for at, (row, size) in enumerate(zip(rows, sizes, strict=True)):
        some = max(1, min(_ENDS, int(size)))
        begins_s[at] = np.mean(times_s[row : row + some] - period_s * np.arange(some))
    slots = np.rint((begins_s - begins_s[np.argmax(sizes)]) / period_s).astype(np.int64)
    slots -= slots[0]
    for at in range(1, len(slots)):
        slots[at] = max(slots[at], slots[at - 1] + sizes[at - 1])
    return np.asarray(slots)
