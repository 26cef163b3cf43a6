"""A pulled session, read from its own files: session.edf through edfio, and summary.json.

What the notes and signals mean is in docs/recording-format.md.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import edfio
import numpy as np

from device.recording.format import vocabulary
from device.recording.format.metrics import METRICS, STATE_WORDS
from device.recording.format.names import EDF, SESSION_NAME, SUMMARY, SUMS
from device.recording.format.signals import GUIDE_LABEL, UNKNOWN
from device.recording.format.summary_keys import own_date
from dsp.types import FloatArray, IntervalKind, RRInterval
from host.copies.session_folder import read_dates
from host.copies.summary_file import parse_summary
from host.copies.sums import Vouched, damage_told, read_vouched
from host.errors import DamageError, HostError, printable

_QUALITY = next(metric.label for metric in METRICS if metric.name == "quality")
_EARLIEST_YEAR = 1970  # what a clock without a battery shows; earlier, dates cannot be moved
_LATEST_YEAR = 2200
_DECIMALS = 4  # of the finest metric's step


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note with its place in time; `duration_s` is 0 for a moment."""

    t_s: float
    duration_s: float
    note: vocabulary.Note


EventRow = tuple[int, float, float, str, str | None, str | None]
"""The note's number in the session, t_s, duration_s, its word, and of its keys one with its value."""


@dataclass(frozen=True, slots=True)
class SessionNotes:
    """The annotations, taken apart. Times in s from the first sample. `others` are all but beats and intervals, as they
    stand in the file."""

    beats: list[tuple[float, float]]  # t_s, quality
    intervals: list[RRInterval]
    phases: list[tuple[float, str]]
    paces: list[tuple[float, float]]  # t_s, breaths_per_min; NaN where the guide stopped
    postures: list[tuple[float, str]]  # as told before a morning reading
    others: list[PlacedNote]


@dataclass(frozen=True, slots=True, eq=False)
class PulledSession:
    """`metrics` holds one value a second by the names above, NaN where there was no support; `guide_pct` how full the
    guide wanted the lungs, at `guide_hz`. `started` is None while nobody knows when it was: the time of the device's
    last shutdown does not count."""

    name: str
    sums_sha256: str
    summary: dict[str, Any]
    started: datetime | None
    notes: SessionNotes
    metrics: dict[str, FloatArray]
    metrics_step_s: float
    guide_pct: FloatArray
    guide_hz: float


def sessions_in(directory: Path, leave_out: Callable[[str, str], None]) -> Iterator[PulledSession]:
    """The sessions in `directory`, by name, one at a time. What looks like a session and cannot be read as a whole is
    left out: `leave_out` hears its name and why. Raises HostError where `directory` is not a folder."""
    dates = read_dates(directory)
    for folder in session_folders(directory):
        try:
            yield read_session(folder, dates)
        except HostError as error:
            leave_out(folder.name, str(error))


def session_folders(directory: Path) -> list[Path]:
    """What is or was a session in `directory`, by name: finished or not, whole or not. Names that begin with a dot are
    still on their way. Raises HostError where `directory` is not a folder."""
    if not directory.is_dir():
        raise HostError(f"{directory} is not a folder (give the one that rolig pull filled)")
    try:
        return sorted(path for path in directory.iterdir() if path.name[0] != "." and _looks_like_a_session(path))
    except OSError as error:
        raise HostError(f"{directory}: {error.strerror}") from error


def _looks_like_a_session(path: Path) -> bool:
    if SESSION_NAME.fullmatch(path.name):
        return True
    try:
        return any((path / name).exists() for name in (EDF, SUMMARY, SUMS))
    except OSError:
        return False


def read_session(folder: Path, dates: Mapping[str, str] | None = None) -> PulledSession:
    """The session as its SHA256SUMS vouches for it; `dates` were told later, by name (default: those beside it).
    Raises HostError, in one line, where it is not whole, not a session's, or of a newer version."""
    try:
        return _session(folder.name, read_vouched(folder), read_dates(folder.parent) if dates is None else dates)
    except (DamageError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise HostError(printable(f"{folder.name} cannot be read: {why}")) from error


def _session(name: str, files: Vouched, dates: Mapping[str, str]) -> PulledSession:
    with damage_told(SUMMARY):
        summary = parse_summary(files.summary)
        started = _started(dates.get(name) or own_date(summary))
    with damage_told(EDF), warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # edfio warns of what it then guesses, as in half a file
        edf = edfio.read_edf(files.edf)
        signals = {signal.label: signal for signal in edf.signals}
        guide = signals[GUIDE_LABEL]
        return PulledSession(
            name=name,
            sums_sha256=files.sums_sha256,
            summary=summary,
            started=started,
            notes=_notes(events_of(edf)),
            metrics=_metrics(signals),
            metrics_step_s=1.0 / float(signals[_QUALITY].sampling_frequency),
            guide_pct=_values(guide),
            guide_hz=float(guide.sampling_frequency),
        )


def _metrics(signals: dict[str, Any]) -> dict[str, FloatArray]:
    """NaN for what the file lacks because it is older than the metric; KeyError where it has no metrics at all."""
    unknown = np.full(len(signals[_QUALITY].data), np.nan)
    metrics = {
        metric.name: _values(signals[metric.label]) if metric.label in signals else unknown for metric in METRICS
    }
    if {len(values) for values in metrics.values()} != {len(unknown)}:
        raise DamageError("its metrics are not of the same seconds")
    newer = set(metrics["state"][~np.isnan(metrics["state"])]) - set(map(float, STATE_WORDS))
    if newer:
        raise DamageError(f"it was recorded by a newer Rolig (state {min(newer):g} is not known here)")
    return metrics


def _values(signal: Any) -> FloatArray:
    """A step's worth of rounding is taken back, so that 1 is 1; NaN where the file says unknown."""
    values = np.round(np.asarray(signal.data, dtype=np.float64), _DECIMALS) + 0.0
    return np.where(np.asarray(signal.digital) == UNKNOWN, np.nan, values)


def events_of(edf: Any) -> list[PlacedNote]:
    """Every annotation of a file that edfio read, in order of time."""
    found = sorted((float(a.onset), str(a.text), float(a.duration or 0.0)) for a in edf.annotations)
    return [PlacedNote(t_s, duration_s, vocabulary.parse_note(text)) for t_s, text, duration_s in found]


def event_rows(events: Iterable[PlacedNote]) -> list[EventRow]:
    """A row for each key of each note, or one for a note without any."""
    return [
        (number, event.t_s, event.duration_s, event.note.word, key, value)
        for number, event in enumerate(events)
        for key, value in event.note.fields.items() or [(None, None)]
    ]


def _notes(events: list[PlacedNote]) -> SessionNotes:
    notes = SessionNotes([], [], [], [], [], [])
    for event in events:
        t_s, note = event.t_s, event.note
        match note.word:
            case vocabulary.BEAT:
                notes.beats.append((t_s, vocabulary.quality_of(note)))
                continue
            case vocabulary.RR | vocabulary.PPI:
                if note.fields["kind"] not in list(IntervalKind):
                    kind = note.fields["kind"]
                    raise DamageError(f"it was recorded by a newer Rolig (kind {kind} is not known here)")
                notes.intervals.append(vocabulary.interval_of(note, t_s))
                continue
            case vocabulary.PHASE:
                notes.phases.append((t_s, note.fields["name"]))
            case vocabulary.POSTURE:
                notes.postures.append((t_s, note.fields["name"]))
            case vocabulary.PACE:
                notes.paces.append((t_s, float(note.fields.get("breaths_per_min", "nan"))))
        notes.others.append(event)
    return notes


def _started(text: str | None) -> datetime | None:
    try:
        started = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise DamageError(f"{str(text)[:40]!r} is no time") from None
    if started is not None and not _EARLIEST_YEAR <= started.year <= _LATEST_YEAR:
        raise DamageError(f"it cannot have started in {text}")
    if started is not None and started.tzinfo is None:
        raise DamageError(f"{text} is a time in no zone")
    return started
