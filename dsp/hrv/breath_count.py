"""Breaths counted in time, after Schaefer & Kratky 2008 (doi 10.1007/s10439-007-9428-1): a second opinion that shares
nothing with the spectrum but the signal."""

import numpy as np

from dsp.hrv.spectrum import RESAMPLE_HZ
from dsp.types import NAN, FloatArray

PASS_HZ = (0.08, 0.6)
"""What is kept of the signal; wider than theirs of 0.1 to 0.5 Hz, as people here breathe slowly; a choice."""
LEAST_SHARE, OF_QUANTILE = 0.2, 0.75
"""A crest must reach this share of the crests' third quartile (theirs)."""
FEWEST_BREATHS = 3


def counted_breaths_per_min(signal: FloatArray) -> float:
    """The rate of whole breaths, each from one crest to the next with one trough below zero between them. `signal` has
    shape (n,) at 4 Hz, detrended or not; NaN with fewer than three such breaths."""
    centred = signal - signal.mean()
    line = np.linspace(-1, 1, centred.size)
    spectrum = np.fft.rfft(centred - (centred @ line) / (line @ line) * line)
    hz = np.fft.rfftfreq(centred.size, 1 / RESAMPLE_HZ)
    spectrum[(hz < PASS_HZ[0]) | (hz > PASS_HZ[1])] = 0
    wave = np.fft.irfft(spectrum, centred.size)
    before, here, after = wave[:-2], wave[1:-1], wave[2:]
    crests = np.flatnonzero((here > before) & (here >= after)) + 1
    troughs = np.flatnonzero((here < before) & (here <= after) & (here < 0)) + 1
    if not len(crests):
        return NAN
    crests = crests[wave[crests] > LEAST_SHARE * np.quantile(wave[crests], OF_QUANTILE)]
    between = np.diff(np.searchsorted(troughs, crests))
    lengths = np.diff(crests)[between == 1]
    return float(60 * RESAMPLE_HZ / lengths.mean()) if len(lengths) >= FEWEST_BREATHS else NAN
