"""The store: names, numbers, and what is finished."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from device.errors import RecordingError
from device.recording.edf.layout import decode_header
from device.recording.edf.reader import EdfFile
from device.recording.ending.recovery import recover
from device.recording.format.names import EDF, SUMS
from device.recording.format.record_crc import check_line
from device.recording.format.session_info import ClockTrust
from device.recording.recorder import SessionRecorder
from device.recording.session_reader import read_session
from device.recording.store import Store
from device.session.events import EndReason
from device.system.files import OsFileSystem, WritableFile
from tests.card_model import CardModel, Names
from tests.recording_helpers import feed, record, session_info, tree


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = record(store, 2.0)
    shutil.rmtree(first)
    assert record(store, 2.0).name.startswith("0002")


@pytest.mark.parametrize(
    ("trust", "name"),
    [
        (ClockTrust.SAVED, "0001"),
        (ClockTrust.SET, "0001-20261123-1900"),
        (ClockTrust.SYNCHRONISED, "0001-20261123-1900"),
        (ClockTrust.FILE, "0001-20261123-1900"),
    ],
)
def test_a_folder_is_dated_only_where_the_day_is_known(tmp_path: Path, trust: ClockTrust, name: str) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(trust=trust), live=False)
    feed(recorder, 2.0)
    folder = recorder.close(EndReason.PRESSED)
    assert folder.name == name
    assert read_session(folder / EDF).clock["started_utc"] == "2026-11-23T19:00:00.250000Z"


def test_a_session_is_open_until_it_has_its_sums(tmp_path: Path) -> None:
    store = Store(tmp_path)
    recorder = SessionRecorder(store, session_info(), live=False)
    feed(recorder, 3.0)
    name = recorder.folder.name
    assert (store.finished_sessions(), store.open_sessions()) == ([], [name])
    with recorder:
        pass
    assert (store.finished_sessions(), store.open_sessions()) == ([name], [])
    assert sorted(path.name for path in recorder.folder.iterdir()) == [
        SUMS, "rr.csv", "rr.txt", EDF, "summary.json",
    ]  # fmt: skip


def test_an_empty_or_missing_store_lists_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    assert store.finished_sessions() == store.open_sessions() == []
    assert recover(store) == []
    with pytest.raises(RecordingError, match="no session '0001'"):
        store.folder("0001")


def test_foreign_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    (tmp_path / "0007").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    assert recover(Store(tmp_path)) == []
    assert record(Store(tmp_path), 2.0).name.startswith("0008")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_that_never_got_its_name_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".new-0001").mkdir()
    (tmp_path / ".new-0001" / EDF).write_bytes(b"0   ")
    recover(Store(tmp_path))
    assert tree(tmp_path) == {}
    assert not (tmp_path / ".new-0001").exists()


def test_nothing_that_a_cut_left_stays(tmp_path: Path) -> None:
    kept = record(Store(tmp_path), 2.0)
    before = tree(tmp_path)
    shutil.copytree(kept, tmp_path / ".deleted-0007")
    shutil.copytree(kept, tmp_path / ".deleted-0008" / "odd")
    (tmp_path / ".new-0009").mkdir()
    for name in ("last-number.part", "profile.json.part", "dates.json.part"):
        (tmp_path / name).write_bytes(b"half")
    for name in ("session.check", "rr.txt.part", "rr.csv.part", "summary.json.part", "SHA256SUMS.part"):
        (kept / name).write_bytes(b"half")
    recover(Store(tmp_path))
    assert {name: content for name, content in tree(tmp_path).items() if "odd" not in name} == before
    assert not (tmp_path / ".new-0009").exists()


def test_a_session_that_cannot_be_closed_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "0001").mkdir()
    (tmp_path / "0001" / EDF).write_bytes(b"not EDF at all" * 40)
    (found,) = recover(Store(tmp_path))
    assert "not an EDF" in str(found.fault)
    assert (tmp_path / "0001" / EDF).exists()


class OddCard(OsFileSystem):
    """Fails where nobody expects it, in the first session's folder."""

    def edit(self, path: Path) -> WritableFile:
        if path.parent.name.startswith("0001"):
            raise MemoryError
        return super().edit(path)


def test_an_unheard_of_fault_in_one_session_does_not_keep_the_next_one_open(tmp_path: Path) -> None:
    for _ in range(2):
        (record(Store(tmp_path)) / SUMS).unlink()
    first, second = recover(Store(tmp_path, OddCard()))
    assert "MemoryError" in str(first.fault)
    assert second.fault is None


def test_recovery_after_a_cut_in_closing_gives_the_same_bytes_as_closing(tmp_path: Path) -> None:
    root = tmp_path / "card"
    root.mkdir()
    card = CardModel(root)
    record(Store(root, card))
    closing = next(i for i, op in enumerate(card.operations) if isinstance(op, Names) and "rr.txt.part" in op.changes)
    for cut in range(closing, len(card.operations)):
        left = tmp_path / f"cut{cut}"
        card.after_cut(cut, left, random.Random(cut))
        recover(Store(left))
        assert {k: v for k, v in tree(left).items() if not k.endswith(".part")} == tree(root)


def test_without_the_sidecar_records_with_the_right_time_stamp_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = record(store, 10.0)
    whole = (folder / EDF).read_bytes()
    for name in ("SHA256SUMS", "rr.txt", "rr.csv", "summary.json"):
        (folder / name).unlink()
    (folder / EDF).write_bytes(whole[:-700])
    (found,) = recover(store)
    assert (found.records, found.unverified, found.fault) == (8, 0, None)


def test_a_record_damaged_in_the_middle_becomes_unknown_and_is_marked(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = record(store, 10.0)
    whole = (folder / EDF).read_bytes()
    header = decode_header(whole, EDF)
    header_bytes, record_bytes = header.header_bytes, header.record_bytes
    records = [whole[i : i + record_bytes] for i in range(header_bytes, len(whole), record_bytes)]
    (folder / "session.check").write_bytes(b"".join(map(check_line, records)))
    damaged = bytearray(whole)
    damaged[header_bytes + 4 * record_bytes + 10] ^= 1
    (folder / EDF).write_bytes(damaged)
    (folder / SUMS).unlink()
    (found,) = recover(store)
    assert (found.records, found.unverified) == (10, 1)
    samples = EdfFile.open(folder / EDF).read(0)
    assert np.flatnonzero(np.isnan(samples)).tolist() == list(range(4 * 64, 5 * 64))
    assert [a.onset_s for a, note in read_session(folder / EDF).notes if note.word == "unverified"] == [4.0]


def test_nobody_but_the_owner_reads_a_session(tmp_path: Path) -> None:
    folder = record(Store(tmp_path / "store"), 2.0)
    assert {path.stat().st_mode & 0o077 for path in (folder.parent, folder, *folder.iterdir())} == {0}
