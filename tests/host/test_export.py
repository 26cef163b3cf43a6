import csv
import json
import math
import re
import shutil
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.format.summary_keys import PRACTICE_NUMBERS
from host.copies.session_files import read_session, session_folders
from host.errors import HostError
from host.export.columns import TABLES
from host.export.command import export, run
from host.export.pseudonyms import KEY_FILE, Pseudonyms
from tests.pulled_sessions import FIRST_DAY, record_days, record_session, rewrite


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    record_days(root, 4, undated=frozenset({2}), saved=frozenset({3}))
    return root


@pytest.fixture
def copies(store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(store, tmp_path / "copies"))


def table(out: Path, name: str) -> list[dict[str, Any]]:
    rows = ds.dataset(out / name, partitioning="hive", format="parquet", exclude_invalid_files=False).to_table()
    assert isinstance(rows.to_pylist(), list)
    return list(rows.to_pylist())


def test_the_tables_hold_what_the_sessions_hold(copies: Path, tmp_path: Path) -> None:
    assert export(copies, tmp_path / "out") == 4
    sessions, beats, metrics, _ = (table(tmp_path / "out", name) for name in TABLES)
    pulled = [read_session(folder) for folder in session_folders(copies)]
    assert len(sessions) == len({row["session"] for row in sessions}) == 4
    assert [row["rmssd_ms"] for row in sessions] == [s.summary["hrv_nn"]["rmssd_ms"] for s in pulled]
    assert [row["tension_after"] for row in sessions] == [2] * 4
    assert [row["sleep_before"] for row in sessions] == [4] * 4
    assert [row["sleep_after"] for row in sessions] == [None] * 4
    for name in PRACTICE_NUMBERS:
        assert [row[name] for row in sessions] == [s.summary["practice"][name] for s in pulled]
    assert all(2.0 < row["rest_ln_rmssd"] < 4.0 for row in sessions)
    first = [row for row in beats if row["session"] == sessions[0]["session"]]
    assert [(row["t_s"], row["quality"]) for row in first] == pulled[0].notes.beats
    intervals = [(i.t_s, i.rr_ms, i.kind.value, i.number) for i in pulled[0].notes.intervals]
    assert [(r["t_s"], r["rr_ms"], r["rr_kind"], r["rr_number"]) for r in first if r["rr_ms"]] == intervals
    seconds = [row for row in metrics if row["session"] == sessions[0]["session"]]
    assert len(seconds) == 190
    assert seconds[0]["coherence"] is None
    assert {row["contact"] for row in seconds} == {0}
    assert {row["state"] for row in seconds} == {None, "neutral", "calm", "unsure"}
    for name in TABLES:
        assert set(table(tmp_path / "out", name)[0]) == {c.name for c in TABLES[name]} | {"wearer"}


def test_variability_can_be_counted_again_from_the_beats(tmp_path: Path) -> None:
    folder = record_session(tmp_path / "copies", 1, FIRST_DAY, pulse=True)
    export(folder.parent, tmp_path / "out")
    beats = [row for row in table(tmp_path / "out", "beats") if row["rr_ms"]]
    assert [row["rr_timed"] for row in beats] == [row["rr_number"] % 7 != 0 for row in beats]
    used = [row for row in beats if row["rr_kind"] == "normal" and row["rr_timed"]]
    steps_ms = [b["rr_ms"] - a["rr_ms"] for a, b in pairwise(used) if b["rr_number"] == a["rr_number"] + 1]
    (session,) = table(tmp_path / "out", "sessions")
    assert math.sqrt(sum(step**2 for step in steps_ms) / len(steps_ms)) == pytest.approx(session["rmssd_ms"], abs=0.01)


def test_nothing_in_it_leads_back(copies: Path, tmp_path: Path) -> None:
    export(copies, tmp_path / "out", "csv")
    key = json.loads((copies / KEY_FILE).read_text())["key"]
    for path in (tmp_path / "out").rglob("*"):
        text = str(path.relative_to(tmp_path)) + (path.read_text() if path.is_file() else "")
        for telling in ("2026", "0001-", "boot-a", "AD8232", key, str(copies)):
            assert telling not in text, path


def test_dates_move_together_by_whole_weeks(copies: Path, tmp_path: Path) -> None:
    export(copies, tmp_path / "out")
    first, second, undated, saved = (row["started_shifted"] for row in table(tmp_path / "out", "sessions"))
    earlier, later = (read_session(folder).started for folder in session_folders(copies)[:2])
    assert earlier is not None
    assert later is not None
    assert second - first == later - earlier
    assert undated is saved is None
    local = earlier.astimezone().replace(tzinfo=None)
    assert (local - first) % timedelta(weeks=1) < timedelta(hours=1)
    assert timedelta(weeks=52) <= local - first < timedelta(weeks=572, hours=1)


def test_the_same_folder_keeps_its_pseudonyms_and_another_gets_others(copies: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(copies, out)
    once = table(out, "sessions")
    export(copies, out)
    assert table(out, "sessions") == once
    other = Path(shutil.copytree(copies, tmp_path / "other", ignore=shutil.ignore_patterns(KEY_FILE)))
    export(other, out)
    both = table(out, "sessions")
    assert len(both) == 8
    assert len({row["wearer"] for row in both}) == 2
    assert len({row["session"] for row in both}) == 8


def test_another_format_replaces_the_wearer_s_part(copies: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(copies, out)
    export(copies, out, "csv")
    assert {path.suffix for path in out.rglob("part-*")} == {".csv"}
    (beats,) = (out / "beats").glob("wearer=*/part-0.csv")
    with beats.open(newline="") as file:
        rows = list(csv.DictReader(file))
    notes = [read_session(folder).notes for folder in session_folders(copies)]
    assert [float(row["t_s"]) for row in rows] == [t_s for n in notes for t_s, _ in n.beats]
    assert [row["rr_ms"] == "" for row in rows].count(True) == sum(len(n.beats) - len(n.intervals) for n in notes)


def test_duckdb_reads_it_as_one_data_set(copies: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    export(copies, tmp_path / "out")
    query = (
        f"select s.wearer, count(*), avg(b.rr_ms) from read_parquet('{tmp_path}/out/beats/*/*.parquet', "
        f"hive_partitioning=true) b join read_parquet('{tmp_path}/out/sessions/*/*.parquet', hive_partitioning=true) s "
        "using (wearer, session) where b.rr_kind = 'normal' group by s.wearer"
    )
    ((wearer, count, mean_ms),) = duckdb.sql(query).fetchall()
    assert re.fullmatch(r"[0-9a-f]{12}", str(wearer))
    intervals = [i for f in session_folders(copies) for i in read_session(f).notes.intervals if i.kind == "normal"]
    assert count == len(intervals)
    assert math.isclose(mean_ms, sum(i.rr_ms for i in intervals) / len(intervals), rel_tol=1e-9)


def test_bad_input_is_one_line(copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none", tmp_path / "out") == 2
    (copies / KEY_FILE).write_text('{"key": "abcd"}')
    assert run(copies, tmp_path / "out") == 2
    (copies / KEY_FILE).write_text("key")
    assert run(copies, tmp_path / "out") == 2
    assert capsys.readouterr().err.count("\n") == 3
    with pytest.raises(HostError, match="one of parquet, csv"):
        export(copies, tmp_path / "out", "xlsx")


@pytest.mark.parametrize("place", [".", "below", "../copies/below"])
def test_a_data_set_is_no_part_of_the_folder_with_its_key(copies: Path, place: str) -> None:
    before = sorted(copies.rglob("*"))
    with pytest.raises(HostError, match="the key to the pseudonyms"):
        export(copies, copies / place)
    assert sorted(copies.rglob("*")) == before


def test_a_session_that_cannot_be_read_is_said_and_left_out(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(session_folders(copies)[1], "summary.json", b"")
    assert run(copies, tmp_path / "out") == 2
    captured = capsys.readouterr()
    assert "cannot be read" in captured.err
    assert captured.out.startswith("3 sessions in ")


def test_where_no_session_can_be_read_an_earlier_export_stays(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    export(copies, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    for folder in session_folders(copies):
        rewrite(folder, "summary.json", b"[]")
    assert run(copies, out) == 2
    assert "none of the sessions can be read" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_nothing_in_a_csv_is_a_formula_and_all_of_it_is_the_owner_s_alone(copies: Path, tmp_path: Path) -> None:
    for folder, first in zip(session_folders(copies), "=+-@", strict=True):
        summary = json.loads((folder / "summary.json").read_text()) | {"software": f"{first}cmd|' /C calc'!A0"}
        rewrite(folder, "summary.json", json.dumps(summary).encode())
    export(copies, tmp_path / "out", "csv")
    (path,) = (tmp_path / "out" / "sessions").glob("wearer=*/part-0.csv")
    with path.open(newline="") as file:
        told = [row["software"] for row in csv.DictReader(file)]
    assert [text[:2] for text in told] == ["'=", "'+", "'-", "'@"]
    made = [tmp_path / "out", *(path for path in (tmp_path / "out").rglob("*") if path.name != "columns.json")]
    assert {path.stat().st_mode & 0o077 for path in made} == {0}


@given(st.binary(min_size=32, max_size=32), st.datetimes(datetime(2024, 1, 1), datetime(2090, 1, 1)))
def test_a_shift_keeps_weekday_and_hour(key: bytes, started: datetime) -> None:
    shifted = Pseudonyms(key).shifted(started.replace(tzinfo=UTC))
    local = started.replace(tzinfo=UTC).astimezone()
    assert (shifted.weekday(), shifted.hour, shifted.minute) == (local.weekday(), local.hour, 0)
    assert shifted.date() < local.date() - timedelta(days=360)
