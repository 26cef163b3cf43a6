"""A version has shown that it is up after some seconds of it, on end."""

from pathlib import Path

from device.update.choice import Chosen, load, save
from device.update.proof import ANSWERED_S, UP_S, Proof, Restart
from tests.update_helpers import versions_in

NEW = "0.3.0"


def test_only_time_on_end_counts(tmp_path: Path) -> None:
    versions, now_s = versions_in(tmp_path, NEW), 100.0
    save(versions.files, tmp_path, Chosen(NEW, starts=1))
    proof = Proof(versions, lambda: now_s)
    for alive in (True, False, True):
        for _ in range(int(UP_S) - 1):
            proof.look(alive)
            now_s += 1.0
    assert versions.on_trial()
    for _ in range(2):
        proof.look(True)
        now_s += 1.0
    assert not versions.on_trial()
    assert load(tmp_path) == Chosen(NEW, proven=True)


def test_a_card_that_cannot_keep_it_stops_nothing(tmp_path: Path) -> None:
    versions, now_s = versions_in(tmp_path, NEW), 0.0
    save(versions.files, tmp_path, Chosen(NEW, starts=1))
    (tmp_path / "choice.json.part").mkdir()
    proof = Proof(versions, lambda: now_s)
    proof.look(True)
    now_s = UP_S
    proof.look(True)
    assert versions.on_trial()


def test_without_versions_there_is_nothing_to_show() -> None:
    Proof(None).look(True)


def test_a_restart_waits_for_its_answer_to_be_out() -> None:
    now_s = 5.0
    restart = Restart(lambda: now_s)
    assert not restart.due
    restart.ask()
    assert not restart.due
    now_s += ANSWERED_S
    assert restart.due
