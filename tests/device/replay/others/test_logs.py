"""What phones, watches and straps leave: each form made by hand, read to known intervals or refused in one line."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.recordings import BeatList
from tests.replay_helpers import open_signal
from tests.synthetic import ecg, regular_r_times

RR_MS = [800 + round(50 * np.sin(k / 3)) + k % 7 for k in range(40)]


def intervals_ms(path: Path, kind: str | None = None, signal: str | None = None) -> list[float]:
    recording = open_recording(path, kind, signal)
    assert isinstance(recording, BeatList)
    return [float(step) for step in np.diff([beat.t_s * 1000 for beat in recording.beats])]


def clock(t_s: float, style: str) -> str:
    hour, minute, second = int(t_s // 3600), int(t_s // 60) % 60, t_s % 60
    if style == "24":
        return f"{hour:02d}:{minute:02d}:{second:05.2f}".replace(".", ",")
    half = "AM" if hour < 12 else "PM"
    space, half = ("\u202f", half) if style == "narrow" else (" ", half.lower())
    return f"{hour % 12 or 12}:{minute:02d}:{second:05.2f}{space}{half}"


def health(readings: list[tuple[str, list[tuple[float, int]]]], style: str = "24") -> str:
    records = "".join(
        f'<Record type="HKQuantityTypeIdentifierHeartRateVariabilitySDNN" unit="ms" startDate="{start}" value="45">'
        "<HeartRateVariabilityMetadataList>"
        + "".join(f'<InstantaneousBeatsPerMinute bpm="{bpm}" time="{clock(t, style)}"/>' for t, bpm in beats)
        + "</HeartRateVariabilityMetadataList></Record>"
        for start, beats in readings
    )
    other = '<Record type="HKQuantityTypeIdentifierStepCount" startDate="2026-01-01" value="12"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="nb_NO">{other}{records}{other}</HealthData>'


def beats_of(rr_ms: list[int], start_s: float = 43_190.0) -> list[tuple[float, int]]:
    """Across noon."""
    times = start_s + np.cumsum([0, *rr_ms]) / 1000
    return [(float(t), round(60_000 / rr)) for t, rr in zip(times, [rr_ms[0], *rr_ms], strict=True)]


@pytest.mark.parametrize("style", ["24", "12", "narrow"])
def test_a_reading_of_a_watch(tmp_path: Path, style: str) -> None:
    (tmp_path / "export.xml").write_text(health([("2026-04-01 11:59:50 +0200", beats_of(RR_MS))], style), "utf-8")
    assert intervals_ms(tmp_path / "export.xml") == pytest.approx(RR_MS, abs=11)
    recording = open_recording(tmp_path / "export.xml")
    assert (recording.started.hour if recording.started else None) == 11
    assert "0.01 s" in recording.remarks[0]


def test_beats_that_the_watch_left_out_break_the_chain(tmp_path: Path) -> None:
    beats = beats_of(RR_MS)
    del beats[20:23]
    (tmp_path / "export.xml").write_text(health([("2026-04-01 11:59:50 +0200", beats)]))
    recording = open_recording(tmp_path / "export.xml")
    assert isinstance(recording, BeatList)
    (gap_s,) = recording.breaks_s
    assert recording.beats[19].t_s < gap_s < recording.beats[20].t_s


def test_of_many_readings_one_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(health([(f"2026-04-0{k} 08:00:00 +0200", beats_of(RR_MS[: 10 + k])) for k in (1, 2, 3)]))
    with pytest.raises(UsageError, match=r"3 readings of beats, 1 \(2026-04-01 .*--signal takes the number of one"):
        open_recording(path)
    assert len(intervals_ms(path, signal="2")) == 12
    with pytest.raises(UsageError, match="3 readings"):
        open_recording(path, signal="4")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<HealthData></HealthData>", "an XML file without beats"),
        ("<HealthData>", "not an export of Apple's Health app"),
        (health([("2026", [(100.0, 60), (99.0, 60), (98.0, 60)])]), "not in order of time"),
    ],
)
def test_an_xml_file_without_beats_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "export.xml").write_text(text)
    with pytest.raises(UsageError, match=told):
        open_recording(tmp_path / "export.xml")


# --- a watch's ECG: the rate above a column


def test_a_watch_s_ecg(tmp_path: Path) -> None:
    values = ecg(regular_r_times(10.0), 512.0, 10.0)
    for end, comma in (("\n", False), ("\r\n", True)):
        lines = [
            "Name,Kari",
            "Recorded Date,2026-04-01 08:00:00 +0200",
            "Sample Rate,512 hertz",
            "Lead,Lead I",
            "Unit,µV",
        ]
        numbers = [f"{value:.3f}" for value in values]
        lines += [""] + ([number.replace(".", ",") for number in numbers] if comma else numbers)
        (tmp_path / "ecg.csv").write_text(end.join(lines), "utf-8")
        signal = open_signal(tmp_path / "ecg.csv")
        assert (signal.kind, signal.fs_hz, signal.label) == ("ecg", 512.0, "Lead I")
        assert np.allclose(signal.values, values, atol=1e-3)


def test_a_watch_s_ecg_without_unit_is_told(tmp_path: Path) -> None:
    values = ecg(regular_r_times(10.0), 512.0, 10.0)
    (tmp_path / "ecg.csv").write_text("\n".join(["Rate: 512 Hz", *(f"{v:.1f}" for v in values)]))
    assert any("--unit decides" in remark for remark in open_signal(tmp_path / "ecg.csv").remarks)


@pytest.mark.parametrize("head", ["# of a recording at 1000 Hz", "Measured at 1000 Hz", "for Kubios HRV"])
def test_intervals_below_a_word_about_a_rate_or_a_program_are_intervals(tmp_path: Path, head: str) -> None:
    (tmp_path / "rr.txt").write_text("\n".join([head, *map(str, RR_MS)]))
    assert intervals_ms(tmp_path / "rr.txt") == pytest.approx(RR_MS)


# --- JSON of straps

ECG_UV = np.round(ecg(regular_r_times(20.0), 125.0, 20.0))


def pieces(fs_hz: float = 125.0, without: range = range(0)) -> list[dict[str, object]]:
    return [
        {"ecg": {"Timestamp": 5000 + round(at * 1000 / fs_hz), "Samples": ECG_UV[at : at + 16].tolist()}}
        for at in range(0, len(ECG_UV), 16)
        if at not in without
    ]


@pytest.mark.parametrize("wrap", [lambda p: {"data": p}, lambda p: p, lambda p: {"Meas": [{"Body": x} for x in p]}])
def test_an_ecg_of_pieces(tmp_path: Path, wrap: Callable[[object], object]) -> None:
    (tmp_path / "log.json").write_text(json.dumps(wrap(pieces())))
    signal = open_signal(tmp_path / "log.json")
    assert signal.fs_hz == 125.0
    assert np.array_equal(signal.values, ECG_UV)
    assert "no unit is told of ECG" in signal.remarks[-1]


def test_a_piece_that_is_missing_is_lost_samples(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text(json.dumps(pieces(without=range(480, 512))))
    signal = open_signal(tmp_path / "log.json")
    assert np.flatnonzero(np.isnan(signal.values)).tolist() == list(range(480, 512))
    assert np.array_equal(signal.values[512:], ECG_UV[512:])
    assert any("32 samples" in remark for remark in signal.remarks)


def test_intervals_of_json(tmp_path: Path) -> None:
    log = [{"hr": {"average": 71.0, "rrData": RR_MS[k : k + 2]}} for k in range(0, len(RR_MS), 2)]
    (tmp_path / "log.json").write_text("\ufeff" + json.dumps({"data": log}), "utf-8")
    assert intervals_ms(tmp_path / "log.json") == pytest.approx(RR_MS)
    (tmp_path / "both.json").write_text(json.dumps([*log, *pieces()]))
    with pytest.raises(UsageError, match="--kind ecg or --kind rr decides"):
        open_recording(tmp_path / "both.json")
    assert intervals_ms(tmp_path / "both.json", kind="rr") == pytest.approx(RR_MS)
    assert open_signal(tmp_path / "both.json", kind="ecg").fs_hz == 125.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", "without ECG .* or RR intervals"),
        ("{", "not a JSON file"),
        ("[" * 100_000, "not a JSON file"),
        ('{"rr": [800, -1]}', "not all above 0"),
        ('{"rr": [1e999, 800]}', "not all above 0"),
        ('[{"Samples": [1], "Timestamp": 1}]', "one piece of ECG has no rate"),
        ('[{"Samples": [1], "Timestamp": 9}, {"Samples": [1], "Timestamp": 1}]', "not in order of time"),
        (
            '[{"Samples": [1], "Timestamp": 0}, {"Samples": [1], "Timestamp": 8}, {"Samples": [1], "Timestamp": 1e15}]',
            "miss",
        ),
    ],
)
def test_a_json_file_that_is_not_read_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "log.json").write_text(text)
    with pytest.raises(UsageError, match=told):
        open_recording(tmp_path / "log.json")


# --- reports of Kubios, and what apps keep of mornings


def report(delimiter: str, comma: bool, ms: bool, second_sample: bool = False) -> str:
    times = np.cumsum(RR_MS) / 1000
    rows = [
        [f"{t:.3f}", f"{rr if ms else rr / 1000:.4f}", "", "0.0039", "12.5"] for t, rr in zip(times, RR_MS, strict=True)
    ]
    rows += rows[:5] if second_sample else []
    if comma:
        rows = [[cell.replace(".", ",") for cell in row] for row in rows]
    head = ["Kubios HRV analysis results", "", f"Mean RR{delimiter} 801.5", "RESULTS FOR A SINGLE SAMPLE", ""]
    head += ["RR INTERVAL DATA and SPECTRUM ESTIMATES", delimiter.join(["Time", "RR", "", "Frequency", "PSD"])]
    return "\r\n".join([*head, *(delimiter.join(row) for row in rows)]) + "\r\n"


@pytest.mark.parametrize(("delimiter", "comma"), [(";", False), (";", True), ("\t", True), (", ", False), (",", False)])
@pytest.mark.parametrize("ms", [False, True])
def test_a_report_of_kubios(tmp_path: Path, delimiter: str, comma: bool, ms: bool) -> None:
    for encoding in ("utf-8", "utf-16", "latin-1"):
        (tmp_path / "hrv.txt").write_text(report(delimiter, comma, ms), encoding)
        assert intervals_ms(tmp_path / "hrv.txt") == pytest.approx(RR_MS, abs=1.1)


def test_of_two_samples_of_a_report_the_first_is_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "hrv.txt").write_text(report(";", False, False, second_sample=True))
    recording = open_recording(tmp_path / "hrv.txt")
    assert recording.remarks[-1] == "only the first of its samples is read"
    assert recording.duration_s == pytest.approx(sum(RR_MS) / 1000, abs=0.01)


def test_a_report_that_does_not_add_up_or_has_no_intervals_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hrv.txt").write_text(report(";", False, False).replace(";0.8", ";1.9"))
    with pytest.raises(UsageError, match="do not add up"):
        open_recording(tmp_path / "hrv.txt")
    (tmp_path / "hrv.txt").write_text("Kubios HRV analysis results\nRESULTS FOR A SINGLE SAMPLE\nMean RR; 800\n")
    with pytest.raises(UsageError, match="a report of Kubios without intervals"):
        open_recording(tmp_path / "hrv.txt")


@pytest.mark.parametrize(
    "header", ["date,time,HR,rMSSD,SDNN", "Date;rMSSD;Readiness", "day,HRV [ms],resting hr", "date,lnRMSSD,notes"]
)
def test_a_table_of_mornings_holds_no_intervals(tmp_path: Path, header: str) -> None:
    sign = ";" if ";" in header else ","
    row = sign.join(["2026-04-0{}", *(["55"] * (len(header.split(sign)) - 1))])
    (tmp_path / "hrv.csv").write_text("\n".join([header, *(row.format(k) for k in range(1, 8))]))
    with pytest.raises(UsageError, match="is a whole reading's number, and no column holds intervals"):
        open_recording(tmp_path / "hrv.csv")


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("timestamp,rr,since start", "2026-04-01 08:00:{second:02d},{rr},{at}"),  # HRV Logger
        ("Date,Time,HR,IBI", "1.4.2026,08:00:{second:02d},71,{rr}"),
        ("IBI", "{rr}"),  # emWave and most others
    ],
)
def test_columns_of_intervals_by_other_names(tmp_path: Path, header: str, line: str) -> None:
    rows = [line.format(second=k % 60, rr=rr, at=k) for k, rr in enumerate(RR_MS)]
    (tmp_path / "in.csv").write_text("\n".join([header, *rows]))
    assert intervals_ms(tmp_path / "in.csv") == pytest.approx(RR_MS)


def test_a_strap_s_ecg_as_its_loggers_write_it(tmp_path: Path) -> None:
    """Polar H10 by Polar Sensor Logger: 130 Hz, nanoseconds since 2000."""
    values = np.round(ecg(regular_r_times(10.0), 130.0, 10.0))
    start = 828_000_000_000_000_000
    rows = [
        f"2026-04-01T08:00:00.{k % 1000:03d};{start + round(k * 1e9 / 130)};{k * 1000 / 130:.6f};{v:.0f}"
        for k, v in enumerate(values)
    ]
    (tmp_path / "Polar_H10_ECG.txt").write_text(
        "\n".join(["Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]", *rows])
    )
    signal = open_signal(tmp_path / "Polar_H10_ECG.txt")
    assert signal.fs_hz == pytest.approx(130.0, rel=1e-4)
    assert np.array_equal(signal.values, values)


@pytest.mark.parametrize("header", ["Timestamp,ECG", "Timestamp (ms),ecg"])
def test_a_table_of_a_movesense_sensor(tmp_path: Path, header: str) -> None:
    rows = [f"{5000 + k * 8},{value:.0f}" for k, value in enumerate(ECG_UV)]
    (tmp_path / "movesense.csv").write_text("\n".join([header, *rows]))
    signal = open_signal(tmp_path / "movesense.csv")
    assert signal.fs_hz == 125.0
    assert np.array_equal(signal.values, ECG_UV)
