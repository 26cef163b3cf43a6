"""The plan: eight weeks of small practice that asks for less as it goes on. It knows days of practice and nothing else.

Five days make a week of the plan, whenever they come, and at most five of a calendar week count: who rests for a month
goes on where they were, and who practises daily is not hurried. A session begins with three minutes. It grows to five
and ten after a week in which tension did not rise, comes down a step after one in which it rose much, and in the last
two weeks only the guide changes: it fades. The steps are choices; none is from a trial.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

WEEKS = 8
WEEK_DAYS = 5
MINUTES = (3, 5, 10)
LEAST_MINUTES = 1.0
"""With the guide, in a day, that make it one of practice: a guide that was left at once is none."""
FADING_FROM_WEEK = 7
MUCH = 2
"""By so many steps tension rose much, as where a session suggests shorter ones."""
ANSWERED_DAYS = 3
"""Of a week, before it says anything of tension: without answers the plan does not grow."""


@dataclass(frozen=True, slots=True)
class PractisedDay:
    """`day` is a date's ordinal number; tension 1 to 5 before and after, the day's means, None where not told."""

    day: int
    minutes: float
    tension_before: float | None = None
    tension_after: float | None = None

    def change(self) -> float | None:
        if self.tension_before is None or self.tension_after is None:
            return None
        return self.tension_after - self.tension_before


@dataclass(frozen=True, slots=True)
class Plan:
    """What the plan holds today: `week` from 1 to 8, or 9 when it is done, `days_done` of that week's five, the guide's
    length, whether it fades, and whether today's practice is done."""

    week: int
    days_done: int
    minutes: int
    fades: bool
    enough: bool

    @property
    def is_done(self) -> bool:
        return self.week > WEEKS

    def in_words(self) -> list[str]:
        guide = "a guide that fades" if self.fades else "the guide"
        said = [
            "The eight weeks are done. Practise when it does you good."
            if self.is_done
            else f"Week {self.week} of {WEEKS}.",
            f"A session is {self.minutes} minutes with {guide}.",
        ]
        if not self.is_done:
            done = f" {self.days_done} of them {'is' if self.days_done == 1 else 'are'} done." if self.days_done else ""
            said.append(f"Five days make a week of the plan, whenever they come.{done}")
        said.append("Enough for today." if self.enough else "One session a day is enough.")
        return said


@dataclass(frozen=True, slots=True)
class PractisedSession:
    """As `PractisedDay`, of one session."""

    day: int
    minutes: float
    tension_before: float | None = None
    tension_after: float | None = None


def days_of(sessions: Iterable[PractisedSession]) -> list[PractisedDay]:
    """Sessions by day: minutes added up, tension as the mean of those that tell it."""
    by_day: dict[int, list[PractisedSession]] = {}
    for session in sessions:
        by_day.setdefault(session.day, []).append(session)
    return [
        PractisedDay(
            day,
            sum(session.minutes for session in told),
            _mean(session.tension_before for session in told),
            _mean(session.tension_after for session in told),
        )
        for day, told in sorted(by_day.items())
    ]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def needed(sessions: Iterable[PractisedSession], today: int | None = None) -> tuple[PractisedSession, ...]:
    """Those that the plan of any later day depends on: of the days that it counts, of the last day, and of `today`,
    which is not the last where a clock was once ahead."""
    every = sorted(sessions, key=lambda session: session.day)
    days = [day for day in days_of(every) if day.minutes > 0]
    last = [days[-1].day] if days else []
    kept = {*(day.day for day in counted(d for d in days if _is_practice(d))[: WEEKS * WEEK_DAYS]), *last, today}
    return tuple(session for session in every if session.day in kept)


def _is_practice(day: PractisedDay) -> bool:
    return day.minutes >= LEAST_MINUTES


def plan_on(today: int, practised: Iterable[PractisedDay]) -> Plan:
    """The plan on the date `today`, from the days of practice in any order; later ones than today do not count."""
    days = sorted((d for d in practised if d.day <= today), key=lambda d: d.day)
    practice = counted(d for d in days if _is_practice(d))
    weeks = [practice[first : first + WEEK_DAYS] for first in range(0, len(practice), WEEK_DAYS)]
    whole = [week for week in weeks if len(week) == WEEK_DAYS][:WEEKS]
    minutes = minutes_after(whole)
    week = len(whole) + 1
    return Plan(
        week=week,
        days_done=len(weeks[len(whole)]) if len(weeks) > len(whole) and week <= WEEKS else 0,
        minutes=minutes,
        fades=week >= FADING_FROM_WEEK,
        enough=sum(d.minutes for d in days if d.day == today) >= minutes,
    )


def minutes_after(weeks: Sequence[Sequence[PractisedDay]]) -> int:
    """The guide's length after these weeks of the plan."""
    step = 0
    for number, week in enumerate(weeks, 1):
        if rose_much(week):
            step = max(0, step - 1)
        elif number < FADING_FROM_WEEK - 1 and is_calm(week, weeks[number - 2] if number > 1 else None):
            step = min(len(MINUTES) - 1, step + 1)
    return MINUTES[step]


def is_calm(week: Sequence[PractisedDay], before: Sequence[PractisedDay] | None) -> bool:
    """Whether tension neither rose through practice nor is higher than in the week before, as far as answers tell."""
    changes = [change for day in week if (change := day.change()) is not None]
    if len(changes) < ANSWERED_DAYS or fmean(changes) > 0:
        return False
    earlier = _tensions(before or ())
    return not earlier or fmean(_tensions(week)) <= fmean(earlier)


def rose_much(week: Sequence[PractisedDay]) -> bool:
    return any((change := day.change()) is not None and change >= MUCH for day in week)


def _tensions(week: Iterable[PractisedDay]) -> list[float]:
    return [day.tension_before for day in week if day.tension_before is not None]


def counted(days: Iterable[PractisedDay]) -> list[PractisedDay]:
    """At most five of each calendar week, which begins on Monday as ordinal numbers of 1 modulo 7 do; `days` in
    order."""
    found: list[PractisedDay] = []
    for day in days:
        monday = day.day - (day.day - 1) % 7
        if sum(other.day >= monday for other in found) < WEEK_DAYS:
            found.append(day)
    return found
