"""Plays a recording through the pipeline: the same one as on the device, only the source differs."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from device.replay.recordings import BeatList, Recording
from device.system.stop_signals import StopRequest
from dsp.beat_pipeline import BeatPipeline
from dsp.metrics import StateEstimatorLike
from dsp.pipeline import Pipeline
from dsp.types import Output, SampleBlock

PaceChanges = list[tuple[float, float]]
LONGEST_SLEEP_S = 0.2


@dataclass(frozen=True, slots=True)
class Played:
    """The result of one step: `known_s` is the time of the last sample seen, `end_s` where the next step begins."""

    known_s: float
    end_s: float
    output: Output
    block: SampleBlock | None = None


def play(
    recording: Recording,
    *,
    pace: PaceChanges | None = None,
    state: StateEstimatorLike | None = None,
    block_ms: float = 20.0,
    until_s: float | None = None,
) -> Iterator[Played]:
    """The recording from its start, step by step, as fast as it is asked for; to `until_s` where that is given."""
    if isinstance(recording, BeatList):
        return _play_beats(recording, BeatPipeline(state=state), pace or [], until_s)
    blocks = recording.blocks(block_ms)
    return _play_samples(blocks, Pipeline(recording.kind, recording.fs_hz, state=state), pace or [], until_s)


def _play_samples(
    blocks: Iterator[SampleBlock], pipeline: Pipeline, pace: PaceChanges, until_s: float | None
) -> Iterator[Played]:
    waiting = list(pace)
    known_s = 0.0
    for block in blocks:
        if until_s is not None and block.first_index / block.fs_hz >= until_s:
            return
        end_s = (block.first_index + len(block.values)) / block.fs_hz
        # Every change within the block, before it: a row in a long block must not be made with an earlier pace.
        while waiting and waiting[0][0] <= end_s:
            pipeline.set_pace(*waiting.pop(0))
        known_s = end_s - 1.0 / block.fs_hz
        yield Played(known_s, end_s, pipeline.push(block), block)
    yield Played(known_s, known_s, pipeline.finish())


def _play_beats(
    recording: BeatList, pipeline: BeatPipeline, pace: PaceChanges, until_s: float | None
) -> Iterator[Played]:
    waiting, breaks_s = list(pace), list(recording.breaks_s)
    known_s = 0.0
    for beat in recording.beats:
        if until_s is not None and beat.t_s > until_s:
            return
        known_s = beat.t_s
        while waiting and waiting[0][0] <= known_s:
            pipeline.set_pace(*waiting.pop(0))
        while breaks_s and breaks_s[0] < known_s:
            pipeline.break_at(breaks_s.pop(0))
        yield Played(known_s, known_s, pipeline.push(beat))
    yield Played(known_s, known_s, pipeline.finish())


def in_real_time(steps: Iterator[Played], stop: StopRequest) -> Iterator[Played]:
    """The same steps, each held back until its end in real time."""
    start_s = time.monotonic()
    for step in steps:
        while not stop.requested and (left_s := start_s + step.end_s - time.monotonic()) > 0:
            time.sleep(min(left_s, LONGEST_SLEEP_S))
        yield step
