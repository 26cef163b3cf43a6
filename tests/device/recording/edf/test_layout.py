"""The header, clause by clause of the EDF and EDF+ texts."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.edf.errors import EdfError
from device.recording.edf.layout import (
    MAIN_BYTES,
    SIGNAL_BYTES,
    Header,
    SignalHeader,
    decode_header,
    encode_header,
    number_text,
    physical_range,
    record_shape,
)
from device.recording.edf.writer import recording_field

ECG = SignalHeader("ECG", "uV", -1500.0, 1499.5, 500, transducer="AD8232")
START = datetime(2026, 11, 23, 20, 5, 9)
HEADER = Header((ECG,), Decimal(1), START, recording=recording_field(START, "Rolig"), record_count=7)


def test_header_has_256_bytes_and_256_more_for_each_signal() -> None:
    assert MAIN_BYTES == SIGNAL_BYTES == 256
    assert len(encode_header(HEADER)) == 512


def test_header_comes_back_as_it_was_written() -> None:
    assert decode_header(encode_header(HEADER), "x.edf") == HEADER


def test_2_1_3_1_header_holds_printable_ascii_only() -> None:
    assert all(32 <= byte <= 126 for byte in encode_header(HEADER))
    with pytest.raises(EdfError, match="transducer"):
        encode_header(Header((SignalHeader("ECG", "uV", 0.0, 1.0, 1, transducer="å"),), Decimal(1)))
    with pytest.raises(EdfError, match="label"):
        encode_header(Header((SignalHeader("a label of 17 by.", "uV", 0.0, 1.0, 1),), Decimal(1)))


def test_2_1_3_2_dates_have_two_digit_years_clipped_at_1985() -> None:
    assert encode_header(HEADER)[168:184] == b"23.11.2620.05.09"
    for year in (1985, 1999, 2000, 2084):
        start = datetime(year, 3, 4)
        header = Header((ECG,), Decimal(1), start, recording=recording_field(start, "Rolig"))
        assert decode_header(encode_header(header), "x.edf").start == start


def test_2_1_3_3_recording_field_has_startdate_codes_and_equipment_with_spaces_replaced() -> None:
    field = recording_field(datetime(2026, 11, 3), "Rolig 0.1.0", ["algorithm=1"])
    assert field == "Startdate 03-NOV-2026 X X Rolig_0.1.0 algorithm=1"
    assert recording_field(None, "Rolig").startswith("Startdate X X X Rolig")


def test_an_unknown_start_is_none() -> None:
    header = Header((ECG,), Decimal(1), None, recording=recording_field(None, "Rolig"))
    assert decode_header(encode_header(header), "x.edf").start is None


def test_2_1_3_4_numbers_have_a_dot_and_no_grouping() -> None:
    assert number_text(1234567.0) == "1234567"
    assert number_text(-0.00001234) == "-0.00001"
    assert number_text(-0.0) == "0"
    with pytest.raises(EdfError, match="does not fit"):
        number_text(123456789.0)
    with pytest.raises(EdfError):
        number_text(float("nan"))


@given(st.floats(-99999, 9999999), st.floats(0.001, 10000))
def test_physical_range_holds_both_ends(low: float, span: float) -> None:
    below, above = physical_range(low, min(low + span, 9999999))
    assert below <= low
    assert above >= min(low + span, 9999999)
    assert len(number_text(below)) <= 8
    assert float(number_text(above)) == above


@given(st.integers(1, 4096))
def test_a_whole_rate_has_records_of_one_second(fs_hz: int) -> None:
    assert record_shape(float(fs_hz)) == (fs_hz, Decimal(1))


@given(st.floats(20, 4000))
def test_any_other_rate_is_kept_within_a_millionth(fs_hz: float) -> None:
    samples, duration_s = record_shape(fs_hz)
    assert abs(samples / float(duration_s) / fs_hz - 1) < 1e-6
    assert 0.4999 <= float(duration_s) <= 1.0001


@pytest.mark.parametrize("fs_hz", [512 * 32000 / 32768, 199.8049, 1000 / 3, 31.25, 0.5])
def test_rates_of_real_chips_are_kept_within_two_parts_in_a_hundred_million(fs_hz: float) -> None:
    samples, duration_s = record_shape(fs_hz)
    assert abs(samples / float(duration_s) / fs_hz - 1) < 2e-8


@pytest.mark.parametrize("fs_hz", [0.0, -1.0, float("nan"), float("inf")])
def test_no_rate_is_an_error(fs_hz: float) -> None:
    with pytest.raises(EdfError, match="rate"):
        record_shape(fs_hz)


def test_others_headers_may_use_commas_and_odd_dates() -> None:
    data = bytearray(encode_header(HEADER))
    data[244:252] = b"0,5     "
    data[168:176] = b"99.99.99"
    header = decode_header(bytes(data), "x.edf")
    assert header.record_duration_s == Decimal("0.5")
    assert header.start is None


@pytest.mark.parametrize(
    ("offset", "raw", "told"),
    [
        (236, b"many    ", "record_count"),
        (244, b"1E400000", "record_duration_s"),
        (256 + 216, b"0       ", "samples_per_record"),
        (252, b"2   ", "too early"),
        (0, b"BIOSEMI ", "not an EDF file"),
    ],
)
def test_a_broken_header_is_told_by_file_and_field(offset: int, raw: bytes, told: str) -> None:
    data = bytearray(encode_header(HEADER))
    data[offset : offset + len(raw)] = raw
    with pytest.raises(EdfError, match=rf"x\.edf: .*{told}"):
        decode_header(bytes(data), "x.edf")


def test_an_empty_file_is_told_as_such() -> None:
    with pytest.raises(EdfError, match="empty"):
        decode_header(b"", "x.edf")


@given(st.integers(0, 511), st.binary(min_size=1, max_size=12))
def test_any_damage_gives_a_header_or_an_edf_error(offset: int, raw: bytes) -> None:
    data = bytearray(encode_header(HEADER))
    data[offset : offset + len(raw)] = raw
    try:
        header = decode_header(bytes(data), "x.edf")
    except EdfError:
        return
    assert len(header.signals) == 1
