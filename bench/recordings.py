"""Reference recordings and how detected beats are scored against their beats."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import edfio
import numpy as np

from device.recording.format.units import uv_per_unit
from dsp.types import FloatArray

DATA = Path(os.environ.get("ROLIG_DATA", "../shared/data"))


@dataclass(frozen=True, slots=True)
class AnnotatedEcg:
    """`beats_s`: the reference beats outside flutter; `flutter_s`: (from, to) of each span to be left out."""

    name: str
    ecg_uv: FloatArray
    fs_hz: float
    beats_s: FloatArray
    flutter_s: tuple[tuple[float, float], ...]

    @property
    def duration_s(self) -> float:
        return len(self.ecg_uv) / self.fs_hz


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one-to-one matches; `errors_ms`: detected minus reference of each hit."""

    hits: int
    missed_s: FloatArray
    false_s: FloatArray
    errors_ms: FloatArray


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (DATA / folder).glob("*.edf"))


def read(folder: str, name: str) -> AnnotatedEcg:
    """The first ECG of an EDF file, in uV, and its reference beats, of which there may be none."""
    edf = edfio.read_edf(DATA / folder / f"{name}.edf")
    signal = next(signal for signal in edf.signals if "ECG" in signal.label)
    unit_uv = uv_per_unit(signal.physical_dimension)
    if unit_uv is None:
        raise ValueError(f"{folder}/{name}: {signal.label} is in {signal.physical_dimension}, no unit of a voltage")
    ecg_uv = signal.data * unit_uv
    path = DATA / folder / f"{name}.beats.csv"
    beats_s, flutter_s = _read_beats(path) if path.exists() else (np.empty(0), ())
    return AnnotatedEcg(name, ecg_uv, signal.sampling_frequency, beats_s, flutter_s)


def _read_beats(path: Path) -> tuple[FloatArray, tuple[tuple[float, float], ...]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = sorted((float(row["time_s"]), row["symbol"]) for row in csv.DictReader(file))
    opens = [t_s for t_s, symbol in rows if symbol == "["]
    closes = [t_s for t_s, symbol in rows if symbol == "]"]
    spans = tuple(zip(opens, closes, strict=True))
    beats_s = np.array([t_s for t_s, symbol in rows if symbol not in "[]"])
    return outside(beats_s, spans), spans


def outside(times_s: FloatArray, spans: tuple[tuple[float, float], ...]) -> FloatArray:
    """The times that lie in none of the spans."""
    kept = np.ones(len(times_s), dtype=bool)
    for start_s, end_s in spans:
        kept &= (times_s < start_s) | (times_s > end_s)
    return times_s[kept]


def match(found_s: FloatArray, recording: AnnotatedEcg, tolerance_s: float) -> Score:
    """Match in time order, one to one; of two detections within the tolerance the nearer one is the hit."""
    found = outside(np.sort(found_s), recording.flutter_s).tolist()
    true = recording.beats_s.tolist()
    errors, missed, false = [], [], []
    i = j = 0
    while i < len(found) and j < len(true):
        error = found[i] - true[j]
        nearer_follows = i + 1 < len(found) and abs(found[i + 1] - true[j]) < abs(error)
        if error < -tolerance_s or (error <= tolerance_s and nearer_follows):
            false.append(found[i])
            i += 1
        elif error > tolerance_s:
            missed.append(true[j])
            j += 1
        else:
            errors.append(1000.0 * error)
            i, j = i + 1, j + 1
    missed += true[j:]
    false += found[i:]
    return Score(len(errors), np.array(missed), np.array(false), np.array(errors))


@dataclass(slots=True)
class Pool:
    """Scores of several recordings together."""

    hits: int = 0
    missed: int = 0
    false: int = 0
    deviation_ms: float = 0.0

    def add(self, score: Score) -> None:
        self.hits += score.hits
        self.missed += len(score.missed_s)
        self.false += len(score.false_s)
        if score.hits:
            self.deviation_ms += float(np.abs(score.errors_ms - np.median(score.errors_ms)).sum())

    @property
    def sensitivity_pct(self) -> float:
        return 100.0 * self.hits / max(1, self.hits + self.missed)

    @property
    def precision_pct(self) -> float:
        return 100.0 * self.hits / max(1, self.hits + self.false)

    @property
    def f1_pct(self) -> float:
        return 200.0 * self.hits / max(1, 2 * self.hits + self.missed + self.false)

    @property
    def jitter_ms(self) -> float:
        """Mean absolute deviation of the hits from each recording's median offset."""
        return self.deviation_ms / max(1, self.hits)
