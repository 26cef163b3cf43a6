"""The breathing guide through a session: where it starts, how it gets to its target, what makes it easier."""

import math
from dataclasses import replace

from device.session.events import PaceChanged
from device.session.state import FASTEST_TARGET, SessionState, Step
from dsp.guide import BreathGuide, easier_pace
from dsp.resonance.finder import STEP_RAMP_S_PER_BREATH

UNKNOWN_OWN_PACE = 10.0
FASTEST_START = 12.0
# A long guide rests a while above its target. That is gentle, and two paces in one session refine the resonance.
LANDED_FROM_S = 600.0
LANDING_ABOVE = 2.0
LANDING_S = 100.0
# A recheck's steps, half a breath from the target, count as near it.
NEAR_TARGET = 0.6


class Pacing:
    """Makes, leads and drops the guide of `state`, and tells of every change of pace."""

    def __init__(self, state: SessionState) -> None:
        self._s = state

    def start(self) -> None:
        """Near the wearer's own pace, on the way to the target or to a run's first step."""
        s = self._s
        s.guide_ends_after = None
        if s.guide is not None:
            return
        own = s.tally.own_breaths_per_min()
        target = s.run_breaths_per_min()[0] if s.resonance else s.target_breaths_per_min()
        start = max(target, min(FASTEST_START, UNKNOWN_OWN_PACE if math.isnan(own) else own))
        s.guide = BreathGuide(s.now_s, start, target)
        if not s.resonance and s.guided_s() >= LANDED_FROM_S:
            s.guide.set_target(s.now_s, min(start, target + LANDING_ABOVE))

    def stop(self) -> None:
        if self._s.guide is not None:
            self._drop("stop")

    def stop_dizzy(self) -> None:
        self._drop("dizzy")

    def _drop(self, cause: str) -> None:
        self._s.guide = None
        self._s.out.append(PaceChanged(self._s.now_s, math.nan, cause))

    def hold(self) -> None:
        """No guide for a while, and the same pace after it."""
        s = self._s
        if s.guide is not None:
            s.held_pace = (s.guide.breaths_per_min, s.guide.target_breaths_per_min)
        self.stop()

    def take_up(self) -> None:
        """From where it was held, with a breath in."""
        s = self._s
        if s.held_pace is not None:
            s.guide = BreathGuide(s.now_s, *s.held_pace)
            s.held_pace = s.guide_ends_after = None
            self.tell("ramp")

    def lead(self) -> None:
        """On to where the guide ought to be by now."""
        s = self._s
        if s.guide is None:
            return
        if s.step is Step.RESONANCE:
            self._walk_run(s.guide)
        elif s.step is Step.GUIDED:
            self._land(s.guide)
        s.guide.phase(s.now_s)
        self.tell("step" if s.step is Step.RESONANCE else "ramp")

    def _land(self, guide: BreathGuide) -> None:
        """From the landing on to the target, unless the wearer asked for easier."""
        s = self._s
        if math.isinf(s.easier_s) and s.clock.elapsed_s(s.now_s) >= LANDING_S:
            guide.set_target(s.now_s, s.target_breaths_per_min())

    def _walk_run(self, guide: BreathGuide) -> None:
        """Through the paces of a resonance run. A step counts from when its pace is reached: the ways tell nothing."""
        s = self._s
        paces, elapsed_s = s.run_breaths_per_min(), s.clock.elapsed_s(s.now_s)
        if s.run_step < len(paces) - 1 and elapsed_s >= s.run_step_from_s + s.run_step_s():
            s.run_step, s.run_step_from_s = s.run_step + 1, math.inf
        guide.set_target(s.now_s, paces[s.run_step], STEP_RAMP_S_PER_BREATH)
        if guide.arrived:
            s.run_step_from_s = min(s.run_step_from_s, elapsed_s)

    def easier(self, guide: BreathGuide) -> None:
        """A shorter breath at once, remembered where it says something about the target: not on the way there. In a
        resonance run the target gets easier; its steps would only get slower."""
        s = self._s
        self.tell("ramp")
        target, runs = s.target_breaths_per_min(), s.step is Step.RESONANCE
        near = abs(guide.breaths_per_min - target) <= NEAR_TARGET
        goal = min(FASTEST_TARGET, easier_pace(target))
        if runs and guide.breaths_per_min >= goal:
            guide.set_target(s.now_s, goal)
        else:
            pace = guide.easier(s.now_s)
            self.tell("easier")
            guide.set_target(s.now_s, max(goal, pace) if runs else pace)
        s.easier_s = s.now_s
        if near:
            kept = min(FASTEST_TARGET, guide.target_breaths_per_min)
            s.keep_history(replace(s.history, target_breaths_per_min=kept))

    def breath_is_over(self) -> bool:
        """The guide is never cut off inside a breath by time."""
        s = self._s
        if s.guide is None:
            return True
        if s.guide_ends_after is None:
            s.guide_ends_after = s.guide.breaths
        return s.guide.breaths > s.guide_ends_after

    def tell(self, cause: str) -> None:
        """Pass the guide's pace changes on; their causes are those of `PaceChanged`."""
        if self._s.guide is not None:
            self._s.out += (PaceChanged(c.t_s, c.breaths_per_min, cause) for c in self._s.guide.take_changes())
