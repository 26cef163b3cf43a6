"""Where heart rate has settled since the rest was read: a heart that was not yet at rest then goes on falling for an
hour, and what raises it later stays below that first minute."""

from collections import deque

from dsp.types import NAN

SETTLED_S = 120
"""Heart rate has settled at the highest minute of so long; a choice (see docs/decisions/0040 for others)."""
SETTLED_SHARE = 0.7
"""Of its seconds that must have been read; a choice."""
REMEMBERED_S = 900.0
"""The lowest such level counts for so long: later it is another part of the day; a choice."""


class SettledRate:
    """Takes the free minutes' ln HR as they come, tells the lowest level that was held of late."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque()
        self._levels: deque[tuple[float, float]] = deque()  # rising: what may yet be the lowest

    def add(self, t_s: float, ln_hr: float) -> None:
        """Take one second's reading."""
        self._recent.append((t_s, ln_hr))
        while self._recent[0][0] <= t_s - SETTLED_S:
            self._recent.popleft()
        while self._levels and self._levels[0][0] <= t_s - REMEMBERED_S:
            self._levels.popleft()
        if len(self._recent) < SETTLED_SHARE * SETTLED_S:
            return
        level = max(y for _, y in self._recent)
        while self._levels and self._levels[-1][1] >= level:
            self._levels.pop()
        self._levels.append((t_s, level))

    @property
    def ln_hr(self) -> float:
        """NaN before any two minutes were read."""
        return self._levels[0][1] if self._levels else NAN
