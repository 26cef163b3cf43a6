"""Recovery and closing take no more memory for a long session than for a short one."""

import shutil
import tracemalloc
from pathlib import Path

import pytest

from device.recording.ending.recovery import recover
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from tests.recording_helpers import feed, session_info


def recovery_peak_bytes(root: Path, seconds: float) -> int:
    """Of a session that a power cut left open."""
    recorder = SessionRecorder(Store(root / "device"), session_info(), live=False)
    feed(recorder, seconds)
    shutil.copytree(root / "device", root / "card")
    tracemalloc.start()
    try:
        (recovered,) = recover(Store(root / "card"))
        assert (recovered.fault, recovered.unverified) == (None, 0)
        assert recovered.records > seconds - 120  # the last ones were on their way to the card
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_recovery_takes_the_same_memory_for_one_hour_and_for_three(tmp_path: Path) -> None:
    recovery_peak_bytes(tmp_path / "warm", 60.0)
    one, three = (recovery_peak_bytes(tmp_path / str(hours), 3600.0 * hours) for hours in (1, 3))
    assert three < one + 500_000  # some buffers are full only after an hour
    assert one < 8e6
