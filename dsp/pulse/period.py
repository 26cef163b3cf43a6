"""Whether the slope of the PPG repeats itself, and at what period: read from seconds of signal, not single pulses."""

import numpy as np

from dsp.pulse.rival import RivalWatch
from dsp.types import FloatArray

# MEMORY, CLEAR_LEAD and MOST_LEAD were set by hand on the wrists of stress-predict and the noises of
# bench.pulse_mixtures, MOST_PERIODS and WINDOW_S compared there (docs/decisions/0004); the others are choices.
RATE_HZ = 32.0  # at which the slope is compared with itself
WINDOW_S = 8.0  # of slope; 12 to 24 s gained nothing
EVERY_S = 1.0  # is the period looked for
LEVEL_S = 1.5  # over which the slope's own strength is taken
PERIODS_S = np.exp(np.arange(np.log(0.32), np.log(2.1), 0.03))
MOST_PERIODS, REACH_S = 6, 6.0  # periods that support reaches over: six read more minutes than two to four
PART_SHARE = 0.35  # of the correlation at a part of the period that is taken off
PARTS = np.array([[2], [3], [5], [7]])  # a half, a third, a fifth and a seventh
LEAST_PART_S = 0.25  # pulses do not come closer
MEMORY = 0.94  # what is kept of a path's support each second
STEP_COST = 0.05  # of a move to the next period, 3 % away
NEAR = 4  # such steps, 12 %: periods closer are the same one
CLEAR_LEAD, MOST_LEAD = 0.1, 0.13  # the lead that is sure, and the one beyond which more is forgotten
LEAST_SLOPE = 1e-200  # smaller is flat: its square would not be a float
LEAST_SHARED = 1 / 16  # of the strength: what fewer points say is nothing


class PeriodMonitor:
    """Follows the period of the last seconds, and by how much it leads every other.

    Once a second the autocorrelation of the last 8 s of slope is taken, the slope divided by its own strength over 1.5
    s, so that a burst of movement weighs no more than the pulses beside it. A period is supported by the mean
    correlation at up to six times its length, as far as 6 s reach: a pulse at the wrist is faint, but stays in step
    where movement does not. About a third of the correlation at half its length is subtracted, or at a third, a fifth
    or a seventh where pulses can be so close, since that would then be the period. What counts is the best path of
    periods over time, each second weighing 6 % less than the next (half the weight is older than 11 s). A path may move
    by one step of 3 % a second, at a small cost, and no further.

    Noise has such a path, too, but others that are nearly as good: how sure a period is, is how far its path leads the
    best one that ends more than 12 % off. Faint pulses need this long memory; a strong pulse that noise drowns would be
    reported for half a minute more, so a lead beyond what is clear is forgotten.

    Periods reach those of the slowest hearts: were its own missing, such a heart would be read at half its period.
    """

    def __init__(self, grid_hz: float) -> None:
        self._step = max(1, round(grid_hz / RATE_HZ))
        rate_hz = grid_hz / self._step
        self._size = round(WINDOW_S * rate_hz)
        self._every = round(EVERY_S * grid_hz)
        level = round(LEVEL_S * rate_hz)
        self._level_taps = np.ones(level)
        self._fft_size = 1 << (self._size + int(REACH_S * rate_hz) + 2).bit_length()
        count = np.clip(np.floor(REACH_S / PERIODS_S), 2, MOST_PERIODS)
        multiples = np.arange(1, MOST_PERIODS + 1)[:, None]
        self._shares = np.where(multiples <= count, 1 / count, 0.0)
        parts_s = np.where(PERIODS_S / PARTS < LEAST_PART_S, PERIODS_S / 2, PERIODS_S / PARTS)
        lags = np.concatenate((np.minimum(multiples, count) * PERIODS_S, parts_s)) * rate_hz
        self._lag = lags.astype(np.int64)
        self._part = lags - self._lag
        self._rivals = RivalWatch(rate_hz, PERIODS_S)
        self.lose()

    def lose(self) -> None:
        """The signal was lost: start again."""
        self._waiting: list[FloatArray] = []
        self._count = 0
        self._window = np.zeros(0)
        self._path: FloatArray | None = None
        self.period_s = 0.0
        self.sureness = 0.0
        self._rivals.lose()

    @property
    def alone(self) -> float:
        """How far the period's rhythm is the only one, 0 to 1."""
        return self._rivals.alone

    def push(self, slope: FloatArray, pace_s: float) -> None:
        """The next slope on the grid, NaN where lost, and the period that the pulses found keep to, NaN without."""
        self._waiting.append(slope)
        self._count += slope.size
        if self._count < self._every:
            return
        points = np.concatenate(self._waiting)
        used = points.size - points.size % self._step
        self._waiting, self._count = [points[used:]], points.size - used
        means = points[:used].reshape(-1, self._step).mean(axis=1)
        self._window = np.concatenate((self._window, means))[-self._rivals.size :]
        if self._window.size >= self._size:
            self._follow(self._supports())
            self._rivals.push(np.nan_to_num(self._window), self.period_s, self.sureness, pace_s)
            self.sureness *= self._rivals.own_line

    def _supports(self) -> FloatArray:
        """The support of each of `PERIODS_S`, -1 to 1."""
        last = self._window[-self._size :]
        heard = np.isfinite(last)
        window = np.where(heard, last, 0.0)
        top = float(np.abs(window).max())
        if top < LEAST_SLOPE:
            return np.zeros(PERIODS_S.size)
        window /= top
        counts = np.maximum(np.convolve(heard, self._level_taps, "same"), 1.0)
        power = np.convolve(window**2, self._level_taps, "same") / counts
        even = window / np.maximum(np.sqrt(power), 1e-9)
        even = np.where(heard, even - even[heard].mean(), 0.0)
        # Only pairs of points that are both known are compared; else losses at a steady pace would look like a pulse.
        spectrum, squares, mask = (np.fft.rfft(part, self._fft_size) for part in (even, even**2, heard))
        lags = self._lag.max() + 2
        products, ahead, behind = (
            np.fft.irfft(of * with_.conj())[:lags]
            for of, with_ in ((spectrum, spectrum), (squares, mask), (mask, squares))
        )
        shared = np.sqrt(np.maximum(ahead * behind, 0.0))
        correlation = products / np.maximum(shared, LEAST_SHARED * float(even @ even) + 1e-9)
        at = correlation[self._lag] * (1 - self._part) + correlation[self._lag + 1] * self._part
        parts = np.maximum(at[MOST_PERIODS:].max(axis=0), 0.0)
        return np.asarray((at[:MOST_PERIODS] * self._shares).sum(axis=0) - PART_SHARE * parts)

    def _follow(self, supports: FloatArray) -> None:
        if self._path is None:
            self._path = np.zeros(supports.size)
        reached = self._path.copy()
        reached[1:] = np.maximum(reached[1:], self._path[:-1] - STEP_COST)
        reached[:-1] = np.maximum(reached[:-1], self._path[1:] - STEP_COST)
        self._path = MEMORY * reached + (1 - MEMORY) * supports
        best = int(self._path.argmax())
        self.period_s = float(PERIODS_S[best])
        others = np.delete(self._path, np.s_[max(0, best - NEAR) : best + NEAR + 1])
        lead = float(self._path[best]) - max(float(others.max()), 0.0)
        # Whether the ends of the grid are a peak is not known: a hand's slow rhythm lies beyond the longest period.
        inside = 0 < best < supports.size - 1
        self.sureness = min(max(lead / CLEAR_LEAD, 0.0), 1.0) if inside else 0.0
        if lead > MOST_LEAD:
            self._path *= MOST_LEAD / lead
