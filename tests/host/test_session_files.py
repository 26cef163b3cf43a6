import json
import math
import shutil
from datetime import timedelta
from pathlib import Path

import edfio
import numpy as np
import pytest

from device.recording.format.metrics import METRICS
from device.recording.session_reader import read_session as read_on_device
from host.copies.session_files import read_session, session_folders, sessions_in
from host.copies.session_folder import keep_date
from host.errors import HostError
from tests.pulled_sessions import FIRST_DAY, record_days, rewrite


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    record_days(root, 3, undated=frozenset({1}), saved=frozenset({2}))
    return root


def test_the_host_reads_what_the_device_wrote(store: Path) -> None:
    folder = session_folders(store)[0]
    here, there = read_session(folder), read_on_device(folder / "session.edf")
    assert here.started == FIRST_DAY
    assert here.notes.intervals == list(there.intervals())
    assert [t_s for t_s, _ in here.notes.beats] == [beat.t_s for beat in there.beats()]
    assert here.notes.phases == [(t_s, phase.value) for t_s, phase in there.phases]
    assert [(t_s, math.isnan(pace)) for t_s, pace in here.notes.paces] == [(70.0, False), (130.0, True)]
    assert here.summary["check_ins"][0]["when"] == "before"
    for name in ("mean_hr_bpm", "rsa_ms", "coherence", "breaths_per_min", "quality"):
        expected = [getattr(row, name) for row in there.rows()]
        np.testing.assert_allclose(here.metrics[name], expected, atol=1e-3, equal_nan=True)
    assert here.metrics_step_s == 1.0
    known = np.flatnonzero(~np.isnan(here.guide_pct)) / here.guide_hz
    assert (here.guide_hz, known.min(), known.max() < 131) == (4.0, 70.0, True)


@pytest.mark.parametrize("label", ["RMSSD", "Irregular", "State"])
def test_a_metric_that_the_file_lacks_is_unknown_and_costs_no_other(store: Path, tmp_path: Path, label: str) -> None:
    copies = tmp_path / "copies"
    shutil.copytree(store, copies)
    folder = session_folders(copies)[0]
    content = (folder / "session.edf").read_bytes()
    rewrite(folder, "session.edf", content.replace(label.ljust(16).encode(), b"Something else  ", 1))
    session, whole = read_session(folder), read_session(session_folders(store)[0])
    lacking = next(metric.name for metric in METRICS if metric.label == label)
    for name, values in session.metrics.items():
        expected = np.full(len(values), np.nan) if name == lacking else whole.metrics[name]
        np.testing.assert_array_equal(values, expected)


def test_a_date_told_later_counts(store: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    shutil.copytree(store, copies)
    undated = session_folders(copies)[1]
    assert read_session(undated).started is None
    told = (FIRST_DAY + timedelta(hours=1)).isoformat()
    (copies / "dates.json").write_text(json.dumps({undated.name: told}))
    assert read_session(undated).started == FIRST_DAY + timedelta(hours=1)


def test_the_time_of_the_last_shutdown_is_no_date_until_a_better_one_is_told(store: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    shutil.copytree(store, copies)
    saved = session_folders(copies)[2]
    session = read_session(saved)
    assert session.started is None
    assert session.summary["started_utc"] == "2026-04-03T18:00:00Z"
    for told in (FIRST_DAY + timedelta(days=9), FIRST_DAY + timedelta(days=2)):
        keep_date(copies, saved, f"{told:%Y-%m-%dT%H:%M:%SZ}")
        assert read_session(saved).started == told


def test_what_is_on_its_way_is_passed_over_and_what_was_never_finished_is_said(store: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    shutil.copytree(store, copies)
    first, second, third = session_folders(copies)
    (first / "SHA256SUMS").unlink()
    shutil.copytree(second, copies / ".partial-0009-abcdef00")
    (copies / "photos").mkdir()
    said: list[str] = []
    found = [session.name for session in sessions_in(copies, lambda _, why: said.append(why))]
    assert found == [second.name, third.name]
    assert said == [f"{first.name} cannot be read: it was never finished (there is no SHA256SUMS)"]
    with pytest.raises(HostError, match="not a folder"):
        session_folders(copies / "none")


@pytest.mark.parametrize("first", [0, 1, 5000, 9811])
def test_quality_is_what_was_told_and_never_leaves_its_scale(store: Path, tmp_path: Path, first: int) -> None:
    copies = tmp_path / "copies"
    shutil.copytree(store, copies)
    folder = session_folders(copies)[0]
    edf = edfio.read_edf(folder / "session.edf")
    told = np.arange(first, first + 190) / 10_000
    edf.get_signal("Quality").update_data(told, keep_physical_range=True)
    edf.write(tmp_path / "other.edf")
    rewrite(folder, "session.edf", (tmp_path / "other.edf").read_bytes())
    np.testing.assert_array_equal(read_session(folder).metrics["quality"], told)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("summary.json", b""),
        ("summary.json", b"[]"),
        ("summary.json", b"[" * 100_000),
        ("summary.json", b'{"started_utc": "soon"}'),
        ("summary.json", b'{"started_utc": 5}'),
        ("summary.json", b'{"started_utc": "9999-12-31T23:59:59Z"}'),
        ("summary.json", b'{"software": "\\ud800"}'),
        ("summary.json", b'{"length_s": ' + b"9" * 5000 + b"}"),
        ("summary.json", b'{"version": 2}'),
        ("summary.json", b'{"version": "1"}'),
        ("summary.json", b'{"version": true}'),
        ("summary.json", b'{"version": 1e400}'),
        ("summary.json", b'{"signal": "bcg"}'),
        ("summary.json", b'{"started_utc": "0001-01-01T00:00:00Z"}'),
        ("summary.json", b'{"practice": [1]}'),
        ("summary.json", b'{"hrv_nn": {"rmssd_ms": "much"}}'),
        ("summary.json", b'{"length_s": 1e999}'),
        ("summary.json", b'{"hrv_all": []}'),
        ("summary.json", b'{"state_s": {"calm": "long"}}'),
        ("summary.json", b'{"intervals": {"normal": 1.5}}'),
        ("summary.json", b'{"beats": 1e3}'),
        ("summary.json", b'{"measured_rate_hz": "fast"}'),
        ("summary.json", b'{"lost_samples": 1e3}'),
        ("summary.json", b'{"recovered": "no"}'),
        ("summary.json", b'{"check_ins": {}}'),
        ("summary.json", b'{"check_ins": [{"energy": 1}]}'),
        ("summary.json", b'{"check_ins": [{"when": "before", "energy": []}]}'),
        ("session.edf", b""),
        ("session.edf", b"0       not an edf"),
    ],
)
def test_files_that_are_not_a_session_s_are_said_in_one_line(
    store: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    copies = tmp_path / "copies"
    shutil.copytree(store, copies)
    rewrite(session_folders(copies)[0], name, content)
    with pytest.raises(HostError, match=r"0001.* cannot be read") as said:
        read_session(session_folders(copies)[0])
    assert "\n" not in str(said.value)
