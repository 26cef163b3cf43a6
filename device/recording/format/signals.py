"""Which signals a session's EDF+ file has, and how values get into and out of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from device.recording.edf.layout import DIGITAL_MAX, DIGITAL_MIN, Header, SignalHeader, physical_range, record_shape
from device.recording.edf.writer import ANNOTATIONS_SIGNAL, UNKNOWN, recording_field
from device.recording.session_info import SessionInfo, SignalInfo
from dsp.hrv.coherence import FFT_POINTS, WINDOW_S
from dsp.hrv.spectrum import RESAMPLE_HZ
from dsp.types import BreathKind, BreathPhase, Contact, MetricsRow, StateKind, WearerState

GUIDE_LABEL = "Breath guide"
GUIDE_PER_RECORD = 4
COHERENCE_HOW = f"Hann {WINDOW_S:g} s at {RESAMPLE_HZ:g} Hz, zero-padded to {FFT_POINTS}"
STATE_CODES = {
    (StateKind.CALM, False): 1.0,
    (StateKind.NEUTRAL, False): 2.0,
    (StateKind.ALARM, False): 3.0,
    (StateKind.UNSURE, False): 4.0,
    (StateKind.NEUTRAL, True): 5.0,
}
_ALL_CONTACTS = sum(contact.value for contact in Contact)
_STATES = {code: state for state, code in STATE_CODES.items()}


@dataclass(frozen=True, slots=True)
class MetricsSignal:
    """A number that comes once a second, in steps of `step`; `field` is its name in `MetricsRow`, if it has one. `how`
    it is made stands in the header, where EDF has the filters."""

    label: str
    unit: str
    step: float
    field: str
    value: Callable[[MetricsRow], float]
    how: str = ""


def state_code(state: WearerState | None) -> float:
    if state is None:
        return math.nan
    return STATE_CODES[state.kind, state.settling and state.kind is StateKind.NEUTRAL]


METRICS = (
    MetricsSignal("HR", "bpm", 0.01, "mean_hr_bpm", lambda row: row.mean_hr_bpm),
    MetricsSignal("RMSSD", "ms", 0.05, "rmssd_ms", lambda row: row.rmssd_ms),
    MetricsSignal("SDNN", "ms", 0.05, "sdnn_ms", lambda row: row.sdnn_ms),
    MetricsSignal("RSA", "ms", 0.05, "rsa_ms", lambda row: row.rsa_ms),
    MetricsSignal("Coherence", "", 0.01, "coherence", lambda row: row.coherence, COHERENCE_HOW),
    MetricsSignal("Breathing rate", "1/min", 0.01, "breaths_per_min", lambda row: row.breaths_per_min),
    MetricsSignal("Breathing conf", "", 0.0001, "breath_confidence", lambda row: row.breath_confidence),
    MetricsSignal("Quality", "", 0.0001, "quality", lambda row: row.quality),
    MetricsSignal("Contact", "", 1.0, "", lambda row: float(row.contact.value)),
    MetricsSignal("Irregular", "", 1.0, "", lambda row: float(row.irregular_rhythm)),
    MetricsSignal("Arousal", "", 0.0001, "", lambda row: row.state.arousal if row.state else math.nan),
    MetricsSignal("State", "", 1.0, "", lambda row: state_code(row.state)),
)


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


def metrics_columns(row: MetricsRow | None) -> list[NDArray[np.float64]]:
    """One sample for each of `METRICS`."""
    return [np.array([math.nan if row is None else signal.value(row)]) for signal in METRICS]


def row_of(t_s: float, values: dict[str, float]) -> MetricsRow | None:
    """The row back from the metrics signals' values by label; None for a second without one. A state's
    confidence and onset are not kept."""
    if math.isnan(values["Quality"]):
        return None
    fields: dict[str, Any] = {signal.field: values[signal.label] for signal in METRICS if signal.field}
    state = None
    if values["State"] in _STATES:
        kind, settling = _STATES[values["State"]]
        state = WearerState(kind, math.nan, math.nan, values["Arousal"], settling)
    contact = Contact(int(np.nan_to_num(values["Contact"])) & _ALL_CONTACTS)
    irregular = values["Irregular"] == 1.0
    return MetricsRow(t_s, contact=contact, irregular_rhythm=irregular, state=state, **fields)


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
