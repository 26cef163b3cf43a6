"""An interval on its way to a kind."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from dsp.types import NAN, IntervalKind, RRInterval


class Shape(enum.IntEnum):
    """How like the wearer's usual beat a beat is."""

    UNKNOWN = -1
    USUAL = 0
    ODD = 1
    """Another's where it comes early."""
    STRANGE = 2
    """Another's where it comes a little early."""
    FOREIGN = 3
    """Another's, whenever it comes."""


@dataclass(slots=True)
class Raw:
    """`d_ms` is its difference from the interval before, 0 where that is unknown. `apart`: its length says too little
    to judge it and those beside it by. `doubt` is the chance that it is normal though its kind says not, or the other
    way round."""

    t_s: float
    rr_ms: float
    number: int
    sd_ms: float = NAN
    timed: bool = True
    opened: Shape = Shape.UNKNOWN
    closed: Shape = Shape.UNKNOWN
    apart: bool = False
    kind: IntervalKind = IntervalKind.NORMAL
    doubt: float = 0.0
    d_ms: float = 0.0
    inherited: bool = False

    def mark(self, kind: IntervalKind, doubt: float) -> None:
        self.kind, self.doubt = kind, doubt

    def interval(self) -> RRInterval:
        own = min(self.opened, self.closed) >= Shape.USUAL and max(self.opened, self.closed) <= Shape.ODD
        return RRInterval(self.t_s, self.rr_ms, self.kind, self.number, self.timed, self.sd_ms, self.doubt, own)


def beside(run: Sequence[Raw], at: int, step: int) -> Raw | None:
    """The interval `step` further on in `run` than the one at `at`, if the two are adjacent."""
    there = at + step
    if 0 <= there < len(run) and run[there].number == run[at].number + step:
        return run[there]
    return None
