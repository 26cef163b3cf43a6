"""The learnt score of a candidate: networks of two small hidden layers beside each other, fitted by
bench/fit_rpeaks.py and bench/fit_hearing.py."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dsp.rpeak.features import SURROUNDINGS, Comparison, Surrounding
from dsp.rpeak.network import Layer, Network
from dsp.types import FloatArray

_OWN = len(Surrounding)  # of the surroundings: a candidate's own; the rest is what was heard
_SURELY = 2.0  # further below what makes a beat, so that what was not heard could hardly raise a doubt; a choice


class Ruling(NamedTuple):
    """`score`: the logarithm of the odds that a candidate is a beat; `doubt`: how likely its sign is wrong."""

    score: float
    doubt: float


Judge = Callable[[int, Comparison], Ruling]  # of a candidate's number and how it compares with the latest beats
Hear = Callable[[int], FloatArray]  # (HEARD,) what was heard by the time of the candidate of that number


def ruling(scores: Sequence[float]) -> Ruling:
    """The odds by the mean of several scores. The doubt is the mean of theirs in what that decides, so that where they
    disagree nothing is sure however sure one of them is."""
    score = sum(scores) / len(scores)
    side = 1.0 if score > 0.0 else -1.0
    doubts = 0.0
    for each in scores:
        doubts += 1.0 / (1.0 + math.exp(min(50.0, side * each)))
    return Ruling(score, doubts / len(scores))


class BeatScore:
    """The network's scores. Those that hear are asked only where they could make a difference: they have a highest
    value, and most candidates, T waves above all, are none whatever that says."""

    def __init__(self, network: Network, least: float = 0.0) -> None:
        """`least`: no candidate whose score is below is a beat."""
        hearing = [score for score in network.scores if score[0].weights[_OWN:SURROUNDINGS].any()]
        own = [score for score in network.scores if not score[0].weights[_OWN:SURROUNDINGS].any()]
        self._hearing, self._own = _Abreast(hearing), _Abreast(own)
        highest = sum(float(last.bias[0] + np.abs(last.weights).sum()) for *_, last in hearing)
        self._too_low = (least - _SURELY) * len(network.scores) - max(0.0, highest)

    def judge(self, surroundings: FloatArray, hear: Hear) -> Judge:
        """Of candidates by their number, given all their own `surroundings`, shape (n, Surrounding): what these weigh
        is known before the beats to compare with are."""
        own, hearing = self._own.weigh(surroundings), self._hearing.weigh(surroundings)

        def judged(number: int, comparison: Comparison) -> Ruling:
            compared = np.array(comparison)
            scores = self._own(own[number], compared)
            if scores and sum(scores) < self._too_low:
                return ruling(scores)
            if len(self._hearing):
                heard = hear(number).dot(self._hearing.of_heard)
                scores += self._hearing(hearing[number] + heard, compared)
            return ruling(scores)

        return judged


class _Abreast:
    """Scores of the same widths, beside each other."""

    def __init__(self, scores: Sequence[Sequence[Layer]]) -> None:
        self._count = len(scores)
        if not scores:
            return
        firsts, seconds, lasts = zip(*scores, strict=True)
        first = np.concatenate([layer.weights for layer in firsts], axis=1)
        self._of_own, self.of_heard, self._of_comparisons = np.split(first, (_OWN, SURROUNDINGS))
        self._first_bias = np.concatenate([layer.bias for layer in firsts])
        self._second = np.stack([layer.weights for layer in seconds])
        self._second_bias = np.stack([layer.bias[None] for layer in seconds])
        self._last = np.stack([layer.weights for layer in lasts])
        self._last_bias = np.stack([layer.bias[None] for layer in lasts])

    def __len__(self) -> int:
        return self._count

    def weigh(self, surroundings: FloatArray) -> FloatArray:
        """What candidates' own surroundings add to the first layer, a row for each."""
        if not self._count:
            return surroundings
        weighed: FloatArray = surroundings.dot(self._of_own)
        weighed += self._first_bias
        return weighed

    def __call__(self, weighed: FloatArray, compared: FloatArray) -> list[float]:
        """Each score of a candidate."""
        if not self._count:
            return []
        first = compared.dot(self._of_comparisons)
        first += weighed
        second = np.matmul(np.tanh(first, out=first).reshape(self._count, 1, -1), self._second)
        second += self._second_bias
        scores = np.matmul(np.tanh(second, out=second), self._last)
        scores += self._last_bias
        found: list[float] = scores.ravel().tolist()
        return found
