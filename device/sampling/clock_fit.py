"""The line between sample indices and CLOCK_MONOTONIC."""

import math

FORGET_S = 300.0
LEAST = 1e-4  # below it nothing is left of what was seen but the rate


class SampleClock:
    """Maps sample index to monotonic seconds by a straight line, fitted with exponential forgetting (300 s).

    The rate starts at the nominal one and moves away from it only as evidence comes in, so that the first bursts'
    jitter does not bend the line. A chip on its own oscillator may be a per cent off; guide, events and recording all
    stand on this one line, so they cannot drift apart.
    """

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._origin: tuple[float, float] | None = None
        self._weight = self._mean_i = self._mean_t = 0.0
        self._last_s = -math.inf
        self._var_i, self._cov_it = _calm(fs_hz)

    @property
    def fs_hz(self) -> float:
        """The measured rate: samples per monotonic second."""
        return self._var_i / self._cov_it

    def observe(self, index: float, monotonic_s: float) -> None:
        """Sample `index` was taken at `monotonic_s` (the newest sample of a burst)."""
        if self._origin is None:
            self._origin = (index, monotonic_s)
        i, t = index - self._origin[0], monotonic_s - self._origin[1]
        keep = math.exp(-max(0.0, monotonic_s - self._last_s) / FORGET_S) if self._weight else 1.0
        if keep < LEAST:
            self._var_i, self._cov_it = _calm(self.fs_hz)
            self._weight, keep = 0.0, 1.0
        self._last_s = monotonic_s
        self._weight = self._weight * keep + 1.0
        gain = 1.0 / self._weight
        di, dt = i - self._mean_i, t - self._mean_t
        self._mean_i += gain * di
        self._mean_t += gain * dt
        self._var_i = self._var_i * keep + di * (i - self._mean_i)
        self._cov_it = self._cov_it * keep + di * (t - self._mean_t)

    def index_at(self, monotonic_s: float) -> float:
        """The (fractional) sample index at a monotonic time. ValueError before the first observation."""
        origin_index, origin_s = self._require_origin()
        return origin_index + self._mean_i + (monotonic_s - origin_s - self._mean_t) * self.fs_hz

    def t_s_at(self, monotonic_s: float) -> float:
        """Recording time in seconds (index over the nominal rate) at a monotonic time."""
        return self.index_at(monotonic_s) / self._fs_hz

    def _require_origin(self) -> tuple[float, float]:
        if self._origin is None:
            raise ValueError("no sample has been seen yet")
        return self._origin


def _calm(fs_hz: float) -> tuple[float, float]:
    """A prior worth about ten seconds of samples at this rate, which keeps the slope calm at the start."""
    var_i = 10.0 * (10.0 * fs_hz) ** 2
    return var_i, var_i / fs_hz
