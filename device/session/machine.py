"""The session as a state machine without I/O: everything that can change its course comes in through this file.

In: the time, the button's edges, what the sensor and the pipeline tell, cables and cards. Out: `view()`, what the
screen shows; `cues()`, what LED and motor do; `take()`, commands and events in order. No clock is read:
`t_s` is the session clock, one line for all inputs, on which beats and metrics rows are stamped too. An input may come
a little late; it then counts as of the latest time known.

One grammar for the button everywhere: short moves on, long chooses (or makes easier), double goes out of a session and,
where none runs, starts the guide at once; three or more do that wherever no guide is shown. In the menu each press is a
step on. A very long press shuts down once it is let go.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from device.session.choosing.choices import Choices
from device.session.choosing.preferences import History, Preferences
from device.session.commands import Command
from device.session.course import Course
from device.session.events import EndReason, Event, Learned, SensorFault
from device.session.presses import Press, PressKind, PressReader
from device.session.resonance_run import ResonanceRun
from device.session.showing import builder
from device.session.showing.cues import NO_CUES, CueDuty, cue_duty
from device.session.showing.views import Advice, Storage, View
from device.session.state import SessionSettings, SessionState, Step
from device.session.steps import STEPS, build_view, row_of
from device.session.watch import Watch
from device.session.weeks.at_hand import WeeksAtHand
from device.session.weeks.today import Today
from dsp.types import TRUSTED_QUALITY, Beat, BreathPhase, Contact, IntervalKind, MetricsRow, RRInterval, SampleBlock

WAYS_OUT = (Course.help_now, Course.dizzy, Course.many_in_guide, Course.out_of_pause, Course.many_in_pause)
WALKED = (PressKind.DOUBLE, PressKind.OUT, PressKind.MANY)


class Session:
    """See the module. `preferences` and `history` come back through KeepPreferences and KeepHistory when they change.
    `known_breaths_per_min` is the resonance in the wearer's profile, None without one. `today` is what the weeks hold;
    without it the length is the wearer's own."""

    def __init__(
        self,
        preferences: Preferences | None = None,
        history: History | None = None,
        settings: SessionSettings | None = None,
        known_breaths_per_min: float | None = None,
        today: Today | None = None,
    ) -> None:
        chosen = settings or SessionSettings()
        run = ResonanceRun(
            chosen.resonance_breaths_per_min, chosen.resonance_step_s, chosen.recheck_step_s, known_breaths_per_min
        )
        weeks = WeeksAtHand(today or Today())
        self._s = SessionState(chosen, preferences or Preferences(), history or History(), STEPS, run, weeks)
        self._presses = PressReader()
        self._course = Choices(self._s)
        self._watch = Watch(self._s, self._course)
        self._only_lights = False
        self._row_began = row_of(self._s)
        self._before_hold = self._s.history.target_breaths_per_min, self._s.preferences
        self._pressed_at = self._at_cable()

    # --- what comes out

    @property
    def step(self) -> Step:
        return self._s.step

    @property
    def recording(self) -> bool:
        return self._s.recording

    @property
    def preferences(self) -> Preferences:
        return self._s.preferences

    def take(self) -> list[Command | Event]:
        """Commands and events since the last call, in order."""
        out = self._s.out.copy()
        self._s.out.clear()
        return out

    def view(self, t_s: float) -> View:
        """What the screen shows at `t_s`."""
        self.tick(t_s)
        return builder.goodbye(self._s) if self._presses.shuts_down else build_view(self._s)

    def breath(self, t_s: float) -> BreathPhase | None:
        """Where the guide is; None while there is none."""
        self.tick(t_s)
        return self._s.pacing.breath(self._s.now_s)

    def breath_turns_s(self, t_s: float) -> float:
        """When the guide goes over from inhale to exhale or back; infinity while there is no guide."""
        self.tick(t_s)
        return self._s.pacing.turns_s(self._s.now_s)

    def cues(self, t_s: float) -> CueDuty:
        """What the LED and the vibration motor do at `t_s`."""
        breath = self.breath(t_s)
        if breath is None:
            return NO_CUES
        fade = builder.fade(self._s)
        return cue_duty(breath, self._s.preferences.led_level, self._s.preferences.vibration_level, fade)

    # --- what goes in

    def tick(self, t_s: float) -> None:
        """Time has come to `t_s`."""
        for press in self._presses.tick(t_s):
            self._on_press(press)
        self._watch.advance(t_s)

    def on_button(self, t_s: float, down: bool) -> None:
        """The button's debounced edges. A press on a dark screen that may ask something only lights it: what is
        asked needs to be seen first."""
        begins = down and not self._presses.down
        if begins:
            self._before_hold = self._s.history.target_breaths_per_min, self._s.preferences
            self._pressed_at = self._at_cable()
        self._s.attached.button_fault = False
        was_dark = self._s.blank and self._s.step not in (Step.WELCOME, Step.GOODBYE, Step.NIGHT)
        for press in self._presses.edge(t_s, down):
            self._on_press(press)
        if down:
            self._only_lights = was_dark
            self._s.clock.touch(max(t_s, self._s.now_s))
        self._watch.advance(t_s)
        if begins and self._presses.in_row == 1:
            self._row_began = row_of(self._s)
        if not down:
            if self._at_cable() != self._pressed_at:
                self._s.ask_to_share(asked=False)  # what the hold began on is no longer what is asked
            self._course.answer_share()

    def on_button_fault(self, t_s: float) -> None:
        """The contact chatters or is stuck: what is at hand is no press, and what it changed is taken back. Over with
        the next edge."""
        self._watch.advance(t_s)
        if self._presses.down:
            self._take_back()
        self._presses.forget()
        self._s.close_port()
        self._s.attached.button_fault = True

    def on_samples(self, block: SampleBlock) -> None:
        """Samples for the live trace."""
        if self._s.step is Step.CONTACT:
            self._s.sensor.trace.add(block)

    def on_contact(self, t_s: float, contact: Contact) -> None:
        self._watch.advance(t_s)
        self._s.tell_contact(t_s, contact)

    def on_beat(self, beat: Beat) -> None:
        self._s.sensor.beat_s = max(self._s.sensor.beat_s, self._s.now_s)
        if beat.quality >= TRUSTED_QUALITY:
            self._s.sensor.good_beats_s.append(beat.t_s)

    def on_intervals(self, intervals: Iterable[RRInterval]) -> None:
        """For the heart rate only; intervals that are not `timed` are good enough for that."""
        self._s.sensor.intervals.extend(i for i in intervals if i.kind is IntervalKind.NORMAL)

    def on_row(self, row: MetricsRow) -> None:
        """One second's metrics."""
        self._watch.advance(row.t_s)
        self._s.sensor.take_row(row, self._s.now_s)
        rules = self._s.rules
        if rules.phase is not None and rules.in_session and not self._s.clock.paused:
            self._s.practice.add(rules.phase, row)
        if self._s.step is Step.RESONANCE and not self._s.clock.paused:
            self._s.run.swung(self._s.elapsed_s, row.rsa_ms)
        self._s.tell_state(row)

    def on_usb(self, t_s: float, connected: bool, sure: bool = True) -> None:
        """A USB cable came in or went out, as the interlock sees it, which may be unsure that there is none."""
        self._watch.advance(t_s)
        came_in = connected and not self._s.attached.usb
        self._s.attached.usb_unsure = not sure
        self._s.attached.usb = connected
        if connected and not self._s.rules.ignores_cable:
            if self._s.settings.usb_blocks:
                self._course.cut_off(Step.USB, EndReason.USB)
            elif self._s.rules.at_home and came_in:
                self._course.go_idle()
        elif connected and self._s.cable_blocks:
            self._course.end(EndReason.USB)
        elif not connected:
            self._s.close_port()
            if self._s.step is Step.USB:
                self._course.after_cut_off()

    def on_sharing_ended(self, t_s: float) -> None:
        """The consent to share ended by itself, as with another computer at the cable. Where nothing was shared it ends
        nothing: a hold that is about to allow it goes on."""
        self._watch.advance(t_s)
        if self._s.sharing:
            self._s.share(False)

    def on_offer(self, t_s: float, version: str) -> None:
        """A computer at the cable offers that version of the firmware, "" where none does (any more). The yes to one is
        no yes to another. An offer ends the sharing, which its question would hide."""
        self._watch.advance(t_s)
        if version != self._s.attached.offered:
            if version:
                self._s.share(False)
            self._s.attached.offered = version
            self._s.allow_update(False)

    def on_way_back(self) -> None:
        """At a start: the update before it did not come up, and this version is back. Told before the welcome."""
        self._course.tell_way_back()

    def on_storage(self, t_s: float, storage: Storage, took_nothing: bool = False) -> None:
        """What the card can take. A full or read-only one ends the recording, never the session. `took_nothing`: not
        even the beginning of the recording at hand was written."""
        self._watch.advance(t_s)
        self._s.attached.storage = storage
        if storage in (Storage.FULL, Storage.READ_ONLY):
            self._course.end_recording(Advice.NOT_SAVED if took_nothing else Advice.PARTLY_SAVED)

    def on_sensor(self, t_s: float, fault: str | None) -> None:
        """The sensor stopped answering (`fault` says how) or answers again (None)."""
        self._watch.advance(t_s)
        s = self._s
        if fault is not None and s.attached.sensor_fault is None:
            s.attached.sensor_fault_s = s.now_s
            s.sensor.forget()
            s.out.append(SensorFault(t_s, fault))
        elif fault is None and s.attached.sensor_fault is not None:
            s.attached.sensor_back_s = s.now_s
        s.attached.sensor_fault = fault
        if fault is not None and self._s.rules.needs_sensor:
            self._course.cut_off(Step.SENSOR, EndReason.SENSOR)
        elif fault is None and self._s.step is Step.SENSOR:
            self._course.after_cut_off()

    def on_learned(self, learned: Learned) -> None:
        """What a session taught: a resonance found or refined is the next guide's target, and what is known is what a
        recheck would start from."""
        self._watch.advance(learned.t_s)
        known, found = learned.profile.resonance, learned.found_breaths_per_min
        self._s.run.learned(None if known is None else known.breaths_per_min, found)
        if found is not None and not math.isnan(found):
            self._s.keep_history(replace(self._s.history, target_breaths_per_min=found))
        if learned.morning is not None:
            self._s.morning.tell(learned.morning)

    def on_battery(self, t_s: float, low: bool, missing: bool = False) -> None:
        self._watch.advance(t_s)
        self._s.attached.battery_low, self._s.attached.battery_missing = low, missing

    def on_wall_clock(self, t_s: float, unset: bool, stopped: bool = False) -> None:
        """`stopped`: the clock that has a battery stands, or lost the time."""
        self._watch.advance(t_s)
        self._s.attached.clock_unset, self._s.attached.clock_stopped = unset, stopped

    def on_history(self, t_s: float, history: History) -> None:
        """A new day began."""
        self._watch.advance(t_s)
        self._s.take_history(history)

    def on_weeks(self, t_s: float, today: Today) -> None:
        """What the weeks hold by now. A session at hand holds to what it began with."""
        self._watch.advance(t_s)
        self._s.weeks.take(today)

    def find_resonance(self, t_s: float) -> None:
        """Begin a resonance run, as the menu's line does."""
        self._watch.advance(t_s)
        if self._s.rules.at_home:
            self._course.find_resonance()

    def stop(self, t_s: float, reason: EndReason) -> None:
        """End safely from outside: SIGTERM, Ctrl-C, the recording's end."""
        self._watch.advance(t_s)
        self._course.cut_off(Step.GOODBYE, reason)

    # --- presses

    def _on_press(self, press: Press) -> None:
        self._watch.advance(press.t_s)
        s, kind = self._s, press.kind
        s.clock.touch(s.now_s)
        if kind is PressKind.SHUTDOWN:
            self._take_back()
            self._course.switch_off(EndReason.PRESSED)
            return
        if self._only_lights:
            self._only_lights = False
            return
        if math.isfinite(s.rules.waits_s):
            s.clock.restart(s.now_s)
        row = row_of(s)
        if row is not self._row_began:
            self._too_late_for(kind)
            return
        steps = 1
        if row.walks and kind in WALKED:
            # The pairs of a row were told as they came; an odd one is left.
            steps = 2 if kind is PressKind.DOUBLE else press.in_row % 2
            kind = PressKind.SHORT
        gesture = row.gesture(kind)
        if gesture is not None and gesture.named(s) is not None:
            for _ in range(steps):
                gesture.act(self._course)

    def _too_late_for(self, kind: PressKind) -> None:
        """The step went by since the first press of a row, or within the only one. What was meant stood on the screen
        then, and only a way out is still wanted now."""
        gesture = self._row_began.gesture(kind)
        if gesture is not None and gesture.act in WAYS_OUT:
            gesture.act(self._course)

    def _at_cable(self) -> tuple[Step, str, bool, bool]:
        """What a hold beside the cable would answer."""
        s = self._s
        return s.step, s.attached.offered, s.sharing, s.updating

    def _take_back(self) -> None:
        """A very long press was a long one first: undo what that changed for later sessions."""
        s, (target, preferences) = self._s, self._before_hold
        s.keep_history(replace(s.history, target_breaths_per_min=target))
        s.keep_preferences(preferences)
