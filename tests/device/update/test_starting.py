"""The launcher as systemd runs it: real processes, of versions that come up and of ones that fall."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from device.system.files import part_of
from device.update.choice import CHOICE, STARTS_ON_TRIAL, STARTS_WHEN_PROVEN, Chosen, load, save
from device.update.versions import Versions
from device.versions import rolig_version
from tests.update_helpers import Maker, application, head_of, versions_in

ROOT = Path(__file__).parents[3]
START = (ROOT / "systemd" / "rolig-start").read_text(encoding="utf-8").replace("/usr/lib/rolig", str(ROOT))
NEW = "100.0"
UNIT = (ROOT / "systemd" / "rolig.service").read_text(encoding="utf-8").splitlines()
(PREVENTS,) = (line.partition("=")[2] for line in UNIT if line.startswith("RestartPreventExitStatus="))
STAYS_DOWN = {*map(int, PREVENTS.split()), *([] if "Restart=always" in UNIT else [0])}
TELLS = "from importlib.metadata import version\nprint(version('rolig'), *sys.argv[1:])\nreturn 0"


def started(state: Path, *arguments: str, run: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-s", "-c", START, *arguments],
        env=os.environ | {"STATE_DIRECTORY": str(state), "RUNTIME_DIRECTORY": str(run or state)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_falls_on_a_card_that_keeps_nothing_is_left(state: Path, tmp_path: Path) -> None:
    versions = install(state, NEW, "return 1")
    save(versions.files, versions.folder, Chosen(NEW, proven=True))
    (versions.folder / part_of(CHOICE)).mkdir()  # in the way of every write
    said = [started(state, "--version", run=tmp_path) for _ in range(STARTS_WHEN_PROVEN + 1)]
    assert [one.stdout for one in said] == [""] * STARTS_WHEN_PROVEN + [f"rolig {rolig_version()}\n"]
    assert said[-1].stderr.splitlines()[-1] == f"rolig: version {NEW} did not come up; back to {rolig_version()}"


def install(state: Path, version: str, main: str = TELLS) -> Versions:
    maker = Maker.new(state.parent, version)
    update = maker.update(version, application(version, main))
    versions = versions_in(state / "versions", rolig_version())
    versions.files.make_folder(versions.folder)
    head = head_of(update)
    versions.take(head.manifest, update[head.length :], lambda: True)
    return versions


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_without_versions_it_is_the_packages_own(state: Path) -> None:
    said = started(state, "--version")
    assert (said.returncode, said.stdout, said.stderr) == (0, f"rolig {rolig_version()}\n", "")


def test_the_chosen_version_is_started_from_its_own_folder_with_its_arguments(state: Path) -> None:
    install(state, NEW)
    said = started(state, "run", "--board", "sim")
    assert (said.returncode, said.stdout, said.stderr) == (0, f"{NEW} run --board sim\n", "")


@pytest.mark.parametrize(
    "fall", ["raise SystemExit(2)", "return 2", "return 0", "import os; os.abort()", "1 / 0", "import not_there"]
)
def test_one_that_falls_is_left_after_two_starts_and_it_is_said(state: Path, fall: str) -> None:
    install(state, NEW, fall)
    for _ in range(STARTS_ON_TRIAL):
        assert started(state, "--version").returncode not in STAYS_DOWN, "systemd starts it anew"
    said = started(state, "--version")
    assert said.stdout == f"rolig {rolig_version()}\n"
    assert said.stderr == f"rolig: version {NEW} did not come up; back to {rolig_version()}\n"
    assert load(state / "versions").failed == NEW
    assert started(state, "--version").stderr == ""


def test_what_was_proven_stays(state: Path) -> None:
    install(state, NEW)
    for _ in range(8):
        assert started(state).stdout == f"{NEW}\n"
        versions_in(state / "versions", NEW).prove()


@pytest.mark.parametrize("rubbish", ["", "[]", '{"version": "9.9"}', "{" * 4000, '{"version": "../../.."}', "\0"])
def test_rubbish_in_its_place_starts_the_packages_own(state: Path, rubbish: str) -> None:
    install(state, NEW)
    (state / "versions" / CHOICE).write_text(rubbish)
    assert started(state, "--version").stdout == f"rolig {rolig_version()}\n"


def test_a_folder_in_the_choices_place_starts_the_packages_own(state: Path) -> None:
    (state / "versions" / CHOICE).mkdir(parents=True)
    assert started(state, "--version").stdout == f"rolig {rolig_version()}\n"
