"""Student's t and the chi-square distribution, as far as intervals need them: numpy brings neither."""

import math
from functools import cache

import numpy as np

from dsp.types import FloatArray

_POINTS = 4001


def normal_quantile(p: float) -> float:
    """z with a share `p` of the normal distribution below it. Raises ValueError unless 0 < p < 1."""
    if not 0.0 < p < 1.0:
        raise ValueError(f"a share must lie between 0 and 1, not {p}")
    low, high = -40.0, 40.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if 0.5 * math.erfc(-middle / math.sqrt(2.0)) < p else (low, middle)
    return (low + high) / 2


@cache
def t_quantile(p: float, df: int) -> float:
    """t with a share `p` (0.5 to 1) of Student's distribution with `df` degrees of freedom below it."""
    if not 0.5 <= p < 1.0 or df < 1:
        raise ValueError(f"p must be 0.5 to 1 and df at least 1, not {p} and {df}")
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if 0.5 + _t_mass(middle, df) < p else (low, middle)
    return math.sqrt(df) * math.tan((low + high) / 2)


def _t_mass(angle: float, df: int) -> float:
    """The share between 0 and t = sqrt(df) tan(angle): there the density is a power of the cosine."""
    scale = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(math.pi)
    angles = np.linspace(0.0, angle, _POINTS)
    density = np.cos(angles) ** (df - 1)
    return scale * float(np.sum(density[1:] + density[:-1])) / 2 * angle / (_POINTS - 1)


def chi2_quantile(p: float, df: int) -> float:
    """By Wilson and Hilferty 1931 (doi 10.1073/pnas.17.12.684): within 5 % for `df` from 5 on, and 1 % from 15."""
    part = 2.0 / (9.0 * df)
    return df * (1.0 - part + normal_quantile(p) * math.sqrt(part)) ** 3


def mean_interval(values: FloatArray, share: float = 0.95) -> tuple[float, float]:
    """Between which values the mean lies, by Student's t; needs two values."""
    half = t_quantile(0.5 + share / 2, len(values) - 1) * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def sd_interval(values: FloatArray, share: float = 0.95) -> tuple[float, float]:
    """Between which values the standard deviation lies, of values that are normally distributed; needs six."""
    df, squares = len(values) - 1, float(np.sum((values - np.mean(values)) ** 2))
    return (
        math.sqrt(squares / chi2_quantile(0.5 + share / 2, df)),
        math.sqrt(squares / chi2_quantile(0.5 - share / 2, df)),
    )
