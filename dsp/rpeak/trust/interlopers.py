"""Counts beats of another shape that fall between two of the heart's own and leave its pace as it was.

Something else that beats, such as steps at a walking cadence, is as sure a candidate as the heart is. But the heart
takes no notice of it: the two intervals beside such a beat add up to one that the heart has just had without it.
A premature beat nearly always resets the heart or is followed by a pause, and then they do not; interpolated ones are
rare (bench.ecg_stress, docs/decisions/0026). The constants are choices.
"""

import math
from collections import deque

_INTERVALS = 12  # that the two are held against, ...
_SUPPORT = 2  # ... so many of which must be as long ...
_TOLERANCE = 0.06  # ... to this share
_LONGEST_S = 1.5  # of the two together
_UNLIKE = 0.15  # difference in likeness between such a beat and both its neighbours, at the least
_REMEMBERED = 20  # beats for which one is remembered
_FEWEST = 2  # that prove another source: one alone may be interpolated
_ERRORS = 0.1  # expected errors a beat for each of them


class Interlopers:
    """Feed it every beat in time order."""

    def __init__(self) -> None:
        self._intervals_s: deque[float] = deque(maxlen=_INTERVALS + 1)
        self._last_s = math.nan
        self._likenesses: deque[float] = deque(maxlen=3)
        self._found: deque[bool] = deque(maxlen=_REMEMBERED)

    def push(self, t_s: float, likeness: float) -> None:
        """The beat at `t_s`; `likeness` as in `Beat`."""
        self._likenesses.append(likeness)
        between = False
        if not math.isnan(self._last_s):
            between = self._is_between(t_s - self._last_s)
            self._intervals_s.append(t_s - self._last_s)
        self._last_s = t_s
        self._found.append(between)

    @property
    def errors_a_beat(self) -> float:
        """Expected of the latest beats."""
        found = sum(self._found)
        return _ERRORS * found if found >= _FEWEST else 0.0

    def _is_between(self, interval_s: float) -> bool:
        """Whether the last beat lay between its neighbours without the heart taking notice."""
        if len(self._likenesses) < 3 or not self._intervals_s:
            return False
        before, it, after = self._likenesses
        *earlier_s, last_s = self._intervals_s
        both_s = last_s + interval_s
        if both_s > _LONGEST_S or not min(abs(it - before), abs(it - after)) > _UNLIKE:
            return False
        return sum(abs(earlier - both_s) < _TOLERANCE * both_s for earlier in earlier_s) >= _SUPPORT
