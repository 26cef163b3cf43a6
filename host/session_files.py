"""A pulled session, read from its own files: session.edf through edfio, and summary.json.

What the notes and signals mean is in docs/recording-format.md.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import edfio
import numpy as np
from numpy.typing import NDArray

from device.recording.format import vocabulary
from device.recording.format.metrics import METRICS
from device.recording.format.names import EDF, SUMMARY, SUMS
from device.recording.format.signals import GUIDE_LABEL, UNKNOWN
from device.recording.format.summary_keys import own_date
from dsp.types import RRInterval
from host.errors import HostError
from host.session_folder import read_dates
from host.summary_file import read_summary

_QUALITY = next(metric.label for metric in METRICS if metric.name == "quality")
_EARLIEST_YEAR = 1970  # what a clock without a battery shows; earlier, dates cannot be moved


@dataclass(frozen=True, slots=True)
class Notes:
    """The annotations, taken apart. Times in s from the first sample."""

    beats: list[tuple[float, float]]  # t_s, quality
    intervals: list[RRInterval]
    phases: list[tuple[float, str]]
    paces: list[tuple[float, float]]  # t_s, breaths_per_min; NaN where the guide stopped


@dataclass(frozen=True, slots=True, eq=False)
class PulledSession:
    """`metrics` holds one value a second by the names above, NaN where there was no support; `guide_pct` how full the
    guide wanted the lungs, at `guide_hz`. `started` is None while nobody knows when it was: the time of the device's
    last shutdown does not count."""

    name: str
    summary: dict[str, Any]
    started: datetime | None
    notes: Notes
    metrics: dict[str, NDArray[np.float64]]
    metrics_step_s: float
    guide_pct: NDArray[np.float64]
    guide_hz: float


def session_folders(directory: Path) -> list[Path]:
    """The finished sessions in `directory`, by name. Raises HostError where it is not a folder."""
    if not directory.is_dir():
        raise HostError(f"{directory} is not a folder (give the one that rolig pull filled)")
    return sorted(p for p in directory.iterdir() if p.name[0] != "." and (p / SUMS).is_file() and (p / EDF).is_file())


def read_session(folder: Path) -> PulledSession:
    """Raises HostError where the files are not those of a session."""
    try:
        summary = read_summary(folder / SUMMARY)
        edf = edfio.read_edf(folder / EDF)
        notes = _notes([(float(a.onset), str(a.text)) for a in edf.annotations])
        signals = {signal.label: signal for signal in edf.signals}
        guide = signals[GUIDE_LABEL]
        return PulledSession(
            name=folder.name,
            summary=summary,
            started=_started(read_dates(folder.parent).get(folder.name) or own_date(summary)),
            notes=notes,
            metrics=_metrics(signals),
            metrics_step_s=1.0 / float(signals[_QUALITY].sampling_frequency),
            guide_pct=_values(guide),
            guide_hz=float(guide.sampling_frequency),
        )
    except (OSError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise HostError(f"{folder.name} cannot be read: {error}") from error


def _metrics(signals: dict[str, Any]) -> dict[str, NDArray[np.float64]]:
    """NaN for what the file lacks because it is older than the metric; KeyError where it has no metrics at all."""
    unknown = np.full(len(signals[_QUALITY].data), np.nan)
    return {metric.name: _values(signals[metric.label]) if metric.label in signals else unknown for metric in METRICS}


def _values(signal: Any) -> NDArray[np.float64]:
    values = np.asarray(signal.data, dtype=np.float64)
    return np.where(np.asarray(signal.digital) == UNKNOWN, np.nan, values)


def _notes(annotations: list[tuple[float, str]]) -> Notes:
    notes = Notes([], [], [], [])
    for t_s, text in sorted(annotations):
        note = vocabulary.parse_note(text)
        match note.word:
            case vocabulary.BEAT:
                notes.beats.append((t_s, float(note.fields["q"])))
            case vocabulary.RR | vocabulary.PPI:
                notes.intervals.append(vocabulary.interval_of(note, t_s))
            case vocabulary.PHASE:
                notes.phases.append((t_s, note.fields["name"]))
            case vocabulary.PACE:
                notes.paces.append((t_s, float(note.fields.get("breaths_per_min", "nan"))))
    return notes


def _started(text: str | None) -> datetime | None:
    started = None if text is None else datetime.fromisoformat(text)
    if started is not None and started.year < _EARLIEST_YEAR:
        raise ValueError(f"it cannot have started in {text}")
    return started
