"""Samples that a file does not hold: told where some are missing, refused where nothing is left to read."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from device.errors import UsageError
from device.replay.recordings import SampledSignal

_WINDOW_S = 1.0
_LEAST = 0.5
"""Of the samples of one second, anywhere: with fewer no beat can be read. A choice."""


def with_missing_told(signal: SampledSignal) -> SampledSignal:
    """The same, with what is infinite counted as missing, and a remark on the missing samples that its own do not tell.
    UsageError, without the file's name, where no second of it can be read."""
    known = np.isfinite(signal.values)
    missing = len(known) - int(np.count_nonzero(known))
    if missing == len(known):
        raise UsageError(f"{signal.label} holds no number: all of its {missing} samples are missing")
    if _best_share(known, signal.fs_hz) < _LEAST:
        raise UsageError(
            f"{missing} of the {len(known)} samples of {signal.label} are missing, and in no second are half of them "
            "there"
        )
    untold = missing - signal.missing_told
    if untold <= 0:
        return signal
    told = f"{untold} samples ({untold / signal.fs_hz:.3g} s) of {signal.label} hold no number and count as missing"
    values = signal.values if not np.isinf(signal.values).any() else np.where(known, signal.values, np.nan)
    return replace(signal, values=values, remarks=(*signal.remarks, told), missing_told=missing)


def _best_share(known: NDArray[np.bool_], fs_hz: float) -> float:
    """The share of samples that are there in the best second; of all where they are fewer than two seconds."""
    width = max(1, round(_WINDOW_S * fs_hz))
    windows = len(known) // width
    if windows < 2:
        return float(known.mean())
    return float(known[: windows * width].reshape(windows, width).mean(axis=1).max())
