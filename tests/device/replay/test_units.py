"""An ECG is in microvolts, whatever unit its file is written in."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from device.recording.edf.layout import Header, SignalHeader, encode_header
from tests.replay_helpers import open_signal

FS_HZ = 250


def write_csv(path: Path, column: str, values: list[float]) -> None:
    lines = "".join(f"{index / FS_HZ:.4f},{value!r}\n" for index, value in enumerate(values))
    path.write_text(f"time_s,{column}\n{lines}", encoding="utf-8")


def write_edf(path: Path, unit: bytes, digital: NDArray[np.int_]) -> None:
    """One record whose digital values are its physical ones; the header's bytes as other programs may have them."""
    signal = SignalHeader("ECG", "UNIT", -32768.0, 32767.0, len(digital))
    header = encode_header(Header((signal,), Decimal(1), record_count=1)).replace(b"UNIT    ", unit.ljust(8))
    path.write_bytes(header + digital.astype("<i2").tobytes())


@pytest.mark.parametrize(
    ("column", "uv"),
    [
        ("ecg_µV", 1.0),
        ("ecg_μV", 1.0),
        ("ecg_uV", 1.0),
        ("ECG [uV]", 1.0),
        ("ECG (microvolts)", 1.0),
        ("ecg_mV", 1e3),
        ("ECG [mVolt]", 1e3),
        ("ecg_V", 1e6),
        ("ecg_nV", 1e-3),
    ],
)
def test_a_csv_column_s_unit(tmp_path: Path, column: str, uv: float) -> None:
    values = [100.0, -50.0, 0.0] * FS_HZ
    write_csv(tmp_path / "ecg.csv", column, values)
    np.testing.assert_allclose(open_signal(tmp_path / "ecg.csv", "ecg").values, np.array(values) * uv)


@pytest.mark.parametrize(
    ("unit", "uv"),
    [
        (b"uV", 1.0),
        (b"\xb5V", 1.0),
        ("µV".encode(), 1.0),
        ("μV".encode(), 1.0),
        (b"mV", 1e3),
        (b"mVolt", 1e3),
        (b"V", 1e6),
        (b"", 1.0),
        (b"NU", 1.0),
    ],
)
def test_an_edf_signal_s_unit(tmp_path: Path, unit: bytes, uv: float) -> None:
    digital = np.array([100, -50, 0, 7, 1] * (FS_HZ // 5))
    write_edf(tmp_path / "ecg.edf", unit, digital)
    np.testing.assert_allclose(open_signal(tmp_path / "ecg.edf").values, digital * uv, rtol=1e-6, atol=1e-6)


def test_the_unit_of_what_is_no_ecg_does_not_matter(tmp_path: Path) -> None:
    digital = np.arange(FS_HZ)
    write_edf(tmp_path / "pulse.edf", b"mmHg", digital)
    np.testing.assert_allclose(open_signal(tmp_path / "pulse.edf", "ppg").values, digital, atol=1e-6)


def test_a_voltage_is_preferred_among_columns(tmp_path: Path) -> None:
    lines = "".join(f"{index / FS_HZ:.4f},1,2\n" for index in range(FS_HZ))
    (tmp_path / "two.csv").write_text("time_s,temperature [degC],ecg_µV\n" + lines, encoding="utf-8")
    assert open_signal(tmp_path / "two.csv").label == "ecg_µV"
