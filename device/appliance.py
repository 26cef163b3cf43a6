"""The appliance: samples in, screen, cues and log out, the session machine in the middle.

One thread, one loop. Whatever is slow or missing has a part of its own that gives way: the sampler is a process, the
recorder writes by itself, the panel and the cues only ever lose a frame.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from device.peripherals import Panel
from device.recording.session_info import KINDS
from device.recording.session_log import SessionLog
from device.sampling.blocks import Assembler
from device.sampling.sampler import SampleMessage
from device.sampling.session_clock import Timeline
from device.sampling.sources import SampleSource
from device.screens import draw
from device.session.commands import Command, Dim, ShareAllowed, ShutDown, StartRecording, StopRecording
from device.session.events import EndReason, Event, PaceChanged
from device.session.machine import Session
from device.session.showing.cues import CueDuty
from device.session.showing.views import View
from device.system.clocks import Clock
from device.usb.interlock import UsbInterlock
from device.wearer.learner import Wearer
from drivers.button import ButtonEvent
from drivers.errors import DriverError
from drivers.frontend import FrontEndInfo
from dsp.pipeline import Pipeline
from dsp.types import BreathPhase, Contact, Output, SampleBlock

FRAME_S = 0.05
USB_POLL_S = 0.25
STORAGE_POLL_S = 5.0
FRESH_S = 5.0
log = logging.getLogger(__name__)


class Buttons(Protocol):
    def events(self) -> list[ButtonEvent]: ...


class Cue(Protocol):
    def set(self, strength: float) -> None: ...


def _nobody(_: object) -> None:
    """Nobody is told."""


@dataclass(slots=True)
class Surroundings:
    """What the appliance is plugged into. Button times are those of `clock`, in seconds."""

    clock: Clock
    source: SampleSource
    info: FrontEndInfo
    panel: Panel
    button: Buttons
    interlock: UsbInterlock | None = None
    led: Cue | None = None
    vibration: Cue | None = None
    watch_guide: Callable[[BreathPhase | None], None] = _nobody
    share: Callable[[bool], None] = _nobody
    watch_orders: Callable[[Command | Event], None] = _nobody
    housekeeping: Callable[[float], None] = _nobody


class Appliance:
    """`step` is one turn of the loop, to be called until `shut_down` or whatever else ends it; then `close`."""

    def __init__(self, around: Surroundings, session: Session, wearer: Wearer, session_log: SessionLog) -> None:
        self._around = around
        self._session = session
        self._wearer = wearer
        self._log = session_log
        self._timeline = Timeline(around.clock.monotonic_ns(), around.info.fs_hz)
        self._assembler = Assembler(around.info, self._timeline)
        self._pipeline = Pipeline(KINDS[around.info.kind], around.info.fs_hz, state=wearer)
        self._shown: View | None = None
        self._next_frame_s = self._next_usb_s = self._next_storage_s = 0.0
        self._turn_s = math.inf
        self._beat_seen = False
        self._fault = ""
        self._sampled_s = 0.0
        self._late_told = 0
        self.shut_down = False
        self._tell_resonance()

    @property
    def now_s(self) -> float:
        """The session clock."""
        return self._timeline.t_s(self._around.clock.monotonic_ns())

    @property
    def alive(self) -> bool:
        """Samples are fresh, or it is known why not. What the watchdog may be told."""
        return bool(self._fault) or self.now_s - self._sampled_s < FRESH_S

    def step(self) -> None:
        """One turn of the loop: at most a frame long, and no longer than to where the breath turns."""
        for message in self._around.source.wait(max(0.0, min(FRAME_S, self._turn_s - self.now_s))):
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
        self._log.wait()
        self._set_cues(CueDuty(0.0, 0.0))
        self._around.source.close()
        self._around.panel.close()

    def _take(self, message: SampleMessage) -> None:
        if message.note:
            log.info("%s", message.note)
        if message.fault != self._fault and (message.fault or len(message.counts)):
            self._fault = message.fault
            log.log(logging.WARNING if message.fault else logging.INFO, "sensor: %s", message.fault or "answers again")
            self._session.on_sensor(self.now_s, message.fault or None)
        blocks = self._assembler.blocks(message)
        for side in self._assembler.side_blocks(message):
            self._log.side(side)
        for block in blocks:
            self._take_block(block)

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
        self._wearer.on_output(output)
        for beat in output.beats:
            self._session.on_beat(beat)
            self._beat_seen = True
        if output.intervals:
            self._session.on_intervals(output.intervals)
        for row in output.rows:
            self._session.on_row(row)

    def _look_around(self, now_s: float) -> None:
        for event in self._around.button.events():
            self._session.on_button(self._timeline.past_s(round(event.t_s * 1e9)), event.pressed)
        if self._around.interlock is not None and now_s >= self._next_usb_s:
            self._next_usb_s = now_s + USB_POLL_S
            self._session.on_usb(now_s, self._around.interlock.poll(now_s))
        if now_s >= self._next_storage_s:
            self._next_storage_s = now_s + STORAGE_POLL_S
            self._session.on_storage(now_s, self._log.storage(), self._log.took_nothing)
            self._tell_rate()
            self._around.housekeeping(now_s)

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
        found = self._wearer.obey(order)
        self._tell_resonance()
        self._around.watch_orders(order)
        if found is not None:
            self._session.on_resonance(self.now_s, found)
        match order:
            case PaceChanged():
                self._pipeline.set_pace(order.t_s, order.breaths_per_min)
            case StartRecording():
                self._next_storage_s = 0.0  # a card that refused is known of before anything says "saved"
            case Dim():
                self._around.panel.dim(order.on, self.now_s)
            case ShareAllowed():
                if order.allowed:
                    # The session that the cable ended is among what is shared.
                    self._log.wait()
                self._around.share(order.allowed)
            case ShutDown():
                self.shut_down = True
            case _:
                pass

    def _tell_resonance(self) -> None:
        known = self._wearer.profile.resonance
        self._session.know_resonance(None if known is None else known.breaths_per_min)

    def _show(self, now_s: float, at_once: bool = False) -> None:
        breath = self._session.breath(now_s)
        self._around.watch_guide(breath)
        self._log.guide(now_s, breath)
        self._set_cues(self._session.cues(now_s))
        at_once |= self._beat_seen or now_s >= self._turn_s
        self._turn_s = self._session.breath_turns_s(now_s)
        if not at_once and now_s < self._next_frame_s:
            return
        self._next_frame_s, self._beat_seen = now_s + FRAME_S, False
        view = self._session.view(now_s)
        if view != self._shown and self._around.panel.show(draw(view), now_s):
            self._shown = view

    def _set_cues(self, duty: CueDuty) -> None:
        try:
            if self._around.led is not None:
                self._around.led.set(duty.led)
            if self._around.vibration is not None:
                self._around.vibration.set(duty.vibration)
        except DriverError as error:
            log.warning("going on without cues: %s", error)
            self._around.led = self._around.vibration = None
