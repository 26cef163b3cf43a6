"""One replay from end to end: open, play, write."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from device.replay.guide_file import read_guide
from device.replay.opening import open_recording
from device.replay.player import Played, in_real_time, play
from device.replay.tables import BEAT_COLUMNS, INTERVAL_COLUMNS, METRICS_COLUMNS, Table, write_output
from device.stopping import StopRequest


@dataclass(frozen=True, slots=True)
class ReplayJob:
    """What the command line asked for; None where it did not."""

    file: Path
    signal: str | None = None
    kind: str | None = None
    real_time: bool = False
    block_ms: float = 20.0
    guide: Path | None = None
    profile: Path | None = None
    day: date | None = None
    baseline_s: tuple[float, float] | None = None
    out: Path | None = None
    beats: Path | None = None
    intervals: Path | None = None
    metrics: Path | None = None
    display: str = "none"
    language: str = "nb"


def run_replay(job: ReplayJob) -> Path | None:
    """Plays the recording and writes what was asked for; the session's folder, where one was made."""
    recording = open_recording(job.file, job.kind, job.signal)
    pace = read_guide(job.guide) if job.guide else []
    with ExitStack() as stack:
        beats = stack.enter_context(Table(job.beats, BEAT_COLUMNS))
        intervals = stack.enter_context(Table(job.intervals, INTERVAL_COLUMNS))
        metrics = stack.enter_context(Table(job.metrics, METRICS_COLUMNS))
        stop = stack.enter_context(StopRequest())
        steps: Iterator[Played] = play(recording, pace=pace, block_ms=job.block_ms)
        if job.real_time:
            steps = in_real_time(steps, stop)
        for step in steps:
            write_output(step.output, step.known_s, beats, intervals, metrics)
            if stop.requested:
                break
    return None
