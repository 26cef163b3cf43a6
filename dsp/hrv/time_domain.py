"""Time-domain HRV (Task Force 1996, doi 10.1161/01.CIR.93.5.1043), of a window and of a whole recording."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from dsp.hrv.spectrum import TachogramSpectrum
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
_AT_ONCE = 1024
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


class RunningTimeDomain:
    """The time-domain measures of intervals that come a part at a time, in memory that does not grow with them."""

    def __init__(self) -> None:
        self._count = 0
        self._sum_ms = 0.0
        self._centre_ms = 0.0
        self._off_ms = 0.0
        self._off_ms2 = 0.0
        self._last: tuple[float, int] | None = None
        self._differences = 0
        self._steps_ms = 0.0
        self._steps_ms2 = 0.0
        self._long = 0

    def add(self, rr_ms: FloatArray, numbers: NDArray[np.int64]) -> None:
        """The next intervals, shape (n,); `numbers` tells which are adjacent."""
        if not len(rr_ms):
            return
        sum_ms = float(rr_ms.sum())
        if self._last is None:
            self._centre_ms = sum_ms / len(rr_ms)
        off_ms = rr_ms - self._centre_ms
        self._count += len(rr_ms)
        self._sum_ms += sum_ms
        self._off_ms += float(off_ms.sum())
        self._off_ms2 += float(off_ms @ off_ms)
        if self._last is not None:
            rr_ms, numbers = np.append(self._last[0], rr_ms), np.append(self._last[1], numbers)
        steps_ms = (rr_ms[1:] - rr_ms[:-1])[numbers[1:] - numbers[:-1] == 1]
        self._last = float(rr_ms[-1]), int(numbers[-1])
        self._differences += len(steps_ms)
        self._steps_ms += float(steps_ms.sum())
        self._steps_ms2 += float(steps_ms @ steps_ms)
        self._long += int(np.count_nonzero(np.abs(steps_ms) > _LONG_DIFFERENCE_MS))

    def measures(self) -> TimeDomain:
        count, differences = self._count, self._differences
        if count == 0:
            return TimeDomain()
        mean_hr_bpm = 60_000 / (self._sum_ms / count)
        if differences < 2:
            return TimeDomain(mean_hr_bpm)
        sdnn_ms = (max(0.0, self._off_ms2 - self._off_ms**2 / count) / (count - 1)) ** 0.5
        sd1_ms = (max(0.0, self._steps_ms2 - self._steps_ms**2 / differences) / (differences - 1) / 2) ** 0.5
        rmssd_ms = (self._steps_ms2 / differences) ** 0.5
        return TimeDomain(
            mean_hr_bpm,
            sdnn_ms,
            rmssd_ms,
            pnn50_pct=100 * self._long / differences,
            ln_rmssd=math.log(rmssd_ms) if rmssd_ms > 0 else NAN,
            sd1_ms=sd1_ms,
            sd2_ms=max(0.0, 2 * sdnn_ms**2 - sd1_ms**2) ** 0.5,
        )


class RunningHrv:
    """A recording's HRV, its intervals one at a time and in order, in memory that does not grow with them."""

    def __init__(self) -> None:
        self._waiting: list[RRInterval] = []
        self._time = RunningTimeDomain()
        self._spectrum = TachogramSpectrum()

    def add(self, interval: RRInterval) -> None:
        self._waiting.append(interval)
        if len(self._waiting) == _AT_ONCE:
            self._take_waiting()

    def summary(self) -> HrvSummary:
        """Of all that was added; the end."""
        self._take_waiting()
        return HrvSummary(self._time.measures(), *self._spectrum.lf_hf_ms2())

    def _take_waiting(self) -> None:
        rr_ms = np.array([i.rr_ms for i in self._waiting])
        self._time.add(rr_ms, np.array([i.number for i in self._waiting], dtype=np.int64))
        self._spectrum.add(np.array([i.t_s for i in self._waiting]), rr_ms)
        self._waiting.clear()


def hrv_all(intervals: Iterable[RRInterval]) -> HrvSummary:
    """HRV of all intervals, as measured, whatever their kind."""
    running = RunningHrv()
    for interval in intervals:
        running.add(interval)
    return running.summary()


def hrv_nn(intervals: Iterable[RRInterval]) -> HrvSummary:
    """HRV of the normal intervals alone, of those whose ends are well timed."""
    return hrv_all(i for i in intervals if is_nn(i))


def is_nn(interval: RRInterval) -> bool:
    return interval.kind is IntervalKind.NORMAL and interval.timed


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
    if not window or sum([i.rr_ms for i in every]) < MIN_NN_MS:
        return HrvSnapshot(t_s, window_s, len(normal), spoilt_pct)
    artefacts_pct = 100 * (1 - len(every) / len(window))
    values = window_of(window)
    too_much = max(artefacts_pct, spoilt_pct - MAX_UNTIMED_PCT) if values.placed else spoilt_pct
    nn_ms = sum([i.rr_ms for i in normal])
    if too_much > MAX_SPOILT_PCT or nn_ms < MIN_NN_MS:
        return HrvSnapshot(t_s, window_s, len(normal), spoilt_pct, _mean_hr_bpm(window, every))
    mean_hr_bpm = 60_000 * len(normal) / nn_ms
    rmssd, rmssd_sd = trusted(rmssd_ms(values), of_rmssd(values))
    sdnn, sdnn_sd = trusted(sdnn_ms(values), of_sdnn(values))
    pnn50_pct = _pnn50_pct(values.differences_ms()) if math.isfinite(rmssd) else NAN
    return HrvSnapshot(t_s, window_s, len(normal), spoilt_pct, mean_hr_bpm, sdnn, rmssd, pnn50_pct, sdnn_sd, rmssd_sd)


def _pnn50_pct(differences_ms: FloatArray) -> float:
    return 100 * int(np.count_nonzero(np.abs(differences_ms) > _LONG_DIFFERENCE_MS)) / len(differences_ms)


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
