"""Fit the R-peak score and cross-validate it over hearts.

    python -m bench.fit_rpeaks [--write]

The detector's features depend on its own earlier decisions, so the score is fitted in stages (Ross, Gordon & Bagnell
2011, dataset aggregation): in the first one everything is decided rightly, each later one adds what the detector met
when it decided by the score of the stage before. In every stage four networks each leave out a quarter of the hearts
and are scored on those; the last stage's network over all hearts is written to dsp/beat_weights.py with --write.
"""

import sys
import textwrap
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.recordings import DATA, FloatArray, Pool, Recording, match, names
from bench.rpeak_training import FOLDS, Item, recordings, training_items
from dsp.beat_decider import BeatDecider
from dsp.beat_score import Judge
from dsp.filters import Trace, grid_rate_hz
from dsp.rpeaks import BULK_S, RPeakDetector
from dsp.types import SampleBlock

HIDDEN = 40
STAGES = 3
PASSES = 10  # over the data in each stage
BATCH = 1024
STEP = 4e-3
SHRINKAGE = 0.0005
NEAR_S = 0.12  # a candidate this near to a reference beat may be it
WEIGHTS = Path(__file__).parent.parent / "dsp" / "beat_weights.py"


@dataclass(frozen=True, slots=True)
class Network:
    """Score of a row of features: tanh(features @ hidden + hidden_bias) @ out + out_bias."""

    hidden: FloatArray
    hidden_bias: FloatArray
    out: FloatArray
    out_bias: float

    def __call__(self, features: FloatArray, _t_s: float) -> float:
        return float(np.tanh(features @ self.hidden + self.hidden_bias) @ self.out) + self.out_bias


class Watched(BeatDecider):
    """A decider that scores by `rule` and keeps what it was asked."""

    def __init__(self, grid_hz: float, rule: Callable[[FloatArray, float], float]) -> None:
        super().__init__(grid_hz)
        self._rule = rule
        self.features: list[FloatArray] = []
        self.times_s: list[float] = []

    def judge(self, surroundings: FloatArray, times_s: list[float]) -> Judge:
        def judged(number: int, comparisons: list[float]) -> float:
            features = np.concatenate((surroundings[number], comparisons))
            self.features.append(features)
            self.times_s.append(times_s[number])
            return self._rule(features, times_s[number])

        return judged


class Listed(BeatDecider):
    """A decider that only lists the candidates."""

    def __init__(self, grid_hz: float) -> None:
        super().__init__(grid_hz)
        self.times_s: list[float] = []

    def decide(self, trace: Trace, found: list[int], times_s: list[float]) -> list[tuple[int, float]]:
        self.times_s += times_s
        return []


@dataclass(frozen=True, slots=True)
class Sample:
    """Candidates of one run through an item of that weight and fold: rows of features, and whether each is a beat."""

    weight: float
    fold: int
    features: NDArray[np.float32]
    is_beat: NDArray[np.bool_]


def run(recording: Recording, rule: Callable[[FloatArray, float], float]) -> tuple[FloatArray, Watched]:
    """Detected beats in seconds, and what was decided."""
    decider = Watched(grid_rate_hz(recording.fs_hz), rule)
    return run_with(recording, decider), decider


def run_with(recording: Recording, decider: BeatDecider) -> FloatArray:
    """Detected beats in seconds."""
    detector = RPeakDetector(recording.fs_hz, decider, BULK_S)
    beats = detector.push(SampleBlock(0, recording.fs_hz, recording.ecg_uv)) + detector.finish()
    return np.array([beat.t_s for beat in beats])


def sample(item: Item, decider: Watched) -> Sample:
    """What was decided, with the truth; candidates in flutter are left out."""
    times_s = np.array(decider.times_s)
    is_beat = nearest(times_s, item.recording.beats_s)
    kept = np.ones(len(times_s), dtype=bool)
    for start_s, end_s in item.recording.flutter_s:
        kept &= (times_s < start_s - 0.15) | (times_s > end_s + 0.15)
    features = np.array(decider.features, dtype=np.float32).reshape(len(times_s), -1)
    return Sample(item.weight, item.fold, features[kept], is_beat[kept])


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
    run_with(item.recording, listed)
    times_s = np.array(listed.times_s)
    right = set(np.round(times_s[nearest(times_s, item.recording.beats_s)], 6).tolist())
    _, decided = run(item.recording, lambda _features, t_s: 4.0 if round(t_s, 6) in right else -4.0)
    return sample(item, decided)


def fit(samples: list[Sample], seed: int) -> Network:
    """Weighted logistic loss, by Adam (Kingma & Ba 2015) with a cosine step size."""
    drawn = [each for each in samples if len(each.features)]
    features = np.concatenate([each.features for each in drawn])
    target = np.concatenate([each.is_beat for each in drawn]).astype(np.float32)
    weight = np.concatenate([np.full(len(each.is_beat), each.weight, np.float32) for each in drawn])
    weight /= weight.mean()
    centre = features.mean(axis=0, dtype=np.float64)
    spread = features.std(axis=0, dtype=np.float64) + 1e-6
    scaled = ((features - centre) / spread).astype(np.float32)
    rng = np.random.default_rng(seed)
    count, width = scaled.shape
    values = [
        rng.normal(0.0, width**-0.5, (width, HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        rng.normal(0.0, HIDDEN**-0.5, HIDDEN).astype(np.float32),
        np.zeros(1, np.float32),
    ]
    first = [np.zeros_like(value) for value in values]
    second = [np.zeros_like(value) for value in values]
    steps = PASSES * (count // BATCH)
    for step in range(1, steps + 1):
        if (step - 1) % (count // BATCH) == 0:
            order = rng.permutation(count)
        start = (step - 1) % (count // BATCH) * BATCH
        batch = order[start : start + BATCH]
        slopes = gradient(values, scaled[batch], target[batch], weight[batch])
        size = np.float32(STEP * 0.5 * (1.0 + np.cos(np.pi * step / steps)) + 1e-5)
        for k, slope in enumerate(slopes):
            first[k] = 0.9 * first[k] + 0.1 * slope
            second[k] = 0.999 * second[k] + 0.001 * slope**2
            values[k] -= size * (first[k] / (1 - 0.9**step)) / (np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8)
    hidden = values[0].astype(float) / spread[:, None]
    return Network(hidden, values[1] - centre @ hidden, values[2].astype(float), float(values[3][0]))


def gradient(values: list[FloatArray], rows: FloatArray, target: FloatArray, weight: FloatArray) -> list[FloatArray]:
    """Of the mean weighted logistic loss and the shrinkage of the weights."""
    hidden, hidden_bias, out, out_bias = values
    active = np.tanh(rows @ hidden + hidden_bias)
    slope = (1.0 / (1.0 + np.exp(-(active @ out + out_bias))) - target) * weight / len(rows)
    back = np.outer(slope, out) * (1.0 - active * active)
    return [
        rows.T @ back + SHRINKAGE * hidden / len(hidden),
        back.sum(axis=0),
        active.T @ slope + SHRINKAGE * out / len(out),
        slope.sum(keepdims=True),
    ]


def score(items: Iterable[Item], networks: list[Network]) -> list[Sample]:
    """Print how the items fare, each by the network that left its heart out, and return what was met."""
    pools: dict[str, Pool] = {}
    errors: dict[str, int] = {}
    met = []
    for item in items:
        found_s, decider = run(item.recording, networks[item.fold])
        found = match(found_s, item.recording, 0.150)
        pools.setdefault(item.kind, Pool()).add(found)
        if item.kind == "mitdb":
            pools.setdefault("at 40 ms", Pool()).add(match(found_s, item.recording, 0.040))
            errors[item.recording.name] = len(found.missed_s) + len(found.false_s)
        elif item.kind == "nstdb":
            pools.setdefault(item.recording.name, Pool()).add(found)
        met.append(sample(item, decider))
    for kind, pool in pools.items():
        print(f"    {kind:12} F1 {pool.f1_pct:6.2f}  missed {pool.missed:5d}  false {pool.false:5d}", flush=True)
    worst = sorted(errors, key=lambda name: -errors[name])[:16]
    print("    errors:", ", ".join(f"{name} {errors[name]}" for name in worst), flush=True)
    return met


def write(network: Network) -> None:
    rows = "".join(wrapped(f"({numbers(row)}),") for row in network.hidden)
    WEIGHTS.write_text(
        '"""The numbers of the beat score, written by bench/fit_rpeaks.py; one row of HIDDEN_WEIGHTS a feature."""\n\n'
        f"# fmt: off\nHIDDEN_WEIGHTS = (\n{rows})\n"
        f"HIDDEN_BIAS = (\n{wrapped(numbers(network.hidden_bias) + ',')})\n"
        f"OUT_WEIGHTS = (\n{wrapped(numbers(network.out) + ',')})\n"
        f"OUT_BIAS = {network.out_bias:.4g}\n",
        encoding="utf-8",
    )


def numbers(values: FloatArray) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def wrapped(text: str) -> str:
    return textwrap.fill(text, 110, initial_indent="    ", subsequent_indent="     ") + "\n"


def main() -> int:
    if not names("mitdb"):
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with mitdb, nstdb-119, nstdb-noise and bidmc")
        return 0
    start_s = time.monotonic()
    samples = [taught(item) for item in training_items(0)]
    for stage in range(1, STAGES + 1):
        print(
            f"stage {stage}, {sum(len(each.is_beat) for each in samples)} candidates; on hearts left out:", flush=True
        )
        networks = [fit([each for each in samples if each.fold != fold], stage) for fold in range(FOLDS)]
        met = score(training_items(stage) if stage < STAGES else recordings(), networks)
        if stage < STAGES:
            samples += met
    if "--write" in sys.argv[1:]:
        write(fit(samples, STAGES))
    print(f"{time.monotonic() - start_s:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
