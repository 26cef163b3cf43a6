"""What is started: never anything but the package's own or a whole version, whatever lies on the card."""

import errno
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.system.files import OsFileSystem, WritableFile
from device.update.choice import CHOICE, STARTS_ON_TRIAL, STARTS_WHEN_PROVEN, Chosen, choose, load, save
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
    optional={"failed": NAMES | JSON, "more": JSON},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for version in ("0.1.0", "0.3.0", "0.4.0"):
        (tmp_path / version / "device").mkdir(parents=True)
        (tmp_path / version / "device" / "__init__.py").touch()
    return tmp_path


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


def test_what_cannot_be_counted_is_not_tried(folder: Path) -> None:
    save(OsFileSystem(), folder, Chosen("0.4.0", "0.3.0"))
    assert [start(folder, ReadOnlyCard()) for _ in range(5)] == ["0.3.0"] * 5
    save(OsFileSystem(), folder, Chosen("0.4.0", "0.3.0", proven=True))
    assert [start(folder, ReadOnlyCard()) for _ in range(5)] == ["0.4.0"] * 5


def test_a_version_whose_folder_is_gone_is_left(folder: Path) -> None:
    save(OsFileSystem(), folder, Chosen("9.9.9", "0.3.0", proven=True))
    assert starts(folder, 2) == ["0.3.0", "0.3.0"]
