"""The appliance: samples in, screen, cues and log out, the session machine in the middle.

One thread, one loop. Whatever is slow or missing has a part of its own that gives way: the sampler is a process, the
recorder writes by itself, and so do the panel and the cues, which only ever lose a frame.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

from device.peripherals.button import Buttons
from device.peripherals.cues import Cues
from device.peripherals.gauge import Gauge
from device.peripherals.panel import Panel
from device.recording.session_log import SessionLog
from device.sampling.blocks import KINDS, Assembler
from device.sampling.sampler import SampleMessage
from device.sampling.session_clock import Timeline
from device.sampling.sources import SampleSource
from device.screens import draw
from device.session.commands import (
    Blank,
    Command,
    KeepPreferences,
    LookForCable,
    Rest,
    ShareAllowed,
    ShutDown,
    StartRecording,
    StopRecording,
    UpdateAllowed,
    WayBackRead,
)
from device.session.events import EndReason, Event, Learned, PaceChanged
from device.session.machine import Session
from device.session.showing.views import View
from device.system.clocks import Clock
from device.system.wall_clock import DatingClock, trusted_now
from device.usb.interlock import UsbInterlock
from device.wearer.estimator import SessionEstimator
from device.wearer.learner import Learner
from device.wearer.memory_file import WearerMemory
from drivers.button import ButtonEvent
from drivers.frontend import FrontEndInfo
from dsp.pipeline import Pipeline
from dsp.types import BreathPhase, Contact, Output, SampleBlock

FRAME_S = 0.05
STILL_S = 1.0  # a turn while nobody samples or sees anything; the button ends it at once
USB_POLL_S = 0.25
STORAGE_POLL_S = 5.0
FRESH_S = 5.0
FAULT_TOLD_S = 10.0  # a sensor at fault is tried every second, and each try is told
SILENT = "the sensor's sampler does not answer"
CLOSING_S = 12.0  # within the service's TimeoutStopSec
SHARING_S = 5.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Parts:
    """What the appliance is made of, put together by `device.assembly`. Button times are those of `clock`, in
    seconds. `watch_guide` is told where the guide is, once a frame; `share` whether logs may be pulled. `shared` tells
    whether they still may: consent ends by itself with the cable or the computer at it. `offered` tells which version a
    computer would install, "" for none, and `allow_update` is told which one may be, "" for none; `way_back_read` that
    the wearer knows of one that was left again."""

    clock: Clock
    source: SampleSource
    info: FrontEndInfo
    panel: Panel
    button: Buttons
    interlock: UsbInterlock
    cues: Cues
    gauge: Gauge
    wall_clock: DatingClock
    estimator: SessionEstimator
    learner: Learner
    memory: WearerMemory
    watch_guide: Callable[[BreathPhase | None], None]
    share: Callable[[bool], None]
    shared: Callable[[], bool]
    offered: Callable[[], str]
    allow_update: Callable[[str], None]
    way_back_read: Callable[[], None]


class Appliance:
    """`step` is one turn of the loop, to be called until `shut_down` or whatever else ends it; then `close`."""

    def __init__(self, parts: Parts, session: Session, session_log: SessionLog) -> None:
        self._parts = parts
        self._session = session
        self._log = session_log
        self._timeline = Timeline(parts.clock.monotonic_ns(), parts.info.fs_hz)
        self._assembler = Assembler(parts.info, self._timeline)
        self._pipeline = self._new_pipeline(0)
        self._resting = self._dark = False
        parts.panel.brighten(session.preferences.brightness)
        self._shown: View | None = None
        self._next_frame_s = self._next_usb_s = self._next_storage_s = 0.0
        self._turn_s = math.inf
        self._beat_seen = False
        self._fault = ""
        self._sampled_s = self._heard_s = 0.0
        self._late_told = 0
        self.shut_down = False

    @property
    def now_s(self) -> float:
        """The session clock."""
        return self._timeline.t_s(self._parts.clock.monotonic_ns())

    @property
    def alive(self) -> bool:
        """Samples are fresh or not wanted, or the sampler goes on telling why there are none. What the watchdog may be
        told."""
        now_s = self.now_s
        told = self._fault not in ("", SILENT) and now_s - self._heard_s < FAULT_TOLD_S
        return self._resting or now_s - self._sampled_s < FRESH_S or told

    def step(self) -> None:
        """One turn of the loop: at most a frame long, and no longer than to where the breath turns."""
        for message in self._parts.source.wait(self._patience_s()):
            self._take(message)
        now_s = self.now_s
        self._look_around(now_s)
        self._session.tick(now_s)
        self._obey()
        self._show(now_s)

    def close(self, reason: EndReason) -> None:
        now_s = self.now_s
        self._session.stop(now_s, reason)
        self._obey()
        self._show(now_s, at_once=True)
        self._log.stop(reason)
        self._log.wait(CLOSING_S)
        self._parts.cues.close()
        self._parts.gauge.close()
        self._parts.source.close()
        self._parts.panel.close()

    def _patience_s(self) -> float:
        if (self._resting or self._dark) and not self._parts.button.settling:
            return STILL_S
        return max(0.0, min(FRAME_S, self._turn_s - self.now_s))

    def _take(self, message: SampleMessage) -> None:
        if message.note:
            log.info("%s", message.note)
        if self._resting:
            return
        self._heard_s = self.now_s
        if message.fault != self._fault and (message.fault or len(message.counts)):
            self._on_fault(message.fault)
        blocks = self._assembler.blocks(message)
        for side in self._assembler.side_blocks(message):
            self._log.side(side)
        for block in blocks:
            self._take_block(block)

    def _on_fault(self, fault: str) -> None:
        """The sensor stopped answering, or answers again (""). What is shown is never older than that."""
        self._fault = fault
        log.log(logging.WARNING if fault else logging.INFO, "sensor: %s", fault or "answers again")
        self._session.on_sensor(self.now_s, fault or None)

    def _take_block(self, block: SampleBlock) -> None:
        session = self._session
        self._sampled_s = self.now_s
        session.on_contact(block.first_index / block.fs_hz, block.contact & ~Contact.SENSOR_GONE)
        session.on_samples(block)
        output = self._pipeline.push(block)
        self._log.block(block)
        self._take_output(output)
        self._obey()

    def _take_output(self, output: Output) -> None:
        self._log.output(output)
        self._parts.learner.on_output(output)
        for beat in output.beats:
            self._session.on_beat(beat)
            self._beat_seen = True
        if output.intervals:
            self._session.on_intervals(output.intervals)
        for row in output.rows:
            self._session.on_row(row)

    def _look_around(self, now_s: float) -> None:
        for event in self._parts.button.events():
            self._on_button(event)
        if not (self._fault or self._resting) and now_s - max(self._sampled_s, self._heard_s) >= FRESH_S:
            self._on_fault(SILENT)
        if now_s >= self._next_usb_s:
            self._next_usb_s = now_s + USB_POLL_S
            connected = self._parts.interlock.poll(now_s)
            self._session.on_usb(now_s, connected, self._parts.interlock.sure)
            if not (self._parts.shared() and self._parts.panel.there):
                # Nobody can see any more that logs are shared, or it ended by itself.
                self._session.on_sharing_ended(now_s)
            self._session.on_offer(now_s, self._parts.offered() if self._parts.panel.there else "")
        if now_s >= self._next_storage_s:
            self._next_storage_s = now_s + STORAGE_POLL_S
            self._session.on_storage(now_s, self._log.storage(), self._log.took_nothing)
            self._tell_rate()
            self._look_after(now_s)

    def _on_button(self, event: ButtonEvent) -> None:
        t_s = self._timeline.past_s(round(event.t_s * 1e9))
        if event.fault:
            log.warning("the button's contact chatters or is stuck: it is ignored until it is quiet")
            self._session.on_button_fault(t_s)
        else:
            self._session.on_button(t_s, event.pressed)

    def _look_after(self, now_s: float) -> None:
        """What changes slowly: the battery, whether the clock is set, the day."""
        power = self._parts.gauge.look()
        self._session.on_wall_clock(now_s, trusted_now(self._parts.wall_clock) is None, power.clock_stopped)
        self._session.on_battery(now_s, power.low, power.missing)
        if self._parts.memory.new_day():
            self._session.on_history(now_s, self._parts.memory.now.history)
        self._session.on_weeks(now_s, self._parts.memory.today())

    def _tell_rate(self) -> None:
        late = self._assembler.late
        self._log.measured_rate(self.now_s, self._timeline.measured_fs_hz, late - self._late_told)
        self._late_told = late

    def _obey(self) -> None:
        """Carry out what the session asks for, in order; what that leads to is asked for again."""
        while orders := self._session.take():
            for order in orders:
                self._obey_one(order)

    def _obey_one(self, order: Command | Event) -> None:
        if isinstance(order, StartRecording | StopRecording):
            self._tell_rate()
        self._log.obey(order)
        self._parts.estimator.obey(order)
        if (learned := self._parts.learner.obey(order)) is not None:
            self._pass_on(learned)
        self._parts.memory.obey(order)
        match order:
            case PaceChanged():
                self._pipeline.set_pace(order.t_s, order.breaths_per_min)
            case StartRecording():
                self._next_storage_s = 0.0  # so that a card that refuses is found out before anything says "saved"
            case Rest():
                self._rest(order.on)
            case Blank():
                self._dark = order.on
                self._parts.panel.light(not order.on)
            case KeepPreferences():
                self._parts.panel.brighten(order.preferences.brightness)
            case ShutDown():
                self.shut_down = True
            case _:
                self._obey_about_computer(order)

    def _obey_about_computer(self, order: Command | Event) -> None:
        """What concerns the computer at the cable, and what it brought."""
        match order:
            case LookForCable():
                self._parts.interlock.look_again(self.now_s)
            case ShareAllowed():
                if order.allowed:
                    # The session that the cable ended is shared too.
                    self._log.wait(SHARING_S)
                self._parts.share(order.allowed)
            case UpdateAllowed():
                self._parts.allow_update(order.version)
            case WayBackRead():
                self._parts.way_back_read()

    def _rest(self, on: bool) -> None:
        self._resting = on
        if on:
            self._parts.source.rest()
            self._assembler.pause()
            return
        now_s = self._sampled_s = self._heard_s = self.now_s
        self._pipeline = self._new_pipeline(round(now_s * self._parts.info.fs_hz))
        self._parts.source.wake()

    def _new_pipeline(self, start_index: int) -> Pipeline:
        info = self._parts.info
        return Pipeline(KINDS[info.kind], info.fs_hz, state=self._parts.estimator, start_index=start_index)

    def _pass_on(self, learned: Learned) -> None:
        self._parts.estimator.obey(learned)
        self._parts.memory.obey(learned)
        self._session.on_learned(learned)

    def _show(self, now_s: float, at_once: bool = False) -> None:
        breath = self._session.breath(now_s)
        self._parts.watch_guide(breath)
        self._log.guide(now_s, breath)
        self._parts.cues.set(self._session.cues(now_s))
        at_once |= self._beat_seen or now_s >= self._turn_s
        self._turn_s = self._session.breath_turns_s(now_s)
        if not at_once and now_s < self._next_frame_s:
            return
        self._next_frame_s, self._beat_seen = now_s + FRAME_S, False
        view = self._session.view(now_s)
        if view != self._shown:
            self._parts.panel.show(draw(view))
            self._shown = view
        self._parts.panel.poll()
