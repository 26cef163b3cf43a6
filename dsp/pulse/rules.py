"""Which upslopes are pulses: strength against what the last pulses had, and the time since the last one."""

import math
from collections import deque

REFRACTORY_S = 0.25  # pulses do not come closer
MEMORY_PULSES = 8  # whose median strength and period are the usual ones
USUAL_PERIOD_S = 0.7  # assumed until one has been seen
SOON = math.log(0.65)  # strength over the usual that is needed before the dicrotic wave has passed ...
LATER = math.log(0.18)  # ... and after it
LATER_ROUGH = math.log(0.4)  # ... likewise, of rough pulses; chosen on phone-finger (docs/decisions/0035)
NOTCH_S, NOTCH_PER_PERIOD, NOTCH_WIDTH_S = 0.22, 0.14, 0.1  # when the dicrotic wave comes, and how long it lasts
STRONG = math.log(0.6)  # a pulse between which and the next the period is taken
FADE_PER_PERIOD = math.log(2.0)  # by which less is needed, after two periods without a pulse
IRREGULAR = 0.25  # ln of the time since the last pulse over the period that is not on time at all
LONGEST_PERIOD_S = 2.0  # 30 a minute; more is a pause
EVEN = 0.15  # median share by which the last periods may be off the usual one, for it to be a pace; a choice


class PulseRules:
    """Judges one upslope after the other. A strength is the logarithm of the steepest slope.

    The dicrotic wave's upslope follows the systolic one by about 0.22 s and a seventh of the period, as the systole
    lengthens with it, and is flatter. So until then two thirds of the usual slope are needed, 0.1 s later a fifth, and
    after two periods without a pulse less and less. The period is taken between strong pulses only: neither counted
    dicrotic waves nor the weak pulses of a bigeminy can halve it, and both errors correct themselves.
    """

    def __init__(self, level: float, last_s: float = -math.inf, rough: bool = False) -> None:
        self._later = LATER_ROUGH if rough else LATER
        self._levels = deque([level], maxlen=MEMORY_PULSES)
        self._periods = deque([USUAL_PERIOD_S], maxlen=MEMORY_PULSES)
        self._last_s = last_s
        self._last_strong_s = -math.inf

    @property
    def level(self) -> float:
        """The usual strength."""
        return _median(self._levels)

    @property
    def period_s(self) -> float:
        return _median(self._periods)

    @property
    def pace_s(self) -> float:
        """The usual period where the last ones keep to it; NaN in a bigeminy, or where pulses are too far apart."""
        if len(self._periods) < MEMORY_PULSES:
            return math.nan
        usual_s = self.period_s
        off = _median(deque(abs(period_s / usual_s - 1) for period_s in self._periods))
        return usual_s if off <= EVEN else math.nan

    @property
    def last_s(self) -> float:
        return self._last_s

    def passes(self, t_s: float, strength: float) -> bool:
        """Whether an upslope at `t_s` is strong enough for a pulse."""
        since_s = t_s - self._last_s
        return since_s >= REFRACTORY_S and strength - self.level >= self._threshold(since_s)

    def _threshold(self, since_s: float) -> float:
        begin = NOTCH_S + NOTCH_PER_PERIOD * self.period_s
        end = begin + NOTCH_WIDTH_S
        if since_s <= begin or math.isinf(since_s):
            return SOON
        if since_s < end:
            return SOON + (self._later - SOON) * (since_s - begin) / NOTCH_WIDTH_S
        return self._later - FADE_PER_PERIOD * max(0.0, since_s / self.period_s - 2)

    def regularity(self, t_s: float) -> float:
        """How far a pulse at `t_s` would come on time, 0 to 1."""
        since_s = t_s - self._last_s
        return max(0.0, 1 - abs(math.log(since_s / self.period_s)) / IRREGULAR) if since_s < math.inf else 0.0

    def accept(self, t_s: float, strength: float, weight: float) -> None:
        """This upslope is a pulse; it moves the level by at most `weight` (up to 1)."""
        change = strength - self.level
        if change >= STRONG:
            period_s = t_s - self._last_strong_s
            if period_s <= LONGEST_PERIOD_S:
                self._periods.append(period_s)
            self._last_strong_s = t_s
        if change < self._later and weight >= 0.5:
            self._levels = deque([strength], maxlen=MEMORY_PULSES)
        self._levels.append(self.level + min(max(change, -weight), weight))
        self._last_s = t_s


def _median(values: deque[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
