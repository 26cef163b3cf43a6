"""Whatever happens in whatever order: no dead end, no lost session, no recording under USB power."""

import math

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from device.screens import draw
from device.session.choosing.preferences import History, Preferences
from device.session.commands import (
    Blank,
    Command,
    Practised,
    Rest,
    ShareAllowed,
    StartRecording,
    StopRecording,
    UpdateAllowed,
    WayBackRead,
)
from device.session.events import EndReason, Event, Learned, PaceChanged, Phase, SessionEnded
from device.session.machine import Session
from device.session.showing.views import GuideView, Storage, UsbState, UsbView
from device.session.state import SessionSettings, Step
from device.session.steps import HELP_NOW, STEPS
from device.session.weeks.today import FADES, Draw, Guidance, PlanRow, Today
from dsp.state.profile import Profile
from dsp.types import Beat, Contact, MetricsRow, StateKind, WearerState

LONGEST_S = 720 + 45 + 30 + 300 + 45 + 60 + 1200 + 60 + 15 + 300 + 45 + 120 + 300
STATES = [None, *(WearerState(kind, 0.9, 0.0, arousal=0.4) for kind in StateKind if kind is not StateKind.UNSURE)]


TODAYS = st.builds(
    Today,
    st.none() | st.builds(PlanRow, st.integers(1, 9), st.sampled_from([3, 5]), st.integers(0, FADES), st.booleans()),
    st.sampled_from([0.0, 3.0]),
    st.none() | st.builds(Draw, st.just(7), st.integers(0, 2), st.sampled_from(Guidance), st.sampled_from([None, 3])),
    st.booleans(),
)
HELP_WITHIN_S = 2.0
# Off; and the menu, where presses are steps. It goes away by itself.
NO_HELP = (Step.GOODBYE, Step.MENU)


def new_session() -> Session:
    return Session(
        Preferences(minutes=3, trial=True),
        History(cards_seen=True),
        SessionSettings(rest_s=10.0, free_s=40.0, resonance_step_s=20.0),
    )


class SessionMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.session = new_session()
        self.t_s = 0.0
        self.usb = False
        self.state: WearerState | None = None
        self.starts = self.stops = self.ends = 0
        self.pace = math.nan
        self.shared = self.dark = self.resting = self.updating = False
        self.offered = ""
        self.way_back = False

    # --- what can happen

    @rule(
        seconds=st.sampled_from([0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.5, 7.0]), gap_s=st.sampled_from([0.2, 0.6])
    )
    def press(self, seconds: float, gap_s: float) -> None:
        self.session.on_button(self.t_s, True)
        self._pass(seconds)
        self.session.on_button(self.t_s, False)
        self._pass(gap_s)

    @rule(seconds=st.sampled_from([1.0, 5.0, 12.0, 20.0, 50.0, 200.0]), beats=st.booleans())
    def wait(self, seconds: float, beats: bool) -> None:
        self._pass(seconds, beats)

    @rule(contact=st.sampled_from([Contact.GOOD, Contact.GOOD, Contact.POSITIVE_OFF, Contact.SENSOR_GONE]))
    def touch(self, contact: Contact) -> None:
        self.session.on_contact(self.t_s, contact)
        self._check_out()

    @rule(connected=st.sampled_from([False, False, False, True]))
    def plug(self, connected: bool) -> None:
        self.usb = connected
        self.session.on_usb(self.t_s, connected)
        self._check_out()

    @rule(version=st.sampled_from(["", "", "0.3.0", "0.4.0"]))
    def offer(self, version: str) -> None:
        self.offered = version
        self.session.on_offer(self.t_s, version)
        self._check_out()

    @rule()
    def go_back(self) -> None:
        self.session.on_way_back()
        self.way_back = True
        self._check_out()

    @rule(storage=st.sampled_from([*[Storage.OK] * 4, *Storage]))
    def fill(self, storage: Storage) -> None:
        self.session.on_storage(self.t_s, storage)
        self._check_out()

    @rule(fault=st.sampled_from([None, None, None, "no answer"]))
    def fault(self, fault: str | None) -> None:
        self.session.on_sensor(self.t_s, fault)
        self._check_out()

    @rule(state=st.sampled_from(STATES))
    def feel(self, state: WearerState | None) -> None:
        self.state = state

    @rule(found=st.sampled_from([5.4, math.nan]))
    def resonance(self, found: float) -> None:
        self.session.on_learned(Learned(self.t_s, Profile(), found))
        self._check_out()

    @rule(today=TODAYS)
    def weeks(self, today: Today) -> None:
        self.session.on_weeks(self.t_s, today)
        self._check_out()

    @rule()
    def find_resonance(self) -> None:
        self.session.find_resonance(self.t_s)
        self._check_out()

    @precondition(lambda self: self.session.step is Step.GOODBYE)
    @rule()
    def wake(self) -> None:
        """Switched on again, with all as it was."""
        self._switch_on()
        self.session.on_usb(self.t_s, self.usb)
        self._check_out()

    @precondition(lambda self: self.session.step not in NO_HELP)
    @rule(presses=st.integers(3, 5), gap_s=st.sampled_from([0.05, 0.1, 0.2]), seconds=st.sampled_from([0.5, 30.0]))
    def call_for_help(self, presses: int, gap_s: float, seconds: float) -> None:
        """Whatever is shown and whatever is at fault, three presses or more bring a guide to the screen, but where one
        is shown: there they stop it, for who presses often may be dizzy."""
        self._pass(0.5)
        while self.session._s.guide_just_left:
            self._pass(0.5)
        if self.session.step in NO_HELP or isinstance(self.session.view(self.t_s), GuideView):
            return  # an earlier press took effect only now
        begun_s = self.t_s
        for _ in range(presses):
            self.press(0.1, gap_s)
        self._pass(0.41 - gap_s)
        assert isinstance(self.session.view(self.t_s), GuideView), self.session.step
        assert self.session.step is Step.HELP
        assert self.t_s - begun_s <= HELP_WITHIN_S
        self._pass(seconds)

    @precondition(lambda self: isinstance(self.session.view(self.t_s), GuideView))
    @rule(presses=st.integers(2, 6))
    def be_dizzy(self, presses: int) -> None:
        """However often one presses, the guide stops, and it does not begin again."""
        self._pass(0.5)
        if not isinstance(self.session.view(self.t_s), GuideView):
            return  # an earlier press took effect only now
        for _ in range(presses):
            self.press(0.1, 0.1)
        self._pass(0.5)
        for _ in range(presses):
            self.press(0.1, 0.1)
        self._pass(0.5)
        if STEPS[self.session.step].phase is not Phase.EVENING:
            assert not isinstance(self.session.view(self.t_s), GuideView), self.session.step

    @precondition(lambda self: STEPS[self.session.step].double is HELP_NOW)
    @rule(seconds=st.sampled_from([1.0, 60.0, 200.0]))
    def help_at_once(self, seconds: float) -> None:
        self._pass(0.5)
        if STEPS[self.session.step].double is not HELP_NOW:
            return  # an earlier press took effect only now
        begun_s = self.t_s
        self.press(0.1, 0.1)
        self.press(0.1, 0.45)
        assert self.session.step is Step.HELP
        assert self.t_s - begun_s <= HELP_WITHIN_S
        assert isinstance(self.session.view(self.t_s), GuideView)
        self._pass(seconds)

    @precondition(lambda self: self.session.step in (Step.WELCOME, Step.CONTACT))
    @rule()
    def get_going(self) -> None:
        """As far as the rest, if nothing is in the way."""
        if self.session.step is Step.WELCOME:
            self.press(0.1, 0.6)
        self.session.on_contact(self.t_s, Contact.GOOD)
        self._pass(8.0)
        while self.session.step is Step.CHECK_IN:
            self.press(1.0, 0.2)

    @precondition(lambda self: STEPS[self.session.step].breathing)
    @rule()
    def stay(self) -> None:
        """Through the step, still and seated."""
        self.session.on_contact(self.t_s, Contact.GOOD)
        self._pass(45.0)

    # --- what must hold

    @invariant()
    def recording_starts_and_stops_in_turn(self) -> None:
        assert self.starts - self.stops == int(self.session.recording)
        assert self.ends == self.stops

    @invariant()
    def nothing_is_recorded_under_usb_power(self) -> None:
        assert not (self.usb and self.session.recording)

    @invariant()
    def sharing_needs_a_cable(self) -> None:
        assert self.usb or not self.shared

    @invariant()
    def an_update_needs_a_cable_an_offer_and_its_own_screen(self) -> None:
        assert not self.updating or (self.usb and self.offered and self.session.step is Step.USB)

    @invariant()
    def an_update_that_was_left_is_told_before_the_next_welcome(self) -> None:
        assert not (self.way_back and self.session.step is Step.WELCOME)

    @invariant()
    def nothing_is_shared_behind_another_question(self) -> None:
        view = self.session.view(self.t_s)
        self._check_out()
        assert not (self.shared and isinstance(view, UsbView) and view.state is not UsbState.SHARING)

    @invariant()
    def the_screen_can_always_be_drawn(self) -> None:
        assert draw(self.session.view(self.t_s)).size == (128, 64)

    @invariant()
    def the_display_is_never_dark_in_a_session_nor_while_logs_are_shared(self) -> None:
        assert not (self.dark and (STEPS[self.session.step].in_session or self.shared))

    @invariant()
    def a_session_is_sampled(self) -> None:
        rules = STEPS[self.session.step]
        assert not (self.resting and (rules.in_session or rules.alone))

    @invariant()
    def the_log_knows_whether_a_guide_runs(self) -> None:
        breath = self.session.breath(self.t_s)
        self._check_out()
        assert (breath is None) == math.isnan(self.pace)

    def teardown(self) -> None:
        """With everything plugged, seated and empty again, the welcome comes back by itself, and it works."""
        self.session.on_usb(self.t_s, False)
        self.session.on_sensor(self.t_s, None)
        self.session.on_storage(self.t_s, Storage.OK)
        self.session.on_contact(self.t_s, Contact.GOOD)
        self.usb = False
        self._pass(LONGEST_S, step_s=4.0)
        if self.session.step is Step.NIGHT:
            self.press(0.1, 0.6)
        if self.session.step is Step.GOODBYE:
            self._switch_on()
        if self.session.step is Step.WENT_BACK:  # dark by now, and the press that lights it does nothing else
            self.press(0.1, 0.6)
            self.press(0.1, 0.6)
        assert self.session.step is Step.WELCOME
        assert self.starts == self.stops
        self.press(0.1, 0.6)
        self._pass(8.0)
        assert self.session.recording

    def _switch_on(self) -> None:
        self.session = new_session()
        self.dark = self.resting = False
        self.session.on_offer(self.t_s, self.offered)
        self.way_back = False

    # --- how time passes

    def _pass(self, seconds: float, beats: bool = True, step_s: float = 0.5) -> None:
        end_s = self.t_s + seconds
        while self.t_s < end_s:
            before = math.floor(self.t_s)
            self.t_s = min(end_s, self.t_s + step_s)
            self.session.tick(self.t_s)
            if beats and math.floor(self.t_s) > before:
                self.session.on_beat(Beat(500.0 * self.t_s, self.t_s, 0.9))
                self.session.on_row(MetricsRow(self.t_s, mean_hr_bpm=60.0, quality=0.9, state=self.state))
            self._check_out()

    def _check_out(self) -> None:
        for item in self.session.take():
            self._count(item)

    def _count(self, item: Command | Event) -> None:
        match item:
            case StartRecording():
                assert self.starts == self.stops
                assert not self.usb
                self.starts += 1
            case StopRecording():
                assert self.starts == self.stops + 1
                self.stops += 1
            case SessionEnded(_, reason):
                assert reason in EndReason
                self.ends += 1
            case Practised(_, minutes):
                assert minutes > 0
            case PaceChanged(_, pace, _):
                self.pace = pace
            case ShareAllowed(_, allowed):
                assert allowed != self.shared
                self.shared = allowed
            case UpdateAllowed(_, version):
                assert version in (self.offered, "")
                assert bool(version) != self.updating
                self.updating = bool(version)
            case WayBackRead():
                assert self.way_back
                self.way_back = False
            case Rest(_, on):
                assert on != self.resting
                self.resting = on
            case Blank(_, on):
                assert on != self.dark
                self.dark = on


TestSessionMachine = SessionMachine.TestCase
TestSessionMachine.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
