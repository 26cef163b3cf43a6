"""The recordings that the state is scored on, read once through the live path into what the state sees."""

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.replay.opening import open_recording
from device.replay.player import play
from dsp.beat_pipeline import BeatPipeline
from dsp.hrv.intervals import beats_of_rr
from dsp.state.estimator import StateEstimator, StateModel
from dsp.state.observer import Observed, Observer
from dsp.state.rest import RestCollector, RestReading
from dsp.types import Beat, FloatArray, StateInputs, WearerState

Span = tuple[float, float]
Windows = tuple[FloatArray, FloatArray]
"""Arousal in windows on guard and in calm ones of one person."""
GAP_S = 10.0
CALM = ("base", "relax")
STRESS = ("stroop", "interview")
BREATHING = "hyperv"


def data_folder() -> Path | None:
    """`ROLIG_DATA`, by default ../shared/data; None where there is no such folder."""
    folder = Path(os.environ.get("ROLIG_DATA", "../shared/data"))
    return folder if folder.is_dir() else None


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A recording as the state sees it, second by second, and its labelled stretches."""

    name: str
    seconds: list[StateInputs]
    segments: tuple[tuple[float, float, str], ...] = ()

    def spans(self, *labels: str) -> list[Span]:
        """The stretches whose label begins with one of `labels`."""
        return [(a, b) for a, b, label in self.segments if label.startswith(labels)]


class _Listener:
    def __init__(self) -> None:
        self.seconds: list[StateInputs] = []

    def update(self, inputs: StateInputs) -> None:
        self.seconds.append(inputs)


def inputs_of_beats(beats: list[Beat]) -> list[StateInputs]:
    """What the state sees of a beat list."""
    listener = _Listener()
    pipeline = BeatPipeline(state=listener)
    for beat in beats:
        pipeline.push(beat)
    pipeline.finish()
    return listener.seconds


def sitting_then_maths(folder: Path) -> list[Person]:
    """gudb-rpeaks: both beat lists of each person as one, with a gap of 10 s."""
    people = []
    for path in sorted((folder / "gudb-rpeaks").glob("*-sitting.beats.csv")):
        name = path.name.split("-")[0]
        sitting, maths = _times(path), _times(path.with_name(f"{name}-maths.beats.csv"))
        start = sitting[-1] + GAP_S
        joined = np.concatenate([sitting, maths - maths[0] + start])
        beats = [Beat(float(t) * 1000, float(t), 1.0) for t in joined]
        segments = ((60.0, 120.0, "sitting"), (start, float(joined[-1]), "maths"))
        people.append(Person(name, inputs_of_beats(beats), segments))
    return people


def stress_predict(folder: Path) -> list[Person]:
    """stress-predict: the wrist's PPG with its segments."""
    return [
        Person(path.stem, _inputs_of_file(path, "PPG BVP"), _segments(path.with_suffix(".segments.csv")))
        for path in sorted((folder / "stress-predict").glob("*.edf"))
    ]


def waking_days(folder: Path, hours: float) -> list[Person]:
    """rr-day: the first `hours` of each day of RR."""
    people = []
    for path in sorted((folder / "rr-day").glob("*.txt")):
        rr_ms = np.loadtxt(path)
        rr_ms = rr_ms[np.cumsum(rr_ms) < hours * 3.6e6]
        people.append(Person(path.stem, inputs_of_beats(beats_of_rr(rr_ms))))
    return people


def fibrillation(folder: Path) -> list[Person]:
    """mitdb's records with atrial fibrillation, with those stretches as segments."""
    people = []
    for name in ("201", "203"):
        path = folder / "mitdb" / f"{name}.edf"
        marks = [(float(r["time_s"]), r["rhythm"]) for r in _table(path.with_suffix(".rhythm.csv"))]
        seconds = _inputs_of_file(path, None)
        ends = [t for t, _ in marks[1:]] + [float(len(seconds))]
        segments = tuple((t, end, rhythm) for (t, rhythm), end in zip(marks, ends, strict=True))
        people.append(Person(name, seconds, segments))
    return people


def rest_of(person: Person, span: Span) -> RestReading | None:
    """The rest reading between two times."""
    collector = RestCollector(*span)
    for second in person.seconds:
        collector.add(second)
    return collector.reading


def observed(person: Person, rest: RestReading | None) -> list[Observed]:
    """Every second as it is before any threshold: read once, to be judged by many models."""
    observer = Observer(rest)
    return [observer.update(second) for second in person.seconds]


def judged(seconds: Iterable[Observed], model: StateModel) -> list[WearerState | None]:
    """The state of every second."""
    estimator = StateEstimator(model=model)
    return [estimator.judge(second) for second in seconds]


def arousals(states: list[WearerState | None]) -> FloatArray:
    """Arousal of every second, NaN where unsure or not yet known."""
    return np.array([s.arousal if s is not None else np.nan for s in states])


def window_means(values: FloatArray, spans: list[Span], width_s: int) -> FloatArray:
    """The mean over each whole window of `width_s` in the spans; windows without a value are left out."""
    means = []
    for start, end in spans:
        for at in range(int(start), int(end) - width_s + 1, width_s):
            window = values[at : at + width_s]
            if np.isfinite(window).any():
                means.append(float(np.nanmean(window)))
    return np.array(means)


def auc(on_guard: FloatArray, calm: FloatArray) -> float:
    """The chance that a window on guard scores above a calm one; NaN with fewer than two of either."""
    if len(on_guard) < 2 or len(calm) < 2:
        return float("nan")
    difference = on_guard[:, None] - calm[None, :]
    return float(np.mean(difference > 0) + np.mean(difference == 0) / 2)


def _times(path: Path) -> FloatArray:
    return np.array([float(row["time_s"]) for row in _table(path)])


def _segments(path: Path) -> tuple[tuple[float, float, str], ...]:
    return tuple((float(r["start_s"]), float(r["end_s"]), r["label"]) for r in _table(path))


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _inputs_of_file(path: Path, signal: str | None) -> list[StateInputs]:
    listener = _Listener()
    for _ in play(open_recording(path, None, signal), state=listener, block_ms=1000.0):
        pass
    return listener.seconds
