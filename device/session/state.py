"""What the session knows at a moment, and what it asks for. Only the machine and its parts change it; `showing.builder`
reads it."""

import enum
import math
from collections import deque
from dataclasses import dataclass, field

from device.session.choosing.check_in import Questionnaire
from device.session.choosing.menu import MenuItem, lines
from device.session.choosing.preferences import History, Preferences
from device.session.commands import Command, Dim, KeepHistory, ShareAllowed
from device.session.events import CheckIn, EndReason, Event, Phase
from device.session.practice import Tally
from device.session.showing.trace import Trace
from device.session.showing.views import Advice, Storage, SummaryView
from device.session.step_clock import StepClock
from dsp.guide import BreathGuide
from dsp.resonance.finder import RECHECK_STEP_S, RUN_BREATHS_PER_MIN, STEP_S, recheck_paces, run_lasts_s
from dsp.types import Contact, MetricsRow, RRInterval, StateKind

OFFERS: tuple[int | None, ...] = (2, 3, 4, 5, None)
RISEN_BY = 2
FASTEST_TARGET = 8.0
"""Breaths/min: however often a wearer asks for easier, later sessions still slow the breath down."""
BEATS_FOR_CONTACT = 3
BEATS_WITHIN_S = 5.0
RATE_FROM_S = 15.0


class Step(enum.StrEnum):
    """Where the session is; the recorded ones are the log's phases."""

    WELCOME = "welcome"
    MENU = "menu"
    CONTACT = "contact"
    CHECK_IN = "check_in"
    REST = "rest"
    GUIDED = "guided"
    RESONANCE = "resonance"
    FREE = "free"
    OFFER = "offer"
    QUIET = "quiet"
    CHECK_OUT = "check_out"
    SUMMARY = "summary"
    USB = "usb"
    STORAGE = "storage"
    SENSOR = "sensor"
    GOODBYE = "goodbye"


PHASE_OF = {Step(phase): phase for phase in Phase if phase is not Phase.RECHECK}
# How long a step waits for a press before it goes on by itself; a press begins the wait anew.
WAITS_S = {
    Step.MENU: 30.0,
    Step.CONTACT: 300.0,
    Step.CHECK_IN: 45.0,
    Step.OFFER: 15.0,
    Step.CHECK_OUT: 45.0,
    Step.SUMMARY: 120.0,
    Step.STORAGE: 30.0,
}
SESSION_STEPS = frozenset(PHASE_OF) - {Step.SUMMARY} | {Step.OFFER}
BREATHING_STEPS = frozenset({Step.REST, Step.GUIDED, Step.RESONANCE, Step.FREE})


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """`finger`: the sensor sits on a finger; `reference`: on three electrodes. `pulses_fall`: its samples fall with
    each pulse. `usb_blocks`: no session while a USB cable is in; only the configuration may turn this off (see
    `RISK_WHEN_OFF` of the interlock). Lengths in seconds; `guided_s` goes before the minutes that the wearer chose."""

    finger: bool = False
    reference: bool = False
    usb_blocks: bool = True
    rest_s: float = 60.0
    guided_s: float | None = None
    free_s: float = 60.0
    resonance_breaths_per_min: tuple[float, ...] = RUN_BREATHS_PER_MIN
    resonance_step_s: float = STEP_S
    recheck_step_s: float = RECHECK_STEP_S
    pulses_fall: bool = False


@dataclass(slots=True)
class Body:
    """What the sensor last told."""

    contact: Contact = Contact.GOOD
    contact_since_s: float = -math.inf
    beat_s: float = -math.inf
    good_beats_s: deque[float] = field(default_factory=lambda: deque(maxlen=BEATS_FOR_CONTACT))
    intervals: deque[RRInterval] = field(default_factory=lambda: deque(maxlen=10))
    row: MetricsRow | None = None
    trace: Trace = field(default_factory=Trace)

    def readable(self, t_s: float) -> bool:
        """Contact is good and beats have been found lately."""
        beats = self.good_beats_s
        return not self.contact and len(beats) == BEATS_FOR_CONTACT and t_s - beats[0] <= BEATS_WITHIN_S

    def hr_bpm(self, t_s: float) -> float:
        """The metrics row's mean heart rate; before there is one, that of the intervals of the last `RATE_FROM_S`; NaN
        without any, and in an irregular rhythm."""
        if self.row is not None and not math.isnan(self.row.mean_hr_bpm):
            return self.row.mean_hr_bpm
        rr_ms = [i.rr_ms for i in self.intervals if i.t_s > t_s - RATE_FROM_S]
        if not rr_ms or (self.row is not None and self.row.irregular_rhythm):
            return math.nan
        return 60000.0 * len(rr_ms) / sum(rr_ms)


@dataclass(slots=True)
class Surroundings:
    """What else is plugged in, full, empty or away."""

    usb: bool = False
    storage: Storage = Storage.OK
    sensor_fault: str | None = None
    sensor_fault_s: float = math.inf
    battery_low: bool = False
    clock_unset: bool = False


@dataclass(slots=True)
class SessionState:
    """`out`: commands and events that nobody has taken yet, in order."""

    config: SessionConfig
    preferences: Preferences
    history: History
    step: Step = Step.WELCOME
    now_s: float = -math.inf
    clock: StepClock = field(default_factory=lambda: StepClock(0.0))
    touched_s: float = -math.inf
    dimmed: bool = False
    body: Body = field(default_factory=Body)
    around: Surroundings = field(default_factory=Surroundings)
    recording: bool = False
    unsaved: Advice | None = None
    ended_here: bool = False
    sharing: bool = False
    share_asked: bool = False
    reason: EndReason = EndReason.COMPLETED
    told_state: tuple[StateKind, bool] | None = None
    resonance: bool = False
    recheck: bool = False
    known_breaths_per_min: float | None = None
    run_step: int = 0
    run_step_from_s: float = math.inf
    resonance_breaths_per_min: float | None = None
    guide: BreathGuide | None = None
    guide_ends_after: int | None = None
    held_pace: tuple[float, float] | None = None
    easier_s: float = -math.inf
    steady_since_s: float | None = None
    form: Questionnaire | None = None
    check_ins: dict[str, CheckIn] = field(default_factory=dict)
    menu_index: int = 0
    offer_index: int = 0
    quiet_minutes: int = 0
    pages: list[SummaryView] = field(default_factory=list)
    page: int = 0
    tally: Tally = field(default_factory=Tally)
    out: list[Command | Event] = field(default_factory=list)

    def dim(self, on: bool) -> None:
        if on != self.dimmed:
            self.dimmed = on
            self.out.append(Dim(self.now_s, on))

    def share(self, allowed: bool) -> None:
        if allowed != self.sharing:
            self.sharing = allowed
            self.out.append(ShareAllowed(self.now_s, allowed))

    def keep_history(self, history: History) -> None:
        if history != self.history:
            self.history = history
            self.out.append(KeepHistory(history))

    def tension_rose(self) -> bool | None:
        """By two or more from the first check-in to the second; None where either was skipped."""
        before, after = self.check_ins.get("before"), self.check_ins.get("after")
        if before is None or after is None or before.tension is None or after.tension is None:
            return None
        return after.tension - before.tension >= RISEN_BY

    def target_breaths_per_min(self) -> float:
        """Where an ordinary guide leads."""
        return min(FASTEST_TARGET, self.history.target_breaths_per_min)

    def guided_s(self) -> float:
        return 60.0 * self.preferences.minutes if self.config.guided_s is None else self.config.guided_s

    def step_lasts_s(self) -> float:
        """How long the step goes on by itself, pauses left out."""
        match self.step:
            case Step.REST:
                return self.config.rest_s
            case Step.GUIDED:
                return self.guided_s()
            case Step.RESONANCE:
                last = self.run_step == len(self.run_breaths_per_min()) - 1
                return self.run_step_from_s + self.run_step_s() if last else math.inf
            case Step.FREE:
                return self.config.free_s
            case Step.QUIET:
                return 60.0 * self.quiet_minutes
            case _:
                return WAITS_S.get(self.step, math.inf)

    def run_breaths_per_min(self) -> tuple[float, ...]:
        """The paces of the resonance run at hand."""
        if self.recheck and self.known_breaths_per_min is not None:
            return recheck_paces(self.known_breaths_per_min)
        return self.config.resonance_breaths_per_min

    def run_step_s(self) -> float:
        return self.config.recheck_step_s if self.recheck else self.config.resonance_step_s

    def run_minutes(self) -> int:
        """How long a resonance run takes at most."""
        return math.ceil(run_lasts_s(self.config.resonance_breaths_per_min, self.config.resonance_step_s) / 60.0)

    def recheck_minutes(self) -> int | None:
        """The same of a recheck, None where there is nothing to check."""
        if self.known_breaths_per_min is None:
            return None
        return math.ceil(run_lasts_s(recheck_paces(self.known_breaths_per_min), self.config.recheck_step_s) / 60.0)

    def menu_lines(self) -> tuple[MenuItem, ...]:
        return lines(recheck=self.known_breaths_per_min is not None)
