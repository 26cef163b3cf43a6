"""The power goes at any step of an update, or of a start: there is the version that was, or the whole new one."""

import random
from pathlib import Path

import pytest

from device.update.choice import CHOICE, Chosen, choose, load
from device.update.upload import Upload
from device.update.versions import Versions
from tests.card_model import CardModel
from tests.update_helpers import RUNNING, Maker, application, files_of, send

NEW, NEXT = "0.3.0", "0.4.0"


def start(root: Path, base: str = RUNNING) -> str:
    return choose(Versions(root, base).files, root / "versions", base, lambda _: None)


def updated_on(root: Path, maker: Maker, running: str, version: str, *, proves: bool = True) -> CardModel:
    """All that writes, from the first part of an update to the start that shows it is up."""
    card = CardModel(root)
    versions = Versions(root / "versions", running, card)
    upload = Upload(versions, lambda _: True, maker.key)
    send(upload, maker.update(version))
    upload.take()
    assert choose(card, root / "versions", RUNNING, lambda _: None) == version
    if proves:
        Versions(root / "versions", version, card).prove()
    return card


def check(root: Path, running: str, version: str) -> str:
    """What a start makes of `root` after a cut: returns the version that it takes."""
    before = application(running) if running != RUNNING else {}
    started = start(root)
    assert started in (version, "" if running == RUNNING else running)
    if started:
        assert files_of(root / "versions" / started) == application(started)
    if before and started == version:
        assert files_of(root / "versions" / running) == before, "what is gone back to is whole"
    return started


def cuts(tmp_path: Path, trials: int, seed: int, running: str, version: str) -> set[str]:
    chance, maker = random.Random(seed), Maker.new(tmp_path)
    root = tmp_path / "card"
    (root / "versions").mkdir(parents=True)
    if running != RUNNING:
        updated_on(root, maker, RUNNING, running)
    card = updated_on(root, maker, running, version)
    seen = set()
    for trial in range(trials):
        left = tmp_path / f"cut{trial}"
        card.after_cut(chance.randrange(len(card.operations)), left, chance)
        seen.add(check(left, running, version))
        # And what is there can be updated, as if nothing had been.
        if start(left) != version:
            again = Versions(left / "versions", running)
            upload = Upload(again, lambda _: True, maker.key)
            send(upload, maker.update(version))
            upload.take()
            assert start(left) == version
            assert files_of(left / "versions" / version) == application(version)
    return seen


@pytest.mark.parametrize(("running", "version"), [(RUNNING, NEW), (NEW, NEXT)])
def test_after_a_cut_the_old_or_the_whole_new_version_is_started(tmp_path: Path, running: str, version: str) -> None:
    assert cuts(tmp_path, 120, 1, running, version) == {version, "" if running == RUNNING else running}


@pytest.mark.slow
@pytest.mark.parametrize(("running", "version"), [(RUNNING, NEW), (NEW, NEXT)])
def test_after_any_of_two_thousand_cuts_too(tmp_path: Path, running: str, version: str) -> None:
    cuts(tmp_path, 2000, 2, running, version)


def test_a_cut_in_each_start_of_a_version_that_falls_ends_at_the_one_before(tmp_path: Path) -> None:
    """Cuts do not bring back what was given up, nor is a version that falls tried for ever."""
    maker, chance = Maker.new(tmp_path), random.Random(3)
    root = tmp_path / "card"
    (root / "versions").mkdir(parents=True)
    updated_on(root, maker, RUNNING, NEW)
    updated_on(root, maker, NEW, NEXT, proves=False)
    for trial in range(40):
        now, tried = root, []
        for number in range(20):
            card = CardModel(now)
            tried.append(choose(card, now / "versions", RUNNING, lambda _: None))
            if tried[-1] == NEW:
                Versions(now / "versions", NEW, card).prove()
            after = tmp_path / f"start{trial}-{number}"
            if card.operations:
                card.after_cut(chance.randrange(len(card.operations)), after, chance)
                now = after
        assert tried.count(NEXT) < 20
        assert set(tried) <= {NEXT, NEW, ""}, "each is cut off before it is up, so at last the package's own"
        assert tried == sorted(tried, reverse=True), "from the new to the one before, and not back"


def test_half_a_choice_is_the_packages_own(tmp_path: Path) -> None:
    maker, root = Maker.new(tmp_path), tmp_path / "card"
    (root / "versions").mkdir(parents=True)
    updated_on(root, maker, RUNNING, NEW)
    whole = (root / "versions" / CHOICE).read_bytes()
    for length in range(len(whole)):
        (root / "versions" / CHOICE).write_bytes(whole[:length])
        assert load(root / "versions") == Chosen()
        assert start(root) == ""
