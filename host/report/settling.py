"""How soon the body settles. A session that ended before it did tells that it takes longer than that: leaving it out
would make hard weeks look good.

Median: Kaplan and Meier 1958 (doi 10.1080/01621459.1958.10501452). Comparison: the log-rank test, Mantel 1966.
"""

import math
from collections.abc import Sequence

import numpy as np

Time = tuple[float, bool]
"""Seconds of practice, and whether the body settled then (else: it had not when the session ended)."""


def median_s(times: Sequence[Time]) -> float:
    """When half had settled; infinite if that is later than the sessions tell, NaN without sessions."""
    if not times:
        return math.nan
    still = 1.0
    for at_s in sorted({at_s for at_s, settled in times if settled}):
        waiting = sum(other_s >= at_s for other_s, _ in times)
        still *= 1.0 - sum(other_s == at_s and settled for other_s, settled in times) / waiting
        if still <= 0.5 + 1e-9:
            return at_s
    return math.inf


def log_rank_z(first: Sequence[Time], second: Sequence[Time]) -> float:
    """Positive where the second settle sooner than the first; about normal if they do not differ, 0 without support."""
    more, variance = 0.0, 0.0
    for at_s in sorted({at_s for at_s, settled in [*first, *second] if settled}):
        ours = sum(other_s >= at_s for other_s, _ in second)
        everyone = ours + sum(other_s >= at_s for other_s, _ in first)
        settled_now = [sum(o == at_s and s for o, s in times) for times in (first, second)]
        events = sum(settled_now)
        share = ours / everyone
        more += settled_now[1] - events * share
        if everyone > 1:
            variance += events * share * (1.0 - share) * (everyone - events) / (everyone - 1)
    return more / float(np.sqrt(variance)) if variance > 0 else 0.0
