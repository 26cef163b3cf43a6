"""Which signal of an EDF file is replayed, and what is said of it."""

from pathlib import Path

import numpy as np
import pytest
from edfio import Edf, EdfSignal

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.signals.labels import CLEAR, LIKELY, OTHER, UNTOLD, fit
from dsp.types import FloatArray
from tests.replay_helpers import open_signal
from tests.synthetic import ecg, regular_r_times
from tests.synthetic_ppg import ppg, pulse_times

SECONDS, FS_HZ = 40, 250
HEART_MV = ecg(regular_r_times(SECONDS), FS_HZ, SECONDS) / 1000
RNG = np.random.default_rng(1)
SMALLER_MV = 0.5 * HEART_MV + RNG.normal(0, 0.01, len(HEART_MV))
BRAIN_UV = RNG.normal(0, 20, len(HEART_MV))
FLAT = np.zeros(len(HEART_MV))
RATE_BPM = np.full(SECONDS, 70.0)
PULSE = ppg(pulse_times(SECONDS), 100, SECONDS)

Written = tuple[str, FloatArray, float, str]
"""A signal as it is written: label, values, rate in Hz, unit."""


def write(path: Path, *signals: Written) -> Path:
    of = [EdfSignal(values, fs_hz, label=label, physical_dimension=unit) for label, values, fs_hz, unit in signals]
    Edf(of).write(path)
    return path


def mv(label: str, values: FloatArray) -> Written:
    return label, values, FS_HZ, "mV"


@pytest.mark.parametrize(
    ("signals", "chosen"),
    [
        ([mv("ECG1", FLAT), mv("ECG2", HEART_MV)], 2),
        ([mv("ECG", BRAIN_UV / 1000), mv("ECG", HEART_MV)], 2),
        ([("EEG Fpz-Cz", BRAIN_UV, FS_HZ, "uV"), mv("II", HEART_MV)], 2),
        ([("EEG FP1-REF", BRAIN_UV, FS_HZ, "uV"), mv("EEG EKG1-REF", HEART_MV)], 2),
        ([("Fpz-Cz", BRAIN_UV, FS_HZ, "uV"), mv("X1", HEART_MV)], 2),
        ([("PULSE", RATE_BPM, 1, "bpm"), mv("ECG", HEART_MV)], 2),
        ([mv("ECG", FLAT), ("PLETH", PULSE, 100, "NU")], 2),
        ([mv("ECG I", HEART_MV), mv("ECG II", SMALLER_MV)], 1),
        ([mv("ECG HR", RATE_BPM.repeat(FS_HZ)), mv("ECG", HEART_MV)], 2),
        ([("Resp", BRAIN_UV[: SECONDS * 25], 25, ""), mv("ECG", HEART_MV)], 2),
    ],
)
def test_the_signal_of_a_heart_is_chosen(tmp_path: Path, signals: list[Written], chosen: int) -> None:
    recording = open_signal(write(tmp_path / "in.edf", *signals))
    label, values, *_ = signals[chosen - 1]
    assert recording.label == label
    assert np.ptp(recording.values) == pytest.approx(
        np.ptp(values) * (1000 if recording.kind == "ecg" else 1), rel=1e-2
    )


def test_a_choice_among_hearts_is_said_and_one_among_others_is_not(tmp_path: Path) -> None:
    two = open_recording(write(tmp_path / "two.edf", mv("ECG I", FLAT), mv("ECG II", HEART_MV)))
    assert two.remarks[0].startswith(
        "read is signal 2 'ECG II' (250 Hz, mV), not 1 'ECG I' (250 Hz, mV): no clear heart"
    )
    one = open_recording(write(tmp_path / "one.edf", ("Resp", BRAIN_UV, FS_HZ, ""), mv("ECG", HEART_MV)))
    assert one.remarks == ()


@pytest.mark.parametrize("second", [HEART_MV, SMALLER_MV])
def test_where_neither_label_nor_content_tells_it_is_asked(tmp_path: Path, second: FloatArray) -> None:
    path = write(tmp_path / "in.edf", mv("Ch1", HEART_MV), mv("Ch2", second))
    with pytest.raises(UsageError, match=r"which signal\? --signal takes .* 1 'Ch1' \(250 Hz, mV\), 2 'Ch2'"):
        open_recording(path)
    assert open_signal(path, "ecg", "2").label == "Ch2"


def test_a_signal_is_named_by_label_by_number_and_by_how_it_begins(tmp_path: Path) -> None:
    path = write(tmp_path / "in.edf", mv("ECG", HEART_MV), mv("ECG", SMALLER_MV), mv("Pulse x", HEART_MV))
    for number, values in (("1", HEART_MV), ("2", SMALLER_MV)):
        assert np.ptp(open_signal(path, None, number).values) == pytest.approx(1000 * np.ptp(values), rel=1e-2)
    assert open_signal(path, "ecg", "Pul").label == "Pulse x"
    for wrong in ("0", "4", "P x", "9" * 30):
        with pytest.raises(UsageError, match="no signal named"):
            open_recording(path, None, wrong)


@pytest.mark.parametrize(
    ("label", "kind", "level"),
    [
        ("ECG II", "ecg", CLEAR), ("EKG", "ecg", CLEAR), ("EEG EKG1-REF", "ecg", CLEAR), ("ECG HR", "ecg", OTHER),
        ("II", "ecg", LIKELY), ("aVR", "ecg", LIKELY), ("V5", "ecg", LIKELY), ("MLII", "ecg", LIKELY),
        ("Pleth", "ppg", CLEAR), ("BVP", "ppg", CLEAR), ("ir", "ppg", LIKELY), ("red2", "ppg", LIKELY),
        ("PULSE RATE", "ppg", OTHER), ("EEG Fpz", None, OTHER), ("SpO2", None, OTHER), ("Resp nasal", None, OTHER),
        ("Ch1", None, UNTOLD), ("", None, UNTOLD), ("irregular", None, UNTOLD), ("value", None, UNTOLD),
    ],
)  # fmt: skip
def test_what_a_label_says(label: str, kind: str | None, level: int) -> None:
    assert fit(label) == (kind, level)
