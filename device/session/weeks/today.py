"""What the weeks hold for today, as the session is told: how long, how much of a guide, and which kind of practice."""

import enum
from dataclasses import dataclass

from device.session.choosing.preferences import Preferences

FADES = 3
"""How far the guide can fade: 0 is the whole guide."""


class Guidance(enum.StrEnum):
    """A day's kind of practice in the experiment of one's own, in the words of `recording.format.experiment`."""

    RESONANCE = "resonance"
    FAST = "fast"
    QUIET = "quiet"


FAST_BREATHS_PER_MIN = 12.0
"""Of `FAST`: a guide that looks the same."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """The plan's row of this week: `week` from 1, the guide's `minutes`, how far it fades (0 to `FADES`), and whether a
    minute without any guide is due."""

    week: int
    minutes: int
    fade: int = 0
    transfer: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """What the day `day` (from 0) of the experiment that `seed` orders is, and the `minutes` of its block; None on a
    block's first day, which settles them."""

    seed: int
    day: int
    guidance: Guidance
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """`plan` is None where nobody keeps one, `draw` without an experiment. `done_minutes` were practised today.
    `can_try`: an experiment can be begun, or goes on."""

    plan: PlanRow | None = None
    done_minutes: float = 0.0
    draw: Draw | None = None
    can_try: bool = False


@dataclass(frozen=True, slots=True)
class Dose:
    """What one session is: the guide's `minutes`, and what else holds. `week` is None without a plan."""

    minutes: int
    week: int | None = None
    fade: int = 0
    transfer: bool = False
    draw: Draw | None = None

    @property
    def guidance(self) -> Guidance:
        return Guidance.RESONANCE if self.draw is None else self.draw.guidance


def dose_of(today: Today, chosen: Preferences) -> Dose:
    """What a session begun now would be. An experiment's days differ in what was drawn and in nothing else: they have
    one length in a block, and no guide of theirs fades."""
    plan = today.plan if chosen.plan else None
    minutes = chosen.minutes if plan is None else plan.minutes
    week = None if plan is None else plan.week
    if chosen.trial and today.draw is not None:
        return Dose(today.draw.minutes or minutes, week, draw=today.draw)
    if plan is None:
        return Dose(minutes)
    # The minute without a guide is held beside one with the whole guide.
    return Dose(minutes, week, 0 if plan.transfer else plan.fade, plan.transfer)
