"""The steps of a session and every way from one to the next. `device.session.machine` decides when they are taken.

Kept throughout: each StartRecording is followed by exactly one StopRecording, and none is given while a USB cable
blocks.
"""

from dataclasses import replace

from device.session.choosing.cards import FIRST_RUN, WAY_BACK
from device.session.choosing.check_in import QUESTIONS, QUESTIONS_ONCE_A_DAY
from device.session.choosing.menu import EVENING_MINUTES, MORNING_MINUTES
from device.session.commands import ShutDown, StartRecording, StopRecording
from device.session.events import EndReason, Phase, PhaseChanged, PostureTold, SessionEnded
from device.session.practice import Practice
from device.session.showing.summary_pages import summary_pages
from device.session.showing.views import Advice, GuessMeaningView, Storage, SummaryTimeView
from device.session.state import SessionState, Step
from device.session.weeks.today import Guidance

UNREADABLE_FROM_S = 60
HELP_S = 180.0
EVENING_S = 60.0 * EVENING_MINUTES
MORNING_S = 60.0 * MORNING_MINUTES
NIGHT_OVER_S = 4 * 3600.0
HELP_BREATHS_PER_MIN = 10.0
"""Where the guide starts for a wearer who needs it now, whatever their own pace: neither slow nor a task."""


class Course:
    """Changes `state` and asks through it for what that needs."""

    def __init__(self, state: SessionState) -> None:
        self._s = state

    # --- arriving

    def enter(self, step: Step) -> None:
        s = self._s
        s.step = step
        s.clock.enter(s.now_s)
        s.blank_screen(False)
        s.rest(False)
        if not s.rules.guided:
            s.pacing.stop(s.now_s)
        if step is not Step.USB:
            s.close_port()
        if (phase := s.rules.phase) is not None:
            rechecks = step is Step.RESONANCE and s.run.recheck
            s.out.append(PhaseChanged(s.now_s, Phase.RECHECK if rechecks else phase))
        if not s.rules.in_session:
            self._practised()

    def _practised(self) -> None:
        """The session at hand, if there is one, is over: what it adds to the weeks."""
        s = self._s
        if (practised := s.weeks.end(s.now_s, s.practice, s.check_ins)) is not None:
            s.out.append(practised)

    def go_idle(self) -> None:
        """To the welcome, or to the screen about the cable, the missing sensor or an update that was left, if there is
        one."""
        s = self._s
        s.ended_here = False
        s.run.drop()
        s.morning.drop()
        if s.attached.usb:
            self.enter(Step.USB)
        elif s.attached.sensor_fault is not None:
            self.enter(Step.SENSOR)
        elif s.cards.owes_way_back:
            s.cards.begin(WAY_BACK)
            self.enter(Step.WENT_BACK)
        else:
            self.enter(Step.WELCOME)

    def tell_way_back(self) -> None:
        """Before the next welcome, which may be at hand."""
        self._s.cards.owe_way_back()
        if self._s.step is Step.WELCOME:
            self.go_idle()

    def start(self) -> None:
        """The press on the welcome screen."""
        s = self._s
        if s.cable_blocks:
            self.enter(Step.USB)
        elif s.attached.sensor_fault is not None:
            self.enter(Step.SENSOR)
        elif s.attached.storage in (Storage.FULL, Storage.READ_ONLY):
            self.enter(Step.STORAGE)
        elif not s.history.cards_seen:
            s.cards.begin(FIRST_RUN)
            self.enter(Step.CARDS)
        else:
            self.enter_contact()

    def enter_contact(self) -> None:
        self._s.sensor.find_contact()
        self.enter(Step.CONTACT)

    def begin(self) -> None:
        """Contact is good: record, and ask how it is; a morning reading asks nothing."""
        s = self._s
        if s.preferences.posture is None:
            s.morning.drop()
        s.practice, s.reason = Practice(), EndReason.COMPLETED
        s.unsaved, s.ended_here = None, False
        s.run.begin()
        s.pacing.begin()
        s.weeks.begin(s.preferences, ordinary=not s.run.chosen)
        s.forget_state()
        if s.can_record:
            s.recording = True
            s.out.append(StartRecording(s.now_s))
        else:
            s.unsaved = Advice.NOT_SAVED
        if s.morning.chosen and s.preferences.posture is not None:
            s.out.append(PostureTold(s.now_s, s.preferences.posture))
            self.enter(Step.MORNING_READING)
            return
        more = QUESTIONS_ONCE_A_DAY if s.history.first_today and s.preferences.ask_more else ()
        s.check_ins.begin((*QUESTIONS, *more), s.history.answers)
        self.enter(Step.CHECK_IN)

    def _guide(self) -> None:
        s = self._s
        own = s.practice.own_breaths_per_min()
        s.out += s.weeks.told(s.now_s)
        if s.weeks.guidance is Guidance.QUIET:
            self.enter(Step.SITTING)
            return
        if s.run.chosen:
            s.pacing.start(s.now_s, own, s.run.paces[0])
        else:
            s.pacing.start(s.now_s, own, s.target_breaths_per_min, s.guided_s)
        self.enter(Step.RESONANCE if s.run.chosen else Step.GUIDED)
        s.pacing.tell("ramp")

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
            case Step.GUIDED if s.weeks.transfer and s.reason is EndReason.COMPLETED:
                self.enter(Step.TRANSFER)
            case Step.GUIDED | Step.RESONANCE | Step.SITTING | Step.TRANSFER:
                self.enter(Step.FREE)
            case Step.FREE if s.practice.settled() and s.reason is not EndReason.DIZZY:
                s.offer.begin()
                self.enter(Step.OFFER)
            case Step.OFFER if s.offer.minutes is not None:
                self.enter(Step.QUIET)
            case Step.FREE | Step.OFFER | Step.QUIET:
                self.check_out()
            case Step.CHECK_OUT:
                self._close_form("after")
                self.finish()
            case Step.MORNING_READING:
                self.enter(Step.MORNING_WORD)
                self.end(s.reason)
            case Step.HELP | Step.EVENING:
                self.leave_alone(EndReason.COMPLETED)
            case _:
                self.go_idle()

    def cut_short(self) -> None:
        """A short press while breathing."""
        if self._s.rules.guided or self._s.step is Step.SITTING:
            self._s.reason = EndReason.PRESSED
        self.move_on()

    def finish_by_press(self) -> None:
        if self._s.reason is not EndReason.DIZZY:
            self._s.reason = EndReason.PRESSED
        self.check_out()

    def give_up(self) -> None:
        """The sensor stayed away for too long."""
        self._s.reason = EndReason.SENSOR
        self.finish()

    def finish(self) -> None:
        """The summary; the recording ends here. A morning reading cut short has none."""
        s = self._s
        if s.morning.chosen:
            self.leave_morning()
            return
        s.ended_here = False
        rose, unreadable = s.check_ins.tension_rose(), s.practice.irregular_s >= UNREADABLE_FROM_S
        advice = ([Advice.TENSION] if rose and s.history.tension_rose else []) + (
            [Advice.RHYTHM] if unreadable and s.history.rhythm_unreadable else []
        )
        if s.practice.paced_s >= UNREADABLE_FROM_S:
            advice.append(Advice.PACED)
        told = advice if s.unsaved is None else [s.unsaved, *advice]
        if s.weeks.is_enough(s.preferences, s.practice):
            told = [*told, Advice.ENOUGH]
        found = s.run.found_breaths_per_min if s.run.chosen else None
        pages = summary_pages(s.preferences, s.practice, s.check_ins, found, told, guess_seen=s.history.guess_seen)
        s.pages.begin(pages)
        # A session that could not tell does not overwrite what the one before it told.
        if rose is None:
            rose = s.history.tension_rose
        if s.practice.practised_s < UNREADABLE_FROM_S:
            unreadable |= s.history.rhythm_unreadable
        s.keep_history(
            replace(
                s.history,
                first_today=False,
                tension_rose=rose,
                rhythm_unreadable=unreadable,
                guess_seen=s.history.guess_seen or any(isinstance(page, GuessMeaningView) for page in pages),
            )
        )
        self.enter(Step.SUMMARY)
        self.end(s.reason)
        if s.pages.over:
            self.go_idle()

    def end(self, reason: EndReason) -> None:
        """End the recording, where there is one. Called after entering the step that follows."""
        if self._s.recording:
            self._s.recording = False
            self._s.out += (SessionEnded(self._s.now_s, reason), StopRecording(self._s.now_s, reason))

    def end_recording(self, unsaved: Advice) -> None:
        """The card takes no more; the session goes on."""
        if self._s.recording:
            self._s.unsaved = unsaved
            self.end(EndReason.STORAGE)

    def cut_off(self, step: Step, reason: EndReason) -> None:
        """Something from outside ends the session: what was recorded is kept, and the screen of `step` says why. A
        summary that such a screen still owes, the next one owes."""
        owed = self._s.ended_here and self._s.step in (Step.SENSOR, Step.USB)
        self._s.ended_here = self._s.recording or owed
        self.enter(step)
        self.end(reason)

    def switch_off(self, reason: EndReason) -> None:
        self.cut_off(Step.GOODBYE, reason)
        self._s.out.append(ShutDown(self._s.now_s))

    def after_cut_off(self) -> None:
        """The cable or the fault has gone: the summary of what there was, or the welcome."""
        if self._s.ended_here:
            self.finish()
        else:
            self.go_idle()

    def check_out(self) -> None:
        if self._s.morning.chosen:
            self.leave_morning()
            return
        self._s.check_ins.ask(QUESTIONS, self._s.history.answers)
        self.enter(Step.CHECK_OUT)

    def _close_form(self, when: str) -> None:
        s = self._s
        s.out.append(s.check_ins.close(s.now_s, when))
        s.keep_history(replace(s.history, answers=s.check_ins.last_answers(s.history.answers, when)))

    def leave_morning(self) -> None:
        """Before its end it tells nothing."""
        reason = self._s.reason
        self.go_idle()
        self.end(EndReason.PRESSED if reason is EndReason.COMPLETED else reason)

    # --- help now

    def help_now(self) -> None:
        """The guide at once: no question, no rest, no sensor. A session at hand ends here."""
        self._guide_alone(Step.HELP)

    def evening(self) -> None:
        """The same on the way to sleep: longer, and dark once it has begun."""
        self._guide_alone(Step.EVENING)

    def _guide_alone(self, step: Step) -> None:
        s = self._s
        s.run.drop()
        s.morning.drop()
        s.pacing.stop(s.now_s)
        self._practised()
        self.end(EndReason.DIZZY if s.reason is EndReason.DIZZY else EndReason.PRESSED)
        s.reason = EndReason.COMPLETED
        s.pacing.begin()
        s.unsaved = None
        s.sensor.find_contact()
        s.forget_state()
        s.pacing.start(s.now_s, HELP_BREATHS_PER_MIN, s.target_breaths_per_min)
        self.enter(step)
        s.pacing.tell("ramp")

    def record_alone(self) -> None:
        """The sensor turned out to be readable: from here on the guide is recorded, as a session of its own kind."""
        s = self._s
        if s.can_record and not s.recording and s.unsaved is None and (phase := s.rules.phase) is not None:
            s.recording = True
            s.out += (StartRecording(s.now_s), PhaseChanged(s.now_s, phase))
            s.pacing.tell_again(s.now_s)

    def leave_alone(self, reason: EndReason = EndReason.PRESSED) -> None:
        """Nothing is asked and nothing summed up; after an evening it stays dark."""
        s = self._s
        s.pacing.stop(s.now_s)
        self.end(reason)
        if s.step is Step.EVENING:
            s.evening_s = s.elapsed_s
            self.enter(Step.NIGHT)
        else:
            self.go_idle()

    def wake(self) -> None:
        """The first press after an evening: in the morning it brings the evening's summary."""
        s = self._s
        if s.elapsed_s < NIGHT_OVER_S:
            self.go_idle()
            return
        s.pages.begin([SummaryTimeView(s.preferences.language, max(1, round(s.evening_s / 60.0)))])
        self.enter(Step.AFTER_NIGHT)

    def out_of_pause(self) -> None:
        """Who is dizzy as an electrode comes loose finds the same way out as in the guide."""
        if self._s.rules.guided:
            self.dizzy()
        else:
            self.help_now()

    def many_in_pause(self) -> None:
        """Help, but for who has pressed on since the guide was there."""
        if self._s.guide_just_left:
            self.dizzy()
        else:
            self.help_now()

    # --- contact lost and back

    def pause(self) -> None:
        self._s.clock.pause(self._s.now_s)
        self._s.pacing.hold(self._s.now_s)

    def resume(self) -> None:
        self._s.clock.resume(self._s.now_s)
        self._s.pacing.take_up(self._s.now_s)

    # --- the guide

    def lead(self) -> None:
        """Bring the guide up to now."""
        s = self._s
        if s.step is Step.RESONANCE:
            s.pacing.lead_run(s.now_s, s.elapsed_s, s.run)
        elif s.step is Step.GUIDED or s.rules.alone:
            if s.guide_away:
                s.pacing.fade_out(s.now_s)
            elif not s.clock.paused:
                s.pacing.fade_in(s.now_s)
            s.pacing.lead(s.now_s, s.elapsed_s, s.target_breaths_per_min)

    def easier(self) -> None:
        """Make the guide easier; asked for near the target, its new target is remembered. A resonance run turns into
        an ordinary guide."""
        s = self._s
        if s.guide_away:
            s.weeks.call_back()
        if not s.pacing.running:
            return
        remembered = s.pacing.easier(s.now_s, s.target_breaths_per_min, in_run=s.step is Step.RESONANCE)
        if remembered is not None and not s.rules.alone and s.weeks.guidance is not Guidance.FAST:
            s.keep_history(replace(s.history, target_breaths_per_min=remembered))
        if s.step is Step.RESONANCE:
            s.run.drop()
            self.enter(Step.GUIDED)

    def many_in_guide(self) -> None:
        """Help, where the guide is away; where it leads, presses that go on are dizziness."""
        if self._s.guide_away:
            self.help_now()
        else:
            self.dizzy()

    def dizzy(self) -> None:
        alone = self._s.rules.alone
        self._s.reason = EndReason.DIZZY
        self._s.pacing.stop_dizzy(self._s.now_s)
        if alone:
            self.end(EndReason.DIZZY)
        self.enter(Step.EASE if alone else Step.FREE)
