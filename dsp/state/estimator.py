"""Calm, neutral, on guard or unsure: the state of the wearer once a second.

Heart rate up and vagal modulation down, both against the wearer's own rest and own weeks, and agreeing. Neither is a
measure of sympathetic drive. LF/HF plays no part: slow breathing alone moves it by an order of magnitude.
"""

import math
from dataclasses import dataclass, replace

from dsp.state.evidence import Evidence, weigh
from dsp.state.level import LevelAnchor, RecordingLevel, SettledRate
from dsp.state.observer import Observed, Observer
from dsp.state.pace_curve import PRIOR, PaceCurve
from dsp.state.readings import Reading
from dsp.state.rest import RestReading
from dsp.state.spread import OwnSpread, Spread, personal
from dsp.types import NAN, StateInputs, StateKind, WearerState

FULL_SUPPORT_S = 50.0
"""Time in intervals of the minute that gives full confidence; a choice."""
LAST_WORD_S = 20
"""For how long a word stands while beats come that cannot be read, before it is unsure; a choice."""
# Of ln HR and ln RMSSD between ordinary minutes; found on the days of rr-day (docs/decisions/0006).
_HR_SPREAD, _VAGAL_SPREAD = Spread(0.045, 0.045), Spread(0.33, 0.05)


@dataclass(frozen=True, slots=True)
class StateModel:
    """Frozen thresholds; where they come from is in docs/decisions/0006-state.md, 0029 and 0040.

    `hr_weight` is heart rate's part in direction and arousal, `vagal_follows` what vagal modulation is taken to do per
    SD of heart rate where it cannot be compared. `clear` is the direction (in ordinary SDs) from which a change
    counts, `hr_agrees` and `vagal_agrees` what each alone must reach, `hr_alone` what heart rate must reach where it is
    the only evidence; `faint_alone`, `faint_calm` and `faint_settling` what it must for on guard, calm and settling
    where the signal tells no more, as at a wrist; there on guard counts from where heart rate has settled since
    (`Evidence.z_settled`). A state is entered once it was wanted for `hold_s` on end and heart
    rate changes by no more than `level` over a minute (for calm `calm_level`: ordinary life rises more often than it
    falls); at such a signal after `faint_hold_s`, level or not. It is left when direction was below `leave` for
    `leave_hold_s`.
    """

    hr_spread: Spread = _HR_SPREAD
    vagal_spread: Spread = _VAGAL_SPREAD
    hr_weight: float = 0.75
    vagal_follows: float = 0.5
    clear: float = 0.9
    leave: float = 0.55
    hr_agrees: float = 0.9
    vagal_agrees: float = 0.2
    hr_alone: float = 1.35
    faint_alone: float = 0.9
    faint_calm: float = 1.6
    level: float = 0.05
    calm_level: float = 0.12
    hold_s: int = 45
    leave_hold_s: int = 30
    faint_hold_s: int = 10
    arousal_centre: float = 0.4
    arousal_scale: float = 0.7
    quiet_side: float = 0.35
    quiet_share: float = 0.10
    stands_out: float = 0.25
    still_out: float = 0.32
    settling: float = 0.5
    faint_settling: float = 0.1


def direction(evidence: Evidence, model: StateModel) -> float:
    """D: the weighted mean of z(HR) and -z(vagal); heart rate alone where vagal modulation cannot be compared."""
    z_vagal = -model.vagal_follows * evidence.z_hr if math.isnan(evidence.z_vagal) else evidence.z_vagal
    return model.hr_weight * evidence.z_hr - (1 - model.hr_weight) * z_vagal


def _clear_change(evidence: Evidence, model: StateModel, threshold: float) -> int:
    """-1 calmer than rest, +1 more on guard, 0 neither; both signs must agree, or heart rate alone must be clear."""
    eased = threshold / model.clear
    if math.isnan(evidence.z_vagal):
        up, down = (model.faint_alone, model.faint_calm) if evidence.faint else (model.hr_alone, model.hr_alone)
        if max(evidence.z_hr, evidence.z_settled) >= eased * up:
            return 1
        return -1 if -evidence.z_hr >= eased * down else 0
    d = direction(evidence, model)
    if abs(d) < threshold:
        return 0
    sign = 1 if d > 0 else -1
    hr_agrees = sign * evidence.z_hr >= eased * model.hr_agrees
    return sign if hr_agrees and -sign * evidence.z_vagal >= eased * model.vagal_agrees else 0


def judge(evidence: Evidence, model: StateModel, held: StateKind) -> StateKind:
    """The state that one second's evidence supports. `held` is the present state, which is easier to keep than to
    enter. Without a level anchor (rank NaN) the direction alone decides. A heart rate that only the detector's period
    tells enters no calm."""
    sign = _clear_change(evidence, model, model.clear)
    here = model.stands_out
    if sign == 0 and held in (StateKind.CALM, StateKind.ALARM):
        wanted = -1 if held is StateKind.CALM else 1
        sign = wanted if _clear_change(evidence, model, model.leave) == wanted else 0
        here = model.still_out
    kind = _of_sign(sign, evidence.rank, evidence.rank_here, here, model)
    return StateKind.NEUTRAL if evidence.tracked and kind is StateKind.CALM and kind is not held else kind


def may_enter(kind: StateKind, evidence: Evidence, model: StateModel) -> bool:
    """Whether heart rate is level enough to enter `kind`: while it still runs up or down it tells no state yet."""
    most = {StateKind.CALM: model.calm_level, StateKind.ALARM: model.level}.get(kind, math.inf)
    return evidence.faint or not abs(evidence.trend) > most


def _of_sign(sign: int, level: float, level_here: float, here: float, model: StateModel) -> StateKind:
    if (sign < 0 and not level > model.quiet_side and not level_here > here) or (
        level <= model.quiet_share and sign <= 0
    ):
        return StateKind.CALM
    if (sign > 0 and not level < 1 - model.quiet_side and not level_here < 1 - here) or (
        level >= 1 - model.quiet_share and sign >= 0
    ):
        return StateKind.ALARM
    return StateKind.NEUTRAL


def settles(evidence: Evidence, model: StateModel) -> bool:
    """Whether this is clearly quieter than today's rest: by direction, and by heart rate alone, since slow breathing
    can raise RSA."""
    least = model.faint_settling if evidence.faint else model.settling
    return max(direction(evidence, model), evidence.z_hr) <= -least


def arousal(evidence: Evidence, model: StateModel) -> float:
    """0 (calm) to 1 (on guard), 0.5 halfway between the wearer's rest and ordinary stress; where heart rate has settled
    lower since, from halfway between that and the rest."""
    if not math.isnan(evidence.z_settled):
        evidence = replace(evidence, z_hr=(evidence.z_hr + evidence.z_settled) / 2)
    x = (direction(evidence, model) - model.arousal_centre) / model.arousal_scale
    if math.isfinite(evidence.rank):
        x = (x + 4 * (evidence.rank - 0.5)) / 2
    return 0.5 * (1 + math.tanh(x / 2))


class StateEstimator:
    """Turns each second's `StateInputs` into a `WearerState`, causally.

    `rest` given (from an interval named as baseline, or a session's rest phase) holds throughout; without it the first
    60 readable seconds become the rest reading, or later ones while heart rate falls (see `Anchor`), and `update`
    returns None until they are in. `rest` can be read at any time. `level` is the wearer's own 28 days, absent for a
    new wearer; `pace_curve` and `own_spread` the wearer's, or the prior.
    """

    def __init__(
        self,
        *,
        rest: RestReading | None = None,
        level: LevelAnchor | None = None,
        pace_curve: PaceCurve = PRIOR,
        own_spread: OwnSpread | None = None,
        model: StateModel | None = None,
    ) -> None:
        self._observer = Observer(rest)
        self._level = level
        self._curve = pace_curve
        self._own_spread = own_spread if own_spread is not None else OwnSpread()
        self._model = model if model is not None else StateModel()
        self._recording = RecordingLevel()
        self._settled = SettledRate()
        self._state: WearerState | None = None
        self._wanted = StateKind.UNSURE
        self._wanted_for_s = 0
        self._read_s = -math.inf

    @property
    def rest(self) -> RestReading | None:
        """What the session is held against; None before it is read."""
        return self._observer.anchor.rest

    @property
    def rest_read(self) -> RestReading | None:
        """The rest as it was read, whatever the session is held against by now; None before."""
        return self._observer.anchor.read

    def update(self, inputs: StateInputs) -> WearerState | None:
        """The state at `inputs.t_s`. Call once for every whole second.

        None before a rest reading exists; but an irregular rhythm, which may never allow one, is unsure from the start.
        """
        return self.judge(self._observer.update(inputs))

    def judge(self, second: Observed) -> WearerState | None:
        """The same for a second already observed: many models can judge one recording that was read once."""
        if second.rest is None:
            return self._become(StateKind.UNSURE, second.t_s) if second.irregular_rhythm else None
        if second.reading is None:
            return self._unread(second)
        self._read_s = second.t_s
        evidence = self._evidence(second.reading, second.rest)
        held = self._state.kind if self._state is not None else StateKind.UNSURE
        kind = self._held(judge(evidence, self._model, held), held, evidence)
        if second.moving and not evidence.faint:
            kind = StateKind.NEUTRAL
        return self._become(kind, second.t_s, evidence, _support(second.reading.support_s, second.quality))

    def _unread(self, second: Observed) -> WearerState:
        """The last word for a while, if beats come at all, though nothing new is known; then unsure."""
        stands = second.beats_come and not second.irregular_rhythm
        if stands and self._state is not None and second.t_s - self._read_s <= LAST_WORD_S:
            self._wanted_for_s = 0
            return replace(self._state, confidence=0.0, arousal=NAN)
        return self._become(StateKind.UNSURE, second.t_s)

    def _evidence(self, reading: Reading, rest: RestReading) -> Evidence:
        model = self._model
        faint_rest = math.isnan(rest.ln_rmssd)
        own = personal(model.hr_spread, rest.wander, self._own_spread, faint=faint_rest)
        z_hr, z_vagal = weigh(reading, rest, hr_spread=own, vagal_spread=model.vagal_spread, curve=self._curve)
        if reading.paced:
            return Evidence(z_hr, z_vagal, trend=reading.trend, tracked=reading.tracked, faint=reading.tracked)
        self._recording.add(reading.t_s, reading.ln_hr)
        level = NAN if self._level is None else self._level.rank(reading.ln_hr, reading.ln_rmssd)
        here = self._recording.rank(reading.ln_hr)
        faint = math.isnan(reading.ln_rmssd)
        self._settled.add(reading.t_s, reading.ln_hr)
        fallen = rest.ln_hr - self._settled.ln_hr
        z_settled = NAN
        if faint and faint_rest and fallen > 0:
            z_settled = z_hr + fallen / own.sd(abs(reading.t_s - rest.t_s))
        return Evidence(z_hr, z_vagal, level, here, reading.trend, reading.tracked, faint, z_settled)

    def _held(self, wanted: StateKind, held: StateKind, evidence: Evidence) -> StateKind:
        """A new state is entered only once it was wanted for long enough on end; from unsure to neutral at once."""
        self._wanted_for_s = self._wanted_for_s + 1 if wanted is self._wanted else 1
        self._wanted = wanted
        model = self._model
        hold_s = model.leave_hold_s if wanted is StateKind.NEUTRAL else model.hold_s
        if evidence.faint:
            hold_s = model.faint_hold_s
        if wanted is held or (self._wanted_for_s >= hold_s and may_enter(wanted, evidence, model)):
            return wanted
        return StateKind.NEUTRAL if held is StateKind.UNSURE else held

    def _become(
        self, kind: StateKind, t_s: float, evidence: Evidence | None = None, support: float = 0.0
    ) -> WearerState:
        since_s = self._state.since_s if self._state is not None and self._state.kind is kind else t_s
        state = WearerState(kind, confidence=1.0, since_s=since_s)
        if evidence is None:
            self._wanted_for_s = 0
        else:
            alone = 0.5 if math.isnan(evidence.z_vagal) else 1.0
            settling = kind is StateKind.NEUTRAL and settles(evidence, self._model)
            state = replace(
                state,
                confidence=support * alone,
                arousal=arousal(evidence, self._model),
                settling=settling,
            )
        self._state = state
        return state


def _support(support_s: float, quality: float) -> float:
    return min(1.0, support_s / FULL_SUPPORT_S) * min(1.0, quality)
