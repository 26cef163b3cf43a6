import hashlib
import json
import os
import shutil
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.usb.clock import DeviceClock, parse_utc
from device.usb.view import HashDiffersError, LogView, NoSuchLogError
from host.link.index import parse_index
from tests.pulled_sessions import record_session
from tests.usb_helpers import BOOT, files_under, write_session

TOLD = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def index_of(view: LogView) -> dict[str, Any]:
    view.refresh()
    file = view.find("index.json")
    found = json.loads(view.read(file, 0, file.size))
    assert isinstance(found, dict)
    return found


def told_clock(boot: str = BOOT) -> DeviceClock:
    clock = DeviceClock(now_s=lambda: 1000.0, boot=boot)
    clock.tell(TOLD)
    return clock


def test_the_index_lists_finished_sessions_with_their_hashes(tmp_path: Path) -> None:
    folder = write_session(tmp_path, "0001")
    (tmp_path / "0002").mkdir()
    (tmp_path / "0002" / "session.edf").write_bytes(b"still open")
    index = index_of(LogView(tmp_path, "rolig-7"))
    assert (index["version"], index["device"]) == (1, "rolig-7")
    (session,) = index["sessions"]
    assert (session["name"], session["started_utc"]) == ("0001", "2026-03-01T10:00:00Z")
    listed = {f["path"]: (f["size"], f["sha256"]) for f in session["files"]}
    assert listed == {
        f"0001/{name}": (len(content), hashlib.sha256(content).hexdigest())
        for name, content in files_under(folder).items()
    }


@pytest.mark.parametrize("sums", ["", "not a sum\n", f"{'0' * 64}  ../secret\n", f"{'0' * 64}  gone.edf\n", "\xff"])
def test_a_session_whose_sums_do_not_hold_is_not_listed(tmp_path: Path, sums: str) -> None:
    folder = write_session(tmp_path, "0001")
    (folder / "SHA256SUMS").write_bytes(sums.encode("latin-1"))
    assert index_of(LogView(tmp_path))["sessions"] == []


@pytest.mark.parametrize("name", ["0001 (copy)", "0001.", "\udcff1", "økt", ".0001"])
def test_a_folder_whose_name_hosts_refuse_is_not_listed(tmp_path: Path, name: str) -> None:
    write_session(tmp_path, "0001").rename(tmp_path / name)
    write_session(tmp_path, "0002")
    index = json.dumps(index_of(LogView(tmp_path))).encode()
    assert [session.name for session in parse_index(index)] == ["0002"]


def test_an_empty_or_missing_store_has_an_empty_index(tmp_path: Path) -> None:
    assert index_of(LogView(tmp_path))["sessions"] == []
    assert index_of(LogView(tmp_path / "none"))["sessions"] == []


NAMES = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(["..", ".", "", "/", "0001", "link", "session.edf", "secret", "\0", "dates.json"])).map(
        "/".join
    ),
)


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a secret beside it, and links that lead out."""
    root = tmp_path_factory.mktemp("trap")
    (root / "secret").write_text("secret")
    store = root / "store"
    folder = write_session(store, "0001")
    (store / "link").symlink_to(root)
    (store / "session-link").symlink_to(folder)
    (folder / "stray.txt").write_text("not in the sums")
    (store / "secret").write_text("in the root, not in a session")
    linked = write_session(store, "0002")
    (linked / "rr.txt").unlink()
    (linked / "rr.txt").symlink_to(root / "secret")
    return store


@settings(max_examples=300)
@given(name=NAMES)
def test_no_name_leads_out_of_the_finished_sessions(trapped: Path, name: str) -> None:
    view = LogView(trapped)
    allowed = {f"0001/{n}" for n in ("session.edf", "rr.txt", "rr.csv", "summary.json", "SHA256SUMS")}
    if name in allowed or name == "index.json":
        return
    with pytest.raises(NoSuchLogError):
        view.find(name)


@pytest.mark.parametrize("session", ["link", "session-link", "0002"])
def test_links_are_not_followed(trapped: Path, session: str) -> None:
    with pytest.raises(NoSuchLogError):
        LogView(trapped).find(f"{session}/rr.txt")


def test_checksums_are_of_the_part_asked_for(tmp_path: Path) -> None:
    content = (write_session(tmp_path, "0001", size=600_000) / "session.edf").read_bytes()
    view = LogView(tmp_path)
    file = view.find("0001/session.edf")
    assert view.checksum(file, "sha256", 0, file.size) == (600_000, hashlib.sha256(content).digest())
    assert view.checksum(file, "crc32", 10, 300_000) == (300_000, zlib.crc32(content[10:300_010]))
    assert view.checksum(file, "crc32", 600_000, 5) == (0, 0)


def test_a_session_without_a_date_is_dated_within_its_boot_only(tmp_path: Path) -> None:
    undated: dict[str, object] = {"started_utc": None, "boot_id": BOOT, "started_boottime_s": 400.0}
    write_session(tmp_path, "0001", summary=undated | {"boot_id": "earlier"})
    write_session(tmp_path, "0002", summary=undated)
    write_session(tmp_path, "0003")
    write_session(tmp_path, "0004", summary={"started_utc": None})
    write_session(tmp_path, "0005", summary=undated | {"started_boottime_s": 2000.0})
    before = files_under(tmp_path)
    view = LogView(tmp_path)
    assert view.date_sessions(told_clock()) == ["0002"]
    started = {s["name"]: s["started_utc"] for s in index_of(LogView(tmp_path))["sessions"]}
    assert started == {
        "0001": None,
        "0002": "2026-03-02T11:50:00Z",
        "0003": "2026-03-01T10:00:00Z",
        "0004": None,
        "0005": None,
    }
    after = files_under(tmp_path)
    assert set(after) - set(before) == {"dates.json"}
    assert all(after[name] == content for name, content in before.items())
    assert view.date_sessions(told_clock()) == []


def test_a_date_from_the_clock_of_the_last_shutdown_is_put_right(tmp_path: Path) -> None:
    wrong: dict[str, object] = {"started_utc": "2026-03-01T20:00:00Z", "boot_id": BOOT, "started_boottime_s": 400.0}
    write_session(tmp_path, "0001", summary=wrong | {"clock_trust": "saved"})
    write_session(tmp_path, "0002", summary=wrong | {"clock_trust": "set"})
    write_session(tmp_path, "0003", summary=wrong | {"clock_trust": "saved", "boot_id": "earlier"})
    view = LogView(tmp_path)
    assert [s["started_utc"] for s in index_of(view)["sessions"]] == [None, "2026-03-01T20:00:00Z", None]
    assert view.date_sessions(told_clock()) == ["0001"]
    view.refresh()
    started = {s["name"]: s["started_utc"] for s in index_of(view)["sessions"]}
    assert started == {"0001": "2026-03-02T11:50:00Z", "0002": "2026-03-01T20:00:00Z", "0003": None}


def test_a_date_told_wrongly_is_corrected_by_the_next(tmp_path: Path) -> None:
    write_session(tmp_path, "0001", summary={"boot_id": BOOT, "started_boottime_s": 940.0})
    view = LogView(tmp_path)
    clock = DeviceClock(now_s=lambda: 1000.0, boot=BOOT)
    dates = []
    for told in ("2099-01-01T00:01:00", "2026-03-02T12:00:00", "2026-03-02T12:00:05"):
        at = parse_utc(told)
        assert at is not None
        clock.tell(at)
        view.date_sessions(clock)
        view.refresh()
        (session,) = json.loads(view.read(view.find("index.json"), 0, 10_000))["sessions"]
        dates.append(session["started_utc"])
    assert dates == ["2099-01-01T00:00:00Z", "2026-03-02T11:59:00Z", "2026-03-02T11:59:00Z"]


@pytest.mark.parametrize("ahead", [False, True])
def test_each_index_is_of_the_store_as_it_is(tmp_path: Path, ahead: bool) -> None:
    """Though a session is read once: finished, deleted, replaced and begun ones show in the next."""
    view = LogView(tmp_path)

    def names() -> list[str]:
        if ahead:
            view.read_ahead()
        sessions = index_of(view)["sessions"]
        assert isinstance(sessions, list)
        return [session["name"] for session in sessions]

    assert names() == []
    for name in ("0001", "0002", "0003"):
        write_session(tmp_path, name)
    sums = (tmp_path / "0002" / "SHA256SUMS").rename(tmp_path / "kept")
    assert names() == ["0001", "0003"]
    sums.rename(tmp_path / "0002" / "SHA256SUMS")
    assert names() == ["0001", "0002", "0003"]
    shutil.rmtree(tmp_path / "0001")
    assert names() == ["0002", "0003"]
    before = index_of(view)
    shutil.rmtree(tmp_path / "0003")
    write_session(tmp_path, "0003", size=10)
    assert names() == ["0002", "0003"]
    assert index_of(view) != before


@pytest.mark.parametrize("name", ["SHA256SUMS", "summary.json", "session.edf"])
@pytest.mark.parametrize("odd", ["fifo", "link", "folder", "two gigabytes"])
def test_odd_files_in_the_store_hold_nothing_up(tmp_path: Path, name: str, odd: str) -> None:
    write_session(tmp_path, "0001")
    path = write_session(tmp_path, "0002") / name
    path.unlink()
    if odd == "fifo":
        os.mkfifo(path)
    elif odd == "link":
        path.symlink_to(tmp_path / "0001" / name)
    elif odd == "folder":
        path.mkdir()
    else:
        path.touch()
        os.truncate(path, 2 << 30)
    view = LogView(tmp_path)
    view.date_sessions(told_clock())
    sessions = index_of(view)["sessions"]
    assert isinstance(sessions, list)
    listed = [session["name"] for session in sessions]
    assert listed == (["0001"] if odd != "two gigabytes" or name == "SHA256SUMS" else ["0001", "0002"])


def test_without_the_time_nothing_is_dated(tmp_path: Path) -> None:
    write_session(tmp_path, "0001", summary={"started_utc": None, "boot_id": "", "started_boottime_s": 1.0})
    assert LogView(tmp_path).date_sessions(DeviceClock(now_s=lambda: 9.0, boot="")) == []
    assert LogView(tmp_path).date_sessions(told_clock(boot="")) == []


def test_deleting_wants_the_hash_of_the_sums(tmp_path: Path) -> None:
    folder = write_session(tmp_path, "0001", summary={"started_utc": None, "boot_id": BOOT, "started_boottime_s": 1})
    write_session(tmp_path, "0002")
    view = LogView(tmp_path)
    view.date_sessions(told_clock())
    digest = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).digest()
    with pytest.raises(HashDiffersError):
        view.delete("0001", bytes(32))
    with pytest.raises(NoSuchLogError):
        view.delete("../0001", digest)
    assert folder.exists()
    view.delete("0001", digest)
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["0002", "dates.json"]
    assert json.loads((tmp_path / "dates.json").read_text()) == {}


def test_a_deletion_cut_short_is_finished_at_the_next_start(tmp_path: Path) -> None:
    write_session(tmp_path, ".deleted-0001")
    LogView(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-02T12:00:00.250000", datetime(2026, 3, 2, 12, 0, 0, 250_000, UTC)),
        ("2026-03-02T12:00:00Z", TOLD),
        ("2026-03-02T14:00:00+02:00", TOLD),
        ("1970-01-01T00:00:00", None),
        ("2026-13-02T12:00:00", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("now", None),
        ("2" * 50, None),
    ],
)
def test_reads_the_time_a_host_tells(text: str, read: datetime | None) -> None:
    assert parse_utc(text) == read


def test_a_real_recording_is_listed_and_dated(tmp_path: Path) -> None:
    folder = record_session(tmp_path, 1, None)
    view = LogView(tmp_path)
    (session,) = index_of(view)["sessions"]
    assert session["started_utc"] is None
    names = ["session.edf", "rr.txt", "rr.csv", "summary.json", "SHA256SUMS"]
    assert [f["path"] for f in session["files"]] == [f"{folder.name}/{name}" for name in names]
    assert view.date_sessions(told_clock()) == [folder.name]
    assert index_of(view)["sessions"][0]["started_utc"] == "2026-03-02T11:43:32Z"
