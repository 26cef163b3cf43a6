"""Fit the score that has heard the last seconds, beside scores that have not; cross-validate their mean over hearts.

    OPENBLAS_NUM_THREADS=1 python -m bench.fit_hearing [--write]

Beside the one that hears stand two of a candidate's own features, which differ by where they began, and the one of
bench/rpeak_deaf.npz. The first three are fitted on what the networks of that file meet (bench/fit_rpeaks.py): each
recording's decisions are drawn with the odds that the network gives which left its heart out. Four networks each leave
out a quarter of the hearts; the mean of each one's scores is scored on these. With --write they go into
bench/rpeak_folds.npz, and the network over all hearts into dsp/rpeak/score.npz. Needs jax.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool

import numpy as np
from numpy.typing import NDArray

from bench.fit_rpeaks import Watched, drawn, nearest, outside_flutter, run, score
from bench.recordings import DATA, names
from bench.rpeak_hearing import HeardRun, fit
from bench.rpeak_network import (
    DEAF,
    DEAF_FILE,
    FOLDS_FILE,
    Sample,
    arrays_of,
    beside,
    likelier,
    own_layers,
    read,
    write,
)
from bench.rpeak_network import fit as fit_own
from bench.rpeak_training import FOLDS, WEIGHTS, Item, heartless, recordings, training_items
from dsp.rpeak.detector import BULK_S, RPeakDetector
from dsp.rpeak.filters import HEARD, BandTrace, FilterBank, grid_rate_hz
from dsp.rpeak.hearing import LOOK, Hearing, look
from dsp.rpeak.network import FITTED, Layer, Network
from dsp.types import FloatArray

STAGE = 3  # of circumstances; a second one brings nothing (decision 41)
PASSES = 5
SEED = 1
OWN_SEEDS = (2, 3)  # of the scores of a candidate's own features ...
STRESSED, STRESS = frozenset((*WEIGHTS, "nstdb", "tremor")), 3.0  # ... in whose fit these weigh more; a choice
PRIOR = 0.3  # of what is fitted on more is no beat than of what a wearer's electrodes hear; a choice (decision 41)
AT_ONCE = 2  # fits, each of which keeps little more than one core busy
NONE = -1  # no fold is left out


class Overheard(Hearing):
    """Keeps what there is to hear, and hears nothing."""

    def __init__(self, grid_hz: float) -> None:
        super().__init__(grid_hz)
        self.kept: list[NDArray[np.float16]] = []

    def extend(self, trace: BandTrace, begin: int, end: int) -> None:
        self.kept.append(self.inputs(trace, begin, end).astype(np.float16))

    def at(self, points_ago: int) -> FloatArray:
        return np.zeros(HEARD)


def met(item: Item, seed: int) -> HeardRun:
    """A run in which each decision is drawn with the odds that the network gives it which left the heart out."""
    recording, grid_hz = item.recording, grid_rate_hz(item.recording.fs_hz)
    decider = Watched(grid_hz, drawn(own_layers(read(DEAF_FILE)[item.fold]), np.random.default_rng(seed)))
    hearing = Overheard(grid_hz)
    run(RPeakDetector(recording.fs_hz, decider, BULK_S, hearing), recording)
    inputs, times_s = np.concatenate(hearing.kept), np.array(decider.times_s)
    first_s = FilterBank(recording.fs_hz, 1).delay / recording.fs_hz
    at = np.round((times_s - first_s) * grid_hz).astype(np.int32) + look(grid_hz) - LOOK
    kept = outside_flutter(times_s, recording) & (at + LOOK < len(inputs))
    features = np.array(decider.features, dtype=np.float32).reshape(len(at), len(DEAF))
    is_beat = nearest(times_s, recording.beats_s)
    return HeardRun(item.kind, item.weight, item.fold, inputs, at[kept], features[kept], is_beat[kept])


def own_scores(runs: Sequence[HeardRun]) -> list[tuple[Layer, ...]]:
    """Those of a candidate's own features."""
    samples = [
        Sample(run.weight * (STRESS if run.kind in STRESSED else 1.0), run.fold, run.features, run.is_beat)
        for run in runs
    ]
    return [fit_own(samples, seed) for seed in OWN_SEEDS]


def _met(numbered: tuple[int, Item]) -> HeardRun:
    number, item = numbered
    return met(item, number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    if not names("mitdb"):
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with the recordings that are fitted on")
        return 0
    start_s = time.monotonic()
    without = [own_layers(network) for network in read(DEAF_FILE)]
    with Pool() as pool:
        runs = list(pool.imap(_met, enumerate(training_items(STAGE), 1000 * STAGE)))
    print(f"{len(runs)} runs, {sum(len(each.at) for each in runs)} candidates, {time.monotonic() - start_s:.0f} s")

    def fitted(fold: int) -> Network:
        kept = [each for each in runs if fold == NONE or each.fold != fold]
        network = fit(kept, SEED, PASSES)
        for own in (*own_scores(kept), without[fold]):
            network = beside(network, own)
        print(f"fold {fold}, {time.monotonic() - start_s:.0f} s", flush=True)
        return likelier(network, PRIOR)

    with ThreadPoolExecutor(AT_ONCE) as fits:
        networks = list(fits.map(fitted, (*range(FOLDS), NONE)))
    print("on hearts left out:")
    score([*recordings(), *heartless(STAGE + 1)], networks)
    if chosen.write:
        write(networks[:-1], FOLDS_FILE)
        np.savez_compressed(FITTED, allow_pickle=False, **dict(arrays_of(networks[-1])))
    print(f"{time.monotonic() - start_s:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
