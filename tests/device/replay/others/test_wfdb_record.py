"""WFDB records as wfdb writes them, and headers by hand."""

from pathlib import Path

import numpy as np
import pytest
import wfdb

from device.errors import UsageError
from device.replay.opening import open_recording
from tests.replay_helpers import open_signal
from tests.synthetic import ecg, regular_r_times

FS_HZ = 250
ADC = np.round(ecg(regular_r_times(20.0), FS_HZ, 20.0) / 5.0).astype(np.int64)  # 200 adu a mV


def write(folder: Path, form: str, adc: np.ndarray = ADC, unit: str = "mV", gain: float = 200.0) -> Path:
    others = np.arange(len(adc)) % 7
    wfdb.wrsamp(
        "rec",
        fs=FS_HZ,
        units=[unit, "mmHg"],
        sig_name=["MLII", "ABP"],
        d_signal=np.column_stack([adc, others]),
        fmt=[form, form],
        adc_gain=[gain, 100.0],
        baseline=[0, 0],
        write_dir=str(folder),
    )
    return folder / "rec.hea"


@pytest.mark.parametrize("form", ["16", "24", "32", "212", "80"])
@pytest.mark.parametrize("suffix", [".hea", ".dat"])
def test_every_sample_is_read(tmp_path: Path, form: str, suffix: str) -> None:
    adc = np.clip(ADC // 4, -127, 127) if form == "80" else ADC
    signal = open_signal(write(tmp_path, form, adc).with_suffix(suffix))
    assert (signal.kind, signal.label, signal.fs_hz) == ("ecg", "MLII", FS_HZ)
    assert np.array_equal(signal.values, adc * 5.0)


@pytest.mark.parametrize(("form", "invalid"), [("16", -32768), ("212", -2048), ("24", -(2**23)), ("32", -(2**31))])
def test_the_mark_for_a_missing_sample_is_missing(tmp_path: Path, form: str, invalid: int) -> None:
    adc = ADC.copy()
    adc[300:350] = invalid
    values = open_signal(write(tmp_path, form, adc)).values
    assert np.flatnonzero(np.isnan(values)).tolist() == list(range(300, 350))


@pytest.mark.parametrize(("unit", "scale"), [("uV", 0.005), ("V", 5000.0), ("mV", 5.0)])
def test_units_and_the_signal_beside_it_are_taken_as_told(tmp_path: Path, unit: str, scale: float) -> None:
    header = write(tmp_path, "16", unit=unit, gain=200.0)
    assert np.allclose(open_signal(header).values, ADC * scale)
    assert open_signal(header, kind="ppg", signal="ABP").values[:8] == pytest.approx(
        [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0]
    )


def test_a_header_of_few_words_has_the_guide_s_defaults(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(ADC.astype("<i2").tobytes())
    (tmp_path / "a.hea").write_text("# by hand\r\na 1\r\na.dat 16\r\n# age: 61\r\n")
    signal = open_signal(tmp_path / "a.hea")
    assert signal.fs_hz == 250.0
    assert np.array_equal(signal.values, ADC * 5.0)


def test_a_signal_sampled_more_often_than_a_frame_has_its_own_rate(tmp_path: Path) -> None:
    frames = np.column_stack([ADC[0::2], ADC[1::2], np.zeros(len(ADC) // 2, dtype=np.int64)])
    (tmp_path / "a.dat").write_bytes(frames.astype("<i2").tobytes())
    (tmp_path / "a.hea").write_text("a 2 125 2500\na.dat 16x2 200 12 0 0 0 0 ECG\na.dat 16 200 12 0 0 0 0 RESP\n")
    signal = open_signal(tmp_path / "a.hea")
    assert signal.fs_hz == FS_HZ
    assert np.array_equal(signal.values, ADC * 5.0)


def test_differences_are_added_up(tmp_path: Path) -> None:
    slow = np.cumsum(np.round(3 * np.sin(np.arange(5000) / 20)).astype(np.int64))
    (tmp_path / "a.dat").write_bytes(np.diff(slow, prepend=0).astype("i1").tobytes())
    (tmp_path / "a.hea").write_text("a 1 250 5000\na.dat 8 200 12 0 0 0 0 ECG\n")
    assert np.array_equal(open_signal(tmp_path / "a.hea").values, slow * 5.0)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("rec/4 1 250 100\nrec 0\n", "several segments"),
        ("rec 2 250 100\na.dat 16 200 12 0 0 0 0 ECG\n", "names 2 signals and describes 1"),
        ("rec 1 250 100\na.dat 508 200 12 0 0 0 0 ECG\n", "is in format 508; read are 8, 16"),
        ("rec 1 250 100\n../a.dat 16 200 12 0 0 0 0 ECG\n", "is not beside the header"),
        ("rec 1 250 100\nb.dat 16 200 12 0 0 0 0 ECG\n", "b.dat is not beside the header"),
        ("rec 1 1e9 100\na.dat 16 200 12 0 0 0 0 ECG\n", "sampling rate is 1e9"),
        ("hello\n", "not the header of a WFDB record"),
        ("rec 0 250 0\n", "holds no signals"),
        ("rec 1 250 100\na.dat 16 200/bpm 12 0 0 0 0 ECG\n", "is in 'bpm'"),
    ],
)
def test_what_is_not_read_is_one_line(tmp_path: Path, header: str, told: str) -> None:
    (tmp_path / "rec.hea").write_text(header)
    (tmp_path / "a.dat").write_bytes(ADC.astype("<i2").tobytes())
    with pytest.raises(UsageError, match="rec.hea: .*" + told) as caught:
        open_recording(tmp_path / "rec.hea")
    assert "\n" not in str(caught.value)


def test_it_holds_no_beats(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a WFDB record holds signals, not rr; --kind takes ecg or ppg here"):
        open_recording(write(tmp_path, "16"), kind="rr")
