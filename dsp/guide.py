"""The breathing guide: when to breathe in and out, and how the pace moves from the wearer's own to the target.

The phase is continuous in time, however the pace changes. A new target is approached breath by breath, each cycle
by default at most `RAMP_S_PER_BREATH` longer or shorter than the last; only "easier" acts inside a breath. The
constants are choices, not tuned.
"""

import math
from dataclasses import dataclass

from dsp.types import BreathKind, BreathPhase

# The guide stays between these two paces.
SLOWEST_BREATHS_PER_MIN = 4.0
FASTEST_BREATHS_PER_MIN = 15.0
# The target of a wearer of whom nothing is known.
USUAL_BREATHS_PER_MIN = 6.0
# A breath differs from the one before it by at most this much.
RAMP_S_PER_BREATH = 0.5
# "Easier" shortens the breath by this much.
EASIER_S = 1.0
# This share of a breath is the inhale and the rest the exhale; the guide asks for no holds.
INHALE_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class PaceChange:
    """From `t_s` on, one breath takes 60 / `breaths_per_min` seconds."""

    t_s: float
    breaths_per_min: float


def comfortable_pace(breaths_per_min: float) -> float:
    """`breaths_per_min` kept within what the guide may ask for; the usual 6 where it is NaN."""
    if math.isnan(breaths_per_min):
        return USUAL_BREATHS_PER_MIN
    return min(FASTEST_BREATHS_PER_MIN, max(SLOWEST_BREATHS_PER_MIN, breaths_per_min))


def easier_pace(breaths_per_min: float) -> float:
    """The pace whose breath is a second shorter, within what the guide may ask for."""
    return comfortable_pace(60.0 / max(1.0, 60.0 / breaths_per_min - EASIER_S))


def longest_way_s(breaths_per_min: float, target_breaths_per_min: float, ramp_s_per_breath: float) -> float:
    """How long a guide takes from one pace to another if the target is set as a breath begins."""
    cycle_s, target_cycle_s = (60.0 / comfortable_pace(pace) for pace in (breaths_per_min, target_breaths_per_min))
    steps = math.ceil(abs(target_cycle_s - cycle_s) / ramp_s_per_breath - 1e-9)
    ramp_s = math.copysign(ramp_s_per_breath, target_cycle_s - cycle_s)
    return sum(cycle_s + ramp_s * step for step in range(steps))


class BreathGuide:
    """A guide that begins with an inhale at `start_s`.

    Times may not run backwards from call to call (ValueError). `inhale_share` is the inhale's part of a breath; the
    default of 4 : 6 is a longer exhale without holds.
    """

    def __init__(
        self,
        start_s: float,
        start_breaths_per_min: float,
        target_breaths_per_min: float,
        inhale_share: float = INHALE_SHARE,
    ) -> None:
        if not 0.2 <= inhale_share <= 0.8:
            raise ValueError(f"inhale_share must be 0.2 to 0.8, not {inhale_share}")
        self._inhale_share = inhale_share
        self._cycle_s = 60.0 / comfortable_pace(start_breaths_per_min)
        self._target_cycle_s = 60.0 / comfortable_pace(target_breaths_per_min)
        self._ramp_s = RAMP_S_PER_BREATH
        self._latest_s = start_s
        # The phase is counted from an anchor, moved only where the pace changes, so that asking often adds no error.
        self._anchor_s = start_s
        self._anchor_fraction = 0.0
        self._breaths = 0
        self._changes = [PaceChange(start_s, 60.0 / self._cycle_s)]

    @property
    def breaths_per_min(self) -> float:
        """The pace now."""
        return 60.0 / self._cycle_s

    @property
    def target_breaths_per_min(self) -> float:
        return 60.0 / self._target_cycle_s

    @property
    def breaths(self) -> int:
        """Whole breaths guided so far."""
        return self._breaths

    def phase(self, t_s: float) -> BreathPhase:
        """Where the guide is at `t_s`."""
        fraction = self._advance(t_s)
        if fraction < self._inhale_share:
            kind, progress = BreathKind.INHALE, fraction / self._inhale_share
        else:
            kind = BreathKind.EXHALE
            progress = (fraction - self._inhale_share) / (1.0 - self._inhale_share)
        return BreathPhase(kind, progress, self.breaths_per_min)

    def turn_s(self, t_s: float) -> float:
        """When the inhale or exhale at `t_s` ends, at the pace now."""
        fraction = self._advance(t_s)
        left = (self._inhale_share if fraction < self._inhale_share else 1.0) - fraction
        return t_s + left * self._cycle_s

    @property
    def arrived(self) -> bool:
        """Whether the pace is the target's."""
        return math.isclose(self._cycle_s, self._target_cycle_s, abs_tol=1e-6)

    def set_target(self, t_s: float, breaths_per_min: float, ramp_s_per_breath: float = RAMP_S_PER_BREATH) -> None:
        """Move gently, from the next breath on, towards another pace."""
        self._advance(t_s)
        self._ramp_s = ramp_s_per_breath
        self._target_cycle_s = 60.0 / comfortable_pace(breaths_per_min)

    def easier(self, t_s: float) -> float:
        """Shorten the breath by a second at once, and stay there; returns the new pace in breaths per minute."""
        self._anchor_fraction = self._advance(t_s)
        self._anchor_s = t_s
        cycle_s = 60.0 / easier_pace(self.breaths_per_min)
        self._target_cycle_s = cycle_s
        self._change_cycle(t_s, cycle_s)
        return self.breaths_per_min

    def take_changes(self) -> list[PaceChange]:
        """The pace changes since the last call, the start included."""
        changes, self._changes = self._changes, []
        return changes

    def _advance(self, t_s: float) -> float:
        """Bring breaths and pace up to `t_s`; returns how far the current breath has gone, below 1."""
        if t_s < self._latest_s:
            raise ValueError(f"the guide was asked for {t_s:.3f} s after {self._latest_s:.3f} s")
        self._latest_s = t_s
        while (breath_end_s := self._anchor_s + (1.0 - self._anchor_fraction) * self._cycle_s) <= t_s:
            self._anchor_s, self._anchor_fraction = breath_end_s, 0.0
            self._breaths += 1
            step_s = min(self._ramp_s, max(-self._ramp_s, self._target_cycle_s - self._cycle_s))
            self._change_cycle(breath_end_s, self._cycle_s + step_s)
        return min(self._anchor_fraction + (t_s - self._anchor_s) / self._cycle_s, math.nextafter(1.0, 0.0))

    def _change_cycle(self, t_s: float, cycle_s: float) -> None:
        if cycle_s != self._cycle_s:
            self._cycle_s = cycle_s
            self._changes.append(PaceChange(t_s, 60.0 / cycle_s))
