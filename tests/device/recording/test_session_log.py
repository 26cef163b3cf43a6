import errno
import threading
from pathlib import Path

import numpy as np
import pytest

from device.recording.format.names import SUMS
from device.recording.format.session_info import SessionInfo, SignalInfo
from device.recording.session_log import SessionLog
from device.recording.store import Store
from device.recording.writer_thread import QUEUE_RECORDS
from device.session.commands import StartRecording, StopRecording
from device.session.events import EndReason
from device.session.showing.views import Storage
from device.system.files import OsFileSystem, WritableFile
from dsp.types import SampleBlock, SignalKind
from tests.recording_helpers import StuckCard

INFO = SessionInfo(SignalInfo(SignalKind.ECG, 500.0, "uV", -1500.0, 1500.0, "ad8232"), "0.1.0", "1")


class MoodyCard(OsFileSystem):
    """Does not answer while `away`."""

    away = False

    def create(self, path: Path) -> WritableFile:
        if self.away:
            raise OSError(errno.EIO, "Input/output error")
        return super().create(path)

    def free_bytes(self, path: Path) -> int:
        return 1 << 40


def test_a_card_that_cannot_be_asked_takes_nothing_and_raises_nothing(tmp_path: Path) -> None:
    log = SessionLog(Store(tmp_path / ("x" * 300)), lambda: INFO)
    assert log.storage() is Storage.READ_ONLY


def test_a_card_that_refused_one_session_is_asked_again_by_the_next(tmp_path: Path) -> None:
    card = MoodyCard()
    log = SessionLog(Store(tmp_path, card), lambda: INFO)
    card.away = True
    log.obey(StartRecording(0.0))
    assert (log.storage(), log.took_nothing) == (Storage.FULL, True)
    log.obey(StopRecording(5.0, EndReason.STORAGE))
    card.away = False
    assert log.storage() is Storage.OK
    log.obey(StartRecording(100.0))
    assert not log.took_nothing
    log.obey(StopRecording(110.0, EndReason.COMPLETED))
    assert [folder.name for folder in log.folders] == ["0001"]


def test_a_slow_card_finishes_an_ended_session_without_holding_up_the_loop(tmp_path: Path) -> None:
    card = StuckCard()
    log = SessionLog(Store(tmp_path, card), lambda: INFO)
    log.obey(StartRecording(0.0))
    card.ready.clear()
    for second in range(2 * QUEUE_RECORDS):
        log.block(SampleBlock(500 * second, 500.0, np.zeros(500)))
    log.obey(StopRecording(2.0 * QUEUE_RECORDS, EndReason.COMPLETED))
    assert not (log.folders[0] / SUMS).exists()
    card.ready.set()
    log.wait()
    assert (log.folders[0] / SUMS).exists()


def test_a_session_that_cannot_be_sealed_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = SessionLog(Store(tmp_path), lambda: INFO)
    log.obey(StartRecording(0.0))
    log.block(SampleBlock(0, 500.0, np.zeros(1000)))
    (tmp_path / "0001" / "rr.txt.part").mkdir()
    log.obey(StopRecording(2.0, EndReason.COMPLETED))
    log.wait()
    assert "could not be finished" in caplog.text


def test_a_card_that_hangs_is_told_and_holds_neither_the_end_nor_the_next_session_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card = StuckCard()
    log = SessionLog(Store(tmp_path, card), lambda: INFO, hung_s=0.0)
    log.obey(StartRecording(0.0))
    card.ready.clear()
    log.stop(EndReason.SIGNAL)
    log.wait(0.05)
    assert "finished at the next start" in caplog.text
    log.obey(StartRecording(100.0))
    assert (log.storage(), log.took_nothing) == (Storage.FULL, True)
    card.ready.set()
    log.wait()
    log.stop(EndReason.COMPLETED)
    log.obey(StartRecording(200.0))
    assert not log.took_nothing
    log.stop(EndReason.COMPLETED)
    log.wait()
    assert len(Store(tmp_path).finished_sessions()) == 2


class HangingCard(OsFileSystem):
    """Once `hangs` is set, a write says that it was `reached` and returns only when `ready` is."""

    def __init__(self) -> None:
        self.hangs, self.reached, self.ready = threading.Event(), threading.Event(), threading.Event()

    def create(self, path: Path) -> WritableFile:
        return _HangingFile(self, super().create(path))


class _HangingFile:
    def __init__(self, card: HangingCard, file: WritableFile) -> None:
        self._card, self._file = card, file
        self.truncate, self.sync, self.close = file.truncate, file.sync, file.close

    def write_at(self, offset: int, data: bytes) -> None:
        if self._card.hangs.is_set():
            self._card.reached.set()
            self._card.ready.wait()
        self._file.write_at(offset, data)


def test_a_card_that_hangs_during_the_session_counts_as_not_there(tmp_path: Path) -> None:
    card = HangingCard()
    log = SessionLog(Store(tmp_path, card), lambda: INFO, hung_s=0.0)
    log.obey(StartRecording(0.0))
    card.hangs.set()
    for second in range(3):
        log.block(SampleBlock(500 * second, 500.0, np.zeros(500)))
    assert card.reached.wait(20.0)
    assert log.storage() is Storage.READ_ONLY
    card.ready.set()
    log.stop(EndReason.STORAGE)
    log.wait()
    assert len(Store(tmp_path).finished_sessions()) == 1
