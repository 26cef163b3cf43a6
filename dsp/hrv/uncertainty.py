"""RMSSD and SDNN of intervals of which some may or may not be normal, and by how much they and RSA may be off, each as
one standard deviation in ms.

An interval counts by the chance that it is normal: a doubtful pair that is left out makes RMSSD too low if it was
normal, and one that is taken in too high if it was not.

Three things move a measure, and they add as variances: where the beats lie (timing noise of s ms makes an RMSSD of r
read sqrt(r^2 + 6 s^2)), which intervals could not be read (those left stand for all of the window), and which kinds may
be wrong (the measure with a doubtful stretch in and out, weighed by the odds). On top a share of the measure for what
is not modelled. The factors are fitted on annotated recordings: docs/decisions/0017 and 0026.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.types import NAN, FloatArray, IntervalKind, RRInterval

LARGEST_SHARE = 0.25
"""A measure whose whole uncertainty is more than this share of itself is not given."""

_REST = 0.009  # of the measure: what is not modelled
_REST_MS = 0.1
_REST_RSA = 0.02  # breaths do not begin where they are thought to
_PLACE = 1.2  # times how much timing noise lengthens the measure: that is no chance, it always does
_UNPLACED_SD_MS = 8.0  # of an interval with a beat that could not be laid on the template
_UNREAD_RMSSD, _MISSING_SDNN = 8.0, 2.0  # what could not be read is not like the rest
_UNTIMED_RMSSD = 2.0  # nor is what was read and lies poorly on its template, but less so

# Of hearts whose beats have a shape: doubts told from intervals alone are no odds, and count whole.
_TOLD = 0.15  # share of the kinds' variance in what is told
_TOGETHER = 0.3  # share of the kinds' variance in which the doubtful ones of a window err the same way

_NEGLIGIBLE = 1e-6
_NORMAL, _UNREADABLE = IntervalKind.NORMAL, IntervalKind.UNREADABLE  # asked for each interval each second


class Uncertainty(NamedTuple):
    """Of a measure, in ms. `sd_ms` holds the truth two times in three. `whole_ms` is the standard deviation with all
    that is unlikely, but large if so: that a pair is left out or in wrongly. Such an error is mostly absent, so the
    standard deviation would hold the truth nine times in ten."""

    sd_ms: float
    whole_ms: float


UNKNOWN = Uncertainty(NAN, NAN)

Mask = NDArray[np.bool_]
Measure = Callable[["Window"], float]


class Window(NamedTuple):
    """A window's intervals in time order, which of them are taken for normal, and for how much each counts: by the
    chance that it is normal where beats were laid on their template, else as it is taken."""

    t_s: FloatArray
    rr_ms: FloatArray
    numbers: NDArray[np.int64]
    normal: Mask
    chance: FloatArray
    doubt: FloatArray  # that its kind is wrong, 0 where nothing is read of it
    likely: FloatArray  # by that, the chance that it is normal and well timed
    sd_ms: FloatArray  # of its length, by where its beats were placed; NaN where one could not be
    unread: int  # that may be normal but say nothing
    untimed: int  # normal ones whose length is not known to some ms
    placed: bool  # whether beats were laid on their template, which tells where they are and what they are

    def differences_ms(self) -> FloatArray:
        """Between adjacent normal intervals."""
        adjacent = (self.numbers[1:] - self.numbers[:-1] == 1) & self.normal[1:] & self.normal[:-1]
        return np.asarray((self.rr_ms[1:] - self.rr_ms[:-1])[adjacent])

    def taken(self, first: int, stop: int, *, normal: bool) -> "Window":
        """With the intervals from `first` up to `stop` surely normal, or surely not."""
        mask, chance = self.normal.copy(), self.chance.copy()
        mask[first:stop], chance[first:stop] = normal, float(normal)
        return self._replace(normal=mask, chance=chance)


def window_of(intervals: Sequence[RRInterval]) -> Window:
    count = len(intervals)
    kinds = [i.kind for i in intervals]
    is_normal = np.array([kind is _NORMAL for kind in kinds], dtype=bool)
    readable = np.array([kind is not _UNREADABLE for kind in kinds], dtype=bool)
    timed = np.array([i.timed for i in intervals], dtype=bool)
    sd_ms = np.array([i.sd_ms for i in intervals])
    told, normal = timed & readable, timed & is_normal
    doubt = np.where(told, np.array([i.doubt for i in intervals]), 0.0)
    likely = np.where(told, np.where(is_normal, 1.0 - doubt, doubt), 0.0)
    placed = bool(np.isfinite(sd_ms[normal]).any())
    return Window(
        np.array([i.t_s for i in intervals]),
        np.array([i.rr_ms for i in intervals]),
        np.array([i.number for i in intervals], dtype=np.int64),
        normal,
        likely if placed else normal.astype(float),
        doubt,
        likely,
        sd_ms,
        count - int(np.count_nonzero(readable)),
        int(np.count_nonzero(is_normal & ~timed)),
        placed,
    )


def rmssd_ms(window: Window) -> float:
    """Each difference counts by the chance that both its intervals are normal; those that one beat spoils are so, or
    not, together."""
    adjacent = window.numbers[1:] - window.numbers[:-1] == 1
    weights = np.minimum(window.chance[1:], window.chance[:-1]) * adjacent
    differences = window.rr_ms[1:] - window.rr_ms[:-1]
    count = float(weights.sum())
    return math.sqrt(weights @ (differences * differences) / count) if count >= 2.0 else NAN


def sdnn_ms(window: Window) -> float:
    """Each interval counts by the chance that it is normal."""
    count = float(window.chance.sum())
    if count <= 2.0:
        return NAN
    centred = window.rr_ms - float(window.chance @ window.rr_ms) / count
    return math.sqrt(float(window.chance @ (centred * centred)) / (count - 1.0))


def of_rmssd(window: Window) -> Uncertainty:
    """Of the RMSSD of `window`."""
    differences = window.differences_ms()
    count = len(differences)
    if count < 2 or not (rmssd := rmssd_ms(window)) > 0:
        return UNKNOWN
    noise = 3.0 * _length_variance(window)  # of a difference: its middle beat counts four times
    place = _place_variance(rmssd, noise, count)
    spread = _variance(differences * differences) / (2 * rmssd) ** 2
    poorly = _UNTIMED_RMSSD if window.placed else _UNREAD_RMSSD
    missing = _UNREAD_RMSSD * window.unread + poorly * window.untimed
    left_out = spread * missing / (count * (count + window.unread + window.untimed))
    rest = (_REST * rmssd + _REST_MS) ** 2
    return _with_kinds(rest + place + left_out, window, rmssd_ms)


def of_sdnn(window: Window) -> Uncertainty:
    """Of the SDNN of `window`."""
    rr_ms = window.rr_ms[window.normal]
    count = len(rr_ms)
    if count < 3 or not (sdnn := sdnn_ms(window)) > 0:
        return UNKNOWN
    noise = _length_variance(window)
    place = _place_variance(sdnn, noise, count)
    off_ms = rr_ms - np.add.reduce(rr_ms) / count
    spread = _variance(off_ms * off_ms) / (2 * sdnn) ** 2
    missing = window.unread + window.untimed
    left_out = _MISSING_SDNN * spread * missing / (count * (count + missing))
    rest = (_REST * sdnn + _REST_MS) ** 2
    return _with_kinds(rest + place + left_out, window, sdnn_ms)


def of_rsa(window: Window, measure: Measure) -> Uncertainty:
    """Of the RSA that `measure` takes of `window`."""
    rsa = measure(window)
    rest = (_REST_RSA * rsa + _REST_MS) ** 2
    # A swing is the difference of two intervals, and noise makes the longest longer and the shortest shorter.
    return _with_kinds(rest + 2.0 * _length_variance(window), window, measure)


def _with_kinds(variance: float, window: Window, measure: Measure) -> Uncertainty:
    kinds = kinds_variance(window, measure)
    told = _TOLD if window.placed else 1.0
    return Uncertainty(math.sqrt(variance + told * kinds), math.sqrt(variance + kinds))


def kinds_variance(window: Window, measure: Measure) -> float:
    """The mean square by which the kinds that may be wrong put `measure` off; each stretch of doubtful ones is normal
    or not as one, and those of a window are so together to a part."""
    if not window.doubt.any():
        return 0.0
    told, share = measure(window), _TOGETHER if window.placed else 0.0
    apart = together = off = 0.0
    for first, stop in _stretches(window.doubt.tolist()):
        chance = float(window.likely[first:stop].mean())
        odds = chance * (1.0 - chance)
        if odds <= _NEGLIGIBLE:
            continue
        with_it, without = (measure(window.taken(first, stop, normal=normal)) for normal in (True, False))
        if math.isfinite(with_it) and math.isfinite(without):
            apart += odds * (with_it - without) ** 2
            together += math.sqrt(odds) * (with_it - without)
            off += chance * with_it + (1.0 - chance) * without - told
    return (1.0 - share) * apart + share * together**2 + off**2


def trusted(measure_ms: float, uncertainty: Uncertainty) -> tuple[float, float]:
    """The measure and its uncertainty as told; both NaN where the whole of it is too large, or unknown."""
    known = uncertainty.whole_ms <= LARGEST_SHARE * measure_ms
    return (measure_ms, uncertainty.sd_ms) if known else (NAN, NAN)


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


def _length_variance(window: Window) -> float:
    """Mean variance of the normal intervals' lengths from where their beats were placed; 0 where nothing is known."""
    if not window.placed:
        return 0.0
    sd_ms = window.sd_ms[window.normal]
    sd_ms[np.isnan(sd_ms)] = _UNPLACED_SD_MS
    return float(sd_ms.dot(sd_ms)) / len(sd_ms)


def _variance(values: FloatArray) -> float:
    """As numpy's, which takes several times as long over so few."""
    off = values - np.add.reduce(values) / len(values)
    return float(off.dot(off)) / len(off)


def _place_variance(measure_ms: float, noise_ms2: float, count: int) -> float:
    """Of a root mean square over `count` values that hold noise of that variance."""
    added_ms = measure_ms - math.sqrt(max(0.0, measure_ms**2 - noise_ms2))
    return (_PLACE * added_ms) ** 2 + noise_ms2 / count
