"""A run of the resonance finder within a session: which paces, how far it has come, and what it found."""

import math

from dsp.guide import SLOWEST_BREATHS_PER_MIN
from dsp.resonance.finder import RECHECK_STEP_S, RUN_BREATHS_PER_MIN, STEP_S, recheck_paces, run_lasts_s

SWING_FROM_S = 60.0
"""Of a step: the swing that tells which pace is best so far is that of the breaths after it has settled."""
DECIDES_S = 10.0
"""Before the last step ends, whether there is one more."""


class ResonanceRun:
    """`known_breaths_per_min` is the earlier finding that a recheck starts from, None without one. A run's paces are
    settled when it is chosen. `elapsed_s` is how long the run's step of the session has lasted, pauses left out."""

    def __init__(
        self,
        breaths_per_min: tuple[float, ...] = RUN_BREATHS_PER_MIN,
        step_s: float = STEP_S,
        recheck_step_s: float = RECHECK_STEP_S,
        known_breaths_per_min: float | None = None,
    ) -> None:
        self._full_paces = breaths_per_min
        self._full_step_s = step_s
        self._recheck_step_s = recheck_step_s
        self._known = known_breaths_per_min
        self._chosen = self._recheck = False
        self._paces = breaths_per_min
        self._number = 0
        self._reached_s = math.inf
        self._swings_ms: dict[int, float] = {}
        self._slower_s = math.inf
        self._found: float | None = None

    @property
    def chosen(self) -> bool:
        """Whether the session at hand has a run in place of the ordinary guide."""
        return self._chosen

    @property
    def recheck(self) -> bool:
        return self._recheck

    @property
    def paces(self) -> tuple[float, ...]:
        return self._paces

    @property
    def step(self) -> tuple[int, int]:
        """The number of the pace being breathed, from 1, and how many there are."""
        return self._number + 1, len(self._paces)

    @property
    def found_breaths_per_min(self) -> float | None:
        """What this session found or refined: NaN where a run could not tell, None before that."""
        return self._found

    # --- choosing

    def choose(self, recheck: bool) -> None:
        self._chosen, self._recheck = True, recheck
        self._paces = recheck_paces(self._known) if recheck and self._known is not None else self._full_paces

    def drop(self) -> None:
        """Have an ordinary guide after all."""
        self._chosen = self._recheck = False

    def minutes(self) -> int:
        """How long a run takes at most."""
        return math.ceil(run_lasts_s(self._full_paces, self._full_step_s) / 60.0)

    def recheck_minutes(self) -> int | None:
        """The same of a recheck, None where there is nothing to check."""
        if self._known is None:
            return None
        return math.ceil(run_lasts_s(recheck_paces(self._known), self._recheck_step_s) / 60.0)

    # --- running

    def begin(self) -> None:
        """A session begins: nothing is breathed or found yet."""
        if not math.isinf(self._slower_s):
            self._paces = self._paces[:-1]
        self._number, self._reached_s, self._found = 0, math.inf, None
        self._swings_ms, self._slower_s = {}, math.inf

    def pace_at(self, elapsed_s: float) -> float:
        """The pace to breathe at by now, in breaths per minute."""
        if self._number < len(self._paces) - 1 and elapsed_s >= self._reached_s + self._step_s:
            self._number, self._reached_s = self._number + 1, math.inf
        return self._paces[self._number]

    def reached(self, elapsed_s: float) -> None:
        """The guide has reached the pace. The step is timed from here: the way between two paces tells nothing."""
        self._reached_s = min(self._reached_s, elapsed_s)

    def swung(self, elapsed_s: float, rsa_ms: float) -> None:
        """How far heart rate swings now. Where it swings furthest at the slowest pace of all, the best may be slower
        still: one more step follows, at the slowest pace that the guide may ask for."""
        if elapsed_s >= self._reached_s + SWING_FROM_S and math.isfinite(rsa_ms):
            self._swings_ms[self._number] = rsa_ms
        if self._recheck or not math.isinf(self._slower_s) or elapsed_s < self.lasts_s() - DECIDES_S:
            return
        best = max(self._swings_ms, key=lambda number: self._swings_ms[number], default=0)
        slowest = min(self._paces)
        if self._paces[best] == slowest > SLOWEST_BREATHS_PER_MIN and len(self._swings_ms) > 1:
            self._paces = (*self._paces, SLOWEST_BREATHS_PER_MIN)
            self._slower_s = elapsed_s

    def since_slower_s(self, elapsed_s: float) -> float:
        """How long ago one more step was added; negative infinity where none was."""
        return elapsed_s - self._slower_s

    def lasts_s(self) -> float:
        """When the run is over, infinity before its last step."""
        return self._reached_s + self._step_s if self._number == len(self._paces) - 1 else math.inf

    def progress(self, elapsed_s: float) -> float:
        """0 to 1: the steps done, and the share of the one at hand."""
        share = max(0.0, elapsed_s - self._reached_s) / self._step_s
        return (self._number + min(1.0, share)) / len(self._paces)

    @property
    def _step_s(self) -> float:
        return self._recheck_step_s if self._recheck else self._full_step_s

    # --- what the learner tells

    def learned(self, known_breaths_per_min: float | None, found_breaths_per_min: float | None) -> None:
        """The finding as it now stands in the wearer's profile, and what this session adds to it."""
        self._known = known_breaths_per_min
        if found_breaths_per_min is not None:
            self._found = found_breaths_per_min
