"""The wearer as the device knows them: the profile, and the state estimator of the session at hand."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from device.session.commands import Command
from device.session.events import Event, PaceChanged, Phase, PhaseChanged
from dsp.resonance.finder import PacedStep, find_resonance, prior_from, refine, steps_of
from dsp.state.estimator import StateEstimator
from dsp.state.level import FreeMinute, LevelAnchor
from dsp.state.pace_curve import PacePoint
from dsp.state.profile import Profile, Resonance
from dsp.state.readings import RestCollector, RestReading
from dsp.types import MetricsRow, Output, RRInterval, StateInputs, WearerState

PACE_POINT_S = 60.0
GUIDED_PHASES = (Phase.GUIDED, Phase.RESONANCE, Phase.RECHECK)
UNKNOWN_AGE_DAYS = 60
LATE_REST_S = 10
"""A rest reading comes beats after its minute: a rest that took more guided seconds than these is no free minute."""
AT_RESONANCE = 0.3
"""Within this many breaths/min of the finding, the guide counts as aiming at it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and how a session is: `day` is a date's ordinal number, None where no clock can be trusted; `clock_h` the
    hour of the day, NaN then."""

    sensor: str
    day: int | None = None
    clock_h: float = math.nan
    posture: str = "sitting"


@dataclass(slots=True)
class _PacedStretch:
    """RSA readings since the pace last changed."""

    breaths_per_min: float = math.nan
    since_s: float = 0.0
    rsa_ms: list[float] = field(default_factory=list)


class Wearer:
    """Feeds the state estimator and collects what the session teaches about the wearer. `occasion` is asked as each
    session begins.

    It is the pipeline's state estimator. On the device `obey` opens a new estimator with every rest phase; a replay
    calls `begin` itself. Before its rest a session has no state, and nothing of the session before.
    """

    def __init__(self, profile: Profile, occasion: Callable[[], Occasion]) -> None:
        self.profile = profile
        self._ask_occasion = occasion
        self._occasion = occasion()
        self._estimator: StateEstimator | None = None
        self._given_rest = False
        self._guided_rest_s = 0
        self._dizzy = False
        self._free: RestCollector | None = None
        self._intervals: list[RRInterval] = []
        self._pace: list[tuple[float, float]] = []
        self._stretch = _PacedStretch()
        self._points: list[PacePoint] = []
        self._phase: Phase | None = None

    @property
    def rest(self) -> RestReading | None:
        return self._estimator.rest if self._estimator is not None else None

    def begin(self, rest: RestReading | None = None) -> None:
        """A new session; `rest` is given or comes from its first readable minute."""
        when = self._occasion = self._ask_occasion()
        level = LevelAnchor.from_minutes(
            self.profile.free_minutes, clock_h=when.clock_h, sensor=when.sensor, posture=when.posture
        )
        self._estimator = StateEstimator(rest=rest, level=level, pace_curve=self.profile.pace_curve)
        self._given_rest, self._guided_rest_s = rest is not None, 0
        self._free, self._dizzy = None, False
        self._points, self._stretch = [], _PacedStretch()

    def update(self, inputs: StateInputs) -> WearerState | None:
        """The state for this second; None before there is a rest reading."""
        if self._free is not None:
            self._free.add(inputs)
        self._guided_rest_s += self.rest is None and not math.isnan(inputs.pace_breaths_per_min)
        return self._estimator.update(inputs) if self._estimator is not None else None

    def on_output(self, output: Output) -> None:
        """What the pipeline brought out, for the resonance and the pace curve."""
        if self._phase in GUIDED_PHASES:
            self._intervals += output.intervals
        for row in output.rows:
            self._add_pace_point(row)

    def obey(self, order: Command | Event) -> float | None:
        """Follow the session; the resonance rate in breaths per minute when a run has ended (NaN: inconclusive) or an
        ordinary guide has refined it."""
        found: float | None = None
        match order:
            case PhaseChanged(t_s, phase):
                if phase is Phase.CHECK_IN:
                    self._estimator = None
                elif phase is Phase.REST:
                    self.begin()
                elif phase is Phase.FREE:
                    # Breath that is being caught is like no other minute's.
                    self._free = None if self._dizzy else RestCollector()
                    found = self._found_resonance(t_s)
                elif phase in GUIDED_PHASES:
                    self._intervals, self._pace = [], []
                elif phase is Phase.SUMMARY:
                    self.learn()
                self._phase = phase
            case PaceChanged(t_s, breaths_per_min, cause):
                self._dizzy |= cause == "dizzy"
                self._pace.append((t_s, breaths_per_min))
                self._close_stretch(t_s, breaths_per_min)
            case _:
                pass
        return found

    def learn(self) -> None:
        """Put what this session taught into the profile: rest, free minute, pace curve. Needs a known day.

        A rest that the wearer cut short went on into the guide. It serves its session, but is compared with no other:
        slow breathing alone moves RMSSD.
        """
        rest, day = self.rest, self._occasion.day
        if day is None or self._estimator is None:
            return
        if rest is not None and not self._given_rest and self._guided_rest_s <= LATE_REST_S:
            self.profile = self.profile.with_rest(day, self._occasion.sensor, rest.ln_rmssd, math.exp(rest.ln_hr))
            self._keep_minute(rest)
        if self._free is not None and (free := self._free.reading) is not None:
            self._keep_minute(free)
        if len(self._points) > 1:
            self.profile = self.profile.with_paces(self._points)

    def _keep_minute(self, reading: RestReading) -> None:
        when = self._occasion
        if when.day is not None and not math.isnan(when.clock_h):
            minute = FreeMinute(when.day, when.clock_h, when.sensor, when.posture, reading.ln_hr, reading.ln_rmssd)
            self.profile = self.profile.with_free_minute(minute)

    def _add_pace_point(self, row: MetricsRow) -> None:
        settled = row.t_s - self._stretch.since_s >= PACE_POINT_S
        if settled and not math.isnan(self._stretch.breaths_per_min) and not math.isnan(row.rsa_ms):
            self._stretch.rsa_ms.append(row.rsa_ms)

    def _close_stretch(self, t_s: float, breaths_per_min: float) -> None:
        rsa_ms = sorted(self._stretch.rsa_ms)
        if rsa_ms:
            self._points.append(PacePoint(self._stretch.breaths_per_min, rsa_ms[len(rsa_ms) // 2]))
        self._stretch = _PacedStretch(breaths_per_min, t_s)

    def _found_resonance(self, t_s: float) -> float | None:
        steps = steps_of(self._pace, t_s)
        if self._phase is Phase.GUIDED:
            return self._refined_resonance(steps)
        if self._phase not in (Phase.RESONANCE, Phase.RECHECK):
            return None
        finding = find_resonance(self._intervals, steps, self._earlier() if self._phase is Phase.RECHECK else None)
        if finding.conclusive:
            self._keep_resonance(finding.breaths_per_min, finding.confidence)
        return finding.breaths_per_min

    def _earlier(self) -> tuple[float, float] | None:
        """What an earlier finding is worth today."""
        known, day = self.profile.resonance, self._occasion.day
        if known is None:
            return None
        days = UNKNOWN_AGE_DAYS if day is None or known.day is None else day - known.day
        return prior_from(known.breaths_per_min, known.confidence, days)

    def _refined_resonance(self, steps: list[PacedStep]) -> float | None:
        """An earlier finding, refined by the paces of an ordinary guide that aimed at it; None where it did not, or
        told too little."""
        known, prior = self.profile.resonance, self._earlier()
        if known is None or prior is None or not steps:
            return None
        if abs(steps[-1].breaths_per_min - known.breaths_per_min) > AT_RESONANCE:
            return None
        refined = refine(self._intervals, steps, prior)
        if refined is None:
            return None
        # Without a day the finding may be of yesterday: it stays unless this session alone makes up for any age.
        if self._occasion.day is None and refined[1] < known.confidence:
            return None
        self._keep_resonance(*refined)
        return refined[0]

    def _keep_resonance(self, breaths_per_min: float, confidence: float) -> None:
        resonance = Resonance(breaths_per_min, confidence, self._occasion.day)
        self.profile = replace(self.profile, resonance=resonance)
