"""Reads a session back from its EDF+ file alone."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush, heappushpop
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
_WAITING = 1024
_MANY = tuple(f"{word} " for word in (BEAT, RR, PPI))


@dataclass(slots=True)
class RecordedSession:
    """The contents of a session's file. `info` and `clock` are the fields of those two notes; `notes` holds the
    other annotations with their notes parsed, in order of time. Beats, intervals and rows, by far the most, are read
    from the file each time they are asked for, a few at a time; that may raise OSError."""

    edf: EdfFile
    length_s: float
    info: dict[str, str]
    clock: dict[str, str]
    phases: list[tuple[float, Phase]]
    contacts: list[tuple[float, Contact]]
    check_ins: list[CheckIn]
    notes: Notes

    def last(self, word: str) -> Note | None:
        return next((note for _, note in reversed(self.notes) if note.word == word), None)

    def beats(self) -> Iterator[Beat]:
        """In order of time."""
        return (event for event in self.beats_and_intervals() if isinstance(event, Beat))

    def intervals(self) -> Iterator[RRInterval]:
        """In order of time."""
        return (event for event in self.beats_and_intervals() if isinstance(event, RRInterval))

    def beats_and_intervals(self) -> Iterator[Beat | RRInterval]:
        """Both in one reading, in order of time."""
        fs_hz = _number(self.info.get("fs_hz"))
        interval_word = PPI if self.info.get("kind") == SignalKind.PPG else RR
        many = (a for a in self.edf.annotations() if a.text.startswith((f"{BEAT} ", f"{interval_word} ")))
        for annotation in in_order(many, lambda annotation: annotation.onset_s):
            with suppress(KeyError, ValueError):
                note = parse_note(annotation.text)
                if note.word == BEAT:
                    yield beat_of(note, annotation.onset_s, fs_hz)
                else:
                    yield interval_of(note, annotation.onset_s)

    def rows(self) -> Iterator[MetricsRow]:
        """A record's metrics are those of the whole second that ended in it."""
        header = self.edf.header
        numbers = {signal.label: signal.number for signal in self.edf.signals}
        found = {m.name: numbers[m.label] for m in METRICS if m.label in numbers}
        found = {name: number for name, number in found.items() if header.signals[number].samples_per_record == 1}
        if "quality" not in found:
            return
        duration_s, index = float(header.record_duration_s), 0
        for columns in self.edf.parts(tuple(found.values())):
            for values in zip(*(column.tolist() for column in columns), strict=True):
                index += 1
                t_s = float(math.floor(index * duration_s + _SAME_S))
                row = row_of(t_s, dict(zip(found, map(_rounded, values), strict=True)))
                if row is not None:
                    yield row

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
    few = sorted((a for a in edf.annotations() if not a.text.startswith(_MANY)), key=lambda few: few.onset_s)
    notes = [(annotation, parse_note(annotation.text)) for annotation in few]
    ends_s = [annotation.onset_s for annotation, note in notes if note.word == END]
    return RecordedSession(
        edf,
        length_s=ends_s[-1] if ends_s else edf.header.record_count * float(edf.header.record_duration_s),
        info=_fields(notes, INFO),
        clock=_fields(notes, CLOCK),
        phases=_read(notes, PHASE, phase_of),
        contacts=_read(notes, CONTACT, lambda note, t_s: (t_s, contact_of(note))),
        check_ins=_read(notes, CHECK_IN, check_in_of),
        notes=notes,
    )


def in_order(values: Iterable[Value], key: Callable[[Value], float]) -> Iterator[Value]:
    """`values` by rising `key`, equal ones as they came. Few are in memory at a time: one that comes more than
    `_WAITING` values late stays late."""
    waiting: list[tuple[float, int, Value]] = []
    for number, value in enumerate(values):
        if len(waiting) < _WAITING:
            heappush(waiting, (key(value), number, value))
        else:
            yield heappushpop(waiting, (key(value), number, value))[2]
    while waiting:
        yield heappop(waiting)[2]


def _read(notes: Notes, word: str, of: Callable[[Note, float], Value]) -> list[Value]:
    found = []
    for annotation, note in notes:
        if note.word == word:
            with suppress(KeyError, ValueError):
                found.append(of(note, annotation.onset_s))
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


def _rounded(value: float) -> float:
    return value if math.isnan(value) else float(np.round(value, 4))
