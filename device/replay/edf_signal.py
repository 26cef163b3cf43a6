"""One signal of an EDF file as a recording."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from device.errors import UsageError
from device.recording.edf.errors import EdfError
from device.recording.edf.reader import EdfFile, EdfSignal
from device.recording.format.session_info import ClockTrust
from device.recording.format.units import UV
from device.recording.session_reader import read_session
from device.replay.recordings import SampledSignal
from device.replay.signals.amplitude import Measured, ecg_scale, scale_in_place
from device.replay.signals.choice import choose
from device.replay.signals.labels import Labelled, fit, kind_of
from device.session.events import Phase
from dsp.types import Contact, FloatArray, SignalKind


def read_edf_signal(path: Path, kind: str | None, label: str | None, unit: str | None = None) -> SampledSignal:
    """The signal called or numbered `label`, else the one that is a heart's. Raises UsageError."""
    try:
        return _read(path, kind, label, unit)
    except EdfError as error:
        raise UsageError(str(error).removeprefix(f"{path}: ")) from None


def _read(path: Path, kind: str | None, label: str | None, unit: str | None) -> SampledSignal:
    edf = EdfFile.open(path)
    if not edf.signals:
        raise UsageError("the file holds no signals, only annotations")
    choices = [Labelled(number, s.label, s.fs_hz, s.unit) for number, s in enumerate(edf.signals, start=1)]
    chosen, said = choose(choices, kind, label, _values_of(edf))
    signal = edf.signals[chosen.number - 1]
    remarks = [said, _records_told(edf)]
    signal_kind = kind_of(signal.label, kind)
    values = edf.read(signal.number)
    contacts: tuple[tuple[int, Contact], ...] = ()
    pace: tuple[tuple[float, float], ...] = ()
    sensor, started, rest_s = "", edf.started, None
    if edf.unknown is not None:
        session = read_session(path)
        values = values[: max(0, round(session.length_s * signal.fs_hz))]
        sensor = signal.transducer
        started = None if session.clock.get("trust") == ClockTrust.SAVED else started
        contacts = tuple((_index(t_s, signal.fs_hz, len(values)), contact) for t_s, contact in session.contacts)
        pace = tuple(session.pace)
        # One of ours without a rest, as help and the evening are, had no state.
        rest_s = next(
            (t_s for t_s, phase in session.phases if phase is Phase.REST), math.inf if session.phases else None
        )
    elif kind is None and label is None and fit(signal.label)[0] is None:
        remarks.append(f"{signal.label or 'the signal'} is read as an ECG (--kind says what it is)")
    if not len(values):
        raise UsageError("the file holds no samples")
    lost = int(np.count_nonzero(np.isnan(values)))
    if lost and edf.unknown is None:
        remarks.append(f"{lost} samples ({lost / signal.fs_hz:.3g} s) are missing between its records")
    if signal_kind is SignalKind.ECG:
        scale, said = _scale(values, signal, unit)
        remarks.append(said)
        scale_in_place(values, scale)
    elif unit is not None:
        raise UsageError(f"{signal.label} is read as {signal_kind}, and --unit tells the unit of an ECG")
    told = tuple(filter(None, remarks))
    return SampledSignal(
        signal_kind, signal.label, signal.fs_hz, values, contacts, started, sensor, pace, rest_s, told, lost
    )


def _values_of(edf: EdfFile) -> Callable[[Labelled], tuple[FloatArray, float]]:
    def values(choice: Labelled) -> tuple[FloatArray, float]:
        signal = edf.signals[choice.number - 1]
        return edf.read(signal.number), signal.fs_hz

    return values


def _scale(values: FloatArray, signal: EdfSignal, told: str | None) -> tuple[float, str]:
    if signal.scaled:
        return ecg_scale(Measured(signal.label, values, signal.fs_hz, signal.unit), UV, told)
    scale, _ = ecg_scale(Measured(signal.label, values, signal.fs_hz, None), UV, told)
    how = "" if told else ", in no known unit (--unit decides)"
    return scale, f"the physical range of {signal.label} is empty: its digital values are read{how}"


def _records_told(edf: EdfFile) -> str:
    """In files of others: our own say -1 until they are closed."""
    there = edf.header.record_count
    if edf.unknown is not None or edf.announced in (there, -1):
        return ""
    return f"the header announces {edf.announced} data records, and {there} are there: those are read"


def _index(t_s: float, fs_hz: float, count: int) -> int:
    return min(count, max(0, round(t_s * fs_hz))) if math.isfinite(t_s) else count
