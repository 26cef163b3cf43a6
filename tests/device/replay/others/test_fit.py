"""RR intervals in FIT files, made by hand after the protocol and read by fitdecode as well."""

import struct
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import fitdecode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.recordings import BeatList

NONE = 0xFFFF
HRV, RECORD = 78, 20
RR_MS = [812, 835, 790, 845, 820, 801, 799]


def crc(data: bytes) -> int:
    """The protocol's CRC-16, by its table of nibbles."""
    table = [0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401]
    table += [0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400]
    value = 0
    for byte in data:
        for nibble in (byte & 0xF, byte >> 4):
            value = (value >> 4) ^ table[value & 0xF] ^ table[nibble]
    return value


def definition(local: int, number: int, fields: list[tuple[int, int, int]], big: bool = False) -> bytes:
    head = struct.pack(">BBBHB" if big else "<BBBHB", 0x40 | local, 0, int(big), number, len(fields))
    return head + b"".join(bytes(field) for field in fields)


def fit_file(body: bytes, header_bytes: int = 14) -> bytes:
    header = struct.pack("<BBHI4s", header_bytes, 0x10, 2132, len(body), b".FIT")
    header += struct.pack("<H", crc(header)) if header_bytes == 14 else b""
    return header + body + struct.pack("<H", crc(header + body))


def hrv_body(rr_ms: list[int], width: int = 5, big: bool = False, others: bool = True) -> bytes:
    """HRV messages of `width` intervals, between records of time stamp and heart rate."""
    parts = [definition(1, HRV, [(0, 2 * width, 0x84)], big)]
    parts += [definition(0, RECORD, [(253, 4, 0x86), (3, 1, 0x02)])] if others else []
    for start in range(0, len(rr_ms), width):
        five = (rr_ms[start : start + width] + [NONE] * width)[:width]
        parts.append(b"\x01" + struct.pack(f"{'>' if big else '<'}{width}H", *five))
        parts += [struct.pack("<BIB", 0, 1_000_000_000 + start, 71)] if others else []
    return b"".join(parts)


def read(path: Path) -> BeatList:
    recording = open_recording(path)
    assert isinstance(recording, BeatList)
    return recording


def intervals_ms(recording: BeatList) -> list[float]:
    times = [beat.t_s * 1000 for beat in recording.beats]
    return [b - a for a, b in pairwise(times)]


@given(
    st.lists(st.integers(300, 2000), min_size=1, max_size=60),
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from([12, 14]),
)
def test_intervals_are_read_as_fitdecode_has_them(
    tmp_path_factory: pytest.TempPathFactory, rr_ms: list[int], width: int, big: bool, header_bytes: int
) -> None:
    path = tmp_path_factory.mktemp("fit") / "in.fit"
    path.write_bytes(fit_file(hrv_body(rr_ms, width, big), header_bytes))
    assert intervals_ms(read(path)) == pytest.approx(rr_ms)
    told: list[int] = []
    with fitdecode.FitReader(path) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "hrv":
                values = frame.get_value("time")
                values = values if isinstance(values, tuple) else (values,)
                told += [round(value * 1000) for value in values if value is not None]
    assert told == rr_ms


def test_compressed_stamps_developers_fields_and_chained_files_are_stepped_over(tmp_path: Path) -> None:
    compressed = bytes([0x80 | 0 << 5 | 3]) + struct.pack("<IB", 1, 70)
    developers = struct.pack("<BBBHB", 0x40 | 0x20 | 2, 0, 0, HRV, 1) + bytes((0, 4, 0x84)) + bytes((1, 0, 3, 0))
    with_developers = developers + b"\x02" + struct.pack("<HH3s", 700, 710, b"abc")
    body = hrv_body(RR_MS[:5]) + compressed + with_developers
    (tmp_path / "in.fit").write_bytes(fit_file(body) + fit_file(hrv_body(RR_MS[5:])))
    assert intervals_ms(read(tmp_path / "in.fit")) == pytest.approx([*RR_MS[:5], 700, 710, *RR_MS[5:]])


def test_a_file_without_intervals_says_what_to_switch_on(tmp_path: Path) -> None:
    (tmp_path / "in.fit").write_bytes(fit_file(hrv_body([], others=True)))
    with pytest.raises(UsageError, match=r"without RR intervals .*log HRV"):
        open_recording(tmp_path / "in.fit")
    (tmp_path / "in.fit").write_bytes(fit_file(hrv_body(RR_MS)))
    with pytest.raises(UsageError, match="holds beats, not ecg; --kind takes rr"):
        open_recording(tmp_path / "in.fit", kind="ecg")


@given(st.integers(0, 200), st.binary(max_size=30))
def test_a_damaged_file_is_read_up_to_there_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, at: int, instead: bytes
) -> None:
    path = tmp_path_factory.mktemp("fit") / "in.fit"
    whole = fit_file(hrv_body(RR_MS * 4))
    path.write_bytes(whole[: 12 + at] + instead)
    with suppress(UsageError):
        assert read(path).duration_s >= 0.0
