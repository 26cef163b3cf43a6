"""Reads a session back from its EDF+ file alone."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.events import CheckIn, Phase
from device.recording.edf_reader import EdfFile
from device.recording.edf_writer import UNKNOWN
from device.recording.session_signals import METRICS, row_of
from device.recording.tal import Annotation
from device.recording.vocabulary import (
    BEAT,
    CHECK_IN,
    CLOCK,
    CONTACT,
    END,
    INFO,
    LOST,
    PHASE,
    RATE,
    RECOVERED,
    RR,
    Note,
    beat_of,
    check_in_of,
    contact_of,
    interval_of,
    parse_note,
)
from dsp.types import Beat, Contact, MetricsRow, RRInterval

_SAME_S = 1e-6


@dataclass(slots=True)
class RecordedSession:
    """What a session's file tells. `info` and `clock` are the fields of those two notes; `notes` holds every
    annotation with its note taken apart, in order of time."""

    length_s: float
    info: dict[str, str]
    clock: dict[str, str]
    beats: list[Beat]
    intervals: list[RRInterval]
    rows: list[MetricsRow]
    phases: list[tuple[float, Phase]]
    contacts: list[tuple[float, Contact]]
    check_ins: list[CheckIn]
    notes: list[tuple[Annotation, Note]]

    def last(self, word: str) -> Note | None:
        return next((note for _, note in reversed(self.notes) if note.word == word), None)

    @property
    def lost_samples(self) -> int:
        return sum(int(note.fields.get("n", 0)) for _, note in self.notes if note.word == LOST)

    @property
    def recovered(self) -> bool:
        return self.last(RECOVERED) is not None

    @property
    def end_reason(self) -> str | None:
        end = self.last(END)
        return end.fields["reason"] if end else None

    @property
    def measured_rate_hz(self) -> float:
        rate = self.last(RATE)
        return float(rate.fields["hz"]) if rate else math.nan


def read_session(path: Path) -> RecordedSession:
    """`path` is a session's `session.edf`, closed or not. Raises EdfError and OSError."""
    edf = EdfFile.open(path)
    notes = sorted(((a, parse_note(a.text)) for a in edf.annotations()), key=lambda pair: pair[0].onset_s)
    by_word: dict[str, list[tuple[float, Note]]] = {}
    for annotation, note in notes:
        by_word.setdefault(note.word, []).append((annotation.onset_s, note))
    info = by_word[INFO][0][1].fields if INFO in by_word else {}
    fs_hz = float(info.get("fs_hz", "nan"))
    end = by_word.get(END)
    return RecordedSession(
        length_s=end[-1][0] if end else edf.header.record_count * float(edf.header.record_duration_s),
        info=info,
        clock=by_word[CLOCK][-1][1].fields if CLOCK in by_word else {},
        beats=[beat_of(note, t_s, fs_hz) for t_s, note in by_word.get(BEAT, [])],
        intervals=[interval_of(note, t_s) for t_s, note in by_word.get(RR, [])],
        rows=_rows(edf),
        phases=[(t_s, Phase(note.fields["name"])) for t_s, note in by_word.get(PHASE, [])],
        contacts=[(t_s, contact_of(note)) for t_s, note in by_word.get(CONTACT, [])],
        check_ins=[check_in_of(note, t_s) for t_s, note in by_word.get(CHECK_IN, [])],
        notes=notes,
    )


def _rows(edf: EdfFile) -> list[MetricsRow]:
    """A record's metrics are those of the whole second that ended in it."""
    numbers = {signal.label: signal.number for signal in edf.signals}
    columns = {metric.label: edf.read(numbers[metric.label], unknown=UNKNOWN) for metric in METRICS}
    duration_s = float(edf.header.record_duration_s)
    rows = []
    for index in range(edf.header.record_count):
        values = {label: float(column[index]) for label, column in columns.items()}
        values = {label: value if math.isnan(value) else float(np.round(value, 4)) for label, value in values.items()}
        row = row_of(float(math.floor((index + 1) * duration_s + _SAME_S)), values)
        if row is not None:
            rows.append(row)
    return rows
