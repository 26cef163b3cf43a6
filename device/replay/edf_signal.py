"""One signal of an EDF file as a recording."""

from pathlib import Path

from device.errors import UsageError
from device.recording.edf.errors import EdfError
from device.recording.edf.reader import EdfFile, EdfSignal
from device.recording.format.session_info import ClockTrust
from device.recording.session_reader import read_session
from device.replay.recordings import SampledSignal
from device.replay.text_files import WORDS, ecg_scale, pick, signal_kind_of
from device.session.events import Phase
from dsp.types import Contact, SignalKind


def read_edf_signal(path: Path, kind: str | None, label: str | None) -> SampledSignal:
    """The signal called `label`, else the first whose label fits, else the first. Raises UsageError."""
    try:
        return _read(path, kind, label)
    except EdfError as error:
        text = str(error)
        raise UsageError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def _read(path: Path, kind: str | None, label: str | None) -> SampledSignal:
    edf = EdfFile.open(path)
    if not edf.signals:
        raise UsageError(f"{path}: the file holds no signals, only annotations")
    signal = _choose(edf.signals, kind, label, str(path))
    signal_kind = signal_kind_of(signal.label, kind)
    scale = ecg_scale(signal.unit, signal.label, path) if signal_kind is SignalKind.ECG else 1.0
    values = edf.read(signal.number)
    contacts: tuple[tuple[int, Contact], ...] = ()
    pace: tuple[tuple[float, float], ...] = ()
    sensor, started, rest_s = "", edf.started, None
    if edf.unknown is not None:
        session = read_session(path)
        values = values[: round(session.length_s * signal.fs_hz)]
        sensor = signal.transducer
        started = None if session.clock.get("trust") == ClockTrust.SAVED else started
        contacts = tuple((round(t_s * signal.fs_hz), contact) for t_s, contact in session.contacts)
        pace = tuple(session.pace)
        rest_s = next((t_s for t_s, phase in session.phases if phase is Phase.REST), None)
    if not len(values):
        raise UsageError(f"{path}: the file holds no samples")
    values *= scale
    return SampledSignal(signal_kind, signal.label, signal.fs_hz, values, contacts, started, sensor, pace, rest_s)


def _choose(signals: list[EdfSignal], kind: str | None, label: str | None, path: str) -> EdfSignal:
    if label is not None:
        wanted = pick(label, [signal.label for signal in signals], path)
        return next(signal for signal in signals if signal.label == wanted)
    words = WORDS[SignalKind(kind)] if kind else [word for some in WORDS.values() for word in some]
    fitting = [signal for signal in signals if any(word in signal.label.upper() for word in words)]
    return (fitting or signals)[0]
