"""Beats in samples, by the device's own detectors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from device.replay.signals.rates import READ_HZ, fits, to_detector
from dsp.pipeline import Pipeline
from dsp.types import TRUSTED_QUALITY, Beat, FloatArray, RRInterval, SampleBlock, SignalKind
from rolig.variability import Variability, variability

_BLOCK_S = 1.0  # how the samples are cut does not matter to what is found


@dataclass(frozen=True, slots=True, eq=False)
class Heartbeats:
    """Beats in time order; every array has the shape (n,), float64.

    `sample_index` counts from 0 in the samples that were given and has a fraction; `t_s` is the same in seconds.
    `quality` runs from 0 to 1, and below 0.5 the beat should not be trusted to be one; `timing` likewise says how far
    its place may be used for variability, beside places that the same template told: `placed_by` is that one's number.
    `place_sd_ms` is by how much the place may be off, as one standard deviation, NaN where unknown. `intervals` are
    those between neighbours, with the kind that the device gives them; one is `timed` by both its beats.
    """

    fs_hz: float
    sample_index: FloatArray
    t_s: FloatArray
    quality: FloatArray
    timing: FloatArray
    place_sd_ms: FloatArray
    placed_by: FloatArray
    intervals: tuple[RRInterval, ...]

    def __len__(self) -> int:
        return len(self.t_s)

    def trusted(self) -> FloatArray:
        """The times in s of the beats with a quality of at least 0.5."""
        return self.t_s[self.quality >= TRUSTED_QUALITY]

    def hrv(self, *, normal_only: bool = True) -> Variability:
        """As `rolig.hrv`, of these very intervals, with what is known of their beats."""
        return variability(self.intervals, normal_only=normal_only)


def rpeaks(ecg_uv: ArrayLike, fs_hz: float) -> Heartbeats:
    """R-peaks of an ECG.

    Args:
        ecg_uv: shape (n,), the voltage in microvolts; polarity and offset do not matter. NaN where a sample is missing.
        fs_hz: samples a second, 90 to 4100. Above 1000 Hz every m-th sample is kept behind a low-pass filter.

    Raises:
        ValueError: another shape or rate.

    Source:
        docs/decisions/0003-r-peak-detector.md; how well it does stands in docs/validation.md.
    """
    return _beats(SignalKind.ECG, ecg_uv, fs_hz, "ecg_uv")


def pulses(ppg: ArrayLike, fs_hz: float) -> Heartbeats:
    """Pulses of a photoplethysmogram: each at the steepest point of its upslope.

    Intervals between pulses also hold the changes of the pulse's transit time: their RMSSD is above the heart's.

    Args:
        ppg: shape (n,), in any unit, rising or falling with the blood's volume. NaN where a sample is missing.
        fs_hz: samples a second, 18 to 4100. Below 25 Hz samples are put in between, above 500 Hz every m-th is kept.

    Raises:
        ValueError: another shape or rate.

    Source:
        docs/decisions/0004-pulse-detector.md; how well it does stands in docs/validation.md.
    """
    return _beats(SignalKind.PPG, ppg, fs_hz, "ppg")


def _beats(kind: SignalKind, samples: ArrayLike, fs_hz: float, name: str) -> Heartbeats:
    values = np.array(samples, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"{name} has the shape {values.shape}; one signal of shape (n,) is wanted")
    if not fits(kind, fs_hz):
        low_hz, high_hz = READ_HZ[kind]
        raise ValueError(f"fs_hz is {fs_hz:g}; {name} is taken at {low_hz:g} to {high_hz:g} Hz")
    values[~np.isfinite(values)] = np.nan
    beats: list[Beat] = []
    intervals: list[RRInterval] = []
    if len(values):
        values, own_hz, _ = to_detector(values, fs_hz, kind)
        pipeline = Pipeline(kind, own_hz)
        step = round(_BLOCK_S * own_hz)
        for first in range(0, len(values), step):
            block = values[first : first + step]
            out = pipeline.push(SampleBlock(first, own_hz, block, int(np.count_nonzero(np.isnan(block)))))
            beats += out.beats
            intervals += out.intervals
        out = pipeline.finish()
        beats += out.beats
        intervals += out.intervals
    t_s = np.array([beat.t_s for beat in beats], dtype=np.float64)
    return Heartbeats(
        fs_hz,
        t_s * fs_hz,
        t_s,
        np.array([beat.quality for beat in beats], dtype=np.float64),
        np.array([beat.timing for beat in beats], dtype=np.float64),
        np.array([beat.place_sd_ms for beat in beats], dtype=np.float64),
        np.array([beat.placed_by for beat in beats], dtype=np.float64),
        tuple(intervals),
    )
