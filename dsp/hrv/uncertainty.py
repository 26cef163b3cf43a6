"""By how much RMSSD, SDNN and RSA may be off, each as one standard deviation in ms.

Three things move them, and they add as variances: where the beats lie (timing noise of s ms makes an RMSSD of r read
sqrt(r^2 + 6 s^2)), which intervals could not be read (those left stand for all of the window), and which kinds may be
wrong (the measure with a doubtful stretch taken the other way, weighed by the odds of that). On top a share of the
measure for what is not modelled. The factors are fitted on annotated recordings: docs/decisions/0017.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.types import NAN, FloatArray, IntervalKind, RRInterval

LARGEST_SHARE = 0.25
"""A measure that may be off by more than this share of itself is not given."""

_REST = 0.009  # of the measure: what is not modelled
_REST_MS = 0.1
_REST_RSA = 0.02  # breaths do not begin where they are thought to
_PLACE = 1.2  # times how much timing noise lengthens the measure: that is no chance, it always does
_UNPLACED_SD_MS = 8.0  # of an interval with a beat that could not be laid on the template
_MISSING_RMSSD, _MISSING_SDNN = 8.0, 2.0  # what could not be read is not like the rest

_NEGLIGIBLE = 1e-6

Mask = NDArray[np.bool_]
Measure = Callable[["Window"], float]


class Window(NamedTuple):
    """A window's intervals in time order, and which of them are taken for normal."""

    t_s: FloatArray
    rr_ms: FloatArray
    numbers: NDArray[np.int64]
    normal: Mask

    def differences_ms(self) -> FloatArray:
        """Between adjacent normal intervals."""
        adjacent = (self.numbers[1:] - self.numbers[:-1] == 1) & self.normal[1:] & self.normal[:-1]
        return np.asarray((self.rr_ms[1:] - self.rr_ms[:-1])[adjacent])


def window_of(intervals: Sequence[RRInterval]) -> Window:
    return Window(
        np.array([i.t_s for i in intervals]),
        np.array([i.rr_ms for i in intervals]),
        np.array([i.number for i in intervals], dtype=np.int64),
        np.array([i.kind is IntervalKind.NORMAL and i.timed for i in intervals], dtype=bool),
    )


def rmssd_ms(window: Window) -> float:
    differences = window.differences_ms()
    return math.sqrt(differences @ differences / len(differences)) if len(differences) > 1 else NAN


def sdnn_ms(window: Window) -> float:
    rr_ms = window.rr_ms[window.normal]
    return float(rr_ms.std(ddof=1)) if len(rr_ms) > 2 else NAN


def rmssd_sd_ms(intervals: Sequence[RRInterval], window: Window) -> float:
    """Of the RMSSD of `window`, which is that of `intervals`."""
    differences = window.differences_ms()
    count, missing = len(differences), _missing(intervals)
    if count < 2 or not (rmssd := rmssd_ms(window)) > 0:
        return NAN
    noise = 3.0 * _length_variance(intervals)  # of a difference: its middle beat counts four times
    place = _place_variance(rmssd, noise, count)
    left_out = float(np.var(differences**2)) / (2 * rmssd) ** 2 * missing / (count * (count + missing))
    rest = (_REST * rmssd + _REST_MS) ** 2
    return math.sqrt(rest + place + _MISSING_RMSSD * left_out + kinds_variance(intervals, window, rmssd_ms))


def sdnn_sd_ms(intervals: Sequence[RRInterval], window: Window) -> float:
    """Of the SDNN of `window`, which is that of `intervals`."""
    rr_ms = window.rr_ms[window.normal]
    count, missing = len(rr_ms), _missing(intervals)
    if count < 3 or not (sdnn := sdnn_ms(window)) > 0:
        return NAN
    noise = _length_variance(intervals)
    place = _place_variance(sdnn, noise, count)
    spread = float(np.var((rr_ms - rr_ms.mean()) ** 2)) / (2 * sdnn) ** 2
    left_out = _MISSING_SDNN * spread * missing / (count * (count + missing))
    rest = (_REST * sdnn + _REST_MS) ** 2
    return math.sqrt(rest + place + left_out + kinds_variance(intervals, window, sdnn_ms))


def rsa_sd_ms(intervals: Sequence[RRInterval], window: Window, measure: Measure) -> float:
    """Of the RSA that `measure` takes of `window`, which is that of `intervals`."""
    rsa = measure(window)
    rest = (_REST_RSA * rsa + _REST_MS) ** 2
    # A swing is the difference of two intervals, and noise makes the longest longer and the shortest shorter.
    return math.sqrt(rest + 2.0 * _length_variance(intervals) + kinds_variance(intervals, window, measure))


def kinds_variance(intervals: Sequence[RRInterval], window: Window, measure: Measure) -> float:
    """The mean square by which the kinds that may be wrong put `measure` off; each stretch of doubtful ones is right or
    wrong as one. Several such stretches mostly err the same way, so their means add up before they are squared."""
    doubts = [i.doubt if i.timed and i.kind is not IntervalKind.UNREADABLE else 0.0 for i in intervals]
    told = measure(window)
    variance = bias = 0.0
    for first, stop in _stretches(doubts):
        normal = window.normal.copy()
        normal[first:stop] = ~normal[first:stop]
        other = measure(window._replace(normal=normal))
        doubt = sum(doubts[first:stop]) / (stop - first)
        if math.isfinite(other) and doubt * (1 - doubt) > _NEGLIGIBLE:
            variance += doubt * (1 - doubt) * (other - told) ** 2
            bias += doubt * (other - told)
    return variance + bias**2


def trusted(measure_ms: float, sd_ms: float) -> tuple[float, float]:
    """The measure and its uncertainty; both NaN where that is too large, or unknown."""
    return (measure_ms, sd_ms) if sd_ms <= LARGEST_SHARE * measure_ms else (NAN, NAN)


def _stretches(doubts: Sequence[float]) -> list[tuple[int, int]]:
    """(first, stop) of each run of intervals of one doubt above 0."""
    found: list[tuple[int, int]] = []
    for at, doubt in enumerate(doubts):
        if doubt <= 0:
            continue
        if found and found[-1][1] == at and doubts[at - 1] == doubt:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _length_variance(intervals: Sequence[RRInterval]) -> float:
    """Mean variance of the normal intervals' lengths from where their beats were placed; 0 where nothing is known."""
    placed = [i.sd_ms for i in intervals if i.kind is IntervalKind.NORMAL and i.timed]
    if all(math.isnan(sd_ms) for sd_ms in placed):
        return 0.0
    return sum((_UNPLACED_SD_MS if math.isnan(sd_ms) else sd_ms) ** 2 for sd_ms in placed) / len(placed)


def _place_variance(measure_ms: float, noise_ms2: float, count: int) -> float:
    """Of a root mean square over `count` values that hold noise of that variance."""
    added_ms = measure_ms - math.sqrt(max(0.0, measure_ms**2 - noise_ms2))
    return (_PLACE * added_ms) ** 2 + noise_ms2 / count


def _missing(intervals: Sequence[RRInterval]) -> int:
    """Intervals that may be normal but say nothing."""
    return sum(i.kind is IntervalKind.UNREADABLE or (i.kind is IntervalKind.NORMAL and not i.timed) for i in intervals)
