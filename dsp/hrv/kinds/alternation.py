"""Short and long in turn: what bigeminy does to the intervals, whatever its beats look like.

Where every other beat is premature the prematurity and the pause are all there is to learn from, so no rule that holds
an interval against the usual one sees it: the usual difference is that of the two. But each interval is like the one
before the last, and unlike the last by more than a heart's own alternation (breathing at half the heart's rate) makes.
"""

from collections.abc import Sequence
from itertools import pairwise

from dsp.hrv.kinds.raw import Raw, beside
from dsp.types import IntervalKind

FEWEST = 5
"""Intervals in turn that make an alternation, of which the one judged is one: live, one of the last three."""
LEAST = 0.15
"""Share of their mean by which two in a row differ at the least; a choice."""
EVENNESS = 0.5
"""Share of that by which an interval and the one before the last may differ at the most; a choice."""

_DOUBT = 0.001  # that they are normal all the same


def mark_alternation(run: Sequence[Raw], at: int) -> None:
    """Mark the interval at `at` as ectopic if it is one of five or more that alternate. One that is none already stays
    so, and no less surely."""
    if not _stands_out(run, at):
        return
    if any(_alternate(run, first) for first in range(at - FEWEST + 1, at + 1)):
        raw = run[at]
        if raw.kind is IntervalKind.NORMAL:
            raw.mark(IntervalKind.ECTOPIC, _DOUBT)
        else:
            raw.doubt = min(raw.doubt, _DOUBT)


def _stands_out(run: Sequence[Raw], at: int) -> bool:
    """Whether it can be one at all; most are not, and this is quick."""
    rr_ms = run[at].rr_ms
    beside_ms = [run[there].rr_ms for there in (at - 1, at + 1) if 0 <= there < len(run)]
    return all(abs(rr_ms - each_ms) > 0.5 * LEAST * rr_ms for each_ms in beside_ms)


def _alternate(run: Sequence[Raw], first: int) -> bool:
    if first < 0 or beside(run, first, FEWEST - 1) is None:
        return False
    raws = [run[first + step] for step in range(FEWEST)]
    if any(raw.kind is IntervalKind.UNREADABLE for raw in raws):
        return False
    rr_ms = [raw.rr_ms for raw in raws]
    changes_ms = [after - before for before, after in pairwise(rr_ms)]
    least_ms = LEAST * sum(rr_ms) / FEWEST
    if min(map(abs, changes_ms)) < least_ms or any(a * b > 0 for a, b in pairwise(changes_ms)):
        return False
    most_ms = EVENNESS * sum(map(abs, changes_ms)) / len(changes_ms)
    return all(abs(third - one) <= most_ms for one, third in zip(rr_ms, rr_ms[2:], strict=False))
