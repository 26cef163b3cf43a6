"""Samples in, beats, intervals and one metrics row a second out."""

import math
from typing import Protocol

import numpy as np

from dsp.hrv.waveform import Waveform
from dsp.losses import Losses
from dsp.metrics import Metrics, StateEstimatorLike
from dsp.pulse.detector import PulseDetector
from dsp.rpeak.detector import RPeakDetector
from dsp.types import LONGEST_RR_MS, TRUSTED_QUALITY, Beat, Contact, Output, SampleBlock, SignalKind


class BeatDetector(Protocol):
    """What both detectors are."""

    @property
    def quality(self) -> float: ...

    @property
    def period_s(self) -> float: ...

    def push(self, block: SampleBlock) -> list[Beat]: ...

    def finish(self) -> list[Beat]: ...


def detector_of(kind: SignalKind, fs_hz: float) -> BeatDetector:
    return RPeakDetector(fs_hz) if kind == SignalKind.ECG else PulseDetector(fs_hz)


class Pipeline:
    """The live path for one signal. Blocks come in time order; a jump in `first_index` is a gap in the
    signal.

    A row for the whole second k is made once all samples before k seconds are in, and from these alone,
    however the samples were cut into blocks. The first row is that of the second after `start_index`.
    """

    def __init__(
        self,
        kind: SignalKind,
        fs_hz: float,
        *,
        state: StateEstimatorLike | None = None,
        detector: BeatDetector | None = None,
        start_index: int = 0,
    ) -> None:
        """`detector`: of this kind and rate, in place of the usual one."""
        self._fs_hz = fs_hz
        self._detector = detector or detector_of(kind, fs_hz)
        self._metrics = Metrics(state)
        self._waveform = Waveform(kind, fs_hz)
        self._contact = Contact.GOOD
        self._losses = Losses(fs_hz)
        self._loose_s = -math.inf
        self._last_beat_s = -math.inf
        self._second = math.floor(start_index / fs_hz) + 1
        self._row_index = math.ceil(self._second * fs_hz)

    def set_pace(self, t_s: float, breaths_per_min: float) -> None:
        """The guide's pace from `t_s` on; NaN while breathing is free."""
        self._metrics.set_pace(t_s, breaths_per_min)

    def push(self, block: SampleBlock) -> Output:
        """Take the next block; return what became known."""
        out = Output()
        while block.first_index >= self._row_index:
            self._row(out, readable=block.first_index == self._row_index)
        while block.first_index + len(block.values) >= self._row_index:
            head = self._row_index - block.first_index
            self._feed(_cut(block, 0, head), out)
            self._row(out)
            block = _cut(block, head, len(block.values))
        if len(block.values):
            self._feed(block, out)
        return out

    def finish(self) -> Output:
        """The beats and intervals still on their way; nothing may be pushed afterwards."""
        out = Output()
        self._take(self._detector.finish(), out)
        out.intervals.extend(self._metrics.finish())
        return out

    def _feed(self, block: SampleBlock, out: Output) -> None:
        self._losses.push(block)
        if block.contact is not Contact.GOOD:
            self._contact |= block.contact
            self._loose_s = (block.first_index + len(block.values) - 1) / self._fs_hz
            self._metrics.break_at(self._loose_s)
        self._waveform.extend(block)
        beats = self._detector.push(block)
        if beats:
            self._take(beats, out)
        for measured in self._waveform.ready():
            self._metrics.push_waveform(*measured)

    def _take(self, beats: list[Beat], out: Output) -> None:
        for beat in beats:
            lost_s = self._lost_within(beat)
            if lost_s is not None:
                self._metrics.break_at(lost_s)
            out.beats.append(beat)
            out.intervals.extend(self._metrics.push_beat(beat))
            if lost_s is not None and self._loose_s > beat.t_s:
                self._metrics.break_at(self._loose_s)
            if beat.quality >= TRUSTED_QUALITY:
                self._waveform.ask(beat)

    def _lost_within(self, beat: Beat) -> float | None:
        """Where samples were lost since the last beat, if that is too long ago for an interval: like lost contact, this
        breaks the chain."""
        last_s, self._last_beat_s = self._last_beat_s, beat.t_s
        lost_s = self._losses.first_s(last_s, beat.t_s)
        return lost_s if (beat.t_s - last_s) * 1000 > LONGEST_RR_MS else None

    def _row(self, out: Output, readable: bool = True) -> None:
        quality, period_s = (self._detector.quality, self._detector.period_s) if readable else (0.0, math.nan)
        out.rows.append(self._metrics.row(float(self._second), quality, self._contact, period_s))
        self._contact = Contact.GOOD
        self._second += 1
        self._row_index = math.ceil(self._second * self._fs_hz)


def _cut(block: SampleBlock, start: int, stop: int) -> SampleBlock:
    values = block.values[start:stop]
    lost = int(np.isnan(values).sum()) if block.lost else 0
    return SampleBlock(block.first_index + start, block.fs_hz, values, lost, block.contact)
