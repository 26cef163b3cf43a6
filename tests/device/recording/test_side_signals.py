"""Signals beside the heart's in a session's EDF+ file."""

from dataclasses import replace
from pathlib import Path

import edfio
import numpy as np
import pytest

from device.recording.edf.reader import EdfFile
from device.recording.format.names import EDF
from device.recording.format.session_info import SessionInfo, SideInfo
from device.recording.recorder import SessionRecorder
from device.recording.session_header import session_header
from device.recording.session_reader import read_session
from device.recording.store import Store
from device.session.events import EndReason
from dsp.types import SampleBlock, SideBlock
from tests.recording_helpers import ecg_uv, session_info, sums_hold

FS_HZ = 64.0
WARM, MOVING = SideInfo("Temp die", 1.0, "degC", -128.0, 127.9375), SideInfo("Acc x", 32.0, "g", -2.0, 2.0)


def with_side(*side: SideInfo) -> SessionInfo:
    info = session_info(FS_HZ)
    assert info.signal is not None
    return replace(info, signal=replace(info.signal, side=side))


def movement(index: np.ndarray) -> np.ndarray:
    return 1.5 * np.sin(0.11 * index)


def record(tmp_path: Path, first_index: int, seconds: int = 12) -> Path:
    """Blocks of 16 samples, each with what stood beside them; nothing is warm in second 5."""
    recorder = SessionRecorder(Store(tmp_path), with_side(WARM, MOVING), first_index=first_index, live=False)
    for start in range(first_index, first_index + round(seconds * FS_HZ), 16):
        slots = np.arange(start // 2, start // 2 + 8)
        recorder.side(SideBlock(1, int(slots[0]), 32.0, movement(slots)))
        second = start / FS_HZ
        if second.is_integer() and second != 5:
            recorder.side(SideBlock(0, int(second), 1.0, np.array([30.0 + second / 16])))
        recorder.block(SampleBlock(start, FS_HZ, ecg_uv(np.arange(start, start + 16), FS_HZ)))
    folder = recorder.close(EndReason.PRESSED)
    assert recorder.fault is None
    return folder


@pytest.mark.parametrize("begun_s", [0, 3])
def test_edfio_reads_side_signals_with_units_rates_and_times(tmp_path: Path, begun_s: int) -> None:
    folder = record(tmp_path, round(begun_s * FS_HZ))
    edf = edfio.read_edf(folder / EDF)
    heart, warm, moving = edf.signals[:3]
    assert (heart.label, warm.label, moving.label) == ("ECG", "Temp die", "Acc x")
    assert (warm.physical_dimension, warm.sampling_frequency) == ("degC", 1.0)
    assert (moving.physical_dimension, moving.sampling_frequency) == ("g", 32.0)
    np.testing.assert_allclose(moving.data, movement(np.arange(32 * begun_s, 32 * (begun_s + 12))), atol=1e-4)
    seconds = np.arange(begun_s, begun_s + 12)
    known = seconds != 5
    np.testing.assert_allclose(warm.data[known], 30.0 + seconds[known] / 16, atol=5e-3)
    assert (warm.digital[~known] == -32768).all()
    assert sums_hold(folder)


def test_our_reader_passes_over_them(tmp_path: Path) -> None:
    path = record(tmp_path, 0) / EDF
    assert [signal.label for signal in EdfFile.open(path).signals][:4] == ["ECG", "Temp die", "Acc x", "Breath guide"]
    assert read_session(path).length_s == 12.0


def test_a_value_that_comes_after_its_record_was_handed_over_is_let_go(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), with_side(WARM), live=False)
    for second in range(4):
        index = np.arange(second * 64, second * 64 + 64)
        recorder.block(SampleBlock(int(index[0]), FS_HZ, ecg_uv(index, FS_HZ)))
        recorder.side(SideBlock(0, max(0, second - 2), 1.0, np.array([20.0])))
        recorder.side(SideBlock(0, second, 1.0, np.array([30.0 + second])))
    warm = edfio.read_edf(recorder.close(EndReason.PRESSED) / EDF).signals[1]
    np.testing.assert_allclose(warm.data, [30.0, 31.0, 32.0, 33.0], atol=5e-3)


def test_a_sensor_with_none_has_the_header_it_had() -> None:
    info = session_info(FS_HZ)
    labels = [signal.label for signal in session_header(info).signals]
    assert labels[:2] == ["ECG", "Breath guide"]
    beside = [signal.label for signal in session_header(with_side(WARM, MOVING)).signals]
    assert beside == [labels[0], "Temp die", "Acc x", *labels[1:]]
