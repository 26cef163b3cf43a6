"""Kinds by the intervals alone: a causal form of Lipponen & Tarvainen (2019), doi 10.1080/03091902.2019.1640306.

Where this departs from the paper, and why, is in docs/decisions/0005-intervals-and-hrv.md.
"""

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from statistics import median

from dsp.hrv.kinds.raw import Raw, beside
from dsp.types import IntervalKind

# "Paper": Lipponen & Tarvainen's own value. The others: docs/decisions/0005.
MEDIAN_OF = 11  # intervals that the median is taken of; paper
MOST_MISSED = 3  # beats in a row; one in the paper
WARM_UP = 12
"""Differences from which on there is a level to judge by; a choice."""

_SPREADS = 5.6  # quartile deviations that make a threshold; 5.2 in the paper; chosen on people's ordinary days
_MEDIANS = 5.0  # but no more than so many medians, which a burst of artefacts moves less; a choice
_DIFFERENCES = 91  # values that the quartiles are taken of; paper
_FLOOR_MS = 50.0  # no threshold is lower: a very regular heart has next to no spread; a choice
_WARM_UP_FLOOR_MS = 150.0  # the floor where there is no level yet; a choice
_LEAST_DOUBTFUL_MS = 10.0  # a choice
_LEVEL_LIMIT = 3.0  # thresholds off the median from which on an interval is far off; paper
_SLOPE, _OFFSET = 0.13, 0.17  # of the line beyond which a difference is ectopic; paper
# Chance that what is marked is normal: at the threshold, how fast it falls beyond, and at the least; choices.
_DOUBT, _DOUBT_FADES, _LEAST_DOUBT = 0.2, 0.15, 1e-6


class _Spread:
    """Quartiles of the last 91 values, kept sorted."""

    def __init__(self) -> None:
        self._order: deque[float] = deque()
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def push(self, value: float) -> None:
        if len(self._order) == _DIFFERENCES:
            del self._sorted[bisect_left(self._sorted, self._order.popleft())]
        self._order.append(value)
        insort(self._sorted, value)

    def threshold(self) -> float:
        return max(_FLOOR_MS if len(self._sorted) >= WARM_UP else _WARM_UP_FLOOR_MS, self._by_spread())

    def doubtful(self) -> float:
        """The threshold as this heart alone has it: in a steady one what lies beyond the floor leaves no doubt."""
        return max(_LEAST_DOUBTFUL_MS, self._by_spread()) if len(self._sorted) >= WARM_UP else _WARM_UP_FLOOR_MS

    def _by_spread(self) -> float:
        spread_ms = (self.quantile(0.75) - self.quantile(0.25)) / 2
        return min(_SPREADS * spread_ms, _MEDIANS * self.quantile(0.5))

    def quantile(self, share: float) -> float:
        if not self._sorted:
            return 0.0
        at = share * (len(self._sorted) - 1)
        low = int(at)
        high = min(low + 1, len(self._sorted) - 1)
        return self._sorted[low] + (at - low) * (self._sorted[high] - self._sorted[low])


class LipponenRule:
    """Take each interval as it comes, judge it once the two behind it are in."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=MEDIAN_OF)
        self._differences = _Spread()
        self._levels = _Spread()

    @property
    def warm(self) -> bool:
        """Whether there is a level to judge by."""
        return len(self._differences) >= WARM_UP

    @property
    def level_ms(self) -> float | None:
        """The usual interval of late; None before the first."""
        return median(self._recent) if self._recent else None

    @property
    def usual_difference_ms(self) -> float:
        return self._differences.quantile(0.5)

    def take(self, raw: Raw) -> None:
        self._recent.append(raw.rr_ms)
        if raw.d_ms:
            self._differences.push(abs(raw.d_ms))

    def judge(self, run: Sequence[Raw], at: int) -> None:
        """Mark the interval at `at`, and the next where one beat spoils both."""
        raw = run[at]
        level_ms = median(self._recent)
        m_ms = raw.rr_ms - level_ms
        m_ms = 2 * m_ms if m_ms < 0 else m_ms
        self._levels.push(abs(m_ms))
        if raw.kind is not IntervalKind.NORMAL:
            return
        th1, th2 = self._differences.threshold(), self._levels.threshold()
        d = [run[i].d_ms / th1 if 0 <= i < len(run) else 0.0 for i in range(at - 1, at + 3)]
        after = beside(run, at, 1)
        follower = after if after and not after.apart else None
        sign = 1 if d[1] > 0 else -1
        swings_back = sign * d[1] > 1 and min(sign * d[2], sign * d[3]) < -1
        far = abs(m_ms) / th2 > _LEVEL_LIMIT
        suspicious = swings_back or far
        off_level = abs(m_ms) / self._levels.doubtful() / _LEVEL_LIMIT
        excess = max(abs(raw.d_ms) / self._differences.doubtful(), off_level) - 1.0
        doubt = max(_LEAST_DOUBT, _DOUBT * math.exp(-max(0.0, excess) / _DOUBT_FADES))
        if suspicious and sign > 0 and any(abs(raw.rr_ms / n - level_ms) < th2 for n in range(2, MOST_MISSED + 2)):
            raw.mark(IntervalKind.MISSED, doubt)
        elif suspicious and sign < 0 and follower and abs(raw.rr_ms + follower.rr_ms - level_ms) < th2:
            raw.mark(IntervalKind.EXTRA, doubt)
            follower.mark(IntervalKind.EXTRA, doubt)
        elif follower and _is_ectopic(d[1], d[2], d[3]):
            raw.mark(IntervalKind.ECTOPIC, doubt)
            follower.mark(IntervalKind.ECTOPIC, doubt)
        elif suspicious:
            raw.mark(IntervalKind.LONG_SHORT, doubt)


def _is_ectopic(before: float, d: float, after: float) -> bool:
    """The difference `d`, in units of its threshold, stands against both its neighbours."""
    sign = 1 if d > 0 else -1
    return sign * d > 1 and max(sign * before, sign * after) < -_SLOPE * sign * d - _OFFSET
