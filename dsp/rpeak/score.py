"""The learnt score of a candidate: a network of two small hidden layers, fitted by bench/fit_rpeaks.py."""

from collections.abc import Callable

import numpy as np

from dsp.rpeak import weights
from dsp.rpeak.features import FEATURES, SURROUNDINGS, Comparison
from dsp.types import FloatArray

Judge = Callable[[int, Comparison], float]  # of a candidate's number and how it compares with the latest beats

_FIRST_WEIGHTS = np.array([weights.FIRST_WEIGHTS[name] for name in FEATURES])
_OF_SURROUNDINGS, _OF_COMPARISONS = _FIRST_WEIGHTS[:SURROUNDINGS], _FIRST_WEIGHTS[SURROUNDINGS:]
_FIRST_BIAS = np.array(weights.FIRST_BIAS)
_SECOND_WEIGHTS = np.array(weights.SECOND_WEIGHTS)
_SECOND_BIAS = np.array(weights.SECOND_BIAS)
_OUT_WEIGHTS = np.array(weights.OUT_WEIGHTS)[:, 0]
_OUT_BIAS = weights.OUT_BIAS[0]


class BeatScore:
    """Scores candidates by their number, given all their `surroundings`, shape (n, SURROUNDINGS): what these weigh is
    known before the beats to compare with are."""

    def __init__(self, surroundings: FloatArray) -> None:
        self._weighed = surroundings.dot(_OF_SURROUNDINGS) + _FIRST_BIAS

    def __call__(self, number: int, comparison: Comparison) -> float:
        """The logarithm of the odds that it is a beat."""
        first = np.array(comparison).dot(_OF_COMPARISONS)
        first += self._weighed[number]
        second = np.tanh(first, out=first).dot(_SECOND_WEIGHTS)
        second += _SECOND_BIAS
        return float(np.tanh(second, out=second).dot(_OUT_WEIGHTS)) + _OUT_BIAS
