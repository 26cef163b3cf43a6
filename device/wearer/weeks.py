"""What is remembered of the weeks, and what it means for today: the plan's row, how far the guide fades, the minute
without a guide, and the experiment's day. Pure functions; a day is a date's ordinal number.

What is chosen here, and not from a trial: the minute without a guide is held from the fourth week on, 28 days apart;
who holds most of the swing in it is led a step less, who holds less than half a step more.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from device.recording.format.experiment import BLOCK_DAYS, Arm, arm_of
from device.session.commands import Practised
from device.session.events import ArmDrawn
from device.session.weeks.today import FADES, Draw, Guidance, PlanRow, Today
from device.wearer.plan import FADING_FROM_WEEK, Plan, PractisedSession, days_of, needed, plan_on

TRANSFER_FROM_WEEK = 4
TRANSFER_EVERY_DAYS = 28
HELD_KEPT = 12
HELD_MOST, HELD_LITTLE = 0.8, 0.5
FADE_IN_THE_LAST_WEEKS = 2
TRIAL_PAIRS = 28
TRIAL_DAYS = 2 * TRIAL_PAIRS * BLOCK_DAYS
"""However many of them go untold, an experiment ends."""


@dataclass(frozen=True, slots=True)
class HeldMinute:
    """A minute without a guide, and its score (NaN where it could not be told)."""

    day: int
    held: float


@dataclass(frozen=True, slots=True)
class TrialDay:
    """A day of the experiment, the guide's length, and whether tension was told before and after."""

    day: int
    minutes: int
    told: bool = False


@dataclass(frozen=True, slots=True)
class OwnTrial:
    """The experiment of one's own: its seed, and its days so far."""

    seed: int
    days: tuple[TrialDay, ...] = ()

    @property
    def pairs(self) -> int:
        """Blocks in which the days that are compared were both told."""
        told = [arm_of(self.seed, number) if day.told else None for number, day in enumerate(self.days)]
        blocks = (told[first : first + BLOCK_DAYS] for first in range(0, len(told), BLOCK_DAYS))
        return sum(Arm.RESONANCE in block and Arm.FAST in block for block in blocks)

    @property
    def is_over(self) -> bool:
        return self.pairs >= TRIAL_PAIRS or len(self.days) >= TRIAL_DAYS


@dataclass(frozen=True, slots=True)
class WeeksSoFar:
    """`sessions` are those that the plan depends on, by day."""

    sessions: tuple[PractisedSession, ...] = ()
    held: tuple[HeldMinute, ...] = ()
    trial: OwnTrial | None = None

    @classmethod
    def of(cls, sessions: Iterable[PractisedSession]) -> "WeeksSoFar":
        return cls(needed(sessions))

    def practised(self, day: int, told: Practised) -> "WeeksSoFar":
        """With a session of that day."""
        session = PractisedSession(day, told.minutes, _number(told.tension_before), _number(told.tension_after))
        held = self.held
        if told.held is not None:
            held = (*held, HeldMinute(day, told.held))[-HELD_KEPT:]
        trial = self.trial
        if trial is not None and None not in (told.tension_before, told.tension_after):
            days = tuple(replace(one, told=one.told or one.day == day) for one in trial.days)
            trial = replace(trial, days=days)
        return WeeksSoFar(needed((*self.sessions, session), day), held, trial)

    def drawn(self, day: int, told: ArmDrawn) -> "WeeksSoFar":
        """The experiment's day has begun, or goes on."""
        trial = self.trial
        if trial is None or any(one.day == day for one in trial.days):
            return self
        return replace(self, trial=replace(trial, days=(*trial.days, TrialDay(day, told.minutes))))

    def begun(self, seed: int) -> "WeeksSoFar":
        """With an experiment; the one there was goes on."""
        return self if self.trial is not None else replace(self, trial=OwnTrial(seed))

    def today(self, day: int | None) -> Today:
        """What holds on `day`. Without a date the plan stands where it was, and nothing is done, due or drawn."""
        days = days_of(self.sessions)
        if day is None:
            last = max((one.day for one in days), default=0)
            return Today(plan=self._row(plan_on(last, days), None))
        done = sum(one.minutes for one in days if one.day == day)
        trial = self.trial
        return Today(self._row(plan_on(day, days), day), done, self._draw(day), trial is None or not trial.is_over)

    def _row(self, plan: Plan, day: int | None) -> PlanRow:
        return PlanRow(plan.week, plan.minutes, self._fade(plan), day is not None and self._is_due(plan, day))

    def _is_due(self, plan: Plan, day: int) -> bool:
        lately = any(abs(day - minute.day) < TRANSFER_EVERY_DAYS for minute in self.held)
        return plan.week >= TRANSFER_FROM_WEEK and not lately

    def _fade(self, plan: Plan) -> int:
        if not plan.fades:
            return 0
        level = min(plan.week - FADING_FROM_WEEK + 1, FADE_IN_THE_LAST_WEEKS)
        held = next((minute.held for minute in reversed(self.held) if not math.isnan(minute.held)), math.nan)
        return min(FADES, max(0, level + (held >= HELD_MOST) - (held < HELD_LITTLE)))

    def _draw(self, day: int) -> Draw | None:
        trial = self.trial
        if trial is None:
            return None
        number = next((n for n, one in enumerate(trial.days) if one.day == day), None)
        if number is None:
            if trial.is_over:
                return None
            number = len(trial.days)
        first = number - number % BLOCK_DAYS
        minutes = trial.days[first].minutes if first < len(trial.days) else None
        return Draw(trial.seed, number, Guidance(arm_of(trial.seed, number).value), minutes)


def _number(answer: int | None) -> float | None:
    return None if answer is None else float(answer)
