"""How far pulses can be trusted, from the PPG alone."""

import math
from collections import deque
from dataclasses import dataclass

from dsp.types import TRUSTED_QUALITY

AGREEING_PULSES = 8  # over which trust by shape is earned
ALIKE, UNLIKE = 1.0, 0.7  # correlation with the template that counts fully, and not at all
ON_TIME = 0.15  # correlation forgiven to a pulse that comes on time
SAME_STRENGTH, OTHER_STRENGTH = math.log(2.0), math.log(4.0)  # off the usual: counts fully, not at all
FALLING, LEVEL = -0.06, 0.0  # least slope after it, over its own: falls, does not fall

# Trust by time: choices, tried on the wrists of stress-predict.
COMPANY_PULSES, COMPANY = 4, 1.6  # of so many pulses another must be in step: 1.6 times their mean is the limit
FOREIGN, AKIN = 0.2, 0.4  # correlation with the template that counts not at all, and fully
MOST_PERIODS = 3  # since the last trusted pulse, over which a pulse may be in step
IN_STEP, OUT_OF_STEP = 0.14, 0.40  # of a period off: counts fully, not at all


@dataclass(frozen=True, slots=True)
class Timing:
    """When a pulse comes, when the last one came, and `PeriodMonitor`'s `period_s` and its `sureness`."""

    t_s: float
    last_s: float
    sureness: float
    period_s: float

    def in_step(self, trusted_s: float) -> float:
        """How far the pulse is in step with the one before it, or with the last trusted one, past others that were not
        trusted; 0 to 1. A whole period without a pulse is out of step, as the two would make a false interval."""
        if self.period_s <= 0:
            return 0.0
        off = abs((self.t_s - self.last_s) / self.period_s - 1)
        if trusted_s < self.last_s and self.t_s - trusted_s < (MOST_PERIODS + 0.5) * self.period_s:
            periods = (self.t_s - trusted_s) / self.period_s
            off = min(off, abs(periods - max(1, round(periods))))
        return _ramp(off, OUT_OF_STEP, IN_STEP) * self.sureness


class PulseQuality:
    """A pulse is trusted for its shape or for its time; its quality is the greater of the two.

    Shape: it has the wearer's own shape and strength and falls again, as did those before it. Noise gives upslopes
    too, but no two alike; steps of the sensor's gain are alike, but do not fall. A pulse that comes on time may be a
    little less alike. This is the lesser of a pulse's own score and the mean of the last eight, which start at 0: trust
    is earned. It is how an irregular rhythm can be trusted.

    Time: the last seconds repeat themselves at a steady period, the pulse is in step with it, and its shape and
    strength are not quite different. It is how wrists at rest can be trusted, whose pulse differs from beat to beat. It
    says that the pulse is real, not that its place is good to a few ms.
    """

    def __init__(self) -> None:
        self._scores = deque([0.0] * AGREEING_PULSES, maxlen=AGREEING_PULSES)
        self._timely = deque([0.0] * COMPANY_PULSES, maxlen=COMPANY_PULSES)
        self._trusted_s = -math.inf
        self._qualities = deque([0.0] * AGREEING_PULSES, maxlen=AGREEING_PULSES)

    @property
    def recent(self) -> float:
        """The mean quality of the last pulses."""
        return sum(self._qualities) / AGREEING_PULSES

    def judge(
        self, likeness: float, change: float, fall: float, regularity: float, timing: Timing
    ) -> tuple[float, float, float]:
        """How alike the next pulse is, its quality, and its trust by shape alone, which its timing needs; each 0 to 1.

        `likeness` (-1 to 1) is that of its slope with the wearer's mean; `change` the logarithm of its steepest slope
        over the usual one; `fall` the least slope after it, over the steepest; `regularity` (0 to 1) how well it was
        on time.
        """
        alike = _ramp(likeness + ON_TIME * regularity, UNLIKE, ALIKE)
        steady = _ramp(abs(change), OTHER_STRENGTH, SAME_STRENGTH)
        falls = _ramp(fall, LEVEL, FALLING)
        own = alike * steady * falls
        self._scores.append(own)
        shapely = min(own, sum(self._scores) / AGREEING_PULSES)
        timely = timing.in_step(self._trusted_s) * steady * falls * _ramp(likeness, FOREIGN, AKIN)
        self._timely.append(timely)
        quality = max(shapely, min(timely, COMPANY * sum(self._timely) / COMPANY_PULSES))
        if quality >= TRUSTED_QUALITY:
            self._trusted_s = timing.t_s
        self._qualities.append(quality)
        return alike, quality, shapely

    def lose(self) -> None:
        """Contact was lost: trust starts again."""
        self._scores.extend([0.0] * AGREEING_PULSES)
        self._timely.extend([0.0] * COMPANY_PULSES)
        self._trusted_s = -math.inf
        self._qualities.extend([0.0] * AGREEING_PULSES)


def _ramp(value: float, zero: float, one: float) -> float:
    return min(max(0.0, (value - zero) / (one - zero)), 1.0)  # so never -0
