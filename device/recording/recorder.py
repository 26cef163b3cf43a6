"""Records one session: what the pipeline sees and says goes into the session's EDF+ file, a second at a time."""

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from device.errors import RecordingError
from device.recording.edf.layout import encode_header
from device.recording.edf.writer import RecordEncoder, bounded_tal
from device.recording.ending.closing import close_left_open
from device.recording.ending.sealing import NotOnCardError, seal
from device.recording.event_notes import event_note
from device.recording.format.annotation import Annotation
from device.recording.format.session_info import SessionInfo
from device.recording.format.signals import GUIDE_PER_RECORD
from device.recording.format.vocabulary import (
    END,
    LOST,
    RATE,
    beat_note,
    clock_note,
    compose,
    contact_note,
    info_note,
    interval_note,
    state_note,
)
from device.recording.grid import ContactNotes, HeldValues, LostSamples, SampleBuffer, SideSlots
from device.recording.session_header import lungs_pct, metrics_columns, session_header
from device.recording.store import Store, reason
from device.recording.writer_thread import RecordWriter
from device.session.events import EndReason, Event
from dsp.types import BreathPhase, FloatArray, MetricsRow, Output, SampleBlock, SideBlock, SignalKind, WearerState

_SAME_S = 1e-6
log = logging.getLogger(__name__)


class SessionRecorder:
    """A session from its first sample to `close`.

    Blocks, outputs, events and guide phases come on the pipeline's clock, of which `first_index` is the next sample.
    The recording begins with the next whole second of that clock, so that metrics rows fall on its own whole seconds.
    A record is handed to the writer when the first block after it comes: so what the pipeline
    said about its samples is in it. Live, a card that is too slow costs records, which are counted and stand in the
    file as unknown; not live, it is waited for. After a fault nothing more is kept, and nothing is raised.
    """

    def __init__(
        self,
        store: Store,
        info: SessionInfo,
        *,
        first_index: int = 0,
        live: bool = True,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises RecordingError when the session cannot be begun."""
        self._store = store
        self._of_pulse = info.signal is not None and info.signal.kind is SignalKind.PPG
        self._fs_hz = info.signal.fs_hz if info.signal else math.nan
        self._first_index = _at_whole_second(first_index, self._fs_hz) if info.signal else 0
        self._origin_s = self._first_index / self._fs_hz if info.signal else 0.0
        if self._first_index != first_index:
            info = info.later((self._first_index - first_index) / self._fs_hz)
        self._header = session_header(info)
        self._live = live
        self._encoder = RecordEncoder(self._header)
        self._tals: deque[bytes] = deque()
        self._samples = SampleBuffer(self._first_index) if info.signal else None
        beside = self._header.signals[1 : 1 + len(info.signal.side)] if info.signal else ()
        self._side = [SideSlots(self._header.fs_hz(signal)) for signal in beside]
        self._lost = LostSamples(self._fs_hz)
        self._rows: HeldValues[MetricsRow] = HeldValues(float(self._header.record_duration_s))
        self._guide: HeldValues[float] = HeldValues(float(self._header.record_duration_s) / GUIDE_PER_RECORD)
        self._contact = ContactNotes()
        self._state: tuple[object, bool] | None = None
        self._reached_s = 0.0
        self._records = 0
        self._handed = 0
        self._closed = False
        self.dropped_records = 0
        dated = info.started if info.clock_trust.gives_the_day else None
        self._session = store.create(encode_header(self._header), dated)
        self._writer = RecordWriter(
            self._session, self._header.header_bytes, lambda: store.files.free_bytes(store.root), monotonic_s
        )
        self._fault: RecordingError | None = None
        self._note_all([info_note(info), clock_note(info)])

    @property
    def folder(self) -> Path:
        return self._session.folder

    @property
    def fault(self) -> RecordingError | None:
        """Why recording stopped or could not be finished; None while all is well."""
        return self._fault or self._writer.fault

    @property
    def acknowledged_records(self) -> int:
        """How many records are known to be on the card."""
        return self._writer.acknowledged_records

    def block(self, block: SampleBlock) -> None:
        """The next samples. Slots passed over count as lost; ValueError where the block lies in the past."""
        if self._samples is None:
            raise ValueError("this session was begun without a signal")
        first_index, values = block.first_index, block.values
        if self._samples.end == 0 and first_index < self._first_index:
            values = values[self._first_index - first_index :]
            first_index = self._first_index
            if not len(values):
                return
        self._hand_over()
        missing = self._samples.push(first_index, values)
        self._note_all(self._lost.push(self._samples.end - len(values) - missing, missing, values))
        self._reached_s = self._samples.end / self._fs_hz
        for t_s, contact in self._contact.push(first_index / self._fs_hz - self._origin_s, block.contact):
            self._note(contact_note(t_s, contact))

    def side(self, block: SideBlock) -> None:
        """What the sensor told beside its heart signal; before the block of heart samples that came with it, for that
        hands over the record before."""
        for index, value in enumerate(block.values.tolist(), block.first_index):
            self._side[block.signal].put(index / block.fs_hz - self._origin_s, value)

    def output(self, output: Output) -> None:
        """What the pipeline brought out after the latest block."""
        if self._samples is None:
            self._hand_over()
        for beat in output.beats:
            self._note(beat_note(beat), shift=True)
        for interval in output.intervals:
            self._note(interval_note(interval, self._of_pulse), shift=True)
        for row in output.rows:
            self._row(row)
        if self._samples is None:
            known = [beat.t_s for beat in output.beats] + [row.t_s for row in output.rows]
            self._reached_s = max([self._reached_s, *known])

    def event(self, event: Event) -> None:
        """What samples and rows tell by themselves (contact, states) is not taken from events."""
        note = event_note(event)
        if note is not None:
            self._note(Annotation(max(0.0, note.onset_s - self._origin_s), note.text))

    def guide(self, t_s: float, phase: BreathPhase | None) -> None:
        """Where the guide is at `t_s`, in order of time."""
        self._guide.push(t_s - self._origin_s, lungs_pct(phase))

    def measured_rate(self, t_s: float, fs_hz: float, late: int) -> None:
        """The sensor's rate against the machine's clock, and how many samples were taken late since it was last told;
        the file's declared rate stays."""
        self._note(Annotation(t_s, compose(RATE, hz=f"{fs_hz:.5f}", late=late)), shift=True)

    def end(self, reason_of_end: EndReason) -> None:
        """Keep nothing more. The writer's thread finishes the file and makes what is made from it, which on a small
        Pi takes seconds. Where that cannot be done, `fault` says why, and recovery will finish it. Ending twice does
        nothing."""
        if self._closed:
            return
        self._closed = True
        self._note_all(self._lost.finish())
        self._note_all([contact_note(t_s, contact) for t_s, contact in self._contact.finish(self._reached_s)])
        self._note(Annotation(self._reached_s, compose(END, reason=reason_of_end.value)))
        self._hand_over(whole_only=False)
        self._writer.finish(self._seal)

    @property
    def finished(self) -> bool:
        """Whether the session has ended and everything about it is on the card, or `fault` says why not."""
        return self._writer.finished

    def close(self, reason_of_end: EndReason) -> Path:
        """`end`, and wait until it is finished; the session's folder."""
        self.end(reason_of_end)
        self.wait()
        return self.folder

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when a session that has ended is finished, or the time is up."""
        self._writer.wait(timeout_s)

    @property
    def stuck_s(self) -> float:
        """How long the card has been at one thing, which on a good one takes tens of milliseconds."""
        return self._writer.stuck_s

    def _seal(self) -> None:
        try:
            self._finish_on_card()
        except RecordingError as error:
            self._fault = error
        except Exception as error:  # nobody else would hear of it on this thread
            why = reason(error) if isinstance(error, OSError) else repr(error)
            self._fault = RecordingError(f"{self.folder.name}: the session could not be finished: {why}")
            self._fault.__cause__ = error
        finally:
            self._session.close()

    def _finish_on_card(self) -> None:
        """After any fault of the card only what it gives back is kept, and the file says that the card ended it."""
        files, written = self._store.files, self._writer.written_records
        if self._writer.fault is None:
            try:
                seal(files, self.folder, self._session.edf, self._header, written)
                return
            except (OSError, NotOnCardError):
                log.warning("%s: closed anew from what the card holds", self.folder.name)
        closed = close_left_open(files, self.folder, compose(END, reason=EndReason.STORAGE.value))
        if self._writer.fault is None and (closed.records < written or closed.unverified):
            lost = written - closed.records + closed.unverified
            raise RecordingError(f"{self.folder.name}: {lost} records did not reach the card")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(EndReason.COMPLETED if kind is None else EndReason.SIGNAL)

    def _row(self, row: MetricsRow) -> None:
        t_s = row.t_s - self._origin_s
        if t_s <= 0.0:
            return
        self._rows.push(t_s, row)
        state: WearerState | None = row.state
        now = (state.kind, state.settling) if state else None
        if state is not None and now != self._state:
            self._note(state_note(t_s, state))
        self._state = now

    def _note(self, annotation: Annotation, shift: bool = False) -> None:
        onset_s = annotation.onset_s - (self._origin_s if shift else 0.0)
        if onset_s >= 0.0:
            self._tals.append(bounded_tal(Annotation(onset_s, annotation.text, annotation.duration_s)))

    def _note_all(self, annotations: list[Annotation]) -> None:
        for annotation in annotations:
            self._note(annotation)

    def _hand_over(self, whole_only: bool = True) -> None:
        """Give the writer the whole records; at the end also the begun one, and room for annotations left over."""
        duration_s = float(self._header.record_duration_s)
        while (self._records + 1) * duration_s <= self._reached_s + _SAME_S:
            self._hand_over_one(must=not (self._live and whole_only))
        if not whole_only:
            while self._tals or self._records * duration_s < self._reached_s - _SAME_S:
                self._hand_over_one(must=True)

    def _hand_over_one(self, must: bool) -> None:
        columns, index = self._columns(), self._records
        self._records += 1
        while self._handed < index and (must or self._writer.has_room):
            self._put(self._encoder.blank(self._handed, self._tals))
        if self._handed == index and (must or self._writer.has_room):
            self._put(self._encoder.encode(index, columns, self._tals))
            return
        self.dropped_records += 1
        duration_s = float(self._header.record_duration_s)
        lost = self._header.signals[0].samples_per_record if self._samples else None
        self._note(Annotation(index * duration_s, compose(LOST, n=lost, why="card"), duration_s))

    def _put(self, record: bytes) -> None:
        if not self._live:
            self._writer.wait_for_room()
        self._writer.put(record)
        self._handed += 1

    def _columns(self) -> list[FloatArray]:
        start_s = float(self._encoder.start_s(self._records))
        end_s = start_s + float(self._header.record_duration_s)
        slots = np.linspace(start_s, end_s, GUIDE_PER_RECORD, endpoint=False)
        guide = np.array([math.nan if (v := self._guide.at(slot)) is None else v for slot in slots])
        signals = self._header.signals
        waveform = [self._samples.take(signals[0].samples_per_record)] if self._samples else []
        side = [slots.take(signal.samples_per_record) for slots, signal in zip(self._side, signals[1:], strict=False)]
        return [*waveform, *side, guide, *metrics_columns(self._rows.at(end_s))]


def _at_whole_second(index: int, fs_hz: float) -> int:
    """The first sample at or after the next whole second."""
    return math.ceil(math.ceil(index / fs_hz - _SAME_S) * fs_hz - _SAME_S)
