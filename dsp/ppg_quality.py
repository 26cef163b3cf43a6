"""How far pulses can be trusted, from the PPG alone."""

import math
from collections import deque

AGREEING_PULSES = 4
ALIKE, UNLIKE = 0.95, 0.7
SAME_STRENGTH, OTHER_STRENGTH = math.log(2.0), math.log(5.0)


class PulseQuality:
    """A pulse is trusted when it has the wearer's own shape and strength, and the pulses before it had, too.

    Noise gives upslopes too, but no two alike. The score is the lesser of a pulse's own and the mean of the last four,
    which start at 0: trust is earned.
    """

    def __init__(self) -> None:
        self._scores = deque([0.0] * AGREEING_PULSES, maxlen=AGREEING_PULSES)

    def judge(self, likeness: float, change: float) -> float:
        """Quality, 0 to 1, from the likeness (-1 to 1) and the logarithm of the strength over the usual one."""
        alike = _ramp(likeness, UNLIKE, ALIKE)
        steady = _ramp(-abs(change), -OTHER_STRENGTH, -SAME_STRENGTH)
        own = alike * steady
        self._scores.append(own)
        return min(own, sum(self._scores) / AGREEING_PULSES)

    def lose(self) -> None:
        """Contact was lost: trust starts again."""
        self._scores.extend([0.0] * AGREEING_PULSES)

    @property
    def recent(self) -> float:
        return sum(self._scores) / AGREEING_PULSES


def _ramp(value: float, zero: float, one: float) -> float:
    return min(max((value - zero) / (one - zero), 0.0), 1.0)
