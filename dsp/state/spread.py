"""What an ordinary difference between two minutes is: for people, by how lively this rest is, and for the wearer."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from dsp.state.level import FreeMinute

SESSION_S = 1800.0  # up to here a rest reading does not age
FLAT_FROM_S = 6 * 3600.0  # and from here on no further; both from the days of rr-day (docs/decisions/0006)
USUAL_WANDER, WANDER_POWER = 0.018, 0.4
"""A heart that wanders more within its rest minute does so between minutes, too: SD of ln HR goes by this power of
`RateCourse.wander`. Found on rr-days-more (docs/decisions/0022)."""
LEAST_WANDER, MOST_WANDER = 0.005, 0.06
FAINT_WANDER = 0.05
"""Where the signal tells heart rate alone, as at a wrist, movement and lost beats wander with the heart: the median of
stress-predict's wrists (docs/decisions/0040)."""
PRIOR_DAYS = 7
"""What the prior is worth beside the wearer's own days; a choice."""
FAR_OFF = 3.0
"""A day's difference counts as so many ordinary SDs at most: one run for the bus is no spread."""
SAME_SESSION_H = 0.75


@dataclass(frozen=True, slots=True)
class Spread:
    """SD of the difference between two ordinary minutes, `within_session` for up to half an hour between them.

    A rest reading ages: over hours ordinary life moves heart rate more, so that the same change says less. The SD grows
    by `per_e_fold` for each e-fold of time beyond that half hour, up to `FLAT_FROM_S`.
    """

    within_session: float
    per_e_fold: float

    def sd(self, lag_s: float) -> float:
        """The SD for two minutes `lag_s` apart."""
        beyond = min(max(lag_s, SESSION_S), FLAT_FROM_S) / SESSION_S
        return self.within_session + self.per_e_fold * math.log(beyond)

    def times(self, factor: float) -> "Spread":
        return Spread(self.within_session * factor, self.per_e_fold * factor)


@dataclass(frozen=True, slots=True)
class OwnSpread:
    """The differences of ln HR between free minutes of the same session: `days` of them (less one, for their mean) and
    the sum of their `squares` about it."""

    days: int = 0
    squares: float = 0.0

    @classmethod
    def from_minutes(cls, minutes: Iterable[FreeMinute], *, sensor: str, posture: str, usual: float) -> "OwnSpread":
        """From the minutes with this sensor and posture, in order of time; one difference a day. `usual` is the SD
        that wearers have."""
        alike = [m for m in minutes if m.sensor == sensor and m.posture == posture and math.isfinite(m.ln_hr)]
        by_day = {
            b.day: b.ln_hr - a.ln_hr
            for a, b in pairwise(alike)
            if a.day == b.day and b.clock_h - a.clock_h <= SAME_SESSION_H
        }
        if len(by_day) < 2:
            return cls()
        mean = sum(by_day.values()) / len(by_day)
        most = FAR_OFF * usual
        return cls(len(by_day) - 1, sum(min(abs(d - mean), most) ** 2 for d in by_day.values()))


def personal(usual: Spread, wander: float, own: OwnSpread, *, faint: bool = False) -> Spread:
    """The spread for a rest that wanders by `wander` (NaN: as usual), moved to the wearer's own as days come in.
    `faint`: the rest told heart rate alone."""
    if math.isnan(wander):
        wander = FAINT_WANDER if faint else USUAL_WANDER
    lively = (min(max(wander, LEAST_WANDER), MOST_WANDER) / USUAL_WANDER) ** WANDER_POWER
    prior = (usual.within_session * lively) ** 2
    variance = (PRIOR_DAYS * prior + own.squares) / (PRIOR_DAYS + own.days)
    return usual.times(math.sqrt(variance) / usual.within_session)
