"""The learnt score of a candidate: a network of one small hidden layer, fitted by bench/fit_rpeaks.py."""

from collections.abc import Callable

import numpy as np

from dsp.beat_candidates import SURROUNDINGS
from dsp.beat_weights import HIDDEN_BIAS, HIDDEN_WEIGHTS, OUT_BIAS, OUT_WEIGHTS
from dsp.filters import FloatArray

Judge = Callable[[int, list[float]], float]  # of a candidate's number and how it compares with the latest beats

_HIDDEN_BIAS = np.array(HIDDEN_BIAS)
_OF_SURROUNDINGS = np.array(HIDDEN_WEIGHTS[:SURROUNDINGS])
_OF_COMPARISONS = np.array(HIDDEN_WEIGHTS[SURROUNDINGS:])
_OUT_WEIGHTS = np.array(OUT_WEIGHTS)


class BeatScore:
    """Scores candidates by their number, given all their `surroundings`, shape (n, SURROUNDINGS): what these weigh is
    known before the beats to compare with are."""

    def __init__(self, surroundings: FloatArray) -> None:
        self._weighed = surroundings.dot(_OF_SURROUNDINGS) + _HIDDEN_BIAS

    def __call__(self, number: int, comparisons: list[float]) -> float:
        """The logarithm of the odds that it is a beat."""
        hidden = np.array(comparisons).dot(_OF_COMPARISONS)
        hidden += self._weighed[number]
        return float(np.tanh(hidden, out=hidden).dot(_OUT_WEIGHTS)) + OUT_BIAS
