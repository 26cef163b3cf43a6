"""Kinds of intervals whose beats' shapes are known: what is left to judge is their timing.

Two beats of the usual shape are the wearer's own, so the interval between them may be as odd as hearts are. It is not
normal where the beat behind it comes early and the next interval makes up for it (a premature beat of the atria looks
like any other), where a run of early beats has begun, or where a beat was missed or dropped. A beat of an odd shape is
another's only where it is off time as well; one of a foreign shape always is.
"""

import math
from collections import deque
from collections.abc import Sequence
from statistics import median

from dsp.hrv.kinds.lipponen import MEDIAN_OF, MOST_MISSED, WARM_UP
from dsp.hrv.kinds.raw import Raw, Shape, beside
from dsp.types import IntervalKind

_SPREADS = 3.0
_EARLY = 0.06
_RUN_EARLY = 0.2
_PAUSE = 0.08
_ON_TIME = 0.05
_ON_TIME_SPREADS, _LEAST_LATE = 2.0, 0.08
_LATE = 1.75
_SOMEWHAT_LATE, _LATE_SPREADS = 1.4, 15.0
_ODD_EARLY = {Shape.ODD: 0.12, Shape.STRANGE: 0.05}
_LONGEST_RUN, _LONGEST_MILD_RUN = 40, 6
_LOST = 11
_MULTIPLE = 0.2  # of the usual interval, about a multiple of it
_DIFFERENCES = 60

_SHAPE_DOUBT, _SHAPE_LEAST_DOUBT = 0.3, 0.0001  # of a beat that is another's by its shape: on time, and far off it
_SHAPE_FADES = 2.5  # usual differences off time in which that falls by e
_EARLY_DOUBT, _EARLY_LEAST_DOUBT = 0.65, 0.0005  # of an early beat of the usual shape: at the limit, and far beyond it
_EARLY_FADES, _SHARE_FADES = 4.5, 0.09  # usual differences, and shares of the usual interval, in which that falls by e
_PAUSE_DOUBT = 0.1
# A pause behind an early beat speaks for another's: its share of the usual interval, within limits, from which the odds
# fall by so many times e.
_NO_PAUSE, _PAUSE_LIMITS, _PAUSE_TELLS = 0.07, (-0.1, 0.3), 6.5


class TimingRule:
    """Judges intervals in time order, each once the two behind it are in."""

    def __init__(self) -> None:
        self._normal: deque[float] = deque(maxlen=MEDIAN_OF)
        self._differences: deque[float] = deque(maxlen=_DIFFERENCES)
        self._run = 0
        self._run_doubt = 0.0
        self._lost = 0

    def judge(self, run: Sequence[Raw], at: int, usual_difference_ms: float) -> None:
        """Mark the interval at `at`; `usual_difference_ms` holds until enough normal ones are known."""
        raw, before, behind = run[at], beside(run, at, -1), (beside(run, at, 1), beside(run, at, 2))
        around = [*self._normal, *(r.rr_ms for r in list(run)[at:] if not r.apart)]
        if not around:
            raw.mark(IntervalKind.ECTOPIC, _SHAPE_LEAST_DOUBT)
            return
        level_ms = median(around)
        known = len(self._differences) >= WARM_UP
        difference_ms = max(1.0, median(self._differences) if known else usual_difference_ms)
        spread_ms = _SPREADS * difference_ms
        last_ms = before.rr_ms if before and before.kind is IntervalKind.NORMAL else level_ms
        drop_ms = min(last_ms, level_ms) - raw.rr_ms
        if foreign(raw):
            on_time_ms = max(_ON_TIME * level_ms, min(_ON_TIME_SPREADS * difference_ms, _LEAST_LATE * level_ms))
            kind = IntervalKind.NORMAL if self._keeps_time(raw, before, level_ms, on_time_ms) else IntervalKind.ECTOPIC
            raw.mark(kind, self._shape_doubt(raw, before, level_ms, difference_ms))
        elif self._run:
            early_ms = level_ms - raw.rr_ms
            self._go_on(raw, back=early_ms < max(spread_ms, _EARLY * level_ms), much=early_ms > _RUN_EARLY * level_ms)
        elif _is_another_s(raw, before, drop_ms / level_ms):
            raw.mark(IntervalKind.ECTOPIC, self._shape_doubt(raw, before, level_ms, difference_ms))
            raw.inherited = drop_ms / level_ms <= _ODD_EARLY.get(raw.closed, math.inf)
        elif self._is_early(raw, behind, drop_ms, level_ms, spread_ms):
            beyond = (max(0.0, drop_ms / difference_ms - _SPREADS) / _EARLY_FADES) ** 2
            beyond += max(0.0, drop_ms / level_ms - _EARLY) / _SHARE_FADES
            self._run = 1
            doubt = _with_pause(_EARLY_DOUBT * math.exp(-beyond), behind[0], level_ms)
            self._run_doubt = max(_EARLY_LEAST_DOUBT, doubt)
            raw.mark(IntervalKind.ECTOPIC, self._run_doubt)
        elif _is_pause(raw, before, level_ms + max(spread_ms, _PAUSE * level_ms)):
            raw.mark(IntervalKind.ECTOPIC, before.doubt if before else 0.0)
        elif self._is_late(raw.rr_ms, max(level_ms, last_ms), difference_ms):
            whole = min(abs(raw.rr_ms / n - level_ms) for n in range(2, MOST_MISSED + 2)) < _MULTIPLE * level_ms
            if whole:
                raw.mark(IntervalKind.MISSED, 0.0)
            else:
                raw.mark(IntervalKind.LONG_SHORT, _PAUSE_DOUBT)

    def learn(self, raw: Raw, before: Raw | None) -> None:
        """`raw` has its kind: what normal intervals are like."""
        self._lost = 0 if raw.kind is IntervalKind.NORMAL or self._run else self._lost + (not raw.apart)
        if self._lost > _LOST:
            self._normal.clear()
        if raw.kind is IntervalKind.NORMAL:
            self._normal.append(raw.rr_ms)
            if before and before.kind is IntervalKind.NORMAL and raw.d_ms:
                self._differences.append(abs(raw.d_ms))

    @staticmethod
    def _is_late(rr_ms: float, longest_ms: float, difference_ms: float) -> bool:
        """By much; or by some, where the heart is much steadier."""
        some = rr_ms > _SOMEWHAT_LATE * longest_ms and rr_ms - longest_ms > _LATE_SPREADS * difference_ms
        return some or rr_ms > _LATE * longest_ms

    def _keeps_time(self, raw: Raw, before: Raw | None, level_ms: float, on_time_ms: float) -> bool:
        """Whether the beats of a foreign shape that bound it come when the heart's own would: noise and another way
        through the ventricles change the shape and leave the pace."""
        if raw.opened is Shape.FOREIGN and raw.closed is Shape.FOREIGN:
            both = abs(raw.rr_ms - level_ms) <= on_time_ms
            return both and before is not None and abs(before.rr_ms - level_ms) <= on_time_ms
        on_time = self._off_time_ms(raw, before, level_ms) <= on_time_ms
        return on_time and raw.rr_ms <= (1 + _PAUSE) * level_ms

    def _off_time_ms(self, raw: Raw, before: Raw | None, level_ms: float) -> float:
        """Of the beat whose shape is the odder of the interval's two."""
        ends_at_it = raw if raw.closed >= raw.opened or before is None else before
        return abs(ends_at_it.rr_ms - level_ms)

    def _shape_doubt(self, raw: Raw, before: Raw | None, level_ms: float, difference_ms: float) -> float:
        """The less on time the beat of another shape, the smaller."""
        units = self._off_time_ms(raw, before, level_ms) / difference_ms
        return max(_SHAPE_LEAST_DOUBT, _SHAPE_DOUBT * math.exp(-units / _SHAPE_FADES))

    def _go_on(self, raw: Raw, *, back: bool, much: bool) -> None:
        """An early beat, or a run of them, ends with the interval that is as long as usual again."""
        raw.mark(IntervalKind.ECTOPIC, self._run_doubt)
        self._run += 1
        longest = _LONGEST_RUN if much else _LONGEST_MILD_RUN
        if self._run > longest:
            self._normal.clear()
        if back or self._run > longest:
            self._run = 0

    def _is_early(
        self, raw: Raw, behind: Sequence[Raw | None], drop_ms: float, level_ms: float, spread_ms: float
    ) -> bool:
        """By much; or by some, and the heart is back at its pace with one of the two intervals behind it, of which the
        first may be as early."""
        limit_ms = max(spread_ms, _EARLY * level_ms)
        next_ms, second_ms = (interval.rr_ms if interval else level_ms for interval in behind)
        if level_ms - next_ms > limit_ms:
            back = second_ms - max(raw.rr_ms, next_ms) > limit_ms and second_ms > level_ms
        else:
            back = next_ms - raw.rr_ms > limit_ms
        return (drop_ms > limit_ms and back) or drop_ms > max(spread_ms, _RUN_EARLY * level_ms)


def _with_pause(doubt: float, after: Raw | None, level_ms: float) -> float:
    """The doubt of an early beat, once the interval behind it is known."""
    if after is None:
        return doubt
    least, most = _PAUSE_LIMITS
    pause = max(least, min(after.rr_ms / level_ms - 1.0, most))
    odds = doubt / (1.0 - doubt) * math.exp(_PAUSE_TELLS * (_NO_PAUSE - pause))
    return odds / (1.0 + odds)


def _is_another_s(raw: Raw, before: Raw | None, early: float) -> bool:
    """By shape and earliness; the interval that such a beat opens goes with the one that it closed."""
    ectopic = before is not None and before.kind is IntervalKind.ECTOPIC and not before.inherited
    opened = raw.opened in _ODD_EARLY and ectopic
    return opened or early > _ODD_EARLY.get(raw.closed, math.inf)


def _is_pause(raw: Raw, before: Raw | None, longest_ms: float) -> bool:
    """Long because the heart waits after an ectopic beat."""
    return before is not None and before.kind is IntervalKind.ECTOPIC and raw.rr_ms > longest_ms


def foreign(raw: Raw) -> bool:
    """Whether the shape of one of its beats alone says that it is no normal interval."""
    return max(raw.opened, raw.closed) is Shape.FOREIGN


def shapes_known(raw: Raw) -> bool:
    return min(raw.opened, raw.closed) is not Shape.UNKNOWN
