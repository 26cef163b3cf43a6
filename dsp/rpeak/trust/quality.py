"""How readable the ECG is, from how sure the detector is of its decisions.

The constants are choices, not fitted; bench.rpeaks prints how they do (docs/decisions/0003).
"""

import math

from dsp.rpeak.trust.interlopers import Interlopers
from dsp.rpeak.trust.sizes import UnevenSizes

_GAIN = 0.2  # memory of about five beats
_HALF = 0.18  # expected errors a beat at which quality is one half
_UNPROVEN = 0.27  # expected errors a beat before there were any
_SILENT_S = 3.0  # after this long without a beat there is no quality


class SignalQuality:
    """Counts the errors to be expected.

    Each decision is wrong with the probability that its scores give on average (dsp/rpeak/score.py). The sum of these
    over the candidates from beat to beat, smoothed over the last beats, is the expected number of errors a beat: near 0
    where the ECG is plain, and large in noise, which is full of candidates that could be beats. Quality is 1 for none
    and one half for _HALF of them. To these come the errors that only the beats behind them showed.
    """

    def __init__(self) -> None:
        self._errors_a_beat = _UNPROVEN
        self._pending = 0.0
        self._last_beat_s = -math.inf
        self._interlopers = Interlopers()
        self._sizes = UnevenSizes()

    def decided(self, is_beat: bool, doubt: float, t_s: float) -> None:
        """A candidate at `t_s` was decided, which is wrong with the probability `doubt`."""
        self._pending += doubt
        if is_beat:
            self._errors_a_beat = self._now()
            self._pending = 0.0
            self._last_beat_s = t_s

    def _now(self) -> float:
        return self._errors_a_beat + _GAIN * (min(1.0, self._pending) - self._errors_a_beat)

    def at_beat(self, t_s: float, likeness: float, ln_size: float) -> float:
        """Quality, 0 to 1, of the beat just decided, which lies at `t_s`; `likeness` as in `Beat`, `ln_size` the
        logarithm of its envelope."""
        self._interlopers.push(t_s, likeness)
        self._sizes.push(ln_size, likeness)
        return self._for(self._errors_a_beat)

    def at(self, t_s: float) -> float:
        """Quality, 0 to 1, of the signal up to `t_s`: 0 when no beat was found for long."""
        if t_s - self._last_beat_s > _SILENT_S:
            return 0.0
        return self._for(max(self._errors_a_beat, self._now()))

    def _for(self, errors_a_beat: float) -> float:
        shown = self._interlopers.errors_a_beat + self._sizes.errors_a_beat
        return 1.0 / (1.0 + ((errors_a_beat + shown) / _HALF) ** 2)
