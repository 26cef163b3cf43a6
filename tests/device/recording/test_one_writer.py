"""One writer at a time: what another process records is not closed, numbered over or taken for left open."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from device.cli import main
from device.recording.ending.recovery import recover
from device.recording.recorder import SessionRecorder
from device.recording.store import Store, StoreBusyError
from device.session.events import EndReason
from device.system.files import OsFileSystem
from device.system.one_writer import WriterLock
from tests.recording_helpers import feed, record, session_info, sums_hold

RECORDS = """
import sys
from pathlib import Path
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.session.events import EndReason
from tests.recording_helpers import feed, session_info

recorder = SessionRecorder(Store(Path(sys.argv[1])), session_info(), live=False)
feed(recorder, 10.0)
print(recorder.folder.name, flush=True)
sys.stdin.readline()
recorder.close(EndReason.PRESSED)
"""
ROOT = Path(__file__).parents[3]


@contextmanager
def another_process_records(store: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    command = [sys.executable, "-c", RECORDS, str(store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_session_that_another_process_records_is_not_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with another_process_records(tmp_path) as (process, name):
        with pytest.raises(StoreBusyError, match="another rolig records there"):
            recover(Store(tmp_path))
        assert main(["sessions", "--store", str(tmp_path), "--recover"]) == 1
        assert capsys.readouterr().err.count("\n") == 1
        assert Store(tmp_path).open_sessions() == [name]
        process.communicate("end\n")
    assert sums_hold(tmp_path / name)
    assert recover(Store(tmp_path)) == []


def test_the_second_to_record_is_told_and_the_first_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with another_process_records(tmp_path) as (process, name):
        with pytest.raises(StoreBusyError):
            record(Store(tmp_path))
        assert main(["demo", "--store", str(tmp_path), "--speed", "max"]) == 1
        assert capsys.readouterr().err == f"rolig: {tmp_path}: another rolig records there; one at a time\n"
        process.communicate("end\n")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [name]
    assert sums_hold(tmp_path / name)


def test_the_lock_goes_with_a_process_that_is_killed(tmp_path: Path) -> None:
    with another_process_records(tmp_path) as (process, name):
        process.kill()
        process.wait()
        (found,) = recover(Store(tmp_path))
        assert (found.name, found.fault) == (name, None)
    assert record(Store(tmp_path)).name.startswith("0002")


def test_recovery_passes_over_what_its_own_process_records(tmp_path: Path) -> None:
    store = Store(tmp_path)
    recorder = SessionRecorder(store, session_info(), live=False)
    feed(recorder, 5.0)
    assert recover(store) == recover(Store(tmp_path / ".." / tmp_path.name)) == []
    assert store.open_sessions() == [recorder.folder.name]
    recorder.close(EndReason.PRESSED)
    assert sums_hold(recorder.folder)


def test_a_lock_is_free_again_when_its_last_holder_lets_go(tmp_path: Path) -> None:
    first, second = WriterLock(tmp_path), WriterLock(tmp_path)
    first.release()
    first.release()
    with another_process_records(tmp_path) as (_, name):
        assert name == ""  # it could not begin
    second.release()
    with another_process_records(tmp_path) as (_, name):
        assert name.startswith("0001")


class RacingCard(OsFileSystem):
    """All who take a number have looked which one is free before anybody takes it."""

    def __init__(self, barrier: threading.Barrier) -> None:
        self._barrier = barrier
        self._waited = False

    def make_new_folder(self, path: Path) -> None:
        if not self._waited:
            self._waited = True
            self._barrier.wait()
        super().make_new_folder(path)


def test_no_two_that_begin_at_once_get_one_number(tmp_path: Path) -> None:
    barrier = threading.Barrier(6)
    folders: list[Path] = []

    def begin() -> None:
        folders.append(record(Store(tmp_path, RacingCard(barrier)), 3.0))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(folder.name[:4] for folder in folders) == [f"{n:04d}" for n in range(1, 7)]
    assert all(sums_hold(folder) for folder in folders)


class NotingCard(OsFileSystem):
    """Another who begins at once notes the highest number right after each folder is made, as all do."""

    def make_new_folder(self, path: Path) -> None:
        super().make_new_folder(path)
        (path.parent / "last-number").write_text(path.name.removeprefix(".new-") + "\n")


def test_a_number_that_another_has_noted_meanwhile_is_not_lost(tmp_path: Path) -> None:
    store = Store(tmp_path, NotingCard())
    assert [record(store, 3.0).name[:4] for _ in range(3)] == ["0001", "0002", "0003"]
