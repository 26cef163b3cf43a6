"""One content in the many forms that programs write: encodings, delimiters, decimal signs, headers, columns."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.recordings import BeatList
from tests.replay_helpers import open_signal

RR_MS = [800 + round(50 * np.sin(k / 3)) + k % 7 for k in range(120)]
TIMES_S = (np.cumsum(RR_MS) / 1000).tolist()
FS_HZ = 250
ECG_UV = [round(1000 * np.exp(-(((k % 200) - 100) ** 2) / 18)) for k in range(8 * FS_HZ)]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"]


def interval_lines(delimiter: str, comma: bool, unit_s: bool, with_time: bool) -> list[str]:
    def number(value: float, decimals: int) -> str:
        text = f"{value:.{decimals}f}"
        return text.replace(".", ",") if comma else text

    rr = [number(rr / 1000, 3) if unit_s else number(rr, 1) for rr in RR_MS]
    return [f"{number(t_s, 3)}{delimiter}{r}" for t_s, r in zip(TIMES_S, rr, strict=True)] if with_time else rr


@st.composite
def interval_texts(draw: st.DrawFn) -> bytes:
    comma = draw(st.booleans())
    delimiter = draw(st.sampled_from([";", "\t", " "] if comma else [";", "\t", " ", ","]))
    with_time = draw(st.booleans())
    lines = interval_lines(delimiter, comma, draw(st.booleans()), with_time)
    if draw(st.booleans()):
        header = f"Time{delimiter}RR" if with_time else "RR"
        lines = [*(["Some program's export"] if not with_time and draw(st.booleans()) else []), header, *lines]
    if draw(st.booleans()):
        lines = ["# made by something", "", *lines]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    if delimiter != " " and with_time and draw(st.booleans()):  # spreadsheets may end lines with one
        header_ends = draw(st.booleans())
        lines = [line + delimiter * (delimiter in line and (header_ends or "RR" not in line)) for line in lines]
    return (end.join(lines) + end).encode(draw(st.sampled_from(ENCODINGS)))


@settings(deadline=None)
@given(interval_texts())
def test_intervals_are_read_whatever_form_they_have(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    path = tmp_path_factory.mktemp("rr") / "in.txt"
    path.write_bytes(text)
    recording = open_recording(path)
    assert isinstance(recording, BeatList)
    assert [beat.t_s for beat in recording.beats] == pytest.approx([0.0, *TIMES_S], abs=0.01)


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Date,Time,RR", "2026-05-17,20:00:{second:02d},{rr}"),
        ("Date Time,RR", "03/04/2026 11:59:{second:02d}.5 PM,{rr}"),
        ("Phone timestamp;RR-interval [ms]", "2026-05-17T20:00:{second:02d}.000;{rr}"),
        ("Phone timestamp;HR [bpm];RR-interval [ms]", "2026-05-17T20:00:{second:02d}.000;71;{rr}"),
        ("index,ibi_ms,ok", "{second},{rr},yes"),
        ("1587000000.00, IBI", "{second},{rr}"),
        ("'time','R-R'", "'{second}','{rr}'"),
    ],
)
def test_a_column_of_intervals_is_found_beside_others(tmp_path: Path, header: str, line: str) -> None:
    rows = [line.format(second=k % 60, rr=rr) for k, rr in enumerate(RR_MS)]
    (tmp_path / "in.csv").write_text("\n".join([header, *rows]))
    assert open_recording(tmp_path / "in.csv").duration_s == pytest.approx(TIMES_S[-1])


@st.composite
def sample_texts(draw: st.DrawFn) -> bytes:
    """A table of samples: what the time is called and counted in, the delimiter and the decimal sign."""
    comma, quoted, ends = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    delimiter = draw(st.sampled_from([";", "\t", ","] if quoted or not comma else [";", "\t"]))
    name, of = draw(st.sampled_from(TIME_COLUMNS))
    ecg, scale = draw(st.sampled_from([("ecg_µV", 1.0), ("ECG [uV]", 1.0), ("ecg_mV", 1e-3), ("ecg", 1e-3)]))
    beside = draw(st.booleans())

    def cell(text: str) -> str:
        text = text.replace(".", ",") if comma else text
        return f'"{text}"' if quoted else text

    rows = [
        delimiter.join([*(["71"] if beside else []), cell(of(k / FS_HZ)), cell(f"{uv * scale:.3f}")]) + delimiter * ends
        for k, uv in enumerate(ECG_UV)
    ]
    header = delimiter.join([*(["HR [bpm]"] if beside else []), name, ecg])
    text = "\n".join([header, *rows])
    return text.encode(draw(st.sampled_from(["utf-8", "utf-16", "latin-1"])))


TIME_COLUMNS = [
    ("time_s", lambda t: f"{t:.3f}"),
    ("time", lambda t: f"{t:.3f}"),
    ("time_ms", lambda t: f"{t * 1000:.0f}"),
    ("timestamp", lambda t: f"{t * 1000:.0f}"),
    ("sensor timestamp [ns]", lambda t: f"{599618164814402794 + round(t * 1e9)}"),
    ("unix time (s)", lambda t: f"{1_700_000_000 + t:.3f}"),
    ("Timestamp", lambda t: f"2026-05-17T20:00:{t:06.3f}"),
    ("Time", lambda t: f"23:59:{57 + t:06.3f}" if t < 3 else f"00:00:{t - 3:06.3f}"),
]


@settings(deadline=None, max_examples=60)
@given(sample_texts())
def test_samples_are_read_whatever_form_they_have(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "in.csv"
    path.write_bytes(text)
    signal = open_signal(path)
    assert signal.kind == "ecg"
    assert signal.fs_hz == pytest.approx(FS_HZ, rel=1e-5)
    np.testing.assert_allclose(signal.values, ECG_UV, atol=0.6)


def test_a_thousand_in_quotes_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("\n".join(["time_ms,ecg_uV", *(f'{4 * k},"{1000 + k:,}"' for k in range(900))]))
    with pytest.raises(UsageError, match="line 2: ecg_uV must be a number, not '1,000'"):
        open_recording(tmp_path / "in.csv")


def test_of_two_columns_of_times_the_even_one_is_taken(tmp_path: Path) -> None:
    rows = [f"2026-05-17T20:00:0{k // FS_HZ};{k * 4_000_000};{uv}" for k, uv in enumerate(ECG_UV)]
    (tmp_path / "in.csv").write_text("\n".join(["Phone timestamp;sensor timestamp [ns];ecg [uV]", *rows]))
    assert open_signal(tmp_path / "in.csv").fs_hz == FS_HZ


@pytest.mark.parametrize(
    "column", ["ir", "red", "IR LED", "ppg_green", "Green", "led1", "infrared", "bvp", "pleth", "ppg0", "ir_1"]
)
def test_a_column_of_light_is_a_pulse(tmp_path: Path, column: str) -> None:
    rows = [f"{k / 100:.2f},{50_000 + k % 80}" for k in range(600)]
    (tmp_path / "in.csv").write_text("\n".join([f"time_s,{column}", *rows]))
    assert open_signal(tmp_path / "in.csv").kind == "ppg"


def test_what_is_assumed_to_be_an_ecg_is_said(tmp_path: Path) -> None:
    rows = [f"{k / 100:.2f},{k % 80 / 100}" for k in range(600)]
    (tmp_path / "in.csv").write_text("\n".join(["time_s,value", *rows]))
    assert "value is read as an ECG" in open_recording(tmp_path / "in.csv").remarks[0]


def test_rows_that_are_there_twice_are_left_out_and_said(tmp_path: Path) -> None:
    rows = [f"{k / 250:.4f},{uv}" for k, uv in enumerate(ECG_UV) for _ in range(2 if k % 300 == 7 else 1)]
    (tmp_path / "in.csv").write_text("\n".join(["time_s,ecg_uV", *rows]))
    signal = open_signal(tmp_path / "in.csv")
    np.testing.assert_array_equal(signal.values, ECG_UV)
    assert signal.remarks == (f"{len(rows) - len(ECG_UV)} rows that repeat the one before are left out",)
    (tmp_path / "in.csv").write_text("\n".join(["time_s,ecg_uV", *rows, "x,1"]))
    with pytest.raises(UsageError, match=f"line {len(rows) + 2}: "):
        open_signal(tmp_path / "in.csv")


def test_lost_samples_are_said(tmp_path: Path) -> None:
    rows = [f"{(k + 77 * (k > 300)) / 100:.2f},1" for k in range(600)]
    (tmp_path / "in.csv").write_text("\n".join(["time_s,ecg_mV", *rows]))
    signal = open_signal(tmp_path / "in.csv")
    assert signal.remarks == ("77 samples (0.77 s) are missing in 1 gap",)
    assert np.count_nonzero(np.isnan(signal.values)) == 77


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time_s,ecg\n0,1\n0.001,1\n691000,1\n", "line 4: time_s 691000 s are missing before it"),
        ("time_s,ecg_mV\n0,1\n0.004,1\n0.008,x\n", "line 4: ecg_mV must be a number, not 'x'"),
        ("time_s,ecg_mV\n0,1\n\n0.004,1\n,2\n", "line 5: time_s has a row without a time"),
        ("time,ecg_mV\n0,1\n1e400,1\n1e400,1\n", "line 3: time has a row without a time"),
        ("time,ecg_mV\n0.008,1\n0.004,1\n0,1\n", "line 3: time does not rise from row to row"),
        ("time_s,ir,red\n0,1,1\n0.01,1,1\n", "which signal? --signal takes one of: 1 'ir', 2 'red'"),
        ("Time;HR\n0;71\n1;72\n2;71\n", "HR is no heart's signal by its name"),
        ("ecg\n1\n2\n3\n", "the header has no column time_s: ecg"),
        ("853 ms\n878 ms\n", "not one of its lines is a number"),
        ("0.0 0.1\n0.004 0.2\n0.008 0.3\n", "line 1: 2 columns without a header"),
        ("# nothing but this\n", "comments alone"),
        (f"time_s,{'[' * 300}\n0,1\n0.004,2\n", "a column's name has 300 characters; up to 256 are read"),
        ("\n".join([",".join(map(str, range(1, 3000)))] * 3), "2999 columns without a header"),
        ("\x01\x02\x03\n", "neither EDF nor text"),
    ],
)
def test_a_file_that_is_not_read_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "in.txt").write_text(text)
    with pytest.raises(UsageError) as caught:
        open_recording(tmp_path / "in.txt")
    assert str(caught.value).startswith(f"{tmp_path / 'in.txt'}: ")
    assert told in str(caught.value)


SIGNS = "0123456789.,;\t\n eE-+#:'\"timeRsamcgV[]"


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400) | st.text(SIGNS, max_size=300).map(str.encode))
def test_any_bytes_are_a_recording_or_one_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "in.csv"
    path.write_bytes(content)
    with suppress(UsageError):
        assert open_recording(path).duration_s >= 0.0
