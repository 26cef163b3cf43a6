"""Recordings opened for the tests of what is read in them."""

from pathlib import Path

from device.replay.opening import open_recording
from device.replay.recordings import SampledSignal


def open_signal(
    path: Path, kind: str | None = None, signal: str | None = None, unit: str | None = None
) -> SampledSignal:
    """`open_recording` of a file that holds samples."""
    recording = open_recording(path, kind, signal, unit)
    assert isinstance(recording, SampledSignal)
    return recording
