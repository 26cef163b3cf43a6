"""A sync that fails, at each place where there is one: nothing is vouched for that is not on the card."""

from pathlib import Path

import pytest

from device.errors import RecordingError
from device.recording.edf.layout import decode_header
from device.recording.ending.recovery import recover
from device.recording.format.names import CHECK, EDF, SUMS
from device.recording.format.record_crc import used_bytes
from device.recording.recorder import SessionRecorder
from device.recording.session_reader import read_session
from device.recording.store import Store
from device.session.events import EndReason
from tests.forgetful_card import ForgetfulCard
from tests.recording_helpers import feed, session_info, sums_hold, ticking

SECONDS = 20.0


def recorded_on(root: Path, card: ForgetfulCard) -> SessionRecorder:
    recorder = SessionRecorder(Store(root, card), session_info(), live=False, monotonic_s=ticking(1.7).__next__)
    feed(recorder, SECONDS)
    recorder.close(EndReason.PRESSED)
    return recorder


def records_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    header = decode_header(data, path.name)
    size = header.record_bytes
    return [data[at : at + size] for at in range(header.header_bytes, len(data) - size + 1, size)]


@pytest.fixture(scope="module")
def untroubled(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[bytes], int]:
    """The records as they should be, and how many syncs a session has."""
    root, card = tmp_path_factory.mktemp("card"), ForgetfulCard()
    recorder = recorded_on(root, card)
    assert recorder.fault is None
    return records_of(recorder.folder / EDF), card.syncs


def check(folder: Path, acknowledged: int, written: list[bytes]) -> None:
    """`folder` is finished, vouches for what is there, and has what was acknowledged."""
    assert sums_hold(folder)
    kept = records_of(folder / EDF)
    assert len(kept) >= max(1, acknowledged)
    for index in range(acknowledged):
        used = used_bytes(written[index])
        assert kept[index][:used] == written[index][:used]


def fail_and_check(tmp_path: Path, first: int, last: int, written: list[bytes]) -> int:
    """Syncs number `first` to `last` fail. How many sessions were finished in spite of it."""
    memory, left = tmp_path / f"memory{first}-{last}", tmp_path / f"left{first}-{last}"
    card = ForgetfulCard(lambda number: first <= number <= last)
    finished = acknowledged = 0
    try:
        recorder = recorded_on(memory, card)
    except RecordingError:
        assert not memory.exists() or not any(path.is_dir() for path in memory.iterdir())
    else:
        acknowledged = recorder.acknowledged_records
        card.lay_out(memory, left)
        for name in Store(left).finished_sessions():
            check(left / name, acknowledged, written)
            assert read_session(left / name / EDF).end_reason in ("pressed", "storage")
            finished += 1
        assert finished or recorder.fault is not None
        assert [found.fault for found in recover(Store(left))] in ([], [None])
        for name in Store(left).finished_sessions():
            check(left / name, acknowledged, written)
            assert not [path for path in left.rglob("*") if path.name == CHECK or path.suffix == ".part"]
    return finished


def test_one_failed_sync_anywhere_costs_at_most_what_it_dropped(
    tmp_path: Path, untroubled: tuple[list[bytes], int]
) -> None:
    written, syncs = untroubled
    finished = [fail_and_check(tmp_path, number, number, written) for number in range(syncs)]
    assert sum(finished) >= syncs - 7, "only what cannot be begun is not finished"


def test_syncs_that_fail_for_ever_vouch_for_nothing(tmp_path: Path, untroubled: tuple[list[bytes], int]) -> None:
    written, syncs = untroubled
    finished = [fail_and_check(tmp_path, number, 1000, written) for number in range(syncs)]
    assert not any(finished[: syncs // 2])


def test_two_failed_syncs_in_a_row(tmp_path: Path, untroubled: tuple[list[bytes], int]) -> None:
    written, syncs = untroubled
    for number in range(0, syncs, 2):
        fail_and_check(tmp_path, number, number + 1, written)


def test_recovery_does_not_believe_memory(tmp_path: Path, untroubled: tuple[list[bytes], int]) -> None:
    """The service starts again in the same boot, and memory still has what the card lost."""
    written, syncs = untroubled
    for number in range(6, syncs):
        memory, left = tmp_path / f"memory{number}", tmp_path / f"left{number}"
        failing = {"now": True}

        def fails(at: int, failing: dict[str, bool] = failing, number: int = number) -> bool:
            return failing["now"] and at >= number

        card = ForgetfulCard(fails)
        recorder = recorded_on(memory, card)
        failing["now"] = False
        recover(Store(memory, card))
        card.lay_out(memory, left)
        (name,) = Store(left).finished_sessions()
        check(left / name, recorder.acknowledged_records, written)


def test_the_file_says_that_the_card_ended_it(tmp_path: Path) -> None:
    card = ForgetfulCard(lambda number: number == 12)
    recorder = recorded_on(tmp_path, card)
    assert "the card does not answer" in str(recorder.fault)
    session = read_session(recorder.folder / EDF)
    assert (session.end_reason, session.recovered) == ("storage", False)
    assert (recorder.folder / SUMS).exists()


def test_the_model_does_leave_a_hole_that_memory_does_not_show(tmp_path: Path) -> None:
    """Else the tests above would prove nothing."""
    card = ForgetfulCard(lambda number: number == 0)
    file = card.create(tmp_path / "file")
    file.write_at(0, b"lost" * 2000)
    with pytest.raises(OSError, match="Input/output"):
        file.sync()
    file.write_at(8000, b"kept")
    file.sync()
    file.close()
    assert (tmp_path / "file").read_bytes()[:4] == b"lost"
    assert card.read_back(tmp_path / "file", 0, 4096) == bytes(4096)
    assert card.read_back(tmp_path / "file", 8000, 4) == b"kept"
