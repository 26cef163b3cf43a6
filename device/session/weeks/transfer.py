"""The minute without a guide, scored beside the guided one of the same session."""

import math
from collections import deque
from dataclasses import dataclass, field
from statistics import fmean

from device.session.events import Phase
from dsp.types import TRUSTED_QUALITY, MetricsRow

TRANSFER_S = 60.0
FEWEST_S = 55
"""Of the minute, with good contact: RSA is the median of the last five breaths, and those are to be its own."""
READ_OVER_S = 10
FEWEST_READ = 5


def _seconds() -> deque[float]:
    return deque(maxlen=READ_OVER_S)


@dataclass(slots=True)
class TransferMinute:
    """`held` is the score: the RSA at the end of the minute without a guide, as a share of the RSA at the guide's end.
    Each is the mean of ten seconds' readings, five of them known; NaN where either cannot be told. 1: all of the swing
    was held. It may be more."""

    alone_s: int = 0
    _guided_ms: deque[float] = field(default_factory=_seconds)
    _alone_ms: deque[float] = field(default_factory=_seconds)
    _alone_pace: deque[float] = field(default_factory=_seconds)

    def add(self, phase: Phase, row: MetricsRow) -> None:
        """A second with good contact."""
        rsa_ms = row.rsa_ms if row.quality >= TRUSTED_QUALITY else math.nan
        if phase is Phase.GUIDED:
            self._guided_ms.append(rsa_ms)
        elif phase is Phase.TRANSFER:
            self.alone_s += 1
            self._alone_ms.append(rsa_ms)
            self._alone_pace.append(row.breaths_per_min)

    @property
    def guided_ms(self) -> float:
        return _mean(self._guided_ms)

    @property
    def alone_ms(self) -> float:
        return _mean(self._alone_ms) if self.alone_s >= FEWEST_S else math.nan

    @property
    def alone_breaths_per_min(self) -> float:
        return _mean(self._alone_pace) if self.alone_s >= FEWEST_S else math.nan

    @property
    def held(self) -> float:
        guided_ms = self.guided_ms
        return self.alone_ms / guided_ms if guided_ms > 0 else math.nan


def _mean(values: deque[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return fmean(known) if len(known) >= FEWEST_READ else math.nan
