"""The wearer's own level: how the present minute compares with the free-breathing minutes of 28 days.

Someone in chronic alarm rests in alarm, so a change against today's rest alone would mislead; the level is the second
anchor. It compares like with like: same sensor, same posture, and about the same time of day where there is enough.
"""

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dsp.types import NAN

# Choices, tried on simulated months (bench.state_months), where no other source is named.
MIN_DAYS = 7  # before there is a level
MIN_MINUTES = 14  # and so many minutes on them
NEAR_H = 3.0  # of the clock: about the same time of day
_FLOOR_SD_LN_HR = 0.03  # a very even wearer's SD is taken to be this
_FLOOR_SD_LN_RMSSD = 0.15  # likewise
_RECORDING_MIN_MINUTES = 60  # before a recording is its own measure; on rr-day (docs/decisions/0006)
_RECORDING_MAX_MINUTES = 360  # that it remembers

SETTLED_S = 120
"""Heart rate has settled at the highest minute of so long; a choice (see docs/decisions/0040 for others)."""
SETTLED_SHARE = 0.7
"""Of its seconds that must have been read; a choice."""
REMEMBERED_S = 900.0
"""The lowest such level counts for so long: later it is another part of the day; a choice."""


@dataclass(frozen=True, slots=True)
class FreeMinute:
    """One minute of free breathing. `day` is a day's ordinal number, `clock_h` the hour of its wall clock."""

    day: int
    clock_h: float
    sensor: str
    posture: str
    ln_hr: float
    ln_rmssd: float


def _hours_apart(a: float, b: float) -> float:
    return abs((a - b + 12) % 24 - 12)


def _enough(minutes: Sequence[FreeMinute]) -> bool:
    return len(minutes) >= MIN_MINUTES and len({m.day for m in minutes}) >= MIN_DAYS


@dataclass(frozen=True, slots=True)
class LevelAnchor:
    """Where a minute lies among the wearer's own."""

    centre_ln_hr: float
    sd_ln_hr: float
    centre_ln_rmssd: float
    sd_ln_rmssd: float
    indices: tuple[float, ...]

    @classmethod
    def from_minutes(
        cls, minutes: Iterable[FreeMinute], *, clock_h: float, sensor: str, posture: str
    ) -> "LevelAnchor | None":
        """None below 7 days or 14 minutes with this sensor and posture. Minutes within 3 h of `clock_h` are used
        alone where they suffice by themselves; a NaN `clock_h` (no trusted clock) uses all."""
        alike = [
            m for m in minutes if m.sensor == sensor and m.posture == posture and math.isfinite(m.ln_hr + m.ln_rmssd)
        ]
        near = [m for m in alike if _hours_apart(m.clock_h, clock_h) <= NEAR_H]
        chosen = near if _enough(near) else alike
        if not _enough(chosen):
            return None
        hr = np.array([m.ln_hr for m in chosen])
        vagal = np.array([m.ln_rmssd for m in chosen])
        sd_hr = max(float(hr.std()), _FLOOR_SD_LN_HR)
        sd_vagal = max(float(vagal.std()), _FLOOR_SD_LN_RMSSD)
        centre_hr, centre_vagal = float(np.median(hr)), float(np.median(vagal))
        indices = ((hr - centre_hr) / sd_hr - (vagal - centre_vagal) / sd_vagal) / 2
        return cls(centre_hr, sd_hr, centre_vagal, sd_vagal, tuple(sorted(map(float, indices))))

    def index(self, ln_hr: float, ln_rmssd: float) -> float:
        """Mean of z(ln HR) and -z(ln RMSSD), in SDs of the wearer's own minutes; higher is more on guard."""
        z_hr = (ln_hr - self.centre_ln_hr) / self.sd_ln_hr
        z_vagal = (ln_rmssd - self.centre_ln_rmssd) / self.sd_ln_rmssd
        return (z_hr - z_vagal) / 2

    def rank(self, ln_hr: float, ln_rmssd: float) -> float:
        """The share, 0 to 1, of the wearer's minutes that were quieter; NaN where a value is missing."""
        index = self.index(ln_hr, ln_rmssd)
        if not math.isfinite(index):
            return math.nan
        return (float(np.searchsorted(self.indices, index)) + 0.5) / (len(self.indices) + 1)


class RecordingLevel:
    """Where a minute lies among a long recording's own minutes, by heart rate.

    Ordinary waking life lies mostly on one side of a quiet rest. Once a recording has run for an hour of readable free
    breathing, a minute must also stand out among the last six hours to be called calm or on guard.
    """

    def __init__(self) -> None:
        self._in_time: deque[float] = deque()
        self._sorted: list[float] = []
        self._next_s = 0.0

    def add(self, t_s: float, ln_hr: float) -> None:
        """Take one reading a minute; those in between are passed over."""
        if t_s < self._next_s:
            return
        self._next_s = t_s + 60
        if len(self._in_time) == _RECORDING_MAX_MINUTES:
            del self._sorted[bisect_left(self._sorted, self._in_time.popleft())]
        self._in_time.append(ln_hr)
        insort(self._sorted, ln_hr)

    def rank(self, ln_hr: float) -> float:
        """The share, 0 to 1, of the recording's minutes that were quieter; NaN before there are 60."""
        if len(self._sorted) < _RECORDING_MIN_MINUTES:
            return math.nan
        return bisect_left(self._sorted, ln_hr) / len(self._sorted)


class SettledRate:
    """Where heart rate has settled since the rest was read: the lowest level of ln HR that free minutes held of late.

    A heart that was not yet at rest then goes on falling for an hour, and what raises it later stays below that first
    minute.
    """

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
        """Logarithm of beats per minute; NaN until so much of two minutes was read (SETTLED_SHARE)."""
        return self._levels[0][1] if self._levels else NAN
