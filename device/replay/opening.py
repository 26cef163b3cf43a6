"""Opens a recording of any kind that replay reads."""

import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from device.errors import UsageError
from device.replay.others.forms import read_any
from device.replay.recordings import Recording, SampledSignal
from device.replay.signals.missing import with_missing_told
from device.replay.signals.rates import READ_HZ, fits, to_detector
from dsp.types import SignalKind

KINDS = (*SignalKind, "beats", "rr")
LARGEST_PIPE_BYTES = 1 << 30


def open_recording(
    path: Path, kind: str | None = None, signal: str | None = None, unit: str | None = None
) -> Recording:
    """Reads `path` whole. `kind` (one of KINDS), `signal` (a label or its number) and `unit` (of an ECG, or of RR
    intervals) choose where the file leaves a choice.

    Raises UsageError, one line, for a file that is missing, empty, of no known kind, or without such a signal.
    """
    try:
        with _file(path) as file:
            recording = read_any(file, path.suffix.lower(), kind, signal, unit)
            return _for_detectors(recording) if isinstance(recording, SampledSignal) else recording
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


@contextmanager
def _file(path: Path) -> Iterator[Path]:
    """A file that can be read more than once: of a pipe, which cannot, a copy."""
    with path.open("rb") as source:
        if stat.S_ISREG(path.stat().st_mode):
            yield path
            return
        with tempfile.NamedTemporaryFile(prefix="rolig-") as copy:
            _copy(source, copy)
            yield Path(copy.name)


def _copy(source: IO[bytes], copy: IO[bytes]) -> None:
    while piece := source.read(1 << 20):
        if copy.tell() + len(piece) > LARGEST_PIPE_BYTES:
            raise UsageError(f"more than {LARGEST_PIPE_BYTES >> 20} MiB come through it: a file is wanted")
        copy.write(piece)
    copy.flush()


def _for_detectors(recording: SampledSignal) -> SampledSignal:
    """At a rate that they take, and with something to read in it."""
    if not fits(recording.kind, recording.fs_hz):
        low_hz, high_hz = READ_HZ[recording.kind]
        raise UsageError(
            f"{recording.label} is sampled at {recording.fs_hz:g} Hz; {recording.kind} takes "
            f"{low_hz:g} to {high_hz:g} Hz (--signal chooses another, --kind says what it is)"
        )
    recording = with_missing_told(recording)
    values, fs_hz, said = to_detector(recording.values, recording.fs_hz, recording.kind)
    if said is None:
        return recording
    contacts = tuple((round(at * fs_hz / recording.fs_hz), contact) for at, contact in recording.contacts)
    remarks = (*recording.remarks, f"{recording.label} is {said}")
    return replace(recording, values=values, fs_hz=fs_hz, contacts=contacts, remarks=remarks)
