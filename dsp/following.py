"""Whether the wearer follows the guide, as far as heart rate tells."""

from collections.abc import Sequence

import numpy as np

from dsp.hrv.guided_swing import breath_vectors, fit_swing, guided_breaths, synchrony
from dsp.types import NAN, IntervalKind, RRInterval

WINDOW_S = 60.0
FEWEST_BREATHS = 4
FEWEST_NORMAL = 20


def following(intervals: Sequence[RRInterval], pace: Sequence[tuple[float, float]], t_s: float) -> float:
    """How well heart rate swings with the guide in the minute up to `t_s`, 0 to 1.

    `pace` holds the guide's (time_s, breaths_per_min) changes, NaN while breathing is free. Rate agreement, the share
    of the intervals' variance that a wave along the guide's breath explains, times phase agreement, how alike the
    breaths' phases are against the guide. NaN where the guide has not led for four breaths or too little was read. A
    small RSA looks like not following: never a reason to nag.
    """
    normal = [i for i in intervals if i.kind is IntervalKind.NORMAL and i.timed and t_s - WINDOW_S < i.t_s <= t_s]
    middle_s = np.array([i.t_s - i.rr_ms / 2000.0 for i in normal])
    breath = guided_breaths(pace, middle_s)
    led = ~np.isnan(breath)
    if np.count_nonzero(led) < FEWEST_NORMAL or not led[-1]:
        return NAN
    middle_s, breath = middle_s[led], breath[led]
    rr_ms = np.array([i.rr_ms for i in normal])[led]
    trend, periodic, _ = fit_swing(middle_s, rr_ms, breath)
    vectors = breath_vectors(breath, rr_ms - trend)
    variance = float(np.var(rr_ms - trend))
    if len(vectors) < FEWEST_BREATHS or variance <= 0:
        return NAN
    return min(1.0, float(np.var(periodic)) / variance) * synchrony(vectors)
