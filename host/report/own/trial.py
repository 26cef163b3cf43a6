"""Does it help me? What the experiment of one's own says, and when. The analysis was fixed before any data were there:
docs/decisions/0023.

A block's difference is its day at the own pace minus its day at the fast one. It is looked at after 7, 14, 21 and 28
such pairs and never between. The looks share 5 % by the spending function of O'Brien and Fleming's kind (Lan and DeMets
1983, doi 10.1093/biomet/70.3.659); the interval is the repeated one (Jennison and Turnbull 1989), which holds the truth
at all looks together in 95 of 100 experiments, whenever it is stopped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device.recording.format.experiment import BLOCK_DAYS, Arm
from host.report.quantiles import t_quantile

LOOKS = {7: 9.8701e-06, 14: 0.0025111, 21: 0.016128, 28: 0.039976}
"""Pairs at each look, and the two-sided chance of error that is its own: z of 4.420, 3.022, 2.406 and 2.054, there as
t of the pairs. By 2 % wider than the function's own bounds, so that t of few pairs stays under 5 %: 4.5 % together."""
MOST_PAIRS = max(LOOKS)
Day = tuple[Arm, float | None]
"""What a practised day was, and its outcome; None where it was not told."""


@dataclass(frozen=True, slots=True)
class TrialVerdict:
    """`mean` and `interval` are of the differences at the look that counts: the first whose interval leaves nought out,
    else the latest; None before the first look. `dropped` blocks were whole and told too little for a pair."""

    pairs: int
    dropped: int
    look: int
    mean: float | None
    interval: tuple[float, float] | None

    @property
    def changed(self) -> bool:
        return self.interval is not None and not self.interval[0] <= 0.0 <= self.interval[1]

    @property
    def done(self) -> bool:
        return self.changed or self.look == MOST_PAIRS


def verdict(days: Sequence[Day], less: Arm = Arm.FAST) -> TrialVerdict:
    """From the practised days in order. Days of a block that is not whole yet wait."""
    blocks = [dict(days[first : first + BLOCK_DAYS]) for first in range(0, len(days) - BLOCK_DAYS + 1, BLOCK_DAYS)]
    told = [_difference(block, less) for block in blocks]
    pairs = np.array([difference for difference in told if difference is not None][:MOST_PAIRS])
    found = TrialVerdict(len(pairs), told.count(None), 0, None, None)
    for look, chance in LOOKS.items():
        if look > len(pairs) or found.changed:
            break
        seen = pairs[:look]
        mean = float(np.mean(seen))
        half = t_quantile(1.0 - chance / 2, look - 1) * float(np.std(seen, ddof=1)) / look**0.5
        found = TrialVerdict(len(pairs), told.count(None), look, mean, (mean - half, mean + half))
    return found


def _difference(block: Mapping[Arm, float | None], less: Arm) -> float | None:
    own, other = block.get(Arm.RESONANCE), block.get(less)
    return None if own is None or other is None else own - other
