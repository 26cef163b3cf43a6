"""The learnt score of a candidate: a network of one small hidden layer, fitted by bench/fit_rpeaks.py."""

import numpy as np

from dsp.beat_weights import HIDDEN_BIAS, HIDDEN_WEIGHTS, OUT_BIAS, OUT_WEIGHTS
from dsp.filters import FloatArray

_HIDDEN_WEIGHTS = np.array(HIDDEN_WEIGHTS)
_HIDDEN_BIAS = np.array(HIDDEN_BIAS)
_OUT_WEIGHTS = np.array(OUT_WEIGHTS)


def beat_score(features: FloatArray) -> float:
    """The logarithm of the odds that a candidate is a beat."""
    return float(np.tanh(features.dot(_HIDDEN_WEIGHTS) + _HIDDEN_BIAS).dot(_OUT_WEIGHTS)) + OUT_BIAS
