"""The range of values that a replayed signal's session is written with."""

import numpy as np

from device.errors import UsageError
from device.recording.edf.errors import EdfError
from device.recording.edf.layout import physical_range
from device.replay.recordings import SampledSignal
from dsp.types import FloatArray

_LOOKED_AT = 200_000  # samples
_USUAL_PCT = (1.0, 99.0)
_BEYOND = 200.0  # usual ranges from the middle on: a glitch, which would cost all others their resolution
_LEAST = 1.0


def session_range(recording: SampledSignal, name: str) -> tuple[float, float, str]:
    """(least, greatest, what is to be said): all values, but for glitches, which are cut. UsageError where EDF's header
    cannot hold them."""
    values = recording.values
    low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    if not np.isfinite((low, high)).all():
        low, high = 0.0, 1.0
    least, greatest = _usual(values)
    cut_low, cut_high = max(low, least), min(high, greatest)
    said = ""
    if (cut_low, cut_high) != (low, high):
        count = int(np.count_nonzero((values < cut_low) | (values > cut_high)))
        said = f"{count} samples far beyond the others, to {max(abs(low), abs(high)):.3g}, are cut in the session"
    try:
        physical_range(cut_low, max(cut_high, cut_low + _LEAST))
    except EdfError:
        reach = f"{max(abs(cut_low), abs(cut_high)):.3g} {recording.kind.unit}"
        told = f"{recording.label} reaches {reach}, more than a session's file can hold (--unit says what it is in)"
        raise UsageError(f"{name}: {told}") from None
    return cut_low, max(cut_high, cut_low + _LEAST), said


def _usual(values: FloatArray) -> tuple[float, float]:
    """Bounds that only glitches pass; infinite where the signal hardly moves."""
    some = values[:: max(1, len(values) // _LOOKED_AT)]
    known = some[np.isfinite(some)]
    if not len(known):
        return -np.inf, np.inf
    low, high = np.percentile(known, _USUAL_PCT)
    if not high > low:
        return -np.inf, np.inf
    return float(low - _BEYOND * (high - low)), float(high + _BEYOND * (high - low))
