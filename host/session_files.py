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

from dsp.types import IntervalKind, RRInterval
from host.errors import HostError
from host.session_folder import own_date, read_dates
from host.summary_file import SUMMARY, read_summary

EDF, SUMS = "session.edf", "SHA256SUMS"
GUIDE = "Breath guide"
METRICS = {
    "mean_hr_bpm": "HR",
    "rmssd_ms": "RMSSD",
    "sdnn_ms": "SDNN",
    "rsa_ms": "RSA",
    "coherence": "Coherence",
    "breaths_per_min": "Breathing rate",
    "breath_confidence": "Breathing conf",
    "quality": "Quality",
    "contact": "Contact",
    "irregular": "Irregular",
    "arousal": "Arousal",
    "state": "State",
}
STATES = {1: "calm", 2: "neutral", 3: "alarm", 4: "unsure", 5: "settling"}
_UNKNOWN = -32768
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
        guide = signals[GUIDE]
        return PulledSession(
            name=folder.name,
            summary=summary,
            started=_started(read_dates(folder.parent).get(folder.name) or own_date(summary)),
            notes=notes,
            metrics={name: _values(signals[label]) for name, label in METRICS.items()},
            metrics_step_s=1.0 / float(signals[METRICS["state"]].sampling_frequency),
            guide_pct=_values(guide),
            guide_hz=float(guide.sampling_frequency),
        )
    except (OSError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise HostError(f"{folder.name} cannot be read: {error}") from error


def _values(signal: Any) -> NDArray[np.float64]:
    values = np.asarray(signal.data, dtype=np.float64)
    return np.where(np.asarray(signal.digital) == _UNKNOWN, np.nan, values)


def _notes(annotations: list[tuple[float, str]]) -> Notes:
    notes = Notes([], [], [], [])
    for t_s, text in sorted(annotations):
        word, *pairs = text.split(" ")
        fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        match word:
            case "beat":
                notes.beats.append((t_s, float(fields["q"])))
            case "rr" | "ppi":
                notes.intervals.append(_interval(t_s, fields))
            case "phase":
                notes.phases.append((t_s, fields["name"]))
            case "pace":
                notes.paces.append((t_s, float(fields.get("breaths_per_min", "nan"))))
    return notes


def _interval(t_s: float, fields: dict[str, str]) -> RRInterval:
    interval = RRInterval(
        t_s, float(fields["ms"]), IntervalKind(fields["kind"]), int(fields["n"]), fields.get("timed") != "0"
    )
    if not 0.0 < interval.rr_ms <= 1e9 or abs(interval.number) >= 2**31:
        raise ValueError(f"an interval of {fields['ms']} ms, number {fields['n'][:20]}")
    return interval


def _started(text: str | None) -> datetime | None:
    started = None if text is None else datetime.fromisoformat(text)
    if started is not None and started.year < _EARLIEST_YEAR:
        raise ValueError(f"it cannot have started in {text}")
    return started
