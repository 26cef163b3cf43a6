"""The score of a candidate by its own features, which hears nothing of what was before: fitted here, in numpy; and the
files in which networks are kept.

On what such networks meet, bench/fit_hearing.py fits those that stand beside them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.rpeak.features import FEATURES
from dsp.rpeak.filters import HEARD
from dsp.rpeak.hearing import INPUTS, STEP
from dsp.rpeak.network import Layer, Network, from_arrays
from dsp.types import FloatArray

HIDDEN = (64, 32)
PASSES = 15  # over the data
BATCH = 1024
STEP_SIZE = 4e-3
SHRINKAGE = 0.0005
DEAF = [number for number, name in enumerate(FEATURES) if not name.startswith("heard_")]
"""The places in FEATURES of a candidate's own."""
DEAF_FILE = Path(__file__).parent / "rpeak_deaf.npz"
FOLDS_FILE = Path(__file__).parent / "rpeak_folds.npz"
TrainingArray = FloatArray | NDArray[np.float32]
"""float32 while it is fitted, float64 where it is scored."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Candidates of one run through a signal of that weight and fold: rows of features, and whether each is a beat."""

    weight: float
    fold: int
    features: NDArray[np.float32]
    is_beat: NDArray[np.bool_]


def score(layers: Sequence[Layer], features: FloatArray) -> float:
    """Of one row: hidden layers of tanh, and a sum."""
    for layer in layers[:-1]:
        features = np.tanh(layer(features))
    return float(layers[-1](features)[0])


def fit(samples: Sequence[Sample], seed: int, passes: int = PASSES) -> tuple[Layer, ...]:
    """The layers of a network, by weighted logistic loss and Adam (Kingma & Ba 2015) with a cosine step size."""
    drawn = [each for each in samples if len(each.features)]
    features = np.concatenate([each.features for each in drawn])
    target = np.concatenate([each.is_beat for each in drawn]).astype(np.float32)
    weight = np.concatenate([np.full(len(each.is_beat), each.weight, np.float32) for each in drawn])
    weight /= weight.mean()
    centre = features.mean(axis=0, dtype=np.float64)
    spread = features.std(axis=0, dtype=np.float64) + 1e-6
    scaled = ((features - centre) / spread).astype(np.float32)
    rng = np.random.default_rng(seed)
    layers = _first_guess(rng, scaled.shape[1])
    values = [part for layer in layers for part in (layer.weights, layer.bias)]
    means = [np.zeros_like(value) for value in values]
    squares = [np.zeros_like(value) for value in values]
    batches = len(scaled) // BATCH
    for step in range(passes * batches):
        if step % batches == 0:
            order = rng.permutation(len(scaled))
        batch = order[step % batches * BATCH :][:BATCH]
        size = STEP_SIZE * 0.5 * (1.0 + np.cos(np.pi * (step + 1) / (passes * batches))) + 1e-5
        slopes = gradient(layers, scaled[batch], target[batch], weight[batch])
        for k, slope in enumerate(slopes):
            means[k] += np.float32(0.1) * (slope - means[k])
            squares[k] += np.float32(0.001) * (slope * slope - squares[k])
            fair = np.sqrt(squares[k] / np.float32(1.0 - 0.999 ** (step + 1))) + np.float32(1e-8)
            values[k] -= np.float32(size / (1.0 - 0.9 ** (step + 1))) * means[k] / fair
    first = layers[0].weights.astype(float) / spread[:, None]
    return Layer(first, layers[0].bias - centre @ first), *layers[1:]


def _first_guess(rng: np.random.Generator, width: int) -> list[Layer]:
    widths = (width, *HIDDEN, 1)
    return [
        Layer(rng.normal(0.0, before**-0.5, (before, after)).astype(np.float32), np.zeros(after, np.float32))
        for before, after in pairwise(widths)
    ]


def gradient(
    layers: Sequence[Layer], rows: TrainingArray, target: TrainingArray, weight: TrainingArray
) -> list[FloatArray]:
    """Of the mean weighted logistic loss and the shrinkage of the weights, by the weights and bias of each layer."""
    inputs = [rows]
    for layer in layers[:-1]:
        inputs.append(np.tanh(layer(inputs[-1])))
    odds = np.exp(-layers[-1](inputs[-1])[:, 0])
    back = ((1.0 / (1.0 + odds) - target) * weight / np.float32(len(rows)))[:, None]
    slopes: list[FloatArray] = []
    for layer, given in zip(reversed(layers), reversed(inputs), strict=True):
        shrinkage = np.float32(SHRINKAGE / len(layer.weights)) * layer.weights
        slopes = [given.T @ back + shrinkage, back.sum(axis=0), *slopes]
        back = back @ layer.weights.T * (1.0 - given * given)
    return slopes


def deaf(layers: Sequence[Layer]) -> Network:
    """The network of a score of a candidate's own features: what it hears counts nothing."""
    nothing = Layer(np.zeros((2 * STEP * INPUTS, HEARD - STEP)), np.zeros(HEARD - STEP))
    return beside(Network((nothing,), ()), layers)


def own_layers(network: Network) -> tuple[Layer, ...]:
    """The score that `deaf` made a network of."""
    ((first, *others),) = network.scores
    return Layer(first.weights[DEAF], first.bias), *others


def beside(network: Network, own: Sequence[Layer]) -> Network:
    """The same with one more score, of a candidate's own features."""
    first = np.zeros((len(FEATURES), len(own[0].bias)))
    first[DEAF] = own[0].weights
    return Network(network.hearing, (*network.scores, (Layer(first, own[0].bias), *own[1:])))


def likelier(network: Network, by: float) -> Network:
    """The same, every score higher by so much: beats are a larger share of the candidates than where it was fitted."""
    scores = ((*hidden, Layer(last.weights, last.bias + by)) for *hidden, last in network.scores)
    return Network(network.hearing, tuple(scores))


def write(networks: Sequence[Network], path: Path) -> None:
    """Keep networks, so that what is made of them need not wait for them to be fitted anew."""
    arrays = {
        f"{number}_{name}": values for number, network in enumerate(networks) for name, values in arrays_of(network)
    }
    np.savez_compressed(path, allow_pickle=False, **arrays)


def arrays_of(network: Network) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """What `from_arrays` makes it from."""
    scores = ((f"score_{which}", layers) for which, layers in enumerate(network.scores))
    for part, layers in (("hearing", network.hearing), *scores):
        for number, layer in enumerate(layers):
            yield f"{part}_{number}_weights", layer.weights.astype(np.float32)
            yield f"{part}_{number}_bias", layer.bias.astype(np.float32)


def read(path: Path) -> list[Network]:
    """The networks of `write`."""
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    count = 1 + max(int(name.partition("_")[0]) for name in arrays)
    return [from_arrays(arrays, f"{number}_") for number in range(count)]


@cache
def read_folds() -> list[Network]:
    """The networks that leave out a fold each."""
    return read(FOLDS_FILE)
