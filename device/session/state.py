"""What the session knows at a moment, and what it asks for: the blackboard that its parts share.

A part with a life of its own (the guide, the resonance run, the check-ins, the lists to choose from) owns what it is
about and hangs here by name. Each field beside them is written from one file, held by a test.
"""

import enum
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from device.session.choosing.cards import Cards
from device.session.choosing.check_in import CheckIns
from device.session.choosing.menu import Menu, MenuItem
from device.session.choosing.morning import MorningRun
from device.session.choosing.offer import Offer
from device.session.choosing.preferences import FASTEST_TARGET, History, Preferences
from device.session.commands import Blank, Command, KeepHistory, KeepPreferences, Rest, ShareAllowed, UpdateAllowed
from device.session.events import ContactChanged, EndReason, Event, Phase, StateChanged
from device.session.pacing import Pacing
from device.session.practice import Practice
from device.session.resonance_run import ResonanceRun
from device.session.showing.hints import Hint
from device.session.showing.readings import SensorReadings
from device.session.showing.summary_pages import SummaryPages
from device.session.showing.views import Advice, Storage
from device.session.step_clock import StepClock
from device.session.weeks.at_hand import WeeksAtHand
from device.session.weeks.today import FAST_BREATHS_PER_MIN, Guidance
from dsp.resonance.finder import RECHECK_STEP_S, RUN_BREATHS_PER_MIN, STEP_S
from dsp.types import TRUSTED_QUALITY, Contact, MetricsRow, StateKind


class Step(enum.StrEnum):
    """Where the session is; the recorded ones are the log's phases."""

    WENT_BACK = "went_back"
    WELCOME = "welcome"
    MENU = "menu"
    CARDS = "cards"
    OWN_TRIAL = "own_trial"
    HELP = "help"
    EVENING = "evening"
    NIGHT = "night"
    AFTER_NIGHT = "after_night"
    EASE = "ease"
    POSTURE = "posture"
    MORNING_READING = "morning_reading"
    MORNING_WORD = "morning_word"
    CONTACT = "contact"
    CHECK_IN = "check_in"
    REST = "rest"
    GUIDED = "guided"
    RESONANCE = "resonance"
    SITTING = "sitting"
    TRANSFER = "transfer"
    FREE = "free"
    OFFER = "offer"
    QUIET = "quiet"
    CHECK_OUT = "check_out"
    SUMMARY = "summary"
    USB = "usb"
    STORAGE = "storage"
    SENSOR = "sensor"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """`finger`: the sensor sits on a finger; `reference`: on three electrodes. `pulses_fall`: its samples fall with
    each pulse. `led` and `vibration`: such a cue is fitted. `usb_blocks`: no session while a USB cable is in; only the
    configuration may turn this off (see `RISK_WHEN_OFF` of the interlock). Lengths in seconds; `guided_s` overrides the
    minutes that the wearer or the plan chose. `off_after_s`: left alone for so long on its battery, the device switches
    itself off."""

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
    led: bool = False
    vibration: bool = False
    off_after_s: float = math.inf


DIZZY_S = 5.0
"""For so long after a guide was stopped or paused, many presses begin none: whoever is dizzy may press on."""
LONGEST_REST = 3.0
"""How many times its length a rest may last."""


@dataclass(slots=True)
class Attached:
    """What else is plugged in, full, empty or away. `offered`: the version that a computer would install."""

    usb: bool = False
    storage: Storage = Storage.OK
    sensor_fault: str | None = None
    sensor_fault_s: float = math.inf
    sensor_back_s: float = -math.inf
    battery_low: bool = False
    battery_missing: bool = False
    clock_unset: bool = False
    clock_stopped: bool = False
    button_fault: bool = False
    usb_unsure: bool = False
    offered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRules:
    """What holds in a step. `phase` is what the log calls it, None where it is not logged. `waits_s` is how long it
    waits for a press, each of which begins the wait anew; `lasts_s` is how long it goes on by itself, pauses left
    out, and `goes_on` what keeps it beyond that. `in_session`: part of a session, from contact to the last question.
    `breathing`: contact counts, and its loss pauses. `guided`: the guide runs. `at_home`: no session has begun and
    nothing is wrong, so one may begin or the screen about a cable take over. `dark_after_s`: left alone for so long,
    the screen goes dark. `needs_sensor`: a fault of the sensor is told at once. `ignores_cable`: a cable that comes
    in ends the recording at hand, and nothing else. `awaits_sensor`: it ends when the sensor answers, so that is
    tried on; elsewhere outside a session and a guide `alone`, left to itself, nothing is sampled. `walks`: presses
    walk a list, so that two quick ones are two steps, never a way out by mistake. `alone`: the guide is a session of
    its own, recorded where the sensor can be read, and nothing is learnt from it."""

    phase: Phase | None = None
    waits_s: float = math.inf
    lasts_s: "Callable[[SessionState], float]" = lambda s: s.rules.waits_s
    goes_on: "Callable[[SessionState], bool]" = lambda s: False
    in_session: bool = False
    breathing: bool = False
    guided: bool = False
    at_home: bool = False
    dark_after_s: float = math.inf
    needs_sensor: bool = False
    ignores_cable: bool = False
    awaits_sensor: bool = False
    walks: bool = False
    alone: bool = False

    def hints(self, s: "SessionState") -> tuple[Hint, ...]:
        """What the button does here and now, a hint a gesture."""
        return ()


@dataclass(slots=True)
class SessionState:
    """`steps` are the rules of every step. `out`: commands and events that nobody has taken yet, in order."""

    settings: SessionSettings
    preferences: Preferences
    history: History
    steps: Mapping[Step, StepRules]
    run: ResonanceRun
    weeks: WeeksAtHand
    out: list[Command | Event] = field(default_factory=list)
    step: Step = Step.WELCOME
    now_s: float = -math.inf
    recording: bool = False
    unsaved: Advice | None = None
    ended_here: bool = False
    evening_s: float = 0.0
    reason: EndReason = EndReason.COMPLETED
    blank: bool = False
    resting: bool = False
    sharing: bool = False
    updating: bool = False
    share_asked: bool = False
    told_state: tuple[StateKind, bool] | None = None
    practice: Practice = field(default_factory=Practice)
    clock: StepClock = field(default_factory=StepClock)
    sensor: SensorReadings = field(default_factory=SensorReadings)
    attached: Attached = field(default_factory=Attached)
    cards: Cards = field(default_factory=Cards)
    check_ins: CheckIns = field(default_factory=CheckIns)
    menu: Menu = field(default_factory=Menu)
    morning: MorningRun = field(default_factory=MorningRun)
    offer: Offer = field(default_factory=Offer)
    pages: SummaryPages = field(default_factory=SummaryPages)
    pacing: Pacing = field(init=False)

    def __post_init__(self) -> None:
        self.pacing = Pacing(self.out)

    # --- the step at hand

    @property
    def rules(self) -> StepRules:
        return self.steps[self.step]

    @property
    def elapsed_s(self) -> float:
        """How long the step has lasted, pauses left out."""
        return self.clock.elapsed_s(self.now_s)

    @property
    def progress(self) -> float:
        """How much of the step is over, 0 to 1."""
        return min(1.0, self.elapsed_s / self.rules.lasts_s(self))

    @property
    def rest_goes_on(self) -> bool:
        """Whether the rest lasts beyond its time: it can be read, but is none to compare with yet, as heart rate falls
        after a walk or the stairs."""
        row = self.sensor.row
        if row is None or row.state is not None or row.contact or row.quality < TRUSTED_QUALITY:
            return False
        return self.elapsed_s < LONGEST_REST * self.settings.rest_s

    @property
    def guide_just_left(self) -> bool:
        """Whether the guide was stopped for dizziness, or paused, only now."""
        if self.clock.paused:
            return self.rules.guided and self.clock.paused_s(self.now_s) < DIZZY_S
        dizzy = self.reason is EndReason.DIZZY and self.step in (Step.FREE, Step.EASE)
        return dizzy and self.elapsed_s < DIZZY_S

    # --- where the guide leads

    @property
    def target_breaths_per_min(self) -> float:
        """Where an ordinary guide leads."""
        if self.weeks.guidance is Guidance.FAST:
            return FAST_BREATHS_PER_MIN
        return min(FASTEST_TARGET, self.history.target_breaths_per_min)

    @property
    def guided_s(self) -> float:
        minutes = self.weeks.dose(self.preferences).minutes
        return 60.0 * minutes if self.settings.guided_s is None else self.settings.guided_s

    @property
    def guide_away(self) -> bool:
        """Whether the guide is away for a stretch, so that the skill carries over."""
        return self.step is Step.GUIDED and self.weeks.away(self.preferences, self.progress)

    # --- what is there

    @property
    def menu_absent(self) -> frozenset[MenuItem]:
        """The menu's lines that would do nothing."""
        there = {
            MenuItem.LED: self.settings.led,
            MenuItem.VIBRATION: self.settings.vibration,
            MenuItem.POSTURE: self.preferences.posture is not None,
            MenuItem.RECHECK: self.run.recheck_minutes() is not None,
            MenuItem.PLAN: self.weeks.outlook.plan is not None,
            MenuItem.MINUTES: not self.weeks.plan_holds(self.preferences),
            MenuItem.TRIAL: self.weeks.outlook.can_try,
        }
        return frozenset(item for item, fitted in there.items() if not fitted)

    @property
    def cable_blocks(self) -> bool:
        return self.attached.usb and self.settings.usb_blocks

    @property
    def can_record(self) -> bool:
        return self.attached.storage in (Storage.OK, Storage.LOW) and not self.cable_blocks

    # --- told when it changes

    def blank_screen(self, on: bool) -> None:
        if on != self.blank:
            self.blank = on
            self.out.append(Blank(self.now_s, on))

    def rest(self, on: bool) -> None:
        if on != self.resting:
            self.resting = on
            self.out.append(Rest(self.now_s, on))

    def ask_to_share(self, asked: bool = True) -> None:
        self.share_asked = asked

    def share(self, allowed: bool) -> None:
        self.share_asked = False
        if allowed != self.sharing:
            self.sharing = allowed
            self.out.append(ShareAllowed(self.now_s, allowed))

    def allow_update(self, allowed: bool) -> None:
        self.share_asked = False
        if allowed != self.updating:
            self.updating = allowed
            self.out.append(UpdateAllowed(self.now_s, self.attached.offered if allowed else ""))

    def close_port(self) -> None:
        """Nothing is allowed to the computer at the cable any more."""
        self.share(False)
        self.allow_update(False)

    def take_history(self, history: History) -> None:
        """Take over what the device kept."""
        self.history = history

    def keep_history(self, history: History) -> None:
        if history != self.history:
            self.history = history
            self.out.append(KeepHistory(history))

    def keep_preferences(self, preferences: Preferences) -> None:
        if preferences != self.preferences:
            self.preferences = preferences
            self.out.append(KeepPreferences(preferences))

    def tell_contact(self, t_s: float, contact: Contact) -> None:
        if contact != self.sensor.contact:
            self.sensor.note_contact(contact, self.now_s)
            self.out.append(ContactChanged(t_s, contact))

    def tell_state(self, row: MetricsRow) -> None:
        told = None if row.state is None else (row.state.kind, row.state.settling)
        if row.state is not None and told != self.told_state:
            self.out.append(StateChanged(row.t_s, row.state.kind, row.state.settling))
        self.told_state = told

    def forget_state(self) -> None:
        """A new recording begins: it is told the next state even if that is the old one."""
        self.told_state = None
