"""Sessions made of synthetic samples and beats, and looking at what became of them on disk."""

import errno
import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from device.recording.format.session_info import ClockTrust, SessionInfo, SignalInfo
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.session.events import EndReason
from device.system.files import OsFileSystem, WritableFile
from dsp.types import (
    Beat,
    IntervalKind,
    MetricsRow,
    Output,
    RRInterval,
    SampleBlock,
    SignalKind,
    StateKind,
    WearerState,
)

STARTED = datetime(2026, 11, 23, 19, 0, 0, 250_000, tzinfo=UTC)
RR_S = 0.8123456


def session_info(
    fs_hz: float = 64.0,
    kind: str = "ecg",
    started: datetime | None = STARTED,
    trust: ClockTrust = ClockTrust.SET,
    source: str = "sensor",
) -> SessionInfo:
    """Of an ECG or a pulse (`kind`); a session without a start trusts no clock."""
    signal = (
        SignalInfo(SignalKind.ECG, fs_hz, "uV", -1500.0, 1500.0, "AD8232+MCP3208")
        if kind == "ecg"
        else SignalInfo(SignalKind.PPG, fs_hz, "", 0.0, 262143.0, "MAX30102")
    )
    known = trust if started else ClockTrust.UNKNOWN
    return SessionInfo(signal, "0.1.0", "1", source, started, known, "boot-a", 12.5)


def flat_second(second: int, fs_hz: float) -> SampleBlock:
    """A second of a signal that nobody looks at."""
    return SampleBlock(int(second * fs_hz), fs_hz, np.full(int(fs_hz), 100.0))


def ecg_uv(indices: np.ndarray, fs_hz: float) -> np.ndarray:
    return 1000.0 * np.sin(2 * np.pi * 1.3 * indices / fs_hz) + 100.0 * np.cos(0.1 * indices)


def steps(seconds: float, fs_hz: float, block: int = 16) -> Iterator[tuple[SampleBlock, Output]]:
    """Blocks, and what a pipeline could have said about each: a beat every `RR_S`, a row each second."""
    beats = 0
    total = round(seconds * fs_hz)
    for first in range(0, total, block):
        indices = np.arange(first, min(first + block, total))
        end_s = (indices[-1] + 1) / fs_hz
        output = Output()
        while (beats + 1) * RR_S < end_s:
            beats += 1
            output.beats.append(Beat(beats * RR_S * fs_hz, beats * RR_S, 0.9))
            output.intervals.append(RRInterval(beats * RR_S, 1000 * RR_S, IntervalKind.NORMAL, beats))
        for second in range(int(first / fs_hz) + 1, int(end_s) + 1):
            state = WearerState(StateKind.CALM, 0.9, 3.0, 0.2) if second > 5 else None
            output.rows.append(MetricsRow(float(second), 72.1, 33.3, 44.45, quality=0.9, state=state))
        yield SampleBlock(first, fs_hz, ecg_uv(indices, fs_hz)), output


def feed(recorder: SessionRecorder, seconds: float, fs_hz: float = 64.0) -> None:
    for block, output in steps(seconds, fs_hz):
        recorder.block(block)
        recorder.output(output)


def ticking(step_s: float = 1.0) -> "count[float]":
    """A monotonic clock that moves on by `step_s` at every look, as `ticking().__next__`."""
    return count(0.0, step_s)


def record(store: Store, seconds: float = 20.0, fs_hz: float = 64.0, **options: Any) -> Path:
    """A whole session, closed."""
    recorder = SessionRecorder(store, session_info(fs_hz), live=False, **options)
    feed(recorder, seconds, fs_hz)
    folder = recorder.close(EndReason.PRESSED)
    assert recorder.fault is None
    return folder


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def sums_hold(folder: Path) -> bool:
    """As `sha256sum -c` would have it."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return len(lines) == 4 and all(
        hashlib.sha256((folder / line[66:]).read_bytes()).hexdigest() == line[:64] for line in lines
    )


class StuckCard(OsFileSystem):
    """A card whose syncs return only once `ready` is set."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.ready.set()

    def create(self, path: Path) -> WritableFile:
        return _Stuck(self.ready, super().create(path))


class _Stuck:
    def __init__(self, ready: threading.Event, file: WritableFile) -> None:
        self._ready, self._file = ready, file
        self.truncate, self.write_at, self.close = file.truncate, file.write_at, file.close

    def sync(self) -> None:
        self._ready.wait()
        self._file.sync()


class SmallCard(OsFileSystem):
    """Takes `room_bytes` and then no more."""

    def __init__(self, room_bytes: int) -> None:
        self.room_bytes = room_bytes

    def create(self, path: Path) -> WritableFile:
        return _SmallFile(self, super().create(path))


class _SmallFile:
    def __init__(self, card: SmallCard, file: WritableFile) -> None:
        self._card, self._file = card, file

    def write_at(self, offset: int, data: bytes) -> None:
        if len(data) > self._card.room_bytes:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._card.room_bytes -= len(data)
        self._file.write_at(offset, data)

    def truncate(self, size: int) -> None:
        self._file.truncate(size)

    def sync(self) -> None:
        self._file.sync()

    def close(self) -> None:
        self._file.close()
