"""Opens a recording of any kind that replay reads."""

from pathlib import Path

from device.errors import UsageError
from device.replay.edf_signal import read_edf_signal
from device.replay.recordings import Recording, SampledSignal
from device.replay.text_files import read_text_recording
from dsp.types import SignalKind

FS_HZ = {SignalKind.ECG: (100.0, 1000.0), SignalKind.PPG: (25.0, 500.0)}
KINDS = (*SignalKind, "beats", "rr")


def open_recording(path: Path, kind: str | None = None, signal: str | None = None) -> Recording:
    """Reads `path` whole. `kind` (one of KINDS) and `signal` (a label) choose where the file leaves a choice.

    Raises UsageError, one line, for a file that is missing, empty, of no known kind, or without such a signal.
    """
    try:
        with path.open("rb") as file:
            first = file.read(8)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if not first:
        raise UsageError(f"{path}: the file is empty")
    if first == b"0       " or path.suffix.lower() in (".edf", ".rec", ".bdf"):
        if kind in ("beats", "rr"):
            raise UsageError(f"{path}: an EDF file holds signals, not {kind}; --kind takes ecg or ppg here")
        return _checked(read_edf_signal(path, kind, signal), path)
    return _checked(read_text_recording(path, kind, signal), path)


def _checked(recording: Recording, path: Path) -> Recording:
    """The recording, if the detectors take its sampling rate."""
    if isinstance(recording, SampledSignal):
        low_hz, high_hz = FS_HZ[recording.kind]
        if not low_hz <= recording.fs_hz <= high_hz:
            raise UsageError(
                f"{path}: {recording.label} is sampled at {recording.fs_hz:g} Hz; {recording.kind} takes "
                f"{low_hz:g} to {high_hz:g} Hz (--signal chooses another, --kind says what it is)"
            )
    return recording
