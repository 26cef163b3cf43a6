"""Headers of WFDB records: all that header(5) allows is read, and what is in no field's form is refused by its name."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.others.wfdb_header import read_wfdb_header
from device.replay.others.wfdb_record import read_wfdb
from tests.replay_helpers import open_signal

FRAMES = 1000
FORMS = {16: "<i2", 61: ">i2", 32: "<i4"}


def floats(low: float, high: float) -> st.SearchStrategy[str]:
    """As scanf reads them: 360, 360., 360.0, 3.6e2."""
    numbers = st.floats(low, high).map(lambda value: float(f"{value:.4g}"))
    spelt = (lambda v: f"{v!r}", lambda v: f"{v:.5e}", lambda v: f"{round(v)}", lambda v: f"{round(v)}.")
    return st.tuples(numbers, st.sampled_from(spelt)).map(lambda both: str(both[1](both[0])))


cuts = st.integers(0, 40)
whole = st.integers(-(10**6), 10**6).map(str)


@st.composite
def record_lines(draw: st.DrawFn) -> tuple[str, str | None, str | None]:
    """(line, its rate, its number of frames), cut behind any field that may be the last."""
    rate, counter, base = draw(floats(90, 900)), draw(floats(1, 9)), draw(floats(-9, 9))
    frames = draw(st.integers(0, 10**7).map(str))
    clocks = ["20:00:00 17/05/2026", "8:00:00.123", "12:00:00 01/01/1990", "05-Feb-2020 11:39:16"]
    fields = [rate + draw(st.sampled_from(["", f"/{counter}", f"/{counter}({base})"])), frames]
    fields = [*fields, draw(st.sampled_from(clocks))][: draw(st.integers(0, 3))]
    line = draw(st.sampled_from([" ", "\t", "  "])).join(["rec", "1", *fields])
    return line, rate if fields else None, frames if len(fields) > 1 else None


@st.composite
def signal_lines(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """(line, what it tells)."""
    told: dict[str, object] = {"a_frame": 1, "skew": 0, "offset": 0}
    form = "16"
    for sign, name in (("x", "a_frame"), (":", "skew"), ("+", "offset")):
        if draw(st.booleans()):
            told[name] = draw(st.integers(1, 99))
            form += f"{sign}{told[name]}"
    gain, baseline, unit = draw(floats(1, 3000)), draw(whole), draw(st.sampled_from(["mV", "uV", "mmHg", "%", "µV"]))
    form_of_gain = draw(st.sampled_from(["{g}", "{g}({b})", "{g}/{u}", "{g}({b})/{u}"]))
    numbers = [draw(whole) for _ in range(5)]
    label = draw(st.sampled_from(["MLII", "lead II, chest", "ECG #1"]))
    fields = [form_of_gain.format(g=gain, b=baseline, u=unit), *numbers, label][: draw(st.integers(0, 7))]
    told["gain"] = float(gain) if fields else 200.0
    zero = int(numbers[1]) if len(fields) > 2 else 0
    told["baseline"] = int(baseline) if fields and "{b}" in form_of_gain else zero
    told["first"] = int(numbers[2]) if len(fields) > 3 else 0
    told["label"] = label if len(fields) > 6 else "signal 1"
    return " ".join(["rec.dat", form, *fields]), told


@settings(deadline=None)
@given(record_lines(), signal_lines(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_all_that_the_guide_allows_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    record: tuple[str, str | None, str | None],
    signal: tuple[str, dict[str, object]],
    end: str,
    comments: bool,
) -> None:
    path = tmp_path_factory.mktemp("wfdb") / "rec.hea"
    about = ["#<age>: 61", ""] if comments else []
    path.write_bytes(end.join([*about, record[0], *about, signal[0], *about, ""]).encode())
    header = read_wfdb_header(path)
    assert header.frames_hz == float(record[1] or 250.0)
    assert header.frames == int(record[2] or 0)
    told = {name: getattr(header.signals[0], name) for name in signal[1]}
    assert told == signal[1]


WRONG = [
    "360Hz",
    "200mV",
    "x",
    "1,5",
    "--3",
    "nan",
    "inf",
    "0xg",
    "1e",
    "1.2.3",
    "²",
    "9" * 5000,
    "5(6/7",
    "4(2",
    "(3)",
]
SIGNAL = ["rec.dat", "16", "200", "12", "0", "0", "0", "0", "ECG"]
RECORD = ["rec", "1", "360", "1000"]
FIELDS = {
    **{("first line", at): name for at, name in enumerate(["number of signals", "rate", "number of samples"], 1)},
    **{
        ("line of signal 1", at): name
        for at, name in enumerate(["format", "gain", "resolution", "zero", "first value", "checksum", "block size"], 1)
    },
}


@pytest.mark.parametrize(("line", "at"), FIELDS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_field_that_is_none_is_refused_by_its_name(tmp_path: Path, line: str, at: int, wrong: str) -> None:
    record, signal = list(RECORD), list(SIGNAL)
    (record if line == "first line" else signal)[at] = wrong
    (tmp_path / "rec.hea").write_text(" ".join(record) + "\n" + " ".join(signal) + "\n", encoding="latin-1")
    (tmp_path / "rec.dat").write_bytes(bytes(2 * FRAMES))
    with pytest.raises(UsageError) as caught:
        read_wfdb(tmp_path / "rec.hea", None, None, None)
    told = str(caught.value)
    too_large = at == 2 and wrong == "9" * 5000
    assert too_large or f"the header's {line}: the {FIELDS[line, at]} must be " in told
    assert "\n" not in told
    assert len(told) < 250


@settings(deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.tuples(st.integers(1, 3), st.integers(1, 2)), st.integers(0, 2000), cuts)
def test_what_is_there_is_read_and_a_length_that_differs_is_told(
    tmp_path_factory: pytest.TempPathFactory, form: int, widths: tuple[int, int], told_frames: int, cut: int
) -> None:
    a_frame, others = widths
    folder = tmp_path_factory.mktemp("wfdb")
    width = a_frame + others
    samples = np.arange(FRAMES * width) % 1000
    content = samples.astype(FORMS[form]).tobytes()
    content = content[: len(content) - cut]
    (folder / "rec.dat").write_bytes(content)
    lines = [f"rec {1 + others} 250 {told_frames}", f"rec.dat {form}x{a_frame} 1/uV 12 0 0 0 0 ECG"]
    lines += [f"rec.dat {form} 1/mmHg 12 0 0 0 0 ABP"] * others
    (folder / "rec.hea").write_text("\n".join(lines))
    signal = open_signal(folder / "rec.hea", signal="1")
    whole_frames = len(content) // (width * np.dtype(FORMS[form]).itemsize)
    expected = samples[: whole_frames * width].reshape(-1, width)[:, :a_frame].reshape(-1)
    np.testing.assert_array_equal(signal.values, expected)
    differs = f"the header tells of {told_frames * a_frame} samples, and {len(expected)} are in rec.dat: those are read"
    said = "; ".join(signal.remarks)
    assert (differs in said) == (told_frames not in (0, whole_frames))
    assert ("rec.dat ends within a frame, which is left out" in said) == bool(
        len(content) % (width * np.dtype(FORMS[form]).itemsize)
    )


@pytest.mark.parametrize("count", [999, 1000])
@pytest.mark.parametrize("filled_up", [False, True])
@pytest.mark.parametrize("told", [True, False])
def test_an_odd_number_of_samples_in_pairs_is_whole(tmp_path: Path, count: int, filled_up: bool, told: bool) -> None:
    adc = [(k * 7) % 900 for k in range(count)]
    pairs = np.array([*adc, 0] if count % 2 else adc).reshape(-1, 2)
    content = np.column_stack((pairs[:, 0] & 255, pairs[:, 0] >> 8 | pairs[:, 1] >> 8 << 4, pairs[:, 1] & 255))
    raw = content.astype(np.uint8).tobytes()
    (tmp_path / "rec.dat").write_bytes(raw[:-1] if count % 2 and not filled_up else raw)
    (tmp_path / "rec.hea").write_text(f"rec 1 250 {count if told else 0}\nrec.dat 212 1/uV 12 0 0 0 0 ECG\n")
    signal = open_signal(tmp_path / "rec.hea")
    unknowable = [0] * (filled_up and not told and count % 2)
    assert signal.values.tolist() == [*adc, *unknowable]
    assert signal.remarks == ()


def test_two_signals_described_alike_are_two(tmp_path: Path) -> None:
    (tmp_path / "rec.dat").write_bytes(np.column_stack([np.zeros(500), np.arange(500)]).astype("<i2").tobytes())
    line = "rec.dat 16 1/uV 12 0 0 0 0 ECG\n"
    (tmp_path / "rec.hea").write_text("rec 2 250 500\n" + 2 * line)
    assert open_signal(tmp_path / "rec.hea", signal="2").values.tolist() == list(range(500))


def test_samples_before_the_record_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "rec.dat").write_bytes(np.arange(500).astype("<i2").tobytes())
    (tmp_path / "rec.hea").write_text("rec 1 250 500\nrec.dat 16:7 1/uV 12 0 0 0 0 ECG\n")
    assert open_signal(tmp_path / "rec.hea").values.tolist() == list(range(7, 500))


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("rec 1\nrec.dat 16\n", "the header tells no rate: 250 Hz is taken"),
        ("rec 1\nrec.dat 16\n", "the header tells no gain of signal 1: 200 steps a mV are taken"),
        ("rec 1 250\nrec.dat 16 0/uV\n", "the header tells no gain of signal 1: 200 steps a uV are taken"),
        ("rec 1 250 0 11:39 05-02-2020\nrec.dat 16 200\n", "time and date are not read"),
    ],
)
def test_what_is_taken_for_what_is_not_told_is_said(tmp_path: Path, header: str, told: str) -> None:
    (tmp_path / "rec.dat").write_bytes(np.arange(500).astype("<i2").tobytes())
    (tmp_path / "rec.hea").write_text(header)
    assert told in "; ".join(open_signal(tmp_path / "rec.hea").remarks)


def test_a_date_is_taken(tmp_path: Path) -> None:
    (tmp_path / "rec.hea").write_text("rec 0 250 0 20:01:02.500 17/05/2026\n")
    assert read_wfdb_header(tmp_path / "rec.hea").started == datetime(2026, 5, 17, 20, 1, 2)
