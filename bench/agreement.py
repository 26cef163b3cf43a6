"""How far two measurements of the same thing agree, and how far one repeats itself."""

import math
from dataclasses import dataclass

import numpy as np

from dsp.types import FloatArray

_95 = 1.96


@dataclass(frozen=True, slots=True)
class Limits:
    """Bland and Altman 1986, doi 10.1016/S0140-6736(86)90837-8: the mean difference, and between what 95 % lie."""

    bias: float
    low: float
    high: float


def limits_of_agreement(pairs: FloatArray) -> Limits:
    """Of `pairs` (n, 2): first minus second; NaN with fewer than three."""
    if len(pairs) < 3:
        return Limits(math.nan, math.nan, math.nan)
    differences = pairs[:, 0] - pairs[:, 1]
    bias, spread = float(differences.mean()), float(differences.std(ddof=1))
    return Limits(bias, bias - _95 * spread, bias + _95 * spread)


def icc_agreement(ratings: FloatArray) -> float:
    """ICC(2,1), two-way random effects, absolute agreement, single measurement (Shrout and Fleiss 1979, doi
    10.1037/0033-2909.86.2.420), of `ratings` (n targets, k judges)."""
    n, k = ratings.shape
    if n < 3:
        return math.nan
    rows, columns, error = _mean_squares(ratings)
    return float((rows - error) / (rows + (k - 1) * error + k * (columns - error) / n))


def icc_one_way(ratings: FloatArray) -> float:
    """ICC(1,1) of the same paper: how much of the variance lies between targets, where judges have no order."""
    n, k = ratings.shape
    if n < 3:
        return math.nan
    between = k * float(np.square(ratings.mean(axis=1) - ratings.mean()).sum()) / (n - 1)
    within = float(np.square(ratings - ratings.mean(axis=1, keepdims=True)).sum()) / (n * (k - 1))
    return float((between - within) / (between + (k - 1) * within))


def repeatability(pairs: FloatArray) -> float:
    """The repeatability coefficient of two measurements each, (n, 2): 95 % of repeated pairs differ by less (Bland and
    Altman 1986); NaN with fewer than three."""
    if len(pairs) < 3:
        return math.nan
    within = float(np.square(pairs[:, 0] - pairs[:, 1]).mean()) / 2
    return _95 * math.sqrt(2 * within)


def _mean_squares(ratings: FloatArray) -> tuple[float, float, float]:
    """Between rows, between columns, and what is left."""
    n, k = ratings.shape
    mean = float(ratings.mean())
    of_rows = k * float(np.square(ratings.mean(axis=1) - mean).sum())
    of_columns = n * float(np.square(ratings.mean(axis=0) - mean).sum())
    left = float(np.square(ratings - mean).sum()) - of_rows - of_columns
    return of_rows / (n - 1), of_columns / (k - 1), left / ((n - 1) * (k - 1))
