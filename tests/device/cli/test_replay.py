"""`rolig replay` as a user types it: the contract of its options, columns and exit codes."""

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from edfio import Edf, EdfSignal, read_edf

from device.cli import main
from device.recording.edf.layout import Header, SignalHeader, encode_header
from device.replay.tables import BEAT_COLUMNS, INTERVAL_COLUMNS, METRICS_COLUMNS
from drivers.sim.person.body import Body

FS_HZ = 250
SECONDS = 150


@pytest.fixture(scope="module")
def body() -> Body:
    return Body(seed=3)


@pytest.fixture(scope="module")
def recording(body: Body, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An EDF as others write it: ECG in mV, beside something else."""
    body.follow(6.0)
    ecg_mv = body.ecg_mv(np.arange(SECONDS * FS_HZ) / FS_HZ)
    signals = [
        EdfSignal(np.zeros(SECONDS * 10), 10, label="Resp"),
        EdfSignal(ecg_mv, FS_HZ, label="ECG II", physical_dimension="mV"),
    ]
    path = tmp_path_factory.mktemp("edf") / "wearer.edf"
    edf = Edf(signals)
    edf.starttime, edf.startdate = datetime(2026, 5, 17, 9, 30).time(), datetime(2026, 5, 17).date()
    edf.write(path)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def replay(*arguments: object) -> int:
    return main(["replay", *map(str, arguments)])


def test_the_columns_are_those_of_the_contract() -> None:
    assert BEAT_COLUMNS == ("time_s", "quality", "known_s")
    assert INTERVAL_COLUMNS == ("time_s", "interval_ms", "kind", "known_s", "sd_ms", "doubt")
    assert ",".join(METRICS_COLUMNS) == (
        "time_s,mean_hr_bpm,rmssd_ms,sdnn_ms,rsa_ms,coherence,breaths_per_min,breath_confidence,quality,state,arousal,"
        "settling,rmssd_sd_ms,sdnn_sd_ms,rsa_sd_ms"
    )


def test_beats_are_where_the_heart_beat_and_known_in_time(recording: Path, body: Body, tmp_path: Path) -> None:
    assert replay(recording, "--signal", "ECG", "--beats", tmp_path / "b.csv") == 0
    beats = rows(tmp_path / "b.csv")
    times_s = np.array([float(b["time_s"]) for b in beats])
    late_s = np.array([float(b["known_s"]) for b in beats]) - times_s
    true_s = body.true_beats_s
    inside = true_s[(true_s > 4.0) & (true_s < SECONDS - 1.0)]
    assert np.max(np.min(np.abs(inside[:, None] - times_s[None, :]), axis=1)) < 0.01
    assert np.max(late_s[times_s > 4.0]) <= 0.4 + 0.02
    assert all(len(b["time_s"].split(".")[1]) >= 5 for b in beats)


@pytest.mark.parametrize("block_ms", [1.0, 333.0, 10_000.0])
def test_the_block_length_changes_nothing_but_when_things_are_known(
    recording: Path, tmp_path: Path, block_ms: float
) -> None:
    for name, length in (("a", 20.0), ("b", block_ms)):
        options = [("--beats", "b"), ("--intervals", "i"), ("--metrics", "m")]
        named = [part for option, letter in options for part in (option, tmp_path / f"{name}{letter}.csv")]
        assert replay(recording, "--signal", "ECG", "--block-ms", length, *named) == 0
    for letter in "bim":
        one, other = (
            [{k: v for k, v in row.items() if k != "known_s"} for row in rows(tmp_path / f"{name}{letter}.csv")]
            for name in "ab"
        )
        assert one == other


def test_metrics_have_a_row_a_second_empty_where_there_is_no_support(recording: Path, tmp_path: Path) -> None:
    assert replay(recording, "--signal", "ECG", "--metrics", tmp_path / "m.csv") == 0
    metrics = rows(tmp_path / "m.csv")
    assert [float(m["time_s"]) for m in metrics] == list(range(1, SECONDS + 1))
    assert metrics[0]["mean_hr_bpm"] == metrics[0]["state"] == metrics[0]["arousal"] == ""
    assert float(metrics[-1]["breaths_per_min"]) == pytest.approx(6.0, abs=0.2)
    assert {m["state"] for m in metrics[100:]} <= {"calm", "neutral", "alarm", "unsure"}


def test_the_session_folder_is_the_last_line_and_opens_elsewhere(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replay(recording, "--signal", "ECG", "--out", tmp_path / "store", "--intervals", tmp_path / "i.csv") == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    assert folder.parent == tmp_path / "store"
    edf = read_edf(folder / "session.edf")
    assert edf.startdate == datetime(2026, 5, 17).date()
    assert edf.signals[0].physical_dimension == "uV"
    summary = json.loads((folder / "summary.json").read_text())
    written_ms = [float(line) for line in (folder / "rr.txt").read_text().split()]
    told_ms = [float(row["interval_ms"]) for row in rows(tmp_path / "i.csv")]
    assert written_ms == pytest.approx(told_ms, abs=0.02)
    assert set(summary["hrv_all"]) == set(summary["hrv_nn"]) == {
        "mean_hr_bpm", "sdnn_ms", "rmssd_ms", "pnn50_pct", "lf_ms2", "hf_ms2",
    }  # fmt: skip


def test_an_rr_file_begins_with_a_beat_at_zero(tmp_path: Path) -> None:
    (tmp_path / "rr.txt").write_text("800\n810\n790\n" * 40)
    assert replay(tmp_path / "rr.txt", "--beats", tmp_path / "b.csv", "--intervals", tmp_path / "i.csv") == 0
    assert rows(tmp_path / "b.csv")[0]["time_s"] == "0.00000"
    assert [float(r["interval_ms"]) for r in rows(tmp_path / "i.csv")][:3] == pytest.approx([800, 810, 790])


def test_a_beat_list_with_a_gap_keeps_the_gap_out_of_the_intervals(tmp_path: Path) -> None:
    times_s = [0.8 * k for k in range(80)] + [73.2 + 0.8 * k for k in range(80)]
    (tmp_path / "beats.csv").write_text("time_s\n" + "".join(f"{t:.5f}\n" for t in times_s))
    assert replay(tmp_path / "beats.csv", "--kind", "beats", "--intervals", tmp_path / "i.csv") == 0
    across = [r for r in rows(tmp_path / "i.csv") if float(r["interval_ms"]) > 3000]
    assert [r["kind"] for r in across] in ([], ["unreadable"])


def test_intervals_replay_as_they_were_measured_gaps_included(tmp_path: Path) -> None:
    lines = ["0.20000,800.000,normal", "1.00000,,", "1.80000,800.000,normal"]
    lines += ["2.61000,810.000,normal", "9.40000,790.000,normal", "10.2,800.000,ectopic"]
    (tmp_path / "rr.csv").write_text("\n".join(["time_s,interval_ms,kind", *lines]))
    assert replay(tmp_path / "rr.csv", "--beats", tmp_path / "b.csv") == 0
    times_s = [float(row["time_s"]) for row in rows(tmp_path / "b.csv")]
    assert times_s == pytest.approx([0.2, 1.0, 1.8, 2.61, 8.61, 9.4, 10.2])


def test_rounded_intervals_meet_in_one_beat(tmp_path: Path) -> None:
    (tmp_path / "rr.csv").write_text("time_s,interval_ms\n0.83,831\n1.66,834\n2.48,817\n3.31,829\n")
    assert replay(tmp_path / "rr.csv", "--beats", tmp_path / "b.csv") == 0
    assert [float(row["time_s"]) for row in rows(tmp_path / "b.csv")] == [0.83, 1.66, 2.48, 3.31]


def test_csv_samples_in_mv_read_like_the_edf(recording: Path, body: Body, tmp_path: Path) -> None:
    t_s = np.arange(60 * FS_HZ) / FS_HZ
    lines = "".join(f"{t:.4f},{mv:.5f}\n" for t, mv in zip(t_s, body.ecg_mv(t_s), strict=True))
    (tmp_path / "ecg.csv").write_text("time_s,ecg_mv\n" + lines)
    assert replay(tmp_path / "ecg.csv", "--beats", tmp_path / "c.csv") == 0
    assert replay(recording, "--kind", "ecg", "--beats", tmp_path / "e.csv") == 0
    from_csv, from_edf = ([float(r["time_s"]) for r in rows(tmp_path / n)] for n in ("c.csv", "e.csv"))
    common = from_csv[5:-3]
    assert common == pytest.approx(from_edf[5 : 5 + len(common)], abs=0.003)


def test_the_profile_is_made_kept_and_set_aside_when_it_is_bad(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "p.json"
    assert replay(recording, "--signal", "ECG", "--profile", profile) == 0
    days = json.loads(profile.read_text())["resting_days"]
    assert [d["day"] for d in days] == [datetime(2026, 5, 17).toordinal()]
    assert replay(recording, "--signal", "ECG", "--profile", profile, "--date", "2026-05-18") == 0
    assert len(json.loads(profile.read_text())["resting_days"]) == 2
    profile.write_text("no profile")
    assert replay(recording, "--signal", "ECG", "--profile", profile) == 0
    assert (tmp_path / "p.json.bad-1").read_text() == "no profile"
    assert "p.json.bad-1" in capsys.readouterr().err


def test_a_baseline_holds_from_the_start_and_is_not_kept(recording: Path, tmp_path: Path) -> None:
    options = ["--signal", "ECG", "--metrics", tmp_path / "m.csv", "--profile", tmp_path / "p.json"]
    assert replay(recording, *options, "--baseline", "30:100") == 0
    metrics = rows(tmp_path / "m.csv")
    first = next(k for k, m in enumerate(metrics) if m["state"])
    assert first < 40
    assert json.loads((tmp_path / "p.json").read_text())["resting_days"] == []


def test_a_baseline_that_cannot_be_read_leaves_the_state_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rr.txt").write_text("800\n810\n790\n" * 60)
    assert replay(tmp_path / "rr.txt", "--baseline", "20:30", "--metrics", tmp_path / "m.csv") == 0
    assert {m["state"] for m in rows(tmp_path / "m.csv")} == {""}
    assert "fewer than 20 s of readable heartbeats" in capsys.readouterr().err


def test_the_display_can_be_pictures(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "guide.csv").write_text("time_s,breaths_per_min\n10,6\n100,nan\n")
    pictures = tmp_path / "pictures"
    options = ["--signal", "ECG", "--display", pictures, "--guide", tmp_path / "guide.csv"]
    assert replay(recording, *options) == 0
    names = sorted(p.name for p in pictures.glob("*.png"))
    assert len(names) > 100


def _bad_files(folder: Path) -> Iterator[tuple[list[str], str]]:
    (folder / "empty.edf").write_bytes(b"")
    (folder / "text.edf").write_text("hello")
    (folder / "short.edf").write_bytes(b"0       " + b" " * 40)
    (folder / "words.csv").write_text("time_s,ecg_mv\n0,a\n")
    (folder / "headless.csv").write_text("a,b\n1,2\n")
    (folder / "rr.txt").write_text("800\n-5\n")
    (folder / "beats.csv").write_text("time_s\n2\n1\n")
    (folder / "fast.csv").write_text("time_s\n" + "".join(f"{0.1 * beat:.1f}\n" for beat in range(600)))
    (folder / "far.csv").write_text("time_s\n1\n1e7\n")
    (folder / "overlap.csv").write_text("time_s,interval_ms\n1,800\n1.5,800\n")
    (folder / "long.csv").write_text("time_s,ecg_mv\n0," + "1" * 200_000)
    (folder / "apart.csv").write_text("time_s,ecg_mv\n0,1\n0.004,1\n1e9,1\n")
    (folder / "good.txt").write_text("800\n810\n")
    (folder / "guide.csv").write_bytes(bytes(range(256)))
    (folder / "pressure.csv").write_text("time_s,ECG [mmHg]\n0,1\n0.004,1\n")
    flat = Header(
        (SignalHeader("ECG", "mV", -1.0, 1.0, 250, digital_min=3, digital_max=3),), Decimal(1), record_count=1
    )
    (folder / "flat.edf").write_bytes(encode_header(flat) + bytes(500))
    (folder / "still.edf").write_bytes(encode_header(replace(flat, record_duration_s=Decimal(0))) + bytes(500))
    warm = Header((SignalHeader("ECG", "degC", -1.0, 1.0, 250),), Decimal(1), record_count=1)
    (folder / "warm.edf").write_bytes(encode_header(warm) + bytes(500))
    yield ["warm.edf"], "warm.edf: ECG is in 'degC'; an ECG is read in nV, uV, mV or V"
    yield ["pressure.csv"], "pressure.csv: ECG [mmHg] is in 'mmHg'; an ECG is read in nV, uV, mV or V"
    yield ["none.edf"], "no such file"
    yield ["empty.edf"], "the file is empty"
    yield ["text.edf"], "not an EDF file"
    yield ["short.edf"], "not an EDF file"
    yield ["words.csv"], "line 2: ecg_mv must be a number"
    yield ["headless.csv"], "no column time_s"
    yield ["rr.txt"], "line 2: an RR interval must be above 0 ms"
    yield ["beats.csv"], "line 3: beat times must be in order"
    yield ["fast.csv"], "no heart beats every 100 ms; 250 ms or more are read"
    yield ["far.csv"], "the last beat is at 1e+07 s"
    yield ["overlap.csv"], "line 3: intervals must be above 0 ms, in order and apart"
    yield ["long.csv"], "long.csv: not a CSV file"
    yield ["apart.csv"], "time_s spans 1e+09 s"
    yield ["good.txt", "--guide", "guide.csv"], "guide.csv: not a CSV file"
    yield ["flat.edf"], "flat.edf: signal 'ECG': its digital minimum and maximum are the same"
    yield ["still.edf"], "still.edf: signal 'ECG': data records of 0 s give it no rate"


def test_bad_input_is_one_clear_line_and_exit_code_2(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cases = [
        *_bad_files(tmp_path),
        ([str(recording), "--signal", "Resp"], "Resp is sampled at 10 Hz; ecg takes 90 to 4100 Hz"),
        ([str(recording), "--signal", "EEG"], "no signal named 'EEG'; there are: 1 'Resp' (10 Hz), 2 'ECG II'"),
        ([str(recording), "--baseline", "400:500"], "the recording ends at 150.0 s"),
        ([str(recording), "--guide", "none.csv"], "none.csv: cannot be read"),
        ([str(recording), "--kind", "rr"], "--kind takes ecg or ppg here"),
        ([str(recording), "--beats", "no/such/folder/b.csv"], "cannot be written"),
        ([str(recording), "--out", "good.txt"], "good.txt: no session can be written there: File exists"),
        ([str(recording), "--out", "good.txt/sessions"], "no session can be written there: Not a directory"),
        ([str(recording), "--beats", "b.csv", "--metrics", "b.csv"], "needs a file of its own"),
        (["good.txt", "--metrics", "./good.txt"], "needs a file of its own"),
    ]
    for arguments, says in cases:
        assert replay(*arguments) == 2, arguments
        told = capsys.readouterr().err
        assert says in told, arguments
        assert len(told.splitlines()) == 1, told


@pytest.mark.parametrize("option", ["--profile", "--beats", "--intervals", "--metrics"])
def test_nothing_that_is_read_or_a_session_s_is_written_over(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = tmp_path / "rr.txt"
    read.write_text("800\n810\n790\n" * 60)
    assert replay(read, "--out", tmp_path / "store") == 0
    capsys.readouterr()
    (tmp_path / "hard.txt").hardlink_to(read)
    (tmp_path / "soft.txt").symlink_to(read)
    (tmp_path / "in.edf").symlink_to(tmp_path / "store" / "0001" / "session.edf")
    others = (tmp_path / "store" / "0001" / name for name in ("session.edf", "summary.json", "new.csv"))
    places = [read, tmp_path / "hard.txt", tmp_path / "soft.txt", tmp_path / "in.edf", *others]
    before = {place: place.read_bytes() for place in places if place.exists()}
    for place in places:
        assert replay(read, option, place, "--date", "2026-05-17") == 2, place
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"rolig: {place}: ")
    assert {place: place.read_bytes() for place in places if place.exists()} == before


def test_tables_that_nobody_wants_may_go_to_the_same_nowhere(recording: Path) -> None:
    assert replay(recording, "--beats", "/dev/null", "--metrics", "/dev/null") == 0


@pytest.mark.parametrize("arguments", [["--speed", "2"], ["--baseline", "9:3"], ["--block-ms", "0"], ["--date", "May"]])
def test_bad_options_exit_with_2(recording: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        replay(recording, *arguments)
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"rolig replay: argument {arguments[0]}: ")


def test_a_full_disk_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "beats.csv").write_text("time_s\n1\n2\n")
    assert replay(tmp_path / "beats.csv", "--beats", "/dev/full") == 2
    assert capsys.readouterr().err == "rolig: /dev/full: cannot be written: No space left on device\n"


def test_a_profile_without_a_day_learns_nothing_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rr.txt").write_text("800\n810\n790\n" * 60)
    assert replay(tmp_path / "rr.txt", "--profile", tmp_path / "p.json") == 0
    assert json.loads((tmp_path / "p.json").read_text())["resting_days"] == []
    assert "without --date the profile learns nothing" in capsys.readouterr().err


def test_values_that_a_float_cannot_hold_in_uv_are_lost(tmp_path: Path) -> None:
    lines = "".join(f"{k / 100:.2f},{'1e308' if k == 50 else 0}\n" for k in range(600))
    (tmp_path / "huge.csv").write_text("time_s,ecg_mv\n" + lines)
    assert replay(tmp_path / "huge.csv", "--beats", tmp_path / "b.csv", "--out", tmp_path / "store") == 0
    assert rows(tmp_path / "b.csv") == []


def test_a_signal_of_nothing_gives_nothing(tmp_path: Path) -> None:
    lines = "".join(f"{k / 100:.2f},0\n" for k in range(6000))
    (tmp_path / "flat.csv").write_text("time_s,ecg_mv\n" + lines)
    options = ["--beats", tmp_path / "b.csv", "--metrics", tmp_path / "m.csv", "--out", tmp_path / "store"]
    assert replay(tmp_path / "flat.csv", *options) == 0
    assert rows(tmp_path / "b.csv") == []
    assert all(m["mean_hr_bpm"] == "" and float(m["quality"]) == 0.0 for m in rows(tmp_path / "m.csv"))
    assert math.isclose(len(rows(tmp_path / "m.csv")), 60, abs_tol=1)
