"""RR intervals from beats, each with a kind; a causal form of Lipponen & Tarvainen (2019), doi
10.1080/03091902.2019.1640306.

Where this departs from the paper, and why, is in docs/decisions/0005-intervals-and-hrv.md.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from dsp.types import Beat, IntervalKind, RRInterval

DELAY_BEATS = 2
MAX_RR_MS = 3000.0
"""A longer interval is a gap: nothing is known about it."""
MIN_QUALITY = 0.5

_SPREADS = 5.6
_MEDIANS = 5.0
_DIFFERENCES = 91
_MEDIAN_OF = 11
_FLOOR_MS = 50.0
_WARM_UP = 12
_WARM_UP_FLOOR_MS = 150.0
_LEVEL_LIMIT = 3.0
_SLOPE, _OFFSET = 0.13, 0.17
_MOST_MISSED = 3


class _QuartileDeviation:
    """Half the distance between the quartiles of the last 91 values, kept sorted."""

    def __init__(self) -> None:
        self._order: deque[float] = deque()
        self._sorted: list[float] = []

    def push(self, value: float) -> None:
        if len(self._order) == _DIFFERENCES:
            del self._sorted[bisect_left(self._sorted, self._order.popleft())]
        self._order.append(value)
        insort(self._sorted, value)

    def threshold(self) -> float:
        floor_ms = _FLOOR_MS if len(self._sorted) >= _WARM_UP else _WARM_UP_FLOOR_MS
        spread_ms = (self._quantile(0.75) - self._quantile(0.25)) / 2
        return max(floor_ms, min(_SPREADS * spread_ms, _MEDIANS * self._quantile(0.5)))

    def _quantile(self, share: float) -> float:
        if not self._sorted:
            return 0.0
        at = share * (len(self._sorted) - 1)
        low = int(at)
        high = min(low + 1, len(self._sorted) - 1)
        return self._sorted[low] + (at - low) * (self._sorted[high] - self._sorted[low])


@dataclass(slots=True)
class _Raw:
    """A readable interval; `d_ms` is its difference from the one before, 0 where that is unknown."""

    t_s: float
    rr_ms: float
    number: int
    d_ms: float
    timed: bool
    kind: IntervalKind = IntervalKind.NORMAL


class IntervalClassifier:
    """Beats in, classified RR intervals out, in order and two beats late.

    An interval is `UNREADABLE` when a beat at either end has a quality below 0.5, or when it is longer than
    3 s. The interval given is always the one measured.
    """

    def __init__(self) -> None:
        self._previous: Beat | None = None
        self._break_s: float | None = None
        self._number = -1
        self._start_context()

    def _start_context(self) -> None:
        self._run: deque[_Raw] = deque(maxlen=DELAY_BEATS + 2)
        self._undecided = 0
        self._recent: deque[float] = deque(maxlen=_MEDIAN_OF)
        self._differences = _QuartileDeviation()
        self._levels = _QuartileDeviation()

    def break_at(self, t_s: float) -> None:
        """Contact was lost at `t_s`: no interval spans that moment, and the next is adjacent to none before
        it."""
        self._break_s = t_s

    def push(self, beat: Beat) -> list[RRInterval]:
        """Take the next beat in time; return the intervals that it decides."""
        previous, self._previous = self._previous, beat
        if previous is None:
            return []
        if self._break_s is not None and self._break_s < beat.t_s:
            spans_break = previous.t_s <= self._break_s
            self._break_s = None
            if spans_break:
                self._number += 1
                return self._flush()
        self._number += 1
        rr_ms = (beat.t_s - previous.t_s) * 1000
        if rr_ms <= MAX_RR_MS and min(previous.quality, beat.quality) >= MIN_QUALITY:
            return self._extend(beat.t_s, rr_ms, min(previous.timing, beat.timing) >= MIN_QUALITY)
        out = self._flush()
        if rr_ms > MAX_RR_MS:
            self._start_context()
        out.append(RRInterval(beat.t_s, rr_ms, IntervalKind.UNREADABLE, self._number))
        return out

    def finish(self) -> list[RRInterval]:
        """The last intervals, decided on what there is."""
        return self._flush()

    def _extend(self, t_s: float, rr_ms: float, timed: bool) -> list[RRInterval]:
        d_ms = rr_ms - self._run[-1].rr_ms if self._run else 0.0
        if self._run:
            self._differences.push(abs(d_ms))
        self._run.append(_Raw(t_s, rr_ms, self._number, d_ms, timed))
        self._recent.append(rr_ms)
        self._undecided += 1
        return [self._decide()] if self._undecided > DELAY_BEATS else []

    def _flush(self) -> list[RRInterval]:
        out = [self._decide() for _ in range(self._undecided)]
        self._run.clear()
        return out

    def _decide(self) -> RRInterval:
        at = len(self._run) - self._undecided
        self._undecided -= 1
        raw = self._run[at]
        level_ms = median(self._recent)
        m_ms = raw.rr_ms - level_ms
        m_ms = 2 * m_ms if m_ms < 0 else m_ms
        self._levels.push(abs(m_ms))
        if raw.kind is IntervalKind.NORMAL:
            self._mark(at, level_ms, m_ms)
        return RRInterval(raw.t_s, raw.rr_ms, raw.kind, raw.number, raw.timed)

    def _mark(self, at: int, level_ms: float, m_ms: float) -> None:
        """Lipponen & Tarvainen's decision for the interval at `at` of the run."""
        th1, th2 = self._differences.threshold(), self._levels.threshold()
        raw = self._run[at]
        d = [self._run[i].d_ms / th1 if 0 <= i < len(self._run) else 0.0 for i in range(at - 1, at + 3)]
        follower = self._run[at + 1] if at + 1 < len(self._run) else None
        sign = 1 if d[1] > 0 else -1
        swings_back = sign * d[1] > 1 and min(sign * d[2], sign * d[3]) < -1
        far = abs(m_ms) / th2 > _LEVEL_LIMIT
        suspicious = swings_back or far
        if suspicious and sign > 0 and any(abs(raw.rr_ms / n - level_ms) < th2 for n in range(2, _MOST_MISSED + 2)):
            raw.kind = IntervalKind.MISSED
        elif suspicious and sign < 0 and follower and abs(raw.rr_ms + follower.rr_ms - level_ms) < th2:
            raw.kind = follower.kind = IntervalKind.EXTRA
        elif follower and _is_ectopic(d[1], d[2], d[3]):
            raw.kind = follower.kind = IntervalKind.ECTOPIC
        elif suspicious:
            raw.kind = IntervalKind.LONG_SHORT


def _is_ectopic(before: float, d: float, after: float) -> bool:
    """The difference `d`, in units of its threshold, stands against both its neighbours."""
    sign = 1 if d > 0 else -1
    return sign * d > 1 and max(sign * before, sign * after) < -_SLOPE * sign * d - _OFFSET


def classify(beats: Iterable[Beat]) -> list[RRInterval]:
    """All intervals between `beats`, in time order, as `IntervalClassifier` gives them."""
    classifier = IntervalClassifier()
    intervals = [interval for beat in beats for interval in classifier.push(beat)]
    return intervals + classifier.finish()


def beats_of_rr(rr_ms: Iterable[float]) -> list[Beat]:
    """The beats, at quality 1, of a plain list of intervals in ms; the first beat is at 0 s.

    `sample_index` counts milliseconds.
    """
    beats = [Beat(0.0, 0.0, 1.0)]
    for rr in rr_ms:
        at_ms = beats[-1].sample_index + rr
        beats.append(Beat(at_ms, at_ms / 1000, 1.0))
    return beats
