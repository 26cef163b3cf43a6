"""How far pulses can be trusted, from the PPG alone."""

import math
from collections import deque

AGREEING_PULSES = 8
ALIKE, UNLIKE = 1.0, 0.7
ON_TIME = 0.15
SAME_STRENGTH, OTHER_STRENGTH = math.log(2.0), math.log(4.0)
FALLING, LEVEL = -0.06, 0.0


class PulseQuality:
    """A pulse is trusted when it has the wearer's own shape and strength and falls again, and those before it did, too.

    Noise gives upslopes too, but no two alike; steps of the sensor's gain are alike, but do not fall. A pulse that
    comes on time may be a little less alike: so irregular rhythms need a clear shape, and wrist signals of poor shape
    need a rhythm. The quality is the lesser of a pulse's own score and the mean of the last eight, which start at 0:
    trust is earned.
    """

    def __init__(self) -> None:
        self._scores = deque([0.0] * AGREEING_PULSES, maxlen=AGREEING_PULSES)

    @property
    def recent(self) -> float:
        """The mean score of the last pulses."""
        return sum(self._scores) / AGREEING_PULSES

    def judge(self, likeness: float, change: float, fall: float, regularity: float) -> tuple[float, float]:
        """How alike the next pulse is and its quality, each 0 to 1.

        `likeness` (-1 to 1) is that of its slope with the wearer's mean; `change` the logarithm of its steepest slope
        over the usual one; `fall` the least slope after it, over the steepest; `regularity` (0 to 1) how well it was
        on time.
        """
        alike = _ramp(likeness + ON_TIME * regularity, UNLIKE, ALIKE)
        steady = _ramp(abs(change), OTHER_STRENGTH, SAME_STRENGTH)
        own = alike * steady * _ramp(fall, LEVEL, FALLING)
        self._scores.append(own)
        return alike, min(own, self.recent)

    def lose(self) -> None:
        """Contact was lost: trust starts again."""
        self._scores.extend([0.0] * AGREEING_PULSES)


def _ramp(value: float, zero: float, one: float) -> float:
    return min(max((value - zero) / (one - zero), 0.0), 1.0)
