"""EDF headers that do not tell the truth give a recording or one line, and never take the memory they ask for."""

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import RoligError, UsageError
from device.recording.edf.annotations import encode_time_keeping
from device.recording.edf.layout import (
    MAIN_FIELDS,
    RECORD_COUNT_OFFSET,
    SIGNAL_FIELDS,
    Header,
    SignalHeader,
    encode_header,
)
from device.recording.edf.writer import ANNOTATION_BYTES, ANNOTATIONS_SIGNAL
from device.replay.opening import open_recording
from device.replay.session_range import session_range
from tests.replay_helpers import open_signal
from tests.synthetic import ecg, regular_r_times

FS_HZ, SECONDS = 250, 8
ECG_UV = np.round(ecg(regular_r_times(SECONDS), FS_HZ, SECONDS)).astype("<i2")


def edf(announced: int = SECONDS, starts_s: list[float] | None = None, **changes: object) -> bytes:
    fields: dict[str, object] = {"label": "ECG", "unit": "uV", "physical_min": -32768.0, "physical_max": 32767.0}
    signal = SignalHeader(**{**fields, "samples_per_record": FS_HZ, **changes})  # type: ignore[arg-type]
    header = Header((signal, ANNOTATIONS_SIGNAL), Decimal(1), record_count=announced, reserved="EDF+D")
    body = b""
    for index, start_s in enumerate(starts_s or [float(k) for k in range(SECONDS)]):
        body += ECG_UV[index * FS_HZ : (index + 1) * FS_HZ].tobytes()
        body += encode_time_keeping(Decimal(str(start_s))).ljust(ANNOTATION_BYTES, b"\0")
    return encode_header(header) + body


def number_fields() -> list[tuple[int, int]]:
    """(offset, width) of every field that holds a number, for two signals."""
    found, at = [], 0
    for name, width in MAIN_FIELDS:
        if name not in ("patient", "recording", "reserved"):
            found.append((at, width))
        at += width
    for name, width in SIGNAL_FIELDS:
        for _ in range(2):
            if width == 8 and name != "unit":
                found.append((at, width))
            at += width
    return found


numbers = st.one_of(
    st.integers(-(10**7), 10**8).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(lambda value: f"{value:.3g}"),
    st.sampled_from(["", "-1", "0", "1", "99999999", "-9999999", "1e-7", "nan", "inf", "x", "1E308"]),
)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(number_fields()), numbers)
def test_any_number_in_the_header_gives_a_recording_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[int, int], number: str
) -> None:
    path = tmp_path_factory.mktemp("edf") / "in.edf"
    raw = bytearray(edf())
    at, width = place
    raw[at : at + width] = number[:width].ljust(width).encode()
    path.write_bytes(raw)
    with suppress(RoligError):
        recording = open_signal(path)
        session_range(recording, "in.edf")
        assert recording.values.nbytes <= 16 * len(raw) + 8 * 4000 * 3600


@pytest.mark.parametrize("announced", [0, 3, -1, SECONDS, 500, ""])
def test_the_records_that_are_there_are_read(tmp_path: Path, announced: int | str) -> None:
    raw = bytearray(edf())
    raw[RECORD_COUNT_OFFSET : RECORD_COUNT_OFFSET + 8] = str(announced).ljust(8).encode()
    (tmp_path / "in.edf").write_bytes(raw)
    recording = open_signal(tmp_path / "in.edf")
    np.testing.assert_allclose(recording.values, ECG_UV, atol=0.6)
    told = f"the header announces {announced} data records, and {SECONDS} are there"
    assert any(told in remark for remark in recording.remarks) == (announced not in (-1, SECONDS, ""))


def test_a_record_years_later_is_told_and_not_made_room_for(tmp_path: Path) -> None:
    (tmp_path / "in.edf").write_bytes(edf(starts_s=[0.0, 1.0, 2.0, 946_728_000.0]))
    with pytest.raises(UsageError, match=r"data record 4 is said to begin 9\.46728e\+08 s after the one before it"):
        open_recording(tmp_path / "in.edf")


def test_a_pause_between_records_is_lost_and_said(tmp_path: Path) -> None:
    (tmp_path / "in.edf").write_bytes(edf(4, starts_s=[0.0, 1.0, 2.0, 63.0]))
    recording = open_signal(tmp_path / "in.edf")
    assert len(recording.values) == 64 * FS_HZ
    assert recording.remarks == ("15000 samples (60 s) are missing between its records",)


def test_records_over_each_other_are_told(tmp_path: Path) -> None:
    (tmp_path / "in.edf").write_bytes(edf(4, starts_s=[0.0, 1.0, 1.5, 2.5]))
    with pytest.raises(UsageError, match="data records begin before the one before them ends"):
        open_recording(tmp_path / "in.edf")


@pytest.mark.parametrize("stamp", [b"+" + b"9" * 40, b"+1e9", b"-"])
def test_a_time_stamp_that_is_none_is_passed_over(tmp_path: Path, stamp: bytes) -> None:
    raw = bytearray(edf())
    at = 768 + 2 * FS_HZ
    raw[at : at + 60] = (stamp + b"\x14\x14\0").ljust(60, b"\0")
    (tmp_path / "in.edf").write_bytes(raw)
    np.testing.assert_allclose(open_signal(tmp_path / "in.edf").values, ECG_UV, atol=0.6)


@pytest.mark.parametrize("ends", [("NaN", "NaN"), ("-inf", "+INF"), ("", ""), ("-1", "nan")])
def test_a_physical_range_of_no_number_counts_as_empty(tmp_path: Path, ends: tuple[str, str]) -> None:
    raw = bytearray(edf())
    at = sum(width for _, width in MAIN_FIELDS) + 2 * sum(width for _, width in SIGNAL_FIELDS[:3])
    for number, end in enumerate(ends):
        raw[at + 16 * number : at + 16 * number + 8] = end.ljust(8).encode()
    (tmp_path / "in.edf").write_bytes(raw)
    recording = open_signal(tmp_path / "in.edf")
    np.testing.assert_allclose(recording.values, ECG_UV)
    assert any("physical range of ECG is empty" in remark for remark in recording.remarks)


@pytest.mark.parametrize(("unit", "uv"), [(None, 1.0), ("mV", 1000.0)])
def test_an_empty_physical_range_gives_digital_values(tmp_path: Path, unit: str | None, uv: float) -> None:
    (tmp_path / "in.edf").write_bytes(edf(physical_min=0.0, physical_max=0.0))
    recording = open_signal(tmp_path / "in.edf", None, None, unit)
    np.testing.assert_allclose(recording.values, ECG_UV * uv)
    assert any("physical range of ECG is empty" in remark for remark in recording.remarks)
