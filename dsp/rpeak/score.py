"""The learnt score of a candidate: networks of two small hidden layers beside each other, fitted by
bench/fit_rpeaks.py and bench/fit_hearing.py."""

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
        firsts, seconds, lasts = zip(*network.scores, strict=True)
        first = np.concatenate([layer.weights for layer in firsts], axis=1)
        self._of_comparisons = first[SURROUNDINGS:]
        self._weighed = surroundings.dot(first[:SURROUNDINGS]) + np.concatenate([layer.bias for layer in firsts])
        self._second = np.stack([layer.weights for layer in seconds])
        self._second_bias = np.stack([layer.bias for layer in seconds])
        self._last = np.concatenate([layer.weights for layer in lasts], axis=1).T
        self._last_bias = np.concatenate([layer.bias for layer in lasts])

    def __call__(self, number: int, comparison: Comparison) -> Ruling:
        """On candidate `number` of the surroundings, which compares with the latest beats like that."""
        first = np.array(comparison).dot(self._of_comparisons)
        first += self._weighed[number]
        each = np.tanh(first, out=first).reshape(len(self._second), 1, -1)
        second = np.matmul(each, self._second)[:, 0]
        second += self._second_bias
        scores = np.add.reduce(np.tanh(second, out=second) * self._last, axis=1)
        scores += self._last_bias
        return ruling(scores.tolist())
