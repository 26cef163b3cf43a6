"""The learnt alarm: the wearer's guess, given before the body is read, beside what the body then showed.

Calibration in two numbers: bias (guess above body) and spread (how much the difference varies). The guesses have come
closer where the distance falls by more than any order of the sessions makes likely, and by more than the same guesses
would if they belonged to other sessions: the distance of one who always says "3" falls while the body comes to 3 by
itself. The distance is taken twice, of each session and of the mean of five: what one session errs by chance hides that
the guesses as a whole come closer. Looks are taken at fixed counts of sessions and share one chance of error, so that
making the page every day finds no more by accident (Bonferroni). The statistic and the shares were chosen among some on
simulated wearers other than those of `bench.calibration`.
"""

from dataclasses import dataclass

import numpy as np

from dsp.types import FloatArray
from host.report.quantiles import mean_interval, sd_interval

Interval = tuple[float, float]
LOOKS = {30: 0.008, 40: 0.04, 80: 0.001, 160: 0.0006, 320: 0.0004}
"""At how many sessions, and with which chance of error: 5 % together."""
ENOUGH = 6
_SHUFFLES = 4000
_TOGETHER = 5


@dataclass(frozen=True, slots=True)
class GuessCalibration:
    """In steps of the scale of 1 to 5. `closer`, `too_high` and `too_low` are of the last look, if it stands out."""

    sessions: int
    bias: float
    bias_interval: Interval
    spread: float
    spread_interval: Interval
    closer: bool
    too_high: bool
    too_low: bool


def calibration(guess: FloatArray, body: FloatArray) -> GuessCalibration | None:
    """Guess and body of the sessions that have both, in order, each (n,); None where there are fewer than six."""
    if len(guess) < ENOUGH:
        return None
    apart = guess - body
    look = max((count for count in LOOKS if count <= len(guess)), default=0)
    closer = too_high = too_low = False
    if look:
        chance, seen = LOOKS[look], slice(look)
        closer = max(nearer_by_order(apart[seen]), nearer_by_pairs(guess[seen], body[seen])) <= chance
        if np.ptp(apart[seen]) > 0:
            low, high = mean_interval(apart[seen], 1.0 - chance)
            too_high, too_low = low > 0, high < 0
    return GuessCalibration(
        sessions=len(guess),
        bias=float(np.mean(apart)),
        bias_interval=mean_interval(apart),
        spread=float(np.std(apart, ddof=1)),
        spread_interval=sd_interval(apart),
        closer=closer,
        too_high=too_high,
        too_low=too_low,
    )


def nearer_by_order(apart: FloatArray) -> float:
    """The chance that the distance falls as much in another order of the sessions."""
    return _share_below(apart, _shuffled(apart))


def nearer_by_pairs(guess: FloatArray, body: FloatArray) -> float:
    """The chance that the distance falls as much where each guess belongs to another session's body."""
    return _share_below(guess - body, _shuffled(guess) - body)


def _shuffled(values: FloatArray) -> FloatArray:
    """Many orders, (orders, n); the same ones every time."""
    return np.random.default_rng(len(values)).permuted(np.tile(values, (_SHUFFLES, 1)), axis=1)


def _share_below(found: FloatArray, others: FloatArray) -> float:
    below = np.sum(_trend(others) <= _trend(found[np.newaxis])[0] + 1e-9)
    return (1.0 + float(below)) / (len(others) + 1.0)


def _trend(apart: FloatArray) -> FloatArray:
    """How the distance changes through the sessions, of each order in `apart` (orders, n); negative where it falls."""
    count = apart.shape[1]
    place = np.arange(count) - (count - 1) / 2
    near = (np.abs(place[:, np.newaxis] - place) <= _TOGETHER // 2).astype(np.float64)
    together = np.abs(apart @ (near / np.sum(near, axis=0)))
    trend: FloatArray = (np.abs(apart) + together) @ place
    return trend
