"""A BIDS data set (Brain Imaging Data Structure 1.10, doi 10.1038/sdata.2016.44): physiological recordings and events.

    OUT/dataset_description.json   README   participants.tsv
    OUT/sub-WEARER/sub-WEARER_sessions.tsv
    OUT/sub-WEARER/ses-SESSION/beh/sub-WEARER_ses-SESSION_task-breathing_..._physio.tsv.gz and .json, _events.tsv

Signals of one rate are in one file; the entity `recording` tells what they are. Values are written with as many
decimals as bring every digital value back.
"""

import gzip
import json
import math
from collections import defaultdict
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from device.recording.format.metrics import METRICS
from device.recording.format.signals import GUIDE_LABEL
from device.recording.format.vocabulary import BEAT, PPI, RR
from dsp.types import SignalKind
from host.copies.session_files import PlacedNote, PulledSession
from host.copies.session_signals import SessionSignals, StoredSignal
from host.copies.whole_file import write_whole
from host.formats.names import SessionNames
from host.formats.told import told

VERSION = "1.10.0"
MISSING = "n/a"
_VALUE_OF = {BEAT: "q", RR: "ms", PPI: "ms", "phase": "name", "pace": "breaths_per_min", "contact": "off"}
_NAMES = {metric.label: metric.name for metric in METRICS} | {GUIDE_LABEL: "breath_guide"}
_MEANINGS = {metric.label: metric.meaning for metric in METRICS} | {
    GUIDE_LABEL: "how full the guide wants the lungs: 0 to 100 through the inhale, back through the exhale",
    SignalKind.ECG.label: "at the electrodes",
    SignalKind.PPG.label: "light at the sensor, in counts of its converter",
}
_README = """Sessions of guided breathing, recorded by Rolig and exported without names and dates.

Pseudonymous, not anonymous: anyone who has another recording of the same heart may know it again.
Times are in seconds from a session's first sample; n/a is a lost sample, or a number without support.
"""
EVENTS: dict[str, dict[str, Any]] = {
    "onset": {"Description": "time from the session's first sample", "Units": "s"},
    "duration": {"Description": "how long it lasted; 0 for a moment", "Units": "s"},
    "trial_type": {
        "Description": "what happened",
        "Levels": {
            "beat": "an R-peak, or a pulse's steepest upslope; value: quality, 0 to 1",
            "rr": "an interval between R-peaks ends; value: ms as measured",
            "ppi": "an interval between pulses ends; value: ms as measured",
            "phase": "a part of the session begins; value: its name",
            "pace": "the guide's pace changes; value: breaths per minute, n/a where the guide stops",
            "contact": "contact changes; value: what is loose",
            "state": "what the body shows changes; details: its kind",
            "check_in": "answers of the wearer, 1 to 5; details: to what, before or after",
            "posture": "how the wearer says that they take the morning reading; details: its name",
            "plan": "the guide that begins follows the plan; details: its week, minutes and fading",
            "trial": "what an experiment of one's own drew; details: its seed, day, minutes and arm",
            "fault": "the sensor does not answer",
            "lost": "samples were lost; details: how many",
            "rate": "the sensor's rate as it measured; details: in Hz",
            "info": "what recorded; details: by what version",
            "end": "the recording's end; details: why",
            "recovered": "the end of what the device's memory kept when the power went",
            "unverified": "a second that could not be read back as written begins",
        },
    },
    "value": {"Description": "of the event, see trial_type"},
    "details": {"Description": "everything else that was noted, as key=value"},
}


def write(_: PulledSession, signals: SessionSignals, names: SessionNames, folder: Path) -> None:
    """One session into the folder of its wearer."""
    place = folder / f"ses-{names.session}" / "beh"
    place.mkdir(parents=True)
    stem = f"sub-{names.wearer}_ses-{names.session}_task-breathing"
    by_rate: dict[float, list[StoredSignal]] = defaultdict(list)
    for signal in signals.every:
        by_rate[signal.fs_hz].append(signal)
    for group in by_rate.values():
        _physio(place / f"{stem}_recording-{_recording(group, signals.heart)}_physio", group)
    _events(place / f"{stem}_events", told(signals.events))


def finish_wearer(folder: Path, sessions: list[SessionNames]) -> None:
    rows = [(f"ses-{names.session}", MISSING if names.day is None else str(names.day)) for names in sessions]
    _tsv(folder / f"{folder.name.removeprefix('.')}_sessions.tsv", ("session_id", "day"), rows)
    told_of = {"day": {"Description": "days after the wearer's first dated session", "Units": "d"}}
    _json(folder / f"{folder.name.removeprefix('.')}_sessions.json", told_of)


def finish(out: Path) -> None:
    """What is about the whole data set."""
    _json(
        out / "dataset_description.json",
        {
            "Name": "Rolig sessions",
            "BIDSVersion": VERSION,
            "DatasetType": "raw",
            "License": "n/a",
            "Authors": ["n/a"],
            "GeneratedBy": [{"Name": "Rolig"}],
        },
    )
    write_whole(out / "README", _README.encode())
    wearers = sorted(path.name for path in out.glob("sub-*") if path.is_dir())
    _tsv(out / "participants.tsv", ("participant_id",), [(wearer,) for wearer in wearers])


def _recording(group: list[StoredSignal], heart: StoredSignal | None) -> str:
    if group[0] is heart or not any(signal.label in _NAMES for signal in group):
        return "".join(filter(str.isalnum, group[0].label.lower()))
    return "metrics" if len(group) > 1 else "guide"


def _physio(stem: Path, signals: list[StoredSignal]) -> None:
    columns = ["cardiac" if s.label in ("ECG", "PPG") else _NAMES.get(s.label) or _plain(s.label) for s in signals]
    texts = [_cells(signal) for signal in signals]
    content = "".join("\t".join(row) + "\n" for row in zip(*texts, strict=True))
    with gzip.GzipFile(f"{stem}.tsv.gz", "wb", mtime=0) as file:
        file.write(content.encode("ascii"))
    about: dict[str, Any] = {"SamplingFrequency": signals[0].fs_hz, "StartTime": 0, "Columns": columns}
    for column, signal in zip(columns, signals, strict=True):
        meaning = _MEANINGS.get(signal.label, "told by the sensor besides")
        about[column] = {"LongName": signal.label, "Description": meaning}
        if signal.unit:
            about[column]["Units"] = signal.unit
    _json(Path(f"{stem}.json"), about)


def _cells(signal: StoredSignal) -> list[str]:
    decimals = max(0, math.ceil(-math.log10(signal.step)) + 2)
    numbers = np.char.mod(f"%.{decimals}f", signal.digital * signal.step + signal.offset)
    return list(np.where(signal.lost, MISSING, numbers))


def _events(stem: Path, events: Iterable[PlacedNote]) -> None:
    rows = []
    for event in events:
        note = event.note
        key = _VALUE_OF.get(note.word)
        rest = " ".join(f"{name}={value}" for name, value in note.fields.items() if name != key)
        value = note.fields.get(key, MISSING) if key else MISSING
        rows.append((f"{event.t_s:.5f}", f"{event.duration_s:g}", note.word, value, rest or MISSING))
    _tsv(Path(f"{stem}.tsv"), tuple(EVENTS), rows)
    _json(Path(f"{stem}.json"), EVENTS)


def _plain(label: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in label.lower())


def _tsv(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    text = StringIO()
    for row in (columns, *rows):
        text.write("\t".join(row) + "\n")
    write_whole(path, text.getvalue().encode())


def _json(path: Path, value: Any) -> None:
    write_whole(path, (json.dumps(value, indent=2) + "\n").encode())
