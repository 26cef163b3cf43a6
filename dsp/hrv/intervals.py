"""RR intervals from beats, each with a kind; a causal form of Lipponen & Tarvainen (2019), doi
10.1080/03091902.2019.1640306.

Where this departs from the paper, and why, is in docs/decisions/0005-intervals-and-hrv.md.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

from dsp.types import LONGEST_RR_MS, TRUSTED_QUALITY, Beat, IntervalKind, RRInterval

DELAY_BEATS = 2
"""How many beats after its own an interval is decided: the paper's rules look two intervals ahead."""

# "Paper": Lipponen & Tarvainen's own value. The others: docs/decisions/0005.
_SPREADS = 5.6  # quartile deviations that make a threshold; 5.2 in the paper; chosen on people's ordinary days
_MEDIANS = 5.0  # but no more than so many medians, which a burst of artefacts moves less; a choice
_DIFFERENCES = 91  # values that the quartiles are taken of; paper
_MEDIAN_OF = 11  # intervals that the median is taken of; paper
_FLOOR_MS = 50.0  # no threshold is lower: a very regular heart has next to no spread; a choice
_WARM_UP = 12  # until so many values are known ...
_WARM_UP_FLOOR_MS = 150.0  # ... this is the floor: a first breath can be deep; a choice
_LEVEL_LIMIT = 3.0  # thresholds off the median from which on an interval is far off; paper
_SLOPE, _OFFSET = 0.13, 0.17  # of the line beyond which a difference is ectopic; paper
_MOST_MISSED = 3  # beats in a row; one in the paper
_MOST_DOUBTFUL = DELAY_BEATS  # pulses in a row that trusted ones on both sides may confirm: what the delay allows
_ON_TIME = 0.15  # share by which their parts may be uneven or off the pace; wider let noise through (decisions/0004)


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
    """A readable interval; `d_ms` is its difference from the one before, 0 where that is unknown. `spoken_for`: an end
    is a doubtful pulse that trusted ones on both sides confirm; its place is too uncertain to judge intervals by."""

    t_s: float
    rr_ms: float
    number: int
    d_ms: float
    timed: bool
    spoken_for: bool = False
    kind: IntervalKind = IntervalKind.NORMAL


class IntervalClassifier:
    """Beats in, classified RR intervals out, in order and two beats late.

    An interval is `UNREADABLE` when a beat at either end has a quality below 0.5, or when it is longer than
    3 s. The exception: one or two doubtful pulses between trusted ones, which divide the time evenly at the usual pace,
    are confirmed by those around them. The interval given is always the one measured.
    """

    def __init__(self) -> None:
        self._previous: Beat | None = None
        self._break_s: float | None = None
        self._number = -1
        self._start_context()

    def _start_context(self) -> None:
        self._run: deque[_Raw] = deque(maxlen=DELAY_BEATS + 2)
        self._undecided = 0
        self._held: list[_Raw] = []
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
        if rr_ms > LONGEST_RR_MS:
            out = self._flush()
            self._start_context()
            return [*out, RRInterval(beat.t_s, rr_ms, IntervalKind.UNREADABLE, self._number)]
        raw = _Raw(beat.t_s, rr_ms, self._number, 0.0, min(previous.timing, beat.timing) >= TRUSTED_QUALITY)
        trusted = beat.quality >= TRUSTED_QUALITY
        if previous.quality >= TRUSTED_QUALITY and trusted:
            return self._extend(raw)
        return self._doubt(raw, begun=previous.quality < TRUSTED_QUALITY, ended=trusted)

    def finish(self) -> list[RRInterval]:
        """The last intervals, decided on what there is."""
        return self._flush()

    def _doubt(self, raw: _Raw, *, begun: bool, ended: bool) -> list[RRInterval]:
        """An interval with a doubtful end waits for the next trusted beat, if that comes within the delay. Only for
        pulses, whose timing is rated apart from their quality: they are then known to exist, but not to a few ms."""
        if begun and not self._held:
            return [*self._flush(), _unreadable(raw)]
        self._held.append(raw)
        if raw.timed or (ended and not self._on_time()):
            return self._flush()
        if not ended:
            waiting = len(self._held) <= _MOST_DOUBTFUL
            return self._decide_late(len(self._held)) if waiting else self._flush()
        held, self._held = self._held, []
        return [interval for each in held for interval in self._extend(replace(each, spoken_for=True))]

    def _on_time(self) -> bool:
        """Whether the doubtful beats divide the time between two trusted ones at the heart's own pace."""
        if not self._recent:
            return False
        even_ms = sum(h.rr_ms for h in self._held) / len(self._held)
        usual_ms = median(self._recent)
        usual = abs(even_ms - usual_ms) <= _ON_TIME * usual_ms
        return usual and all(abs(h.rr_ms - even_ms) <= _ON_TIME * even_ms for h in self._held)

    def _extend(self, raw: _Raw) -> list[RRInterval]:
        if self._run and not (raw.spoken_for or self._run[-1].spoken_for):
            raw.d_ms = raw.rr_ms - self._run[-1].rr_ms
            self._differences.push(abs(raw.d_ms))
        self._run.append(raw)
        self._recent.append(raw.rr_ms)
        self._undecided += 1
        return self._decide_late()

    def _decide_late(self, held: int = 0) -> list[RRInterval]:
        """Decide what would become more than two beats late."""
        return [self._decide() for _ in range(self._undecided + held - DELAY_BEATS)]

    def _flush(self) -> list[RRInterval]:
        out = [self._decide() for _ in range(self._undecided)]
        self._run.clear()
        held, self._held = self._held, []
        return out + [_unreadable(h) for h in held]

    def _decide(self) -> RRInterval:
        at = len(self._run) - self._undecided
        self._undecided -= 1
        raw = self._run[at]
        level_ms = median(self._recent)
        m_ms = raw.rr_ms - level_ms
        m_ms = 2 * m_ms if m_ms < 0 else m_ms
        self._levels.push(abs(m_ms))
        if raw.kind is IntervalKind.NORMAL and not raw.spoken_for:
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


def _unreadable(raw: _Raw) -> RRInterval:
    return RRInterval(raw.t_s, raw.rr_ms, IntervalKind.UNREADABLE, raw.number)


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
