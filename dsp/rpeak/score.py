"""The learnt score of a candidate: a network of two small hidden layers, fitted by bench/fit_rpeaks.py and
bench/fit_hearing.py."""

from collections.abc import Callable

import numpy as np

from dsp.rpeak.features import SURROUNDINGS, Comparison
from dsp.rpeak.network import Network
from dsp.types import FloatArray

Judge = Callable[[int, Comparison], float]  # of a candidate's number and how it compares with the latest beats


class BeatScore:
    """Scores candidates by their number, given all their `surroundings`, shape (n, SURROUNDINGS): what these weigh is
    known before the beats to compare with are."""

    def __init__(self, network: Network, surroundings: FloatArray) -> None:
        first, self._second, last = network.score
        self._of_comparisons = first.weights[SURROUNDINGS:]
        self._out, self._out_bias = last.weights[:, 0], float(last.bias[0])
        self._weighed = surroundings.dot(first.weights[:SURROUNDINGS]) + first.bias

    def __call__(self, number: int, comparison: Comparison) -> float:
        """The logarithm of the odds that it is a beat."""
        first = np.array(comparison).dot(self._of_comparisons)
        first += self._weighed[number]
        second = np.tanh(first, out=first).dot(self._second.weights)
        second += self._second.bias
        return float(np.tanh(second, out=second).dot(self._out)) + self._out_bias
