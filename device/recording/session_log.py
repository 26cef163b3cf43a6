"""The recording of the current session: begins and ends on its orders, and never holds it up."""

import logging
import math
import os
import time
from collections.abc import Callable
from pathlib import Path

from device.errors import RecordingError
from device.recording.format.session_info import SessionInfo
from device.recording.recorder import SessionRecorder
from device.recording.store import RESERVE_BYTES, Store
from device.session.commands import Command, StartRecording, StopRecording
from device.session.events import EndReason, Event
from device.session.showing.views import Storage
from dsp.types import BreathPhase, Output, SampleBlock, SideBlock

LOW_BYTES = 50 * RESERVE_BYTES
HUNG_S = 30.0  # a card that is at one thing for so long is told as not there
EVENTS = Event.__args__
log = logging.getLogger(__name__)


class SessionLog:
    """`describe` is called as a session begins. If the card refuses, the recording is lost, the session goes on."""

    def __init__(
        self, store: Store, describe: Callable[[], SessionInfo], live: bool = True, hung_s: float = HUNG_S
    ) -> None:
        self._store = store
        self._describe = describe
        self._live = live
        self._hung_s = hung_s
        self._recorder: SessionRecorder | None = None
        self._ended: list[SessionRecorder] = []
        self._next_index = 0
        self._refused = False
        self.folders: list[Path] = []

    def obey(self, order: Command | Event) -> None:
        match order:
            case StartRecording():
                self._begin()
            case StopRecording():
                self.stop(order.reason)
            case _ if isinstance(order, EVENTS) and self._recorder is not None:
                self._recorder.event(order)
            case _:
                pass

    def block(self, block: SampleBlock) -> None:
        self._next_index = block.first_index + len(block.values)
        if self._recorder is not None:
            self._recorder.block(block)

    def side(self, block: SideBlock) -> None:
        if self._recorder is not None:
            self._recorder.side(block)

    def output(self, output: Output) -> None:
        if self._recorder is not None:
            self._recorder.output(output)

    def guide(self, t_s: float, breath: BreathPhase | None) -> None:
        if self._recorder is not None:
            self._recorder.guide(t_s, breath)

    def measured_rate(self, t_s: float, fs_hz: float, late: int) -> None:
        if self._recorder is not None:
            self._recorder.measured_rate(t_s, fs_hz, late)

    @property
    def took_nothing(self) -> bool:
        """Whether nothing of the current session is on the card, nor will be."""
        recorder = self._recorder
        return recorder is None or (recorder.fault is not None and recorder.acknowledged_records == 0)

    def storage(self) -> Storage:
        """The state of the card; one that does not answer counts as read-only."""
        self._let_go_of_finished()
        fault = self._recorder.fault if self._recorder is not None else None
        if fault is not None:
            log.warning("recording: %s", fault)
            return Storage.FULL
        if self._recorder is not None and self._recorder.stuck_s > self._hung_s:
            log.warning("recording: the card has not answered for %.0f s", self._recorder.stuck_s)
            return Storage.READ_ONLY
        try:
            return Storage.FULL if self._refused else self._room()
        except OSError:
            return Storage.READ_ONLY

    def _room(self) -> Storage:
        root = self._store.root
        while not root.exists():
            root = root.parent
        if os.statvfs(root).f_flag & os.ST_RDONLY or not os.access(root, os.W_OK):
            return Storage.READ_ONLY
        if not self._store.has_room():
            return Storage.FULL
        return Storage.LOW if self._store.files.free_bytes(root) < LOW_BYTES else Storage.OK

    def stop(self, reason: EndReason) -> None:
        """End the recording, if there is one. Recovery finishes at the next start what cannot be finished now. The
        next session tries again a card that refused this one."""
        self._refused = False
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        recorder.end(reason)
        self.folders.append(recorder.folder)
        self._ended.append(recorder)
        if not self._live:
            self.wait()

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when every recording that has ended is finished, or the time is up: recovery finishes it then."""
        give_up_s = math.inf if timeout_s is None else time.monotonic() + timeout_s
        for recorder in self._ended:
            recorder.wait(None if timeout_s is None else max(0.0, give_up_s - time.monotonic()))
            if not recorder.finished:
                log.warning("recording: %s: the card does not answer; finished at the next start", recorder.folder.name)
        self._let_go_of_finished()

    def _let_go_of_finished(self) -> None:
        for recorder in [recorder for recorder in self._ended if recorder.finished]:
            self._ended.remove(recorder)
            if recorder.fault is not None:
                log.warning("recording: %s", recorder.fault)

    def _begin(self) -> None:
        if any(recorder.stuck_s > self._hung_s for recorder in self._ended):
            log.warning("recording: the card still holds the session before; this one is not recorded")
            self._refused = True
            return
        try:
            self._recorder = SessionRecorder(
                self._store, self._describe(), first_index=self._next_index, live=self._live
            )
            self._refused = False
        except RecordingError as error:
            log.warning("recording: %s", error)
            self._refused = True
