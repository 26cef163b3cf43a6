"""The steps of a session and every way from one to the next. `device.session` decides when they are taken.

Kept throughout: each StartRecording is followed by exactly one StopRecording, and none is given while a USB cable
blocks.
"""

import math
from dataclasses import replace

from device.check_in import AFTER, BEFORE, BEFORE_FIRST_TODAY, Questionnaire
from device.commands import Command, Dim, KeepHistory, KeepPreferences, ShareAllowed, StartRecording, StopRecording
from device.events import EndReason, Event, PaceChanged, Phase, PhaseChanged, SessionEnded
from device.menu import MenuItem, changed
from device.preferences import History
from device.session_state import FASTEST_TARGET, OFFERS, PHASE_OF, SessionState, Step
from device.session_view import summary_pages
from device.tally import Tally
from device.views import Advice, Storage
from dsp.guide import BreathGuide, easier_pace
from dsp.resonance import STEP_RAMP_S_PER_BREATH

UNKNOWN_OWN_PACE = 10.0
FASTEST_START = 12.0
UNREADABLE_FROM_S = 60
# A long guide rests a while above its target. That is gentle, and two paces in one session refine the resonance.
LANDED_FROM_S = 600.0
LANDING_ABOVE = 2.0
LANDING_S = 100.0
# A recheck's steps, half a breath from the target, count as near it.
NEAR_TARGET = 0.6


class Course:
    """Changes `state` and collects what it asks for in `out`."""

    def __init__(self, state: SessionState) -> None:
        self._s = state
        self.out: list[Command | Event] = []

    # --- arriving

    def enter(self, step: Step) -> None:
        s = self._s
        s.step = step
        s.clock.restart(s.now_s)
        s.touched_s = s.now_s
        self.dim(False)
        if step not in (Step.GUIDED, Step.RESONANCE):
            self._stop_guide()
            s.held_pace = None
        if step is not Step.USB:
            self._s.share_asked = False
            self.share(False)
        if step in PHASE_OF:
            rechecks = step is Step.RESONANCE and s.recheck
            self.out.append(PhaseChanged(s.now_s, Phase.RECHECK if rechecks else PHASE_OF[step]))

    def go_idle(self) -> None:
        """To wherever nothing is going on: the welcome, unless a cable or a missing sensor has something to say."""
        s = self._s
        s.ended_here = s.resonance = s.recheck = False
        if s.around.usb:
            self.enter(Step.USB)
        elif s.around.sensor_fault is not None:
            self.enter(Step.SENSOR)
        else:
            self.enter(Step.WELCOME)

    def start(self) -> None:
        """The press on the welcome screen."""
        s = self._s
        if s.around.usb and s.config.usb_blocks:
            self.enter(Step.USB)
        elif s.around.sensor_fault is not None:
            self.enter(Step.SENSOR)
        elif s.around.storage in (Storage.FULL, Storage.READ_ONLY):
            self.enter(Step.STORAGE)
        else:
            self.enter_contact()

    def enter_contact(self) -> None:
        self._s.steady_since_s = None
        self._s.body.good_beats_s.clear()
        self.enter(Step.CONTACT)

    def begin(self) -> None:
        """Contact is good: record, and ask how it is."""
        s = self._s
        s.tally, s.reason, s.resonance_breaths_per_min = Tally(), EndReason.COMPLETED, None
        s.check_ins, s.held_pace, s.easier_s = {}, None, -math.inf
        s.unsaved = s.ended_here = False
        s.told_state, s.run_step, s.run_step_from_s = None, 0, math.inf
        if s.around.storage in (Storage.OK, Storage.LOW):
            s.recording = True
            self.out.append(StartRecording(s.now_s))
        else:
            s.unsaved = True
        s.form = Questionnaire(BEFORE_FIRST_TODAY if s.history.first_today else BEFORE)
        self.enter(Step.CHECK_IN)

    def begin_anyway(self) -> None:
        """A press where contact is good but beats are hard to find."""
        if not self._s.body.contact:
            self.begin()

    def _guide(self) -> None:
        s = self._s
        s.guide_ends_after = None
        if s.guide is None:
            own = s.tally.own_breaths_per_min()
            target = s.run_breaths_per_min()[0] if s.resonance else s.target_breaths_per_min()
            start = max(target, min(FASTEST_START, UNKNOWN_OWN_PACE if math.isnan(own) else own))
            s.guide = BreathGuide(s.now_s, start, target)
            if not s.resonance and s.guided_s() >= LANDED_FROM_S:
                s.guide.set_target(s.now_s, min(start, target + LANDING_ABOVE))
        self.enter(Step.RESONANCE if s.resonance else Step.GUIDED)
        self.tell_pace("ramp")

    # --- leaving

    def move_on(self) -> None:
        """To the next step: the time is up, or the wearer wants to."""
        s = self._s
        match s.step:
            case Step.CHECK_IN:
                self._close_form("before")
                self.enter(Step.REST)
            case Step.REST:
                self._guide()
            case Step.GUIDED | Step.RESONANCE:
                self.enter(Step.FREE)
            case Step.FREE if s.tally.settled() and s.reason is not EndReason.DIZZY:
                s.offer_index = 0
                self.enter(Step.OFFER)
            case Step.OFFER if (minutes := OFFERS[s.offer_index]) is not None:
                s.quiet_minutes = minutes
                self.enter(Step.QUIET)
            case Step.FREE | Step.OFFER | Step.QUIET:
                self._check_out()
            case Step.CHECK_OUT:
                self._close_form("after")
                self.finish()
            case _:
                self.go_idle()

    def cut_short(self) -> None:
        """A short press while breathing."""
        if self._s.clock.paused:
            self.finish_by_press()
            return
        if self._s.step in (Step.GUIDED, Step.RESONANCE):
            self._s.reason = EndReason.PRESSED
        self.move_on()

    def finish_by_press(self) -> None:
        self._s.reason = EndReason.PRESSED
        self._check_out()

    def finish(self) -> None:
        """The summary; the recording ends here."""
        s = self._s
        s.ended_here = False
        rose, unreadable = s.tension_rose(), s.tally.irregular_s >= UNREADABLE_FROM_S
        advice = ([Advice.TENSION] if rose and s.history.tension_rose else []) + (
            [Advice.RHYTHM] if unreadable and s.history.rhythm_unreadable else []
        )
        s.pages, s.page = summary_pages(s, advice), 0
        self.keep_history(replace(s.history, first_today=False, tension_rose=rose, rhythm_unreadable=unreadable))
        self.enter(Step.SUMMARY)
        self.end(s.reason)
        if not s.pages:
            self.go_idle()

    def end(self, reason: EndReason) -> None:
        """End the recording, where there is one. Called after entering the step that follows."""
        if self._s.recording:
            self._s.recording = False
            self.out += (SessionEnded(self._s.now_s, reason), StopRecording(self._s.now_s, reason))

    def cut_off(self, step: Step, reason: EndReason) -> None:
        """Something from outside ends the session: what was recorded is kept, and `step` says why."""
        self._s.ended_here = self._s.recording
        self.enter(step)
        self.end(reason)

    def after_cut_off(self) -> None:
        """The cable or the fault has gone: the summary of what there was, or the welcome."""
        if self._s.ended_here:
            self.finish()
        else:
            self.go_idle()

    def _check_out(self) -> None:
        self._s.form = Questionnaire(AFTER)
        self.enter(Step.CHECK_OUT)

    # --- contact lost and back

    def pause(self) -> None:
        s = self._s
        s.clock.pause(s.now_s)
        if s.guide is not None:
            s.held_pace = (s.guide.breaths_per_min, s.guide.target_breaths_per_min)
        self._stop_guide()

    def resume(self) -> None:
        s = self._s
        s.clock.resume(s.now_s)
        if s.held_pace is not None:
            s.guide = BreathGuide(s.now_s, *s.held_pace)
            s.held_pace = s.guide_ends_after = None
            self.tell_pace("ramp")

    # --- the guide

    def land(self) -> None:
        """From the landing on to the target, unless the wearer asked for easier."""
        s = self._s
        if s.guide is not None and math.isinf(s.easier_s) and s.clock.elapsed_s(s.now_s) >= LANDING_S:
            s.guide.set_target(s.now_s, s.target_breaths_per_min())

    def walk_run(self) -> None:
        """Through the paces of a resonance run. A step counts from when its pace is reached: the ways tell nothing."""
        s = self._s
        if s.guide is None:
            return
        paces, elapsed_s = s.run_breaths_per_min(), s.clock.elapsed_s(s.now_s)
        if s.run_step < len(paces) - 1 and elapsed_s >= s.run_step_from_s + s.run_step_s():
            s.run_step, s.run_step_from_s = s.run_step + 1, math.inf
        s.guide.set_target(s.now_s, paces[s.run_step], STEP_RAMP_S_PER_BREATH)
        if s.guide.arrived:
            s.run_step_from_s = min(s.run_step_from_s, elapsed_s)

    def easier(self) -> None:
        """A shorter breath at once, remembered where it says something about the target: not on the way there. A
        resonance run turns into an ordinary guide towards an easier target; its steps would only get slower."""
        s = self._s
        if s.guide is None:
            return
        self.tell_pace("ramp")
        target, runs = s.target_breaths_per_min(), s.step is Step.RESONANCE
        near = abs(s.guide.breaths_per_min - target) <= NEAR_TARGET
        goal = min(FASTEST_TARGET, easier_pace(target))
        if runs and s.guide.breaths_per_min >= goal:
            s.guide.set_target(s.now_s, goal)
        else:
            pace = s.guide.easier(s.now_s)
            self.tell_pace("easier")
            s.guide.set_target(s.now_s, max(goal, pace) if runs else pace)
        s.easier_s = s.now_s
        if near:
            kept = min(FASTEST_TARGET, s.guide.target_breaths_per_min)
            self.keep_history(replace(s.history, target_breaths_per_min=kept))
        if runs:
            s.resonance = s.recheck = False
            self.enter(Step.GUIDED)

    def dizzy(self) -> None:
        self._s.reason = EndReason.DIZZY
        self.enter(Step.FREE)

    def tell_pace(self, cause: str) -> None:
        """Pass the guide's pace changes on; their causes are those of `PaceChanged`."""
        if self._s.guide is not None:
            self.out += (PaceChanged(c.t_s, c.breaths_per_min, cause) for c in self._s.guide.take_changes())

    def _stop_guide(self) -> None:
        if self._s.guide is not None:
            self._s.guide = None
            self.out.append(PaceChanged(self._s.now_s, math.nan, "stop"))

    # --- questions, menu, pages, sharing, dimming

    def next_answer(self, steps: int = 1) -> None:
        for _ in range(steps):
            self._form().move_on()

    def choose_answer(self) -> None:
        self._form().choose()
        if self._form().done:
            self.move_on()

    def _form(self) -> Questionnaire:
        assert self._s.form is not None
        return self._s.form

    def _close_form(self, when: str) -> None:
        check_in = self._form().result(self._s.now_s, when)
        self._s.check_ins[when] = check_in
        self.out.append(check_in)

    def open_menu(self) -> None:
        self._s.menu_index = 0
        self.enter(Step.MENU)

    def next_item(self, steps: int = 1) -> None:
        self._s.menu_index = (self._s.menu_index + steps) % len(self._s.menu_lines())

    def change_item(self) -> None:
        s = self._s
        item = s.menu_lines()[s.menu_index]
        if item in (MenuItem.RESONANCE, MenuItem.RECHECK):
            s.resonance, s.recheck = True, item is MenuItem.RECHECK
            self.start()
        elif item is MenuItem.BACK:
            self.go_idle()
        else:
            s.preferences = changed(s.preferences, item)
            self.out.append(KeepPreferences(s.preferences))

    def next_offer(self, steps: int = 1) -> None:
        self._s.offer_index = (self._s.offer_index + steps) % len(OFFERS)

    def next_page(self) -> None:
        self._s.page += 1
        if self._s.page >= len(self._s.pages):
            self.go_idle()

    def share(self, allowed: bool) -> None:
        if allowed != self._s.sharing:
            self._s.sharing = allowed
            self.out.append(ShareAllowed(self._s.now_s, allowed))

    def dim(self, on: bool) -> None:
        if on != self._s.dimmed:
            self._s.dimmed = on
            self.out.append(Dim(self._s.now_s, on))

    def ask_to_share(self) -> None:
        """A long press beside the cable. It counts when the button comes up, so that holding on to shut down shares
        nothing on the way."""
        self._s.share_asked = True

    def answer_share(self) -> None:
        """The button came up."""
        if self._s.share_asked:
            self._s.share_asked = False
            self.share(self._s.around.usb and not self._s.sharing)

    def leave_usb(self) -> None:
        """A short press beside the cable: stop sharing; where a cable does not block, begin a session."""
        if self._s.sharing or self._s.config.usb_blocks:
            self.share(False)
        else:
            self.start()

    def keep_history(self, history: History) -> None:
        if history != self._s.history:
            self._s.history = history
            self.out.append(KeepHistory(history))
