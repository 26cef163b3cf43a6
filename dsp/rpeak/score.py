"""The learnt score of a candidate: a network of two small hidden layers, fitted by bench/fit_rpeaks.py and
bench/fit_hearing.py."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dsp.rpeak.features import SURROUNDINGS, Comparison
from dsp.rpeak.network import Network
from dsp.types import FloatArray


class Ruling(NamedTuple):
    """`score`: the logarithm of the odds that a candidate is a beat; `doubt`: how likely its sign is wrong."""

    score: float
    doubt: float


Judge = Callable[[int, Comparison], Ruling]  # of a candidate's number and how it compares with the latest beats


def ruling(scores: Sequence[float]) -> Ruling:
    """The odds by the mean of several scores. The doubt is the mean of theirs in what that decides, so that where they
    disagree nothing is sure however sure one of them is."""
    score = sum(scores) / len(scores)
    side = 1.0 if score > 0.0 else -1.0
    return Ruling(score, sum(1.0 / (1.0 + math.exp(min(50.0, side * each))) for each in scores) / len(scores))


class BeatScore:
    """Scores candidates by their number, given all their `surroundings`, shape (n, SURROUNDINGS): what these weigh is
    known before the beats to compare with are."""

    def __init__(self, network: Network, surroundings: FloatArray) -> None:
        first, self._second, self._last = network.score
        self._of_comparisons = first.weights[SURROUNDINGS:]
        self._weighed = surroundings.dot(first.weights[:SURROUNDINGS]) + first.bias

    def __call__(self, number: int, comparison: Comparison) -> Ruling:
        """On candidate `number` of the surroundings, which compares with the latest beats like that."""
        first = np.array(comparison).dot(self._of_comparisons)
        first += self._weighed[number]
        second = np.tanh(first, out=first).dot(self._second.weights)
        second += self._second.bias
        scores = np.tanh(second, out=second).dot(self._last.weights)
        scores += self._last.bias
        return ruling(scores.tolist())
