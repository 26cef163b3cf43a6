"""What sessions teach about the wearer: their rest, their level, how their RSA follows the pace, their resonance, and
where their mornings lie.
"""

import math
from dataclasses import dataclass, field, replace

from device.session.commands import Command
from device.session.events import ALONE_PHASES, GUIDED_PHASES, Event, Learned, PaceChanged, Phase, PhaseChanged
from device.wearer.estimator import SessionEstimator
from dsp.resonance.finder import PacedStep, find_resonance, prior_from, refine, steps_of
from dsp.state.level import FreeMinute
from dsp.state.mornings import Morning, MorningWord, Standing, word_of
from dsp.state.pace_curve import PacePoint
from dsp.state.profile import Profile, Resonance
from dsp.state.rest import RestReading
from dsp.types import MetricsRow, Output, RRInterval

PACE_POINT_S = 60.0
UNKNOWN_AGE_DAYS = 60
AT_RESONANCE = 0.3
"""Within this many breaths/min of the finding, the guide counts as aiming at it."""


@dataclass(slots=True)
class _PacedStretch:
    """RSA readings since the pace last changed."""

    breaths_per_min: float = math.nan
    since_s: float = 0.0
    rsa_ms: list[float] = field(default_factory=list)


class Learner:
    """Outputs and events in, `Learned` out. `estimator` has the minutes of free breathing, and when the session was."""

    def __init__(self, profile: Profile, estimator: SessionEstimator) -> None:
        self._profile = profile
        self._estimator = estimator
        self._intervals: list[RRInterval] = []
        self._pace: list[tuple[float, float]] = []
        self._stretch = _PacedStretch()
        self._points: list[PacePoint] = []
        self._phase: Phase | None = None

    @property
    def profile(self) -> Profile:
        return self._profile

    def on_output(self, output: Output) -> None:
        """The pipeline's output, for the resonance and the pace curve."""
        if self._phase in GUIDED_PHASES:
            self._intervals += output.intervals
        for row in output.rows:
            self._add_pace_point(row)

    def obey(self, order: Command | Event) -> Learned | None:
        """Follow the session; its estimator is told first. Something is learnt at the summary, and before it when the
        guide ends, if that was a resonance run or refined an earlier finding."""
        learned: Learned | None = None
        match order:
            case PhaseChanged(t_s, phase):
                if phase in (Phase.CHECK_IN, Phase.REST, *ALONE_PHASES):
                    self._points, self._stretch = [], _PacedStretch()
                elif phase in (Phase.TRANSFER, Phase.FREE):
                    learned = self._learn_resonance(t_s)
                elif phase in GUIDED_PHASES:
                    self._intervals, self._pace = [], []
                elif phase is Phase.SUMMARY:
                    learned = self.learn(t_s) if self._phase is not Phase.MORNING else self._learn_morning(t_s)
                self._phase = phase
            case PaceChanged(t_s, breaths_per_min):
                self._pace.append((t_s, breaths_per_min))
                self._close_stretch(t_s, breaths_per_min)
            case _:
                pass
        return learned

    def learn(self, t_s: float) -> Learned | None:
        """Put this session's rest, free minute and pace curve into the profile. On an unknown day nothing is learnt."""
        before, when = self._profile, self._estimator.occasion
        if when.day is None:
            return None
        if (rest := self._estimator.rest_minute) is not None:
            self._profile = self._profile.with_rest(when.day, when.sensor, rest.ln_rmssd, math.exp(rest.ln_hr))
            self._keep_minute(rest)
        if (free := self._estimator.free_minute) is not None:
            self._keep_minute(free)
        if len(self._points) > 1:
            self._profile = self._profile.with_paces(self._points)
        return None if self._profile == before else Learned(t_s, self._profile)

    def _learn_morning(self, t_s: float) -> Learned:
        """Put the morning reading, and its minutes beside others of that posture, into the profile, and say where the
        last mornings lie. One that the signal does not carry is not kept, nor one of an unknown day."""
        reading, when = self._estimator.morning, self._estimator.occasion
        if reading is None:
            return Learned(t_s, self._profile, morning=MorningWord(Standing.UNSURE))
        if when.day is None:
            undated = MorningWord(Standing.UNDATED, rmssd_ms=math.exp(reading.ln_rmssd))
            return Learned(t_s, self._profile, morning=undated)
        morning = Morning(when.day, when.sensor, when.posture, reading.ln_rmssd, reading.ln_hr)
        before, self._profile = self._profile, self._profile.with_morning(morning)
        if self._profile != before:
            # One of them: two of one still reading are nearer to each other than rest and free minute of a session, and
            # would narrow the wearer's own spread.
            for minute in reading.minutes[-1:]:
                self._keep_minute(minute)
        return Learned(t_s, self._profile, morning=word_of(self._profile.known_mornings(when.day), today=morning))

    def _keep_minute(self, reading: RestReading) -> None:
        when = self._estimator.occasion
        if when.day is not None and not math.isnan(when.clock_h):
            minute = FreeMinute(when.day, when.clock_h, when.sensor, when.posture, reading.ln_hr, reading.ln_rmssd)
            self._profile = self._profile.with_free_minute(minute)

    def _add_pace_point(self, row: MetricsRow) -> None:
        if self._phase in ALONE_PHASES:
            return
        settled = row.t_s - self._stretch.since_s >= PACE_POINT_S
        if settled and not math.isnan(self._stretch.breaths_per_min) and not math.isnan(row.rsa_ms):
            self._stretch.rsa_ms.append(row.rsa_ms)

    def _close_stretch(self, t_s: float, breaths_per_min: float) -> None:
        rsa_ms = sorted(self._stretch.rsa_ms)
        if rsa_ms:
            self._points.append(PacePoint(self._stretch.breaths_per_min, rsa_ms[len(rsa_ms) // 2]))
        self._stretch = _PacedStretch(breaths_per_min, t_s)

    def _learn_resonance(self, t_s: float) -> Learned | None:
        """From the guide that ended at `t_s`."""
        steps = steps_of(self._pace, t_s)
        if self._phase is Phase.GUIDED:
            found = self._refined_resonance(steps)
        elif self._phase in (Phase.RESONANCE, Phase.RECHECK):
            found = self._found_resonance(steps, self._earlier() if self._phase is Phase.RECHECK else None)
        else:
            found = None
        return None if found is None else Learned(t_s, self._profile, found)

    def _found_resonance(self, steps: list[PacedStep], earlier: tuple[float, float] | None) -> float:
        finding = find_resonance(self._intervals, steps, earlier)
        if finding.conclusive:
            self._keep_resonance(finding.breaths_per_min, finding.confidence)
        return finding.breaths_per_min

    def _earlier(self) -> tuple[float, float] | None:
        """What an earlier finding is worth today."""
        known, day = self._profile.resonance, self._estimator.occasion.day
        if known is None:
            return None
        # A finding of the future was dated by a clock that was wrong.
        days = UNKNOWN_AGE_DAYS if day is None or known.day is None or known.day > day else day - known.day
        return prior_from(known.breaths_per_min, known.confidence, days)

    def _refined_resonance(self, steps: list[PacedStep]) -> float | None:
        """An earlier finding, refined by the paces of an ordinary guide that aimed at it; None where it did not, or
        told too little."""
        known, prior = self._profile.resonance, self._earlier()
        if known is None or prior is None or not steps:
            return None
        if abs(steps[-1].breaths_per_min - known.breaths_per_min) > AT_RESONANCE:
            return None
        refined = refine(self._intervals, steps, prior)
        if refined is None:
            return None
        # Without a date the earlier finding may be only a day old. It is kept unless this session alone is surer.
        if self._estimator.occasion.day is None and refined[1] < known.confidence:
            return None
        self._keep_resonance(*refined)
        return refined[0]

    def _keep_resonance(self, breaths_per_min: float, confidence: float) -> None:
        resonance = Resonance(breaths_per_min, confidence, self._estimator.occasion.day)
        self._profile = replace(self._profile, resonance=resonance)
