"""The signals that a session's EDF+ file declares, and the samples that go into them."""

import math
from decimal import Decimal

import numpy as np

from device.recording.edf.layout import DIGITAL_MAX, DIGITAL_MIN, Header, SignalHeader, physical_range, record_shape
from device.recording.edf.writer import ANNOTATIONS_SIGNAL, recording_field
from device.recording.format.metrics import METRICS
from device.recording.format.session_info import SessionInfo, SignalInfo
from device.recording.format.signals import GUIDE_LABEL, GUIDE_PER_RECORD, UNKNOWN
from dsp.types import BreathKind, BreathPhase, FloatArray, MetricsRow


def session_header(info: SessionInfo) -> Header:
    """The header of a session's file; its waveform, where it has one, comes first, then what stands beside it."""
    samples, duration_s = record_shape(info.signal.fs_hz) if info.signal else (0, Decimal(1))
    waveform = (_waveform(info.signal, samples), *_beside(info.signal, float(duration_s))) if info.signal else ()
    guide = _stepped(GUIDE_LABEL, "%", 0.01, GUIDE_PER_RECORD)
    metrics = (_stepped(signal.label, signal.unit, signal.step, 1, signal.how) for signal in METRICS)
    local = info.started.replace(tzinfo=None, microsecond=0) if info.started else None
    extra = (f"algorithm={info.algorithm}", f"unknown={UNKNOWN}")
    return Header(
        signals=(*waveform, guide, *metrics, ANNOTATIONS_SIGNAL),
        record_duration_s=duration_s,
        start=local,
        recording=recording_field(local, f"Rolig {info.software}", extra),
    )


def lungs_pct(phase: BreathPhase | None) -> float:
    """How full the guide wants the lungs, 0 to 100; NaN without a guide."""
    if phase is None:
        return math.nan
    return 100.0 * (phase.progress if phase.kind is BreathKind.INHALE else 1.0 - phase.progress)


def metrics_columns(row: MetricsRow | None) -> list[FloatArray]:
    """One sample for each of `METRICS`."""
    return [np.array([math.nan if row is None else signal.value(row)]) for signal in METRICS]


def _beside(signal: SignalInfo, duration_s: float) -> tuple[SignalHeader, ...]:
    """Side signals have at least one sample a record; only a rate that fills records evenly is kept exactly."""
    headers = []
    for side in signal.side:
        low, high = physical_range(side.minimum, side.maximum)
        samples = max(1, round(side.fs_hz * duration_s))
        headers.append(SignalHeader(side.label, side.unit, low, high, samples, transducer=signal.sensor))
    return tuple(headers)


def _waveform(signal: SignalInfo, samples: int) -> SignalHeader:
    low, high = physical_range(signal.minimum, max(signal.maximum, signal.minimum + 1.0))
    return SignalHeader(signal.label, signal.unit, low, high, samples, transducer=signal.sensor)


def _stepped(label: str, unit: str, step: float, samples: int, how: str = "") -> SignalHeader:
    low, high = round(DIGITAL_MIN * step, 4), round(DIGITAL_MAX * step, 4)
    return SignalHeader(label, unit, low, high, samples, prefilter=how)
