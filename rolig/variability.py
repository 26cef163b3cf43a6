"""Heart rate variability of intervals, as the device has it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.time_domain import hrv_all, hrv_nn
from dsp.types import FloatArray, IntervalKind, RRInterval

LONGEST_INTERVAL_MS = 1e7
"""More is no interval but a mistake of units."""


@dataclass(frozen=True, slots=True)
class Variability:
    """HRV of a recording; NaN where there is too little to tell.

    `sdnn_ms` divides by n - 1; `rmssd_ms`, `pnn50_pct` and `sd1_ms` use pairs of neighbouring intervals only. `lf_ms2`
    (0.04 to 0.15 Hz) and `hf_ms2` (0.15 to 0.40 Hz) are by Welch's method and need 60 s without a break; the settings
    are those of `dsp.hrv.spectrum`. `intervals` is how many there were, `used` how many of them entered, and `kinds`
    how many of each kind the device sees: normal, ectopic, missed, extra, long_short, unreadable.
    """

    mean_hr_bpm: float
    sdnn_ms: float
    rmssd_ms: float
    pnn50_pct: float
    ln_rmssd: float
    sd1_ms: float
    sd2_ms: float
    lf_ms2: float
    hf_ms2: float
    intervals: int
    used: int
    kinds: Mapping[str, int]


def hrv(rr_ms: ArrayLike, *, normal_only: bool = True) -> Variability:
    """HRV of successive RR intervals.

    Args:
        rr_ms: shape (n,), intervals in ms between beats that follow each other without a gap.
        normal_only: of the intervals that the device takes for normal alone, as `hrv_nn` in a session's summary.json;
            False: of all intervals as measured, as `hrv_all`.

    Returns:
        The measures of the Task Force of the ESC and NASPE (1996, doi 10.1161/01.CIR.93.5.1043). No interval is
        corrected; one that is not normal breaks the chain of neighbours.

    Raises:
        ValueError: `rr_ms` is not one column of numbers above 0 and below 10 000 s, or has NaN: where something is
            missing, hand each stretch over by itself.
    """
    values = _intervals_ms(rr_ms)
    return variability(classify(beats_of_rr(values.tolist())), normal_only=normal_only)


def variability(intervals: Sequence[RRInterval], *, normal_only: bool) -> Variability:
    """The same of intervals that the device has classified."""
    summary = hrv_nn(intervals) if normal_only else hrv_all(intervals)
    kinds = Counter(interval.kind.value for interval in intervals)
    used = sum(i.kind is IntervalKind.NORMAL and i.timed for i in intervals) if normal_only else len(intervals)
    time = summary.time
    return Variability(
        time.mean_hr_bpm,
        time.sdnn_ms,
        time.rmssd_ms,
        time.pnn50_pct,
        time.ln_rmssd,
        time.sd1_ms,
        time.sd2_ms,
        summary.lf_ms2,
        summary.hf_ms2,
        len(intervals),
        used,
        dict(kinds),
    )


def _intervals_ms(rr_ms: ArrayLike) -> FloatArray:
    values = np.asarray(rr_ms, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"rr_ms has the shape {values.shape}; one column of intervals is wanted")
    odd = np.flatnonzero(~((values > 0.0) & (values < LONGEST_INTERVAL_MS)))
    if len(odd):
        raise ValueError(f"rr_ms[{odd[0]}] is {values[odd[0]]:g}; intervals are above 0 ms and below 10 000 s")
    return values
