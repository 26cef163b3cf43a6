"""The session as a state machine without I/O: everything that can change its course comes in through this file.

In: the time, the button's edges, what the sensor and the pipeline tell, cables and cards. Out: `view()`, what the
screen shows; `cues()`, what LED and motor do; `take()`, commands and events in order. No clock is read:
`t_s` is the session clock, one line for all inputs, on which beats and metrics rows are stamped too. An input may come
a little late; it then counts as of the latest time known.

One grammar for the button everywhere: short moves on, long chooses (or makes easier), double goes out (in a list: two
steps on), and a very long press shuts down.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from device.session.choosing.choices import Choices
from device.session.choosing.preferences import History, Preferences
from device.session.commands import Command, KeepPreferences, ShutDown
from device.session.course import Course
from device.session.events import ContactChanged, EndReason, Event, SensorFault, StateChanged
from device.session.handlers import handlers
from device.session.presses import PressKind, PressReader
from device.session.showing.builder import build_view
from device.session.showing.cues import NO_CUES, CueDuty, cue_duty
from device.session.showing.views import Advice, Storage, View
from device.session.state import PHASE_OF, SESSION_STEPS, WAITS_S, SessionConfig, SessionState, Step
from device.session.watch import Watch
from dsp.types import TRUSTED_QUALITY, Beat, BreathPhase, Contact, IntervalKind, MetricsRow, RRInterval, SampleBlock


class Session:
    """See the module. `preferences` and `history` come back through KeepPreferences and KeepHistory when they
    change."""

    def __init__(
        self,
        preferences: Preferences | None = None,
        history: History | None = None,
        config: SessionConfig | None = None,
    ) -> None:
        self._s = SessionState(config or SessionConfig(), preferences or Preferences(), history or History())
        self._presses = PressReader()
        self._course = Course(self._s)
        self._choices = Choices(self._s, self._course)
        self._watch = Watch(self._s, self._course)
        self._handlers = handlers(self._course, self._choices)
        self._before_hold = self._s.history.target_breaths_per_min, self._s.preferences

    # --- what comes out

    @property
    def step(self) -> Step:
        return self._s.step

    @property
    def latest_row(self) -> MetricsRow | None:
        """The last second's metrics."""
        return self._s.body.row

    @property
    def recording(self) -> bool:
        return self._s.recording

    @property
    def preferences(self) -> Preferences:
        return self._s.preferences

    def take(self) -> list[Command | Event]:
        """Commands and events since the last call, in order."""
        out, self._s.out = self._s.out, []
        return out

    def view(self, t_s: float) -> View:
        """What the screen shows at `t_s`."""
        self.tick(t_s)
        return build_view(self._s)

    def breath(self, t_s: float) -> BreathPhase | None:
        """Where the guide is; None while there is none."""
        self.tick(t_s)
        return self._s.guide.phase(self._s.now_s) if self._s.guide is not None else None

    def breath_turns_s(self, t_s: float) -> float:
        """When the guide goes over from inhale to exhale or back; infinity while there is no guide."""
        self.tick(t_s)
        return self._s.guide.turn_s(self._s.now_s) if self._s.guide is not None else math.inf

    def cues(self, t_s: float) -> CueDuty:
        """What the LED and the vibration motor do at `t_s`."""
        breath = self.breath(t_s)
        if breath is None:
            return NO_CUES
        return cue_duty(breath, self._s.preferences.led_level, self._s.preferences.vibration_level)

    # --- what goes in

    def tick(self, t_s: float) -> None:
        """Time has come to `t_s`."""
        for press in self._presses.tick(t_s):
            self._on_press(press.t_s, press.kind)
        self._watch.advance(t_s)

    def on_button(self, t_s: float, down: bool) -> None:
        """The button's debounced edges."""
        for press in self._presses.edge(t_s, down):
            self._on_press(press.t_s, press.kind)
        self._watch.advance(t_s)
        if not down:
            self._choices.answer_share()

    def on_samples(self, block: SampleBlock) -> None:
        """Samples for the live trace."""
        if self._s.step is Step.CONTACT:
            self._s.body.trace.add(block)

    def on_contact(self, t_s: float, contact: Contact) -> None:
        self._watch.advance(t_s)
        if contact != self._s.body.contact:
            self._s.body.contact, self._s.body.contact_since_s = contact, self._s.now_s
            self._s.out.append(ContactChanged(t_s, contact))

    def on_beat(self, beat: Beat) -> None:
        self._s.body.beat_s = max(self._s.body.beat_s, self._s.now_s)
        if beat.quality >= TRUSTED_QUALITY:
            self._s.body.good_beats_s.append(beat.t_s)

    def on_intervals(self, intervals: Iterable[RRInterval]) -> None:
        """For heart rate alone, which intervals that are not `timed` tell as well."""
        self._s.body.intervals.extend(i for i in intervals if i.kind is IntervalKind.NORMAL)

    def on_row(self, row: MetricsRow) -> None:
        """One second's metrics."""
        self._watch.advance(row.t_s)
        self._s.body.row = row
        phase = PHASE_OF.get(self._s.step)
        if phase is not None and self._s.step in SESSION_STEPS and not self._s.clock.paused:
            self._s.tally.add(phase, row)
        state = None if row.state is None else (row.state.kind, row.state.settling)
        if row.state is not None and state != self._s.told_state:
            self._s.out.append(StateChanged(row.t_s, row.state.kind, row.state.settling))
        self._s.told_state = state

    def on_usb(self, t_s: float, connected: bool) -> None:
        """A USB cable came in or went out, as the interlock sees it."""
        self._watch.advance(t_s)
        self._s.around.usb = connected
        if connected and self._s.step not in (Step.USB, Step.GOODBYE):
            if self._s.config.usb_blocks:
                self._course.cut_off(Step.USB, EndReason.USB)
            elif self._s.step in (Step.WELCOME, Step.MENU):
                self._course.go_idle()
        elif not connected:
            self._s.share(False)
            if self._s.step is Step.USB:
                self._course.after_cut_off()

    def on_storage(self, t_s: float, storage: Storage, took_nothing: bool = False) -> None:
        """What the card can take. A full or read-only one ends the recording, never the session. `took_nothing`: of
        the recording at hand, not even its beginning."""
        self._watch.advance(t_s)
        self._s.around.storage = storage
        if storage in (Storage.FULL, Storage.READ_ONLY) and self._s.recording:
            self._s.unsaved = Advice.NOT_SAVED if took_nothing else Advice.PARTLY_SAVED
            self._course.end(EndReason.STORAGE)

    def on_sensor(self, t_s: float, fault: str | None) -> None:
        """The sensor stopped answering (`fault` says how) or answers again (None)."""
        self._watch.advance(t_s)
        around = self._s.around
        if fault is not None and around.sensor_fault is None:
            around.sensor_fault_s = self._s.now_s
            self._s.out.append(SensorFault(t_s, fault))
        around.sensor_fault = fault
        if fault is not None and self._s.step in (Step.WELCOME, Step.CONTACT):
            self._course.cut_off(Step.SENSOR, EndReason.SENSOR)
        elif fault is None and self._s.step is Step.SENSOR:
            self._course.after_cut_off()

    def on_resonance(self, t_s: float, breaths_per_min: float) -> None:
        """What the resonance run found, NaN when it cannot tell, or what an ordinary guide refined it to. Counts until
        the summary is shown."""
        self._watch.advance(t_s)
        self._s.resonance_breaths_per_min = breaths_per_min
        if not math.isnan(breaths_per_min):
            self._s.keep_history(replace(self._s.history, target_breaths_per_min=breaths_per_min))

    def know_resonance(self, breaths_per_min: float | None) -> None:
        """The finding that a recheck would start from, None without one. A run at hand keeps its own."""
        if self._s.step is not Step.RESONANCE:
            self._s.known_breaths_per_min = breaths_per_min

    def on_battery(self, t_s: float, low: bool) -> None:
        self._watch.advance(t_s)
        self._s.around.battery_low = low

    def on_wall_clock(self, t_s: float, unset: bool) -> None:
        self._watch.advance(t_s)
        self._s.around.clock_unset = unset

    def on_history(self, t_s: float, history: History) -> None:
        """A new day began, or the profile was read."""
        self._watch.advance(t_s)
        self._s.history = history

    def find_resonance(self, t_s: float) -> None:
        """Begin a resonance run, as the menu's line does."""
        self._watch.advance(t_s)
        if self._s.step in (Step.WELCOME, Step.MENU):
            self._s.resonance, self._s.recheck = True, False
            self._course.start()

    def stop(self, t_s: float, reason: EndReason) -> None:
        """End safely from outside: SIGTERM, Ctrl-C, the recording's end."""
        self._watch.advance(t_s)
        self._course.cut_off(Step.GOODBYE, reason)

    # --- presses

    def _on_press(self, t_s: float, kind: PressKind) -> None:
        self._watch.advance(t_s)
        s = self._s
        s.touched_s = s.now_s
        if kind is PressKind.LONG:
            self._before_hold = s.history.target_breaths_per_min, s.preferences
        if kind is PressKind.SHUTDOWN:
            self._take_back()
            self.stop(s.now_s, EndReason.PRESSED)
            self._s.out.append(ShutDown(s.now_s))
            return
        if s.step in WAITS_S and s.step is not Step.CONTACT:
            s.clock.restart(s.now_s)
        if (act := self._handlers[kind].get(s.step)) is not None:
            act()

    def _take_back(self) -> None:
        """What the long press on the way to a very long one changed for later sessions."""
        s, (target, preferences) = self._s, self._before_hold
        s.keep_history(replace(s.history, target_breaths_per_min=target))
        if preferences != s.preferences:
            s.preferences = preferences
            s.out.append(KeepPreferences(preferences))
