"""The steps of a session and every way from one to the next. `device.session.machine` decides when they are taken.

Kept throughout: each StartRecording is followed by exactly one StopRecording, and none is given while a USB cable
blocks.
"""

import math
from dataclasses import replace

from device.session.choosing.check_in import AFTER, BEFORE, BEFORE_FIRST_TODAY, Questionnaire
from device.session.commands import StartRecording, StopRecording
from device.session.events import EndReason, Phase, PhaseChanged, SessionEnded
from device.session.pacing import Pacing
from device.session.practice import Tally
from device.session.showing.builder import summary_pages
from device.session.showing.views import Advice, Storage
from device.session.state import OFFERS, PHASE_OF, SessionState, Step

UNREADABLE_FROM_S = 60


class Course:
    """Changes `state` and asks through it for what that needs."""

    def __init__(self, state: SessionState) -> None:
        self._s = state
        self.pacing = Pacing(state)

    # --- arriving

    def enter(self, step: Step) -> None:
        s = self._s
        s.step = step
        s.clock.restart(s.now_s)
        s.touched_s = s.now_s
        s.dim(False)
        if step not in (Step.GUIDED, Step.RESONANCE):
            self.pacing.stop()
            s.held_pace = None
        if step is not Step.USB:
            s.share_asked = False
            s.share(False)
        if step in PHASE_OF:
            rechecks = step is Step.RESONANCE and s.recheck
            s.out.append(PhaseChanged(s.now_s, Phase.RECHECK if rechecks else PHASE_OF[step]))

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
        s.unsaved, s.ended_here = None, False
        s.told_state, s.run_step, s.run_step_from_s = None, 0, math.inf
        if s.around.storage in (Storage.OK, Storage.LOW):
            s.recording = True
            s.out.append(StartRecording(s.now_s))
        else:
            s.unsaved = Advice.NOT_SAVED
        s.form = Questionnaire(BEFORE_FIRST_TODAY if s.history.first_today else BEFORE)
        self.enter(Step.CHECK_IN)

    def begin_anyway(self) -> None:
        """A press where contact is good but beats are hard to find."""
        if not self._s.body.contact:
            self.begin()

    def _guide(self) -> None:
        self.pacing.start()
        self.enter(Step.RESONANCE if self._s.resonance else Step.GUIDED)
        self.pacing.tell("ramp")

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
        if self._s.reason is not EndReason.DIZZY:
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
        # A session that tells neither way leaves standing what the one before told.
        if rose is None:
            rose = s.history.tension_rose
        if s.tally.practised_s < UNREADABLE_FROM_S:
            unreadable |= s.history.rhythm_unreadable
        s.keep_history(replace(s.history, first_today=False, tension_rose=rose, rhythm_unreadable=unreadable))
        self.enter(Step.SUMMARY)
        self.end(s.reason)
        if not s.pages:
            self.go_idle()

    def end(self, reason: EndReason) -> None:
        """End the recording, where there is one. Called after entering the step that follows."""
        if self._s.recording:
            self._s.recording = False
            self._s.out += (SessionEnded(self._s.now_s, reason), StopRecording(self._s.now_s, reason))

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

    def _close_form(self, when: str) -> None:
        s = self._s
        assert s.form is not None
        s.check_ins[when] = s.form.result(s.now_s, when)
        s.out.append(s.check_ins[when])

    # --- contact lost and back

    def pause(self) -> None:
        self._s.clock.pause(self._s.now_s)
        self.pacing.hold()

    def resume(self) -> None:
        self._s.clock.resume(self._s.now_s)
        self.pacing.take_up()

    # --- the guide

    def easier(self) -> None:
        """A resonance run turns into an ordinary guide."""
        s = self._s
        if s.guide is None:
            return
        self.pacing.easier(s.guide)
        if s.step is Step.RESONANCE:
            s.resonance = s.recheck = False
            self.enter(Step.GUIDED)

    def dizzy(self) -> None:
        self._s.reason = EndReason.DIZZY
        self.pacing.stop_dizzy()
        self.enter(Step.FREE)
