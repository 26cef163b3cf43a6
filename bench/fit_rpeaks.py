"""Fit the R-peak score that hears nothing, and cross-validate it over hearts.

    OPENBLAS_NUM_THREADS=1 python -m bench.fit_rpeaks [--write]

The detector's features depend on its own earlier decisions, so the score is fitted in stages (Ross, Gordon & Bagnell
2011, dataset aggregation): in the first one everything is decided rightly, each later one adds what the detector met
when it decided by the score of the stage before. Those decisions are drawn with the odds that the score gives, so that
doubtful candidates are decided now this way, now that, and what follows from mistakes is met as well (noise injection,
Laskey et al. 2017, arXiv 1703.09327). In every stage four networks each leave out a quarter of the hearts, and those of
the last stage are scored on them. With --write they go into bench/rpeak_deaf.npz, and behind them the network over all
hearts; bench/fit_hearing.py makes of them what is shipped. Those kept are algorithm 4's, which met fewer circumstances:
a run makes others, and they are no better beside the rest (docs/decisions/0043). One thread of the linear algebra does
the small batches ten times faster than several that wait for each other, and a hundred times where others work on the
machine.
"""

import sys
import time
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.recordings import DATA, AnnotatedEcg, Pool, match, names
from bench.rpeak_network import DEAF, DEAF_FILE, PASSES, Sample, deaf, fit, read_folds, write
from bench.rpeak_network import score as score_of
from bench.rpeak_training import FOLDS, Item, fold_of, heartless, recordings, training_items
from dsp.rpeak.decider import BeatDecider
from dsp.rpeak.detector import BULK_S, RPeakDetector
from dsp.rpeak.features import Comparison
from dsp.rpeak.filters import BandTrace, grid_rate_hz
from dsp.rpeak.hearing import Hearing
from dsp.rpeak.network import Layer, Network
from dsp.rpeak.score import Hear, Judge, Ruling, ruling
from dsp.types import FloatArray, SampleBlock

STAGES = 2
EARLY_PASSES = 5  # in the stages before the last
SILENT_S = 3.0
NEAR_S = 0.12  # a candidate this near to a reference beat may be it
Rule = Callable[[FloatArray, float], float]


class Watched(BeatDecider):
    """A decider that scores by `rule`, of a candidate's own features and its time, and keeps what it was asked."""

    def __init__(self, grid_hz: float, rule: Rule) -> None:
        super().__init__(grid_hz)
        self._rule = rule
        self.features: list[FloatArray] = []
        self.times_s: list[float] = []

    def judge(self, surroundings: FloatArray, times_s: list[float], hear: Hear) -> Judge:
        def judged(number: int, comparison: Comparison) -> Ruling:
            hear(number)  # for whoever keeps it
            features = np.concatenate((surroundings[number], comparison))
            self.features.append(features)
            self.times_s.append(times_s[number])
            return ruling([self._rule(features, times_s[number])])

        return judged


class Listed(BeatDecider):
    """A decider that only lists the candidates."""

    def __init__(self, grid_hz: float) -> None:
        super().__init__(grid_hz)
        self.times_s: list[float] = []

    def decide(self, trace: BandTrace, found: list[int], times_s: list[float], hear: Hear) -> list[tuple[int, Ruling]]:
        self.times_s += times_s
        return []


def run(detector: RPeakDetector, recording: AnnotatedEcg) -> FloatArray:
    """Detected beats in seconds."""
    beats = detector.push(SampleBlock(0, recording.fs_hz, recording.ecg_uv)) + detector.finish()
    return np.array([beat.t_s for beat in beats])


def detector_of(network: Network, fs_hz: float, at_once_s: float = 0.0) -> RPeakDetector:
    """The detector with these numbers."""
    grid_hz = grid_rate_hz(fs_hz)
    return RPeakDetector(fs_hz, BeatDecider(grid_hz, network), at_once_s, Hearing(grid_hz, network))


def left_out(folder: str, recording: AnnotatedEcg, at_once_s: float = 0.0) -> RPeakDetector:
    """The detector with the numbers that were fitted on other hearts and wearers than the recording's."""
    return detector_of(read_folds()[fold_of(folder, recording.name)], recording.fs_hz, at_once_s)


def watched(recording: AnnotatedEcg, rule: Rule) -> Watched:
    """What was decided by a rule."""
    decider = Watched(grid_rate_hz(recording.fs_hz), rule)
    run(RPeakDetector(recording.fs_hz, decider, BULK_S), recording)
    return decider


def sample(item: Item, decider: Watched) -> Sample:
    """What was decided, with the truth; candidates in flutter are left out."""
    times_s = np.array(decider.times_s)
    is_beat = nearest(times_s, item.recording.beats_s)
    kept = outside_flutter(times_s, item.recording)
    features = np.array(decider.features, dtype=np.float32).reshape(len(times_s), len(DEAF))
    return Sample(item.weight, item.fold, features[kept], is_beat[kept])


def outside_flutter(times_s: FloatArray, recording: AnnotatedEcg) -> NDArray[np.bool_]:
    kept = np.ones(len(times_s), dtype=bool)
    for start_s, end_s in recording.flutter_s:
        kept &= (times_s < start_s - 0.15) | (times_s > end_s + 0.15)
    return kept


def nearest(times_s: FloatArray, beats_s: FloatArray) -> NDArray[np.bool_]:
    """Which candidates are the nearest one to a reference beat."""
    chosen = np.zeros(len(times_s), dtype=bool)
    for beat_s, after in zip(beats_s, np.searchsorted(times_s, beats_s), strict=True):
        close = [k for k in (after - 1, after) if 0 <= k < len(times_s) and abs(times_s[k] - beat_s) < NEAR_S]
        if close:
            chosen[min(close, key=lambda k: abs(times_s[k] - beat_s))] = True
    return chosen


def taught(item: Item) -> Sample:
    """A run in which every decision is right."""
    listed = Listed(grid_rate_hz(item.recording.fs_hz))
    run(RPeakDetector(item.recording.fs_hz, listed, BULK_S), item.recording)
    times_s = np.array(listed.times_s)
    right = set(np.round(times_s[nearest(times_s, item.recording.beats_s)], 6).tolist())
    decided = watched(item.recording, lambda _features, t_s: 4.0 if round(t_s, 6) in right else -4.0)
    return sample(item, decided)


def drawn(layers: tuple[Layer, ...], rng: np.random.Generator) -> Rule:
    """Each decision with the odds that the network gives it."""
    return lambda features, _t_s: score_of(layers, features) + rng.logistic()


def score(items: Iterable[Item], networks: list[Network]) -> None:
    """Print how the items fare, each by the network that left its heart out, if it has one."""
    pools: dict[str, Pool] = {}
    errors: dict[str, int] = {}
    silences: dict[str, int] = {}
    for item in items:
        found_s = run(detector_of(networks[item.fold], item.recording.fs_hz, BULK_S), item.recording)
        found = match(found_s, item.recording, 0.150)
        pools.setdefault(item.kind, Pool()).add(found)
        silences[item.kind] = silences.get(item.kind, 0) + silent(found_s, item.recording)
        if item.kind == "nstdb":
            pools.setdefault(item.recording.name, Pool()).add(found)
        elif item.fold >= 0:
            pools.setdefault(f"{item.kind} at 40 ms", Pool()).add(match(found_s, item.recording, 0.040))
            errors[f"{item.kind} {item.recording.name}"] = len(found.missed_s) + len(found.false_s)
    for kind, pool in pools.items():
        longest = f"  silences over 3 s {silences[kind]:3d}" if kind in silences else ""
        print(
            f"    {kind:20} F1 {pool.f1_pct:6.2f}  missed {pool.missed:5d}  false {pool.false:5d}{longest}", flush=True
        )
    worst = sorted(errors, key=lambda name: -errors[name])[:30]
    print("    errors:", ", ".join(f"{name} {errors[name]}" for name in worst), flush=True)


def silent(found_s: FloatArray, recording: AnnotatedEcg) -> int:
    """How often for more than SILENT_S no beat was found where there were some."""
    edges_s = np.concatenate(([0.0], np.sort(found_s), [recording.duration_s])).tolist()
    return sum(
        end_s - start_s > SILENT_S
        and bool(np.any((recording.beats_s > start_s + NEAR_S) & (recording.beats_s < end_s - NEAR_S)))
        for start_s, end_s in pairwise(edges_s)
    )


def fit_in_stages() -> tuple[list[tuple[Layer, ...]], list[Sample]]:
    """The networks that leave out a fold each, and all that there is to fit on."""
    samples = [taught(item) for item in training_items(0)]
    for stage in range(1, STAGES + 1):
        print(f"stage {stage}, {sum(len(each.is_beat) for each in samples)} candidates", flush=True)
        passes = PASSES if stage == STAGES else EARLY_PASSES
        networks = [fit([each for each in samples if each.fold != fold], stage, passes) for fold in range(FOLDS)]
        if stage < STAGES:
            rng = np.random.default_rng(stage)
            samples += [
                sample(item, watched(item.recording, drawn(networks[item.fold], rng))) for item in training_items(stage)
            ]
    return networks, samples


def main() -> int:
    if not names("mitdb"):
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with the recordings that are fitted on")
        return 0
    start_s = time.monotonic()
    folds, samples = fit_in_stages()
    networks = [deaf(layers) for layers in folds]
    print("on hearts left out:")
    score([*recordings(), *heartless(STAGES)], networks)
    if "--write" in sys.argv[1:]:
        write([*networks, deaf(fit(samples, STAGES))], DEAF_FILE)
    print(f"{time.monotonic() - start_s:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
