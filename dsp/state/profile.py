"""What the device remembers of its wearer's body: values only, no files.

`days` are ordinal day numbers (proleptic Gregorian, `datetime.date.toordinal`), as the caller's calendar gives them.
"""

import math
from dataclasses import dataclass, replace

from dsp.state.level import FreeMinute
from dsp.state.mornings import KEPT_DAYS, Morning
from dsp.state.pace_curve import PRIOR, PaceCurve, PacePoint

LEVEL_DAYS = 28  # the level's window; a choice
KEPT_LEVEL_DAYS = 2 * LEVEL_DAYS  # days with free minutes kept, so that some wrong ones push no right ones out
KEPT_RESTING_DAYS = 730  # two years of them; a choice, for the file's size
LN_RMSSD = (-3.0, 8.0)  # least and greatest that are stored: 0.05 to 2981 ms, far beyond any heart
HR_BPM = (20.0, 300.0)  # likewise


@dataclass(frozen=True, slots=True)
class RestingDay:
    """A day's resting heart rate and vagal modulation: the mean of `readings` rest readings with one sensor."""

    day: int
    sensor: str
    ln_rmssd: float
    mean_hr_bpm: float
    readings: int = 1


@dataclass(frozen=True, slots=True)
class Resonance:
    """The pace at which this wearer's RSA is largest, the finder's confidence (0 to 1), and the day of finding,
    None where no clock could be trusted."""

    breaths_per_min: float
    confidence: float
    day: int | None


@dataclass(frozen=True, slots=True)
class Profile:
    """One wearer. Every list is in order of time."""

    resting_days: tuple[RestingDay, ...] = ()
    free_minutes: tuple[FreeMinute, ...] = ()
    pace_curve: PaceCurve = PRIOR
    resonance: Resonance | None = None
    mornings: tuple[Morning, ...] = ()

    def with_rest(self, day: int, sensor: str, ln_rmssd: float, mean_hr_bpm: float) -> "Profile":
        """Add a rest reading; several on one day and sensor are averaged. One without HRV, or beyond what a
        heart can do, is left out."""
        if not _is_a_hearts(ln_rmssd, mean_hr_bpm):
            return self
        same = [d for d in self.resting_days if (d.day, d.sensor) == (day, sensor)]
        others = [d for d in self.resting_days if (d.day, d.sensor) != (day, sensor)]
        new = RestingDay(day, sensor, ln_rmssd, mean_hr_bpm)
        if same:
            old, n = same[0], same[0].readings
            new = RestingDay(
                day,
                sensor,
                (old.ln_rmssd * n + ln_rmssd) / (n + 1),
                (old.mean_hr_bpm * n + mean_hr_bpm) / (n + 1),
                n + 1,
            )
        near = _near([*(d.day for d in others), day], day, KEPT_RESTING_DAYS)
        kept = [d for d in [*others, new] if d.day in near]
        return replace(self, resting_days=tuple(sorted(kept, key=lambda d: (d.day, d.sensor))))

    def with_free_minute(self, minute: FreeMinute) -> "Profile":
        """Add a free-breathing minute, which is of today."""
        if not _is_a_hearts(minute.ln_rmssd, math.exp(minute.ln_hr)):
            return self
        minutes = [*self.free_minutes, minute]
        near = _near([m.day for m in minutes], minute.day, KEPT_LEVEL_DAYS)
        kept = sorted((m for m in minutes if m.day in near), key=lambda m: (m.day, m.clock_h))
        return replace(self, free_minutes=tuple(kept))

    def level_minutes(self, today: int | None) -> tuple[FreeMinute, ...]:
        """The free minutes of the 28 days to `today`. Days in its future were told by a clock that was wrong, or it is
        wrong now: they are kept and set aside. Without a day all are used."""
        if today is None:
            return self.free_minutes
        return tuple(m for m in self.free_minutes if today - LEVEL_DAYS < m.day <= today)

    def with_morning(self, morning: Morning) -> "Profile":
        """Add a morning reading, which is of today; the first of a day counts."""
        days = [m.day for m in self.mornings]
        if morning.day in days or not _is_a_hearts(morning.ln_rmssd, math.exp(morning.ln_hr)):
            return self
        near = _near([*days, morning.day], morning.day, KEPT_DAYS)
        kept = sorted((m for m in [*self.mornings, morning] if m.day in near), key=lambda m: m.day)
        return replace(self, mornings=tuple(kept))

    def known_mornings(self, today: int) -> tuple[Morning, ...]:
        """The morning readings of the 90 days to `today`; later ones were told by a clock that was wrong."""
        return tuple(m for m in self.mornings if today - KEPT_DAYS < m.day <= today)

    def with_paces(self, session: list[PacePoint]) -> "Profile":
        """Refine the pace curve from one session's steps or ramp."""
        return replace(self, pace_curve=self.pace_curve.updated(session))


def _near(days: list[int], today: int, most: int) -> set[int]:
    """The `most` last days up to `today`, and as many of its future, the last too: under a clock that is years slow
    these are the true ones. Days are counted, not years: one session under a wrong clock costs one day of what is
    remembered, and nothing once the clock is right again."""
    past = sorted({day for day in days if day <= today})
    future = sorted({day for day in days if day > today})
    return {*past[-most:], *future[-most:]}


def _is_a_hearts(ln_rmssd: float, mean_hr_bpm: float) -> bool:
    """Whether both are known and within what a heart can do."""
    return LN_RMSSD[0] <= ln_rmssd <= LN_RMSSD[1] and HR_BPM[0] <= mean_hr_bpm <= HR_BPM[1]
