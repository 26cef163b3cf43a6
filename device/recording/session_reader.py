"""Reads a session back from its EDF+ file alone."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from device.recording.edf.reader import EdfFile
from device.recording.event_notes import check_in_of, phase_of
from device.recording.format.annotation import Annotation
from device.recording.format.experiment import Arm
from device.recording.format.metrics import METRICS, row_of
from device.recording.format.summary_keys import PLAN_NUMBERS, TRIAL_NUMBERS
from device.recording.format.vocabulary import (
    BEAT,
    CHECK_IN,
    CLOCK,
    CONTACT,
    END,
    INFO,
    LARGEST_COUNT,
    LOST,
    PACE,
    PHASE,
    PLAN,
    PPI,
    RATE,
    RECOVERED,
    RR,
    TRIAL,
    Note,
    beat_of,
    contact_of,
    interval_of,
    pace_of,
    parse_note,
)
from device.session.events import CheckIn, Phase
from dsp.types import Beat, Contact, MetricsRow, RRInterval, SignalKind

Notes = list[tuple[Annotation, Note]]
Value = TypeVar("Value")
_SAME_S = 1e-6
_MANY = tuple(f"{word} " for word in (BEAT, RR, PPI))


@dataclass(slots=True)
class RecordedSession:
    """The contents of a session's file. `info` and `clock` are the fields of those two notes; `notes` holds the
    other annotations with their notes parsed, in order of time; beats and intervals, by far the most, are not in it."""

    length_s: float
    info: dict[str, str]
    clock: dict[str, str]
    beats: list[Beat]
    intervals: list[RRInterval]
    rows: list[MetricsRow]
    phases: list[tuple[float, Phase]]
    contacts: list[tuple[float, Contact]]
    check_ins: list[CheckIn]
    notes: Notes

    def last(self, word: str) -> Note | None:
        return next((note for _, note in reversed(self.notes) if note.word == word), None)

    @property
    def pace(self) -> list[tuple[float, float]]:
        """(time_s, breaths_per_min) changes of the guide, NaN where it stops."""
        return _read(self.notes, PACE, pace_of)

    @property
    def plan(self) -> dict[str, int] | None:
        """The numbers of its `plan` note; None without one, or of another form."""
        return _whole_numbers(self.last(PLAN), PLAN_NUMBERS)

    @property
    def trial(self) -> dict[str, int | str] | None:
        """The same of its `trial` note, with the `arm`."""
        note = self.last(TRIAL)
        numbers = _whole_numbers(note, TRIAL_NUMBERS)
        if note is None or numbers is None or note.fields.get("arm") not in list(Arm):
            return None
        return {**numbers, "arm": note.fields["arm"]}

    @property
    def lost_samples(self) -> int:
        return sum(_read(self.notes, LOST, lambda note, _: int(note.fields["n"])))

    @property
    def late_samples(self) -> int:
        """Taken more than 1 ms after their slot, where the machine's clock paces the sensor."""
        return sum(_read(self.notes, RATE, lambda note, _: int(note.fields["late"])))

    @property
    def started_boottime_s(self) -> float:
        return _number(self.clock.get("boottime_s"))

    @property
    def recovered(self) -> bool:
        return self.last(RECOVERED) is not None

    @property
    def end_reason(self) -> str | None:
        return _fields(self.notes, END).get("reason")

    @property
    def measured_rate_hz(self) -> float:
        return _number(_fields(self.notes, RATE).get("hz"))


def read_session(path: Path) -> RecordedSession:
    """`path` is a session's `session.edf`, closed or not. Notes and signals of another form are skipped.
    Raises EdfError and OSError."""
    edf = EdfFile.open(path)
    annotations = sorted(edf.annotations(), key=lambda annotation: annotation.onset_s)
    notes = [(a, parse_note(a.text)) for a in annotations if not a.text.startswith(_MANY)]
    info, clock = _fields(notes, INFO), _fields(notes, CLOCK)
    fs_hz = _number(info.get("fs_hz"))
    ends_s = [annotation.onset_s for annotation, note in notes if note.word == END]
    return RecordedSession(
        length_s=ends_s[-1] if ends_s else edf.header.record_count * float(edf.header.record_duration_s),
        info=info,
        clock=clock,
        beats=_read_many(annotations, BEAT, lambda note, t_s: beat_of(note, t_s, fs_hz)),
        intervals=_read_many(annotations, PPI if info.get("kind") == SignalKind.PPG else RR, interval_of),
        rows=_rows(edf),
        phases=_read(notes, PHASE, phase_of),
        contacts=_read(notes, CONTACT, lambda note, t_s: (t_s, contact_of(note))),
        check_ins=_read(notes, CHECK_IN, check_in_of),
        notes=notes,
    )


def _read(notes: Notes, word: str, of: Callable[[Note, float], Value]) -> list[Value]:
    found = []
    for annotation, note in notes:
        if note.word == word:
            with suppress(KeyError, ValueError):
                found.append(of(note, annotation.onset_s))
    return found


def _read_many(annotations: list[Annotation], word: str, of: Callable[[Note, float], Value]) -> list[Value]:
    """As `_read`, with one note in memory at a time."""
    found = []
    for annotation in annotations:
        if annotation.text.startswith(word + " "):
            with suppress(KeyError, ValueError):
                found.append(of(parse_note(annotation.text), annotation.onset_s))
    return found


def _fields(notes: Notes, word: str) -> dict[str, str]:
    return next((note.fields for _, note in reversed(notes) if note.word == word), {})


def _whole_numbers(note: Note | None, names: tuple[str, ...]) -> dict[str, int] | None:
    try:
        numbers = {} if note is None else {name: int(note.fields[name]) for name in names}
    except (KeyError, ValueError):
        return None
    return numbers if numbers and all(0 <= number <= LARGEST_COUNT for number in numbers.values()) else None


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _rows(edf: EdfFile) -> list[MetricsRow]:
    """A record's metrics are those of the whole second that ended in it."""
    signals = {signal.label: signal for signal in edf.signals}
    duration_s = float(edf.header.record_duration_s)
    columns = {
        metric.name: edf.read(signals[metric.label].number)
        for metric in METRICS
        if metric.label in signals and edf.header.signals[signals[metric.label].number].samples_per_record == 1
    }
    if "quality" not in columns:
        return []
    rows = []
    for index in range(edf.header.record_count):
        values = {name: _rounded(float(column[index])) for name, column in columns.items()}
        row = row_of(float(math.floor((index + 1) * duration_s + _SAME_S)), values)
        if row is not None:
            rows.append(row)
    return rows


def _rounded(value: float) -> float:
    return value if math.isnan(value) else float(np.round(value, 4))
