"""What the PhysioNet Cardiovascular Signal Toolbox (Vest et al. 2018, doi 10.1088/1361-6579/aae021) makes of intervals.

Re-done here from its published source and settings (InitializeHRVparams, RRIntervalPreprocess, FindSpikesInRR,
EvalTimeDomainHRVstats, EvalFrequencyDomainHRVstats, CalcLomb), since the toolbox is MATLAB; nobody compared the two.
Its steps, without annotations and signal quality: intervals of `GAP_S` and more go, then those off by `CHANGE` from the
median of five before and of five after, then those outside 160 to 30 bpm; what is left is taken as if it were
neighbours. A window needs 85 % of its length in intervals. Power is Lomb's periodogram, which is no density before it
is multiplied by the mean interval.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.types import FloatArray

WINDOW_S = 300.0
GAP_S, CHANGE = 2.0, 0.2
LOWEST_S, HIGHEST_S = 60 / 160, 60 / 30
MISSING = 0.15
LONG_S = 0.050
LF_HZ, HF_HZ = (0.04, 0.15), (0.15, 0.4)
_BINS = 1024
_NEIGHBOURS = 5

Found = tuple[float, float, float, float, float, float]


def windows(t_s: FloatArray, rr_s: FloatArray, ends_s: Sequence[float]) -> Iterator[tuple[float, Found]]:
    """(start in s, (RMSSD ms, SDNN ms, pNN50 %, LF, HF, mean NN s)) of the windows that are full enough. `t_s` (n,) are
    the times of the beats that close the intervals `rr_s` (n,)."""
    t_s, nn_s = preprocessed(t_s, rr_s)
    for end_s in ends_s:
        inside = (t_s >= end_s - WINDOW_S) & (t_s < end_s)
        if nn_s[inside].sum() >= (1 - MISSING) * WINDOW_S:
            yield end_s - WINDOW_S, measures(t_s[inside], nn_s[inside])


def preprocessed(t_s: FloatArray, rr_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    kept = rr_s < GAP_S
    t_s, rr_s = t_s[kept], rr_s[kept]
    kept = ~spikes(rr_s) & (rr_s >= LOWEST_S) & (rr_s <= HIGHEST_S)
    return t_s[kept], rr_s[kept]


def spikes(rr_s: FloatArray) -> NDArray[np.bool_]:
    """Off by `CHANGE` and more from the medians both of the five before and of the five after; at the ends, where there
    are no five, of none."""
    return _off(rr_s) & _off(rr_s[::-1])[::-1]


def _off(rr_s: FloatArray) -> NDArray[np.bool_]:
    if len(rr_s) <= _NEIGHBOURS:
        return np.zeros(len(rr_s), dtype=np.bool_)
    before = np.median(np.lib.stride_tricks.sliding_window_view(rr_s, _NEIGHBOURS), axis=1)[:-1]
    off = np.abs(rr_s[_NEIGHBOURS:] - before) / before >= CHANGE
    return np.concatenate((np.zeros(_NEIGHBOURS, dtype=np.bool_), off))


def measures(t_s: FloatArray, nn_s: FloatArray) -> Found:
    steps_s = np.diff(nn_s)
    freqs_hz = np.arange(1, _BINS // 2 + 1) / _BINS
    power_s2 = lomb(t_s, nn_s - nn_s.mean(), freqs_hz)
    lf, hf = (1e6 * float(power_s2[(freqs_hz >= a) & (freqs_hz <= b)].sum()) / _BINS for a, b in (LF_HZ, HF_HZ))
    rmssd_ms, pnn50_pct = 1000 * float(np.sqrt(np.mean(steps_s**2))), 100 * float(np.mean(np.abs(steps_s) >= LONG_S))
    return rmssd_ms, 1000 * float(nn_s.std(ddof=1)), pnn50_pct, lf, hf, float(nn_s.mean())


def lomb(t_s: FloatArray, values: FloatArray, freqs_hz: FloatArray) -> FloatArray:
    """Lomb and Scargle's periodogram without any scale: twice what it is in Scargle 1982 (doi 10.1086/160554)."""
    omega = 2 * np.pi * freqs_hz[:, None]
    tau_s = np.arctan2(np.sin(2 * omega * t_s).sum(axis=1), np.cos(2 * omega * t_s).sum(axis=1)) / (2 * omega[:, 0])
    phase = omega * (t_s - tau_s[:, None])
    cos, sin = np.cos(phase), np.sin(phase)
    in_phase = (values * cos).sum(axis=1) ** 2 / (cos**2).sum(axis=1)
    return np.asarray(in_phase + (values * sin).sum(axis=1) ** 2 / (sin**2).sum(axis=1))
