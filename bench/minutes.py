"""One to five minutes of variability, ours against the reference beats of the same time, and against themselves.

A window counts where the reference has at most 5 % of other than normal intervals and the rhythm is no fibrillation.
Logarithms are compared: limits are percentages.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.agreement import icc_agreement, icc_one_way, limits_of_agreement, repeatability
from bench.hrv_reference import KINDS, Reference, read_reference
from bench.pulses import read_bidmc
from bench.recordings import AnnotatedEcg, names, read
from dsp.hrv.time_domain import hrv_snapshot
from dsp.pipeline import Pipeline
from dsp.rpeak.detector import RPeakDetector
from dsp.types import FloatArray, RRInterval, SampleBlock, SignalKind

MINUTES = (1, 2, 3, 4, 5)
MEASURES = ("mean_hr_bpm", "rmssd_ms", "sdnn_ms")
BLOCK_S = 10.0


@dataclass(frozen=True, slots=True)
class MinutesTold:
    """Ours and the reference's, (3,) each, in the order of `MEASURES`; NaN where nothing is said."""

    heart: str
    t_s: float
    ours: FloatArray
    reference: FloatArray


def intervals_of(
    kind: SignalKind, values: FloatArray, fs_hz: float, detector: RPeakDetector | None = None
) -> list[RRInterval]:
    """As the device finds and classifies them; behind another detector of R-peaks where one is given."""
    pipeline = Pipeline(kind, fs_hz, detector=detector)
    size = round(BLOCK_S * fs_hz)
    blocks = [SampleBlock(first, fs_hz, values[first : first + size]) for first in range(0, len(values), size)]
    return [i for block in blocks for i in pipeline.push(block).intervals] + pipeline.finish().intervals


def ecg_hearts(
    skipped: frozenset[str], step: int, detector_of: Callable[[AnnotatedEcg], RPeakDetector] | None = None
) -> Iterator[tuple[str, Reference, list[RRInterval]]]:
    """`detector_of` a recording, in place of the device's own."""
    for name in [name for name in names("mitdb") if name not in skipped][::step]:
        recording = read("mitdb", name)
        reference = read_reference("mitdb", name, recording.ecg_uv, recording.fs_hz)
        detector = None if detector_of is None else detector_of(recording)
        yield name, reference, intervals_of(SignalKind.ECG, recording.ecg_uv, recording.fs_hz, detector)


def pulse_hearts(step: int) -> Iterator[tuple[str, Reference, list[RRInterval]]]:
    for name in names("bidmc")[::step]:
        ppg, fs_hz, beats_s = read_bidmc(name)
        reference = Reference(beats_s, ["N"] * len(beats_s), [], [], len(ppg) / fs_hz)
        yield name, reference, intervals_of(SignalKind.PPG, ppg, fs_hz)


def windows(heart: str, reference: Reference, intervals: list[RRInterval], minutes: int) -> Iterator[MinutesTold]:
    """Windows that follow each other."""
    window_s = 60.0 * minutes
    for told in reference.minutes(every_s=60 * minutes, window_s=window_s):
        if told.kind == KINDS[0]:
            ours = hrv_snapshot(intervals, told.t_s, window_s)
            yield MinutesTold(
                heart,
                told.t_s,
                np.array([getattr(ours, name) for name in MEASURES]),
                np.array([getattr(told, name) for name in MEASURES]),
            )


def table(title: str, hearts: list[tuple[str, Reference, list[RRInterval]]]) -> None:
    print(f"\n{title}, {len(hearts)} hearts")
    print(
        "min | measure      | windows | given % | bias %  limits of agreement %  ICC(2,1) "
        "| repeated: pairs  reference +/- %  ours +/- %  ICC(1,1) ours"
    )
    for minutes in MINUTES:
        found = [window for heart in hearts for window in windows(*heart, minutes)]
        for at, name in enumerate(MEASURES):
            _row(minutes, name, found, at, 60.0 * minutes)


def _row(minutes: int, name: str, found: list[MinutesTold], at: int, window_s: float) -> None:
    there = [w for w in found if w.reference[at] > 0]
    given = [w for w in there if w.ours[at] > 0]
    logs = np.log(np.array([[w.ours[at], w.reference[at]] for w in given]).reshape(-1, 2))
    limits = limits_of_agreement(logs)
    ours, reference = _repeated(given, window_s, at)
    told = (
        f"{_pct(limits.bias):+6.1f} {_pct(limits.low):+10.1f} to {_pct(limits.high):+6.1f} {icc_agreement(logs):12.3f}"
    )
    again = f"{len(ours):15d} {_pct(repeatability(reference)):16.0f} {_pct(repeatability(ours)):11.0f}"
    share_pct = 100 * len(given) / max(1, len(there))
    print(
        f"{minutes:3d} | {name:12} | {len(there):7d} | {share_pct:7.1f} | {told} | {again} {icc_one_way(ours):14.3f}",
        flush=True,
    )


def _repeated(given: list[MinutesTold], window_s: float, at: int) -> tuple[FloatArray, FloatArray]:
    """Logarithms of windows of one heart that follow each other, (n, 2): ours and the reference's. None is in two
    pairs."""
    ours: list[list[float]] = []
    reference: list[list[float]] = []
    used = -1
    for k in range(1, len(given)):
        first, second = given[k - 1], given[k]
        follow = first.heart == second.heart and math.isclose(second.t_s - first.t_s, window_s)
        if follow and used != k - 1:
            ours.append([math.log(first.ours[at]), math.log(second.ours[at])])
            reference.append([math.log(first.reference[at]), math.log(second.reference[at])])
            used = k
    return np.array(ours).reshape(-1, 2), np.array(reference).reshape(-1, 2)


def _pct(log: float) -> float:
    return 100.0 * (math.exp(log) - 1.0)
