"""What is started: never anything but the package's own or a whole version, whatever lies on the card."""

import errno
import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.system.files import OsFileSystem, WritableFile
from device.update.choice import (
    CHOICE,
    STARTS_ON_TRIAL,
    STARTS_WHEN_PROVEN,
    UNCOUNTED,
    Chosen,
    choose,
    load,
    read,
    save,
)
from device.update.versions import Versions

BASE = "0.2.0"
NAMES = st.sampled_from(["", "0.1.0", "0.2.0", "0.3.0", "0.4.0", "../0.9", "x", "9.9.9"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | NAMES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["version", "starts", "x"]), inner),
    max_leaves=4,
)
CHOICES = st.fixed_dictionaries(
    {"version": NAMES | JSON, "before": NAMES | JSON, "starts": st.integers(-1, 7) | JSON, "proven": st.booleans()},
    optional={"failed": NAMES | JSON, "told": st.booleans() | JSON, "more": JSON},
)


THERE = ("0.1.0", "0.3.0", "0.4.0")
KNOWN = {field.name for field in fields(Chosen)}


def filled(card: Path) -> Path:
    for version in THERE:
        (card / version / "device").mkdir(parents=True)
        (card / version / "device" / "__init__.py").touch()
    return card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "card")


class ReadOnlyCard(OsFileSystem):
    def create(self, path: Path) -> WritableFile:
        raise OSError(errno.EROFS, "Read-only file system", str(path))


def start(folder: Path, files: OsFileSystem | None = None) -> str:
    return choose(files or OsFileSystem(), folder, BASE, lambda _: None)


def starts(folder: Path, count: int) -> list[str]:
    return [start(folder) for _ in range(count)]


@given(content=CHOICES.map(json.dumps).map(str.encode) | JSON.map(json.dumps).map(str.encode) | st.binary(max_size=60))
def test_whatever_the_file_holds_something_that_is_there_is_started(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("versions")
    for version in ("0.1.0", "0.3.0"):
        (folder / version / "device").mkdir(parents=True)
        (folder / version / "device" / "__init__.py").touch()
    (folder / CHOICE).write_bytes(content)
    for version in starts(folder, 12):
        assert version in ("", "0.3.0")
    assert start(folder) == ""  # nobody showed that it came up
    assert load(folder).starts >= 0


def test_a_version_on_trial_that_does_not_come_up_is_left_for_the_one_before(folder: Path) -> None:
    save(OsFileSystem(), folder, Chosen("0.4.0", "0.3.0"))
    said: list[str] = []
    tried = [choose(OsFileSystem(), folder, BASE, said.append) for _ in range(STARTS_ON_TRIAL + 1)]
    assert tried == ["0.4.0"] * STARTS_ON_TRIAL + ["0.3.0"]
    assert said == ["version 0.4.0 did not come up; back to 0.3.0"]
    assert load(folder).failed == "0.4.0"
    Versions(folder, "0.3.0").prove()
    assert starts(folder, STARTS_WHEN_PROVEN) == ["0.3.0"] * STARTS_WHEN_PROVEN
    assert start(folder) == ""


def test_each_fall_is_told_the_wearer_once(folder: Path) -> None:
    for fallen in ("0.4.0", "0.5.0"):
        (folder / fallen / "device").mkdir(parents=True, exist_ok=True)
        (folder / fallen / "device" / "__init__.py").touch()
        save(OsFileSystem(), folder, replace(load(folder), version=fallen, before="0.3.0", starts=0, proven=False))
        now = Versions(folder, "0.3.0")
        assert not now.way_back_untold()
        assert starts(folder, STARTS_ON_TRIAL + 1)[-1] == "0.3.0"
        assert now.way_back_untold()
        now.prove()
        assert now.way_back_untold()
        assert not Versions(folder, "0.6.0").way_back_untold(), "a package that came since is newer still"
        now.way_back_read()
        assert start(folder) == "0.3.0"
        assert not now.way_back_untold()
        assert load(folder).failed == fallen


def test_one_that_came_up_is_started_from_then_on(folder: Path) -> None:
    save(OsFileSystem(), folder, Chosen("0.3.0"))
    for _ in range(2 * STARTS_WHEN_PROVEN):
        assert start(folder) == "0.3.0"
        assert Versions(folder, "0.3.0").on_trial()
        Versions(folder, "0.2.0").prove()  # another version's being up proves nothing
        assert Versions(folder, "0.3.0").on_trial()
        Versions(folder, "0.3.0").prove()
        assert not Versions(folder, "0.3.0").on_trial()


def test_a_package_as_new_as_the_choice_is_started_itself(folder: Path) -> None:
    for version in ("0.1.0", "0.2.0"):
        save(OsFileSystem(), folder, Chosen(version, proven=True))
        assert start(folder) == ""


@given(
    version=st.sampled_from(["0.3.0", "0.4.0", "9.9.9"]),
    before=st.sampled_from(["", "0.1.0", "0.3.0", "9.9.9"]),
    starts=st.integers(0, 6),
    proven=st.booleans(),
)
def test_on_a_card_that_keeps_nothing_what_falls_is_left_for_the_packages_own(
    tmp_path_factory: pytest.TempPathFactory, version: str, before: str, starts: int, proven: bool
) -> None:
    place = filled(tmp_path_factory.mktemp("card"))
    save(OsFileSystem(), place, Chosen(version, before, starts, proven))
    uncounted = tmp_path_factory.mktemp("run") / UNCOUNTED
    tried = [choose(ReadOnlyCard(), place, BASE, lambda _: None, uncounted) for _ in range(9)]
    assert tried == sorted(tried, reverse=True), "once left it is not tried again"
    assert len([one for one in tried if one]) in (0, STARTS_WHEN_PROVEN)
    assert "" in tried
    assert proven or version in (*{before} - {""},) or version not in tried, "who was never up is not tried uncounted"


def test_what_cannot_be_counted_anywhere_is_not_tried(folder: Path) -> None:
    for nowhere in (None, folder / "not there" / UNCOUNTED):
        save(OsFileSystem(), folder, Chosen("0.4.0", "0.3.0", proven=True))
        assert choose(ReadOnlyCard(), folder, BASE, lambda _: None, nowhere) == ""


def test_one_that_comes_up_on_a_card_that_keeps_nothing_goes_on_being_started(folder: Path, tmp_path: Path) -> None:
    save(OsFileSystem(), folder, Chosen("0.4.0", "0.3.0", proven=True))
    uncounted = tmp_path / UNCOUNTED
    for _ in range(3 * STARTS_WHEN_PROVEN):
        assert choose(ReadOnlyCard(), folder, BASE, lambda _: None, uncounted) == "0.4.0"
        Versions(folder, "0.4.0", ReadOnlyCard(), uncounted).prove()
    uncounted.write_bytes(b"\xff rubbish")
    assert choose(ReadOnlyCard(), folder, BASE, lambda _: None, uncounted) == "0.4.0"


@given(more=st.dictionaries(st.text(min_size=1, max_size=9).filter(lambda key: key not in KNOWN), JSON, max_size=3))
def test_what_a_newer_version_adds_to_the_file_is_passed_over(
    tmp_path_factory: pytest.TempPathFactory, more: dict[str, object]
) -> None:
    place = filled(tmp_path_factory.mktemp("card"))
    kept = Chosen("0.4.0", "0.3.0", proven=True, failed="0.9.0")
    (place / CHOICE).write_text(json.dumps(asdict(kept) | more))
    assert load(place) == kept
    assert start(place) == "0.4.0"


@given(content=st.binary(max_size=60) | JSON.map(json.dumps).map(str.encode))
def test_no_version_is_removed_while_the_choice_cannot_be_read(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    place = filled(tmp_path_factory.mktemp("card"))
    (place / CHOICE).write_bytes(content)
    (place / "new.part").mkdir()
    Versions(place, BASE).tidy()
    left = {path.name for path in place.iterdir()} - {CHOICE}
    assert left == set(THERE) or read(place) is not None
    assert "new.part" not in left


def test_a_choice_that_the_card_does_not_give_is_none(folder: Path) -> None:
    (folder / CHOICE).mkdir()
    Versions(folder, BASE).tidy()
    assert {path.name for path in folder.iterdir()} == {*THERE, CHOICE}
    (folder / CHOICE).rmdir()
    Versions(folder, BASE).tidy()
    assert not list(folder.iterdir()), "where there is no choice nothing is chosen"


def test_a_version_whose_folder_is_gone_is_left(folder: Path) -> None:
    save(OsFileSystem(), folder, Chosen("9.9.9", "0.3.0", proven=True))
    assert starts(folder, 2) == ["0.3.0", "0.3.0"]
