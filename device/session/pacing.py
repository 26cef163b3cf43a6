"""The breathing guide through a session: where it starts, how it gets to its target, what makes it easier."""

import math

from device.session.choosing.preferences import FASTEST_TARGET
from device.session.commands import Command
from device.session.events import Event, PaceChanged
from device.session.resonance_run import ResonanceRun
from dsp.guide import BreathGuide, easier_pace
from dsp.resonance.finder import STEP_RAMP_S_PER_BREATH
from dsp.types import BreathPhase

UNKNOWN_OWN_PACE = 10.0
FASTEST_START = 12.0
# A long guide rests a while above its target. That is gentle, and two paces in one session refine the resonance.
LANDED_FROM_S = 600.0
LANDING_ABOVE = 2.0
LANDING_S = 100.0
# A recheck's steps, half a breath from the target, count as near it.
NEAR_TARGET = 0.6
BROKEN_OFF = -1  # fewer breaths than any guide has led


class Pacing:
    """Makes, leads and drops the guide, and tells of every change of pace in `out`. Paces are in breaths per minute,
    `t_s` is the session clock's."""

    def __init__(self, out: list[Command | Event]) -> None:
        self._out = out
        self._guide: BreathGuide | None = None
        self._held: tuple[float, float] | None = None
        self._ends_after: int | None = None
        self._away_since_s: float | None = None
        self._easier_s = -math.inf

    @property
    def running(self) -> bool:
        return self._guide is not None

    def breath(self, t_s: float) -> BreathPhase | None:
        return None if self._guide is None else self._guide.phase(t_s)

    def turns_s(self, t_s: float) -> float:
        """When the guide goes over from inhale to exhale or back; infinity while there is none."""
        return math.inf if self._guide is None else self._guide.turn_s(t_s)

    def since_easier_s(self, t_s: float) -> float:
        """How long ago the wearer last asked for easier, in this session."""
        return t_s - self._easier_s

    # --- beginning and ending

    def begin(self) -> None:
        """A session begins: nothing is held, and nothing was made easier."""
        self._held, self._easier_s, self._away_since_s = None, -math.inf, None

    def start(self, t_s: float, own: float, target: float, guided_s: float = 0.0) -> None:
        """Start near the wearer's `own` pace (NaN where unknown) and go to `target`. `guided_s` is the length of an
        ordinary guide: a long one stays above its target for a while. A resonance run leaves it 0."""
        self._ends_after = None
        if self._guide is not None:
            return
        start = max(target, min(FASTEST_START, UNKNOWN_OWN_PACE if math.isnan(own) else own))
        self._guide = BreathGuide(t_s, start, target)
        if guided_s >= LANDED_FROM_S:
            self._guide.set_target(t_s, min(start, target + LANDING_ABOVE))

    def stop(self, t_s: float) -> None:
        """For good."""
        self._drop(t_s)
        self._held = self._away_since_s = None

    def stop_dizzy(self, t_s: float) -> None:
        """For good, because the wearer is dizzy. Told even if the guide was on hold, so that the log has the reason."""
        self._guide = None
        self._out.append(PaceChanged(t_s, math.nan, "dizzy"))

    def hold(self, t_s: float) -> None:
        """Stop until `take_up`."""
        if self._guide is not None:
            self._held = (self._guide.breaths_per_min, self._guide.target_breaths_per_min)
            if self._ends_after is not None:
                self._ends_after = BROKEN_OFF
        self._drop(t_s)

    def take_up(self, t_s: float) -> None:
        """Go on at the pace the guide had, beginning with an inhale; not where it is away."""
        if self._held is not None and self._away_since_s is None:
            self._guide = BreathGuide(t_s, *self._held)
            self._held = None
            self.tell("ramp")

    def fade_out(self, t_s: float) -> None:
        """Be away for a stretch, until `fade_in`."""
        if self._guide is not None:
            self._held = (self._guide.breaths_per_min, self._guide.target_breaths_per_min)
            self._guide, self._away_since_s = None, t_s
            self._out.append(PaceChanged(t_s, math.nan, "fade"))

    def fade_in(self, t_s: float) -> None:
        if self._away_since_s is not None:
            self._away_since_s = None
            self.take_up(t_s)

    def away_s(self, t_s: float) -> float:
        """For how long it has been away; infinity where it is not."""
        return math.inf if self._away_since_s is None else t_s - self._away_since_s

    def breath_is_over(self) -> bool:
        """Whether the breath that was under way at the first of these calls is over. Asked when the time is up, so that
        time never ends the guide inside a breath. One that a hold broke off is over: a contact that flickers would
        else put the end off for ever."""
        if self._guide is None:
            return True
        if self._ends_after is None:
            self._ends_after = self._guide.breaths
        return self._guide.breaths > self._ends_after

    def _drop(self, t_s: float) -> None:
        if self._guide is not None:
            self._guide = None
            self._out.append(PaceChanged(t_s, math.nan, "stop"))

    def tell_again(self, t_s: float) -> None:
        """The pace at hand once more, for a log that begins here."""
        if self._guide is not None:
            self._out.append(PaceChanged(t_s, self._guide.breaths_per_min, "ramp"))

    # --- leading

    def lead(self, t_s: float, elapsed_s: float, target: float) -> None:
        """Bring an ordinary guide up to `t_s`; after the landing it goes to the target, unless easier was asked for."""
        if self._guide is None:
            return
        if math.isinf(self._easier_s) and elapsed_s >= LANDING_S:
            self._guide.set_target(t_s, target)
        self._guide.phase(t_s)
        self.tell("ramp")

    def lead_run(self, t_s: float, elapsed_s: float, run: ResonanceRun) -> None:
        """Bring the guide of a resonance run up to `t_s`, through the run's paces."""
        if self._guide is None:
            return
        self._guide.set_target(t_s, run.pace_at(elapsed_s), STEP_RAMP_S_PER_BREATH)
        if self._guide.arrived:
            run.reached(elapsed_s)
        self._guide.phase(t_s)
        self.tell("step")

    def easier(self, t_s: float, target: float, in_run: bool) -> float | None:
        """A shorter breath at once. In a resonance run the target gets easier; its steps would only get slower.

        Returns the target to remember; None on the way there, where the wish says nothing about the target.
        """
        if self._guide is None:
            return None
        guide = self._guide
        self.tell("ramp")
        near = abs(guide.breaths_per_min - target) <= NEAR_TARGET
        goal = min(FASTEST_TARGET, easier_pace(target))
        if in_run and guide.breaths_per_min >= goal:
            guide.set_target(t_s, goal)
        else:
            pace = guide.easier(t_s)
            self.tell("easier")
            guide.set_target(t_s, max(goal, pace) if in_run else pace)
        self._easier_s = t_s
        return min(FASTEST_TARGET, guide.target_breaths_per_min) if near else None

    def tell(self, cause: str) -> None:
        """Pass the guide's pace changes on; their causes are those of `PaceChanged`."""
        if self._guide is not None:
            self._out += (PaceChanged(c.t_s, c.breaths_per_min, cause) for c in self._guide.take_changes())
