"""The network that scores candidates: fitted here, run by dsp/rpeak/score.py."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.rpeak.features import FEATURES
from dsp.types import FloatArray

HIDDEN = (64, 32)
PASSES = 15  # over the data
BATCH = 1024
STEP = 4e-3
SHRINKAGE = 0.0005
WEIGHTS = Path(__file__).parent.parent / "dsp" / "rpeak" / "weights.py"
FOLDS_FILE = Path(__file__).parent / "rpeak_folds.npz"
NAMES = ("FIRST", "SECOND", "OUT")
TrainingArray = FloatArray | NDArray[np.float32]
"""float32 while it is fitted, float64 where it is scored."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Candidates of one run through a signal of that weight and fold: rows of features, and whether each is a beat."""

    weight: float
    fold: int
    features: NDArray[np.float32]
    is_beat: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layer:
    """`weights`: (inputs, outputs); `bias`: (outputs,)."""

    weights: FloatArray
    bias: FloatArray

    def __call__(self, inputs: TrainingArray) -> FloatArray:
        return np.asarray(inputs @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class Network:
    """Score of a row of features: hidden layers of tanh, and a sum."""

    layers: tuple[Layer, ...]

    def __call__(self, features: FloatArray, _t_s: float) -> float:
        for layer in self.layers[:-1]:
            features = np.tanh(layer(features))
        return float(self.layers[-1](features)[0])


def fit(samples: Sequence[Sample], seed: int, passes: int = PASSES) -> Network:
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
    layers = _first_guess(rng, scaled.shape[1])
    values = [part for layer in layers for part in (layer.weights, layer.bias)]
    means = [np.zeros_like(value) for value in values]
    squares = [np.zeros_like(value) for value in values]
    batches = len(scaled) // BATCH
    for step in range(passes * batches):
        if step % batches == 0:
            order = rng.permutation(len(scaled))
        batch = order[step % batches * BATCH :][:BATCH]
        size = STEP * 0.5 * (1.0 + np.cos(np.pi * (step + 1) / (passes * batches))) + 1e-5
        slopes = gradient(layers, scaled[batch], target[batch], weight[batch])
        for k, slope in enumerate(slopes):
            means[k] += np.float32(0.1) * (slope - means[k])
            squares[k] += np.float32(0.001) * (slope * slope - squares[k])
            fair = np.sqrt(squares[k] / np.float32(1.0 - 0.999 ** (step + 1))) + np.float32(1e-8)
            values[k] -= np.float32(size / (1.0 - 0.9 ** (step + 1))) * means[k] / fair
    first = layers[0].weights.astype(float) / spread[:, None]
    return Network((Layer(first, layers[0].bias - centre @ first), *layers[1:]))


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


def write_folds(networks: Sequence[Network], path: Path = FOLDS_FILE) -> None:
    """Keep the networks that leave out a fold each, so that what they make of it need not be fitted anew."""
    arrays = {
        f"{part}_{fold}_{number}": getattr(layer, part).astype(np.float32)
        for fold, network in enumerate(networks)
        for number, layer in enumerate(network.layers)
        for part in ("weights", "bias")
    }
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read_folds(path: Path = FOLDS_FILE) -> list[Network]:
    """The networks of `write_folds`."""
    with np.load(path, allow_pickle=False) as arrays:
        last = max(tuple(map(int, name.split("_")[1:])) for name in arrays)
        return [
            Network(
                tuple(
                    Layer(
                        arrays[f"weights_{fold}_{number}"].astype(float), arrays[f"bias_{fold}_{number}"].astype(float)
                    )
                    for number in range(last[1] + 1)
                )
            )
            for fold in range(last[0] + 1)
        ]


def write(network: Network) -> None:
    """The numbers, as the device's module of them; the first layer's rows under the names of its inputs."""
    parts = []
    for name, layer in zip(NAMES, network.layers, strict=True):
        if layer is network.layers[0]:
            named = zip(FEATURES, layer.weights, strict=True)
            rows = "{\n" + "".join(_wrapped(f'"{feature}": ({_numbers(row)},),') for feature, row in named) + "}"
        else:
            rows = "(\n" + "".join(_wrapped(f"({_numbers(row)},),") for row in layer.weights) + ")"
        parts.append(f"{name}_WEIGHTS = {rows}\n{name}_BIAS = (\n{_wrapped(_numbers(layer.bias) + ',')})\n")
    about = "The numbers of the beat score, written by bench/fit_rpeaks.py; one row of weights an input."
    WEIGHTS.write_text(f'"""{about}"""\n\n# fmt: off\n' + "".join(parts), encoding="utf-8")


def _numbers(values: FloatArray) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 118, initial_indent="    ", subsequent_indent="     ") + "\n"
