"""Brings a signal to a rate that the detectors take."""

import math

import numpy as np

from dsp.types import FloatArray, SignalKind

READ_HZ = {SignalKind.ECG: (90.0, 4100.0), SignalKind.PPG: (18.0, 4100.0)}
"""What is read: 100 and 20 to 4000 Hz by name, and what clocks make of it."""
DETECTOR_HZ = {SignalKind.ECG: (100.0, 1000.0), SignalKind.PPG: (25.0, 500.0)}
"""What the detectors take."""
_HALF_LENGTH = 16  # of the low-pass filter, in samples of the slower rate
_CUTOFF = 0.45  # of the slower rate; a heart's signal ends far below
_CHUNK = 65_536


def fits(kind: SignalKind, fs_hz: float) -> bool:
    low_hz, high_hz = READ_HZ[kind]
    return low_hz <= fs_hz <= high_hz


def to_detector(values: FloatArray, fs_hz: float, kind: SignalKind) -> tuple[FloatArray, float, str | None]:
    """(values, rate, what is to be said). Sample 0 keeps its time; every m-th sample of a faster signal is kept behind
    a linear-phase low-pass filter, and between two of a slower one others are put by the same filter."""
    low_hz, high_hz = DETECTOR_HZ[kind]
    if low_hz <= fs_hz <= high_hz:
        return values, fs_hz, None
    if fs_hz > high_hz:
        factor = math.ceil(fs_hz / high_hz)
        out_hz = fs_hz / factor
        made = decimate(values, factor)
    else:
        factor = math.ceil(low_hz / fs_hz)
        out_hz = fs_hz * factor
        made = interpolate(values, factor)
    return made, out_hz, f"resampled from {fs_hz:.6g} to {out_hz:.6g} Hz"


def _low_pass(factor: int) -> FloatArray:
    """A Hann-windowed sinc of 2 * 16 * `factor` + 1 taps with unit gain at 0 Hz."""
    at = np.arange(-_HALF_LENGTH * factor, _HALF_LENGTH * factor + 1) / factor
    taps = np.sinc(2 * _CUTOFF * at) * np.hanning(len(at) + 2)[1:-1]
    return np.asarray(taps / taps.sum())


def decimate(values: FloatArray, factor: int) -> FloatArray:
    """Every `factor`-th sample; NaN where that one is lost."""
    taps = _low_pass(factor)
    half = len(taps) // 2
    out = np.empty((len(values) + factor - 1) // factor)
    step = _CHUNK * factor
    for start in range(0, len(values), step):
        stop = min(start + step, len(values))
        piece = _padded(values, start - half, stop + half)
        lost = np.isnan(values[start:stop:factor])
        kept = np.convolve(piece, taps, "valid")[::factor]
        kept[lost] = np.nan
        out[start // factor : start // factor + len(kept)] = kept
    return out


def interpolate(values: FloatArray, factor: int) -> FloatArray:
    """`factor` - 1 samples after each; NaN around those that are lost."""
    spread = np.zeros(len(values) * factor)
    spread[::factor] = _padded(values, 0, len(values))
    half = _HALF_LENGTH * factor
    first, last = spread[0], spread[(len(values) - 1) * factor]
    edges = np.zeros(half), np.zeros(half)
    edges[0][(half % factor) :: factor] = first
    edges[1][::factor] = last
    out = np.convolve(np.concatenate((edges[0], spread, edges[1])), _low_pass(factor) * factor, "valid")
    lost = np.isnan(values)
    before = np.repeat(lost, factor)
    after = np.repeat(np.append(lost[1:], False), factor)
    after[::factor] = lost
    out[before | after] = np.nan
    return np.asarray(out)


def _padded(values: FloatArray, start: int, stop: int) -> FloatArray:
    """`values[start:stop]`, the ends held, and lines drawn across what is lost."""
    at = np.clip(np.arange(start, stop), 0, len(values) - 1)
    piece = values[at]
    known = np.isfinite(piece)
    if known.all():
        return np.asarray(piece)
    if not known.any():
        return np.zeros(len(piece))
    return np.asarray(np.interp(np.arange(len(piece)), np.flatnonzero(known), piece[known]))
