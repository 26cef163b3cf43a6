"""The wave that the heart makes: its rate over the last seconds, as a line without numbers."""

from collections.abc import Iterable

import numpy as np

from dsp.types import RRInterval

WAVE_S = 26.0
COLUMNS = 53
# Beats are told a while after they happened: the line ends here, so that it never has to be drawn anew.
BEHIND_S = 2.0
# A steadier heart than this is drawn as the nearly level line that it is.
LEAST_SPAN_BPM = 8.0
LONGEST_GAP_S = 4.0


def heart_wave(intervals: Iterable[RRInterval], t_s: float) -> tuple[float, ...]:
    """One value a column, oldest first, from 0 (the slowest in sight) to 1; empty without beats in sight, and no older
    than the last gap in them."""
    from_s = t_s - WAVE_S - BEHIND_S - LONGEST_GAP_S  # and the beat before the first column
    known = [(interval.t_s, 60000.0 / interval.rr_ms) for interval in intervals if interval.t_s > from_s]
    times_s = np.array([at_s for at_s, _ in known])
    rates = np.array([rate for _, rate in known])
    gaps = np.flatnonzero(np.diff(times_s) > LONGEST_GAP_S)
    if len(gaps):
        times_s, rates = times_s[gaps[-1] + 1 :], rates[gaps[-1] + 1 :]
    if len(times_s) < 2 or t_s - times_s[-1] > LONGEST_GAP_S:
        return ()
    columns_s = t_s - BEHIND_S - WAVE_S * (1.0 - np.arange(1, COLUMNS + 1) / COLUMNS)
    columns_s = columns_s[columns_s >= times_s[0]]
    line = np.interp(columns_s, times_s, rates)
    middle = (rates.max() + rates.min()) / 2.0
    span = max(LEAST_SPAN_BPM, float(rates.max() - rates.min()))
    return tuple(float(value) for value in np.clip(0.5 + (line - middle) / span, 0.0, 1.0))
