"""Time-domain HRV (Task Force 1996, doi 10.1161/01.CIR.93.5.1043), of a window and of a whole recording."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from dsp.hrv.spectrum import lf_hf_ms2
from dsp.hrv.uncertainty import of_rmssd, of_sdnn, rmssd_ms, sdnn_ms, trusted, window_of
from dsp.types import CREDIBLE_RANGE, METRICS_WINDOW_S, NAN, FloatArray, HrvSnapshot, IntervalKind, RRInterval

MIN_NN_MS = 30_000.0
"""Normal intervals that any measure needs, half of the minute; a choice."""
MAX_SPOILT_PCT = 20.0
"""Share of intervals that are not normal above which variability is empty; a choice (docs/decisions/0005)."""
MAX_UNTIMED_PCT = 30.0
"""Share of normal intervals besides that may be poorly timed where R-peaks are placed by their template: they are
missing, not wrong, and the uncertainty knows of them."""
PULSE_FLOOR_MS = 9.0
"""RMSSD that the timing of pulses alone adds (pulse interval minus RR interval): docs/decisions/0005."""
_LONG_DIFFERENCE_MS = 50.0 + 1e-6  # 50 ms exactly is not long, whatever rounding does to times in seconds


@dataclass(frozen=True, slots=True)
class TimeDomain:
    """`sdnn_ms` divides by n - 1; `pnn50_pct` is a share of the differences; differences are between adjacent
    intervals only. NaN where there are too few."""

    mean_hr_bpm: float = NAN
    sdnn_ms: float = NAN
    rmssd_ms: float = NAN
    pnn50_pct: float = NAN
    ln_rmssd: float = NAN
    sd1_ms: float = NAN
    sd2_ms: float = NAN


@dataclass(frozen=True, slots=True)
class HrvSummary:
    """A whole recording's HRV; the spectrum's settings are `dsp.hrv.spectrum`'s."""

    time: TimeDomain
    lf_ms2: float
    hf_ms2: float


def time_domain(rr_ms: FloatArray, numbers: NDArray[np.int64]) -> TimeDomain:
    """The measures of intervals of shape (n,); `numbers` tells which are adjacent."""
    if len(rr_ms) == 0:
        return TimeDomain()
    mean_ms = float(rr_ms.sum()) / len(rr_ms)
    differences = (rr_ms[1:] - rr_ms[:-1])[numbers[1:] - numbers[:-1] == 1]
    count = len(differences)
    if count < 2:
        return TimeDomain(60_000 / mean_ms)
    centred = rr_ms - mean_ms
    sdnn_ms = (float(centred @ centred) / (len(rr_ms) - 1)) ** 0.5
    squares = float(differences @ differences)
    sd1_ms = (max(0.0, squares - float(differences.sum()) ** 2 / count) / (count - 1) / 2) ** 0.5
    rmssd_ms = (squares / count) ** 0.5
    return TimeDomain(
        60_000 / mean_ms,
        sdnn_ms,
        rmssd_ms,
        pnn50_pct=100 * np.count_nonzero(np.abs(differences) > _LONG_DIFFERENCE_MS) / count,
        ln_rmssd=math.log(rmssd_ms) if rmssd_ms > 0 else NAN,
        sd1_ms=sd1_ms,
        sd2_ms=max(0.0, 2 * sdnn_ms**2 - sd1_ms**2) ** 0.5,
    )


def hrv_all(intervals: Sequence[RRInterval]) -> HrvSummary:
    """HRV of all intervals, as measured, whatever their kind."""
    t_s = np.array([i.t_s for i in intervals])
    rr_ms = np.array([i.rr_ms for i in intervals])
    numbers = np.array([i.number for i in intervals], dtype=np.int64)
    return HrvSummary(time_domain(rr_ms, numbers), *lf_hf_ms2(t_s, rr_ms))


def hrv_nn(intervals: Sequence[RRInterval]) -> HrvSummary:
    """HRV of the normal intervals alone, of those whose ends are well timed."""
    return hrv_all([i for i in intervals if i.kind is IntervalKind.NORMAL and i.timed])


def hrv_snapshot(intervals: Sequence[RRInterval], t_s: float, window_s: float = METRICS_WINDOW_S) -> HrvSnapshot:
    """HRV of the normal intervals that closed within the `window_s` seconds up to `t_s`.

    All measures are NaN with less than 30 s of normal intervals. With more than 20 % of the intervals spoilt or poorly
    timed (where the places of the rest are known, with more than 20 % spoilt or 50 % either) only the heart rate may
    remain: while at most 20 % of the intervals that could be read are artefacts, it is that of the normal intervals
    within 40 % of their median. In SDNN and RMSSD an interval counts by the chance that it is normal; they come with
    how far they may be off, as one standard deviation, and are NaN where the whole of that is more than a quarter of
    them.
    `spoilt_pct` is NaN when there are no intervals at all.
    """
    window = [i for i in intervals if t_s - window_s < i.t_s <= t_s]
    every = [i for i in window if i.kind is IntervalKind.NORMAL]
    normal = [i for i in every if i.timed]
    spoilt_pct = 100 * (1 - len(normal) / len(window)) if window else NAN
    if not window or sum(i.rr_ms for i in every) < MIN_NN_MS:
        return HrvSnapshot(t_s, window_s, len(normal), spoilt_pct)
    artefacts_pct = 100 * (1 - len(every) / len(window))
    placed = any(math.isfinite(i.sd_ms) for i in normal)
    too_much = max(artefacts_pct, spoilt_pct - MAX_UNTIMED_PCT) if placed else spoilt_pct
    if too_much > MAX_SPOILT_PCT or sum(i.rr_ms for i in normal) < MIN_NN_MS:
        return HrvSnapshot(t_s, window_s, len(normal), spoilt_pct, _mean_hr_bpm(window, every))
    numbers = np.array([i.number for i in normal], dtype=np.int64)
    measures = time_domain(np.array([i.rr_ms for i in normal]), numbers)
    values = window_of(window)
    rmssd, rmssd_sd = trusted(rmssd_ms(values), of_rmssd(window, values))
    sdnn, sdnn_sd = trusted(sdnn_ms(values), of_sdnn(window, values))
    pnn50_pct = measures.pnn50_pct if math.isfinite(rmssd) else NAN
    return HrvSnapshot(
        t_s, window_s, len(normal), spoilt_pct, measures.mean_hr_bpm, sdnn, rmssd, pnn50_pct, sdnn_sd, rmssd_sd
    )


def ln_rmssd(rmssd_ms: float, *, pulse: bool) -> float:
    """NaN without an RMSSD; for a `pulse` also below twice the floor, where it would measure the sensor."""
    return math.log(rmssd_ms) if rmssd_ms > (2 * PULSE_FLOOR_MS if pulse else 0.0) else NAN


def _mean_hr_bpm(window: list[RRInterval], normal: list[RRInterval]) -> float:
    """The heart rate of a window that could be read in part; NaN where that part is spoilt as well."""
    read = sum(i.kind is not IntervalKind.UNREADABLE for i in window)
    middle_ms = median(i.rr_ms for i in normal)
    credible = [i.rr_ms for i in normal if abs(i.rr_ms - middle_ms) <= CREDIBLE_RANGE * middle_ms]
    if 100 * (1 - len(normal) / read) > MAX_SPOILT_PCT or sum(credible) < MIN_NN_MS:
        return NAN
    return 60_000 * len(credible) / sum(credible)
