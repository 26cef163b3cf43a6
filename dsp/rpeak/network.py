"""The fitted numbers of the beat score: what it hears with, and what it decides with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.types import FloatArray

Floats = NDArray[np.floating[Any]]  # of single precision where it hears, as it is fitted; of double where it scores
FITTED = Path(__file__).with_name("score.npz")


@dataclass(frozen=True, slots=True)
class Layer:
    """`weights`: (inputs, outputs); `bias`: (outputs,)."""

    weights: Floats
    bias: Floats

    def __call__(self, inputs: Floats) -> Floats:
        outputs = inputs.dot(self.weights)
        outputs += self.bias
        return np.asarray(outputs)


@dataclass(frozen=True, slots=True)
class Network:
    """`hearing`: the layers of the temporal convolution; `scores`: those of each score of a row of features, all of the
    same widths."""

    hearing: tuple[Layer, ...]
    scores: tuple[tuple[Layer, ...], ...]


def from_arrays(arrays: Mapping[str, FloatArray], prefix: str = "") -> Network:
    """Of arrays named `{prefix}hearing_{number}_weights` and `_bias`, and `{prefix}score_{which}_{number}_...`."""
    scores = takewhile(bool, (_layers(arrays, f"{prefix}score_{which}") for which in count()))
    return Network(_layers(arrays, f"{prefix}hearing"), tuple(scores))


def _layers(arrays: Mapping[str, FloatArray], part: str) -> tuple[Layer, ...]:
    layers = sum(name.startswith(f"{part}_") and name.endswith("_bias") for name in arrays)
    return tuple(
        Layer(*(np.asarray(arrays[f"{part}_{number}_{kind}"], dtype=np.float64) for kind in ("weights", "bias")))
        for number in range(layers)
    )


@cache
def fitted() -> Network:
    """The network over all hearts."""
    with np.load(FITTED, allow_pickle=False) as arrays:
        return from_arrays(dict(arrays))
