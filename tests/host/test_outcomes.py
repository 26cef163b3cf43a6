"""What the laptop's commands leave where they are refused, and what they write over."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from device.cli import main
from host.export.command import FORMATS
from host.export.pseudonyms import KEY_FILE
from tests.full_disk import contents
from tests.pulled_sessions import record_days
from tests.usb_helpers import served

ROOT = Path(__file__).parents[2]
PAGE = b"Rolig diagnostics 1\nboard: none\n"
PAGES = {
    "weeks": ("report", "--page", "weeks"),
    "therapist": ("report", "--page", "therapist"),
    "device": ("diagnose",),
}


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sessions")
    record_days(root, 2)
    return root


@pytest.fixture
def copies(sessions: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sessions, tmp_path / "copies"))


def page(kind: str, out: Path, copies: Path, folder: Path) -> int:
    """The command that makes such a page, with all that it needs."""
    if kind != "device":
        return main([*PAGES[kind], str(copies), "-o", str(out)])
    with served(folder, folder, diagnostics=lambda: PAGE) as cable:
        return main(["diagnose", "-o", str(out), "--port", str(cable.host)])


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("place", ["notes.txt", "copies", "no/folder/page", "copies/SUMS", "link", "notes.txt/page"])
def test_no_page_is_written_over_what_is_none(
    kind: str, place: str, copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("months of them")
    (copies / "SUMS").write_text("another's")
    (tmp_path / "link").symlink_to(tmp_path / "notes.txt")
    before = contents(tmp_path)
    where = ["--port", "/no/such/port"] if kind == "device" else [str(copies)]
    assert main([*PAGES[kind], *where, "-o", str(tmp_path / place)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"rolig {PAGES[kind][0]}: {tmp_path / place}: ")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_the_same_kind_an_empty_file_and_no_file_are(kind: str, copies: Path, tmp_path: Path) -> None:
    out, cable = tmp_path / "page", tmp_path / "cable"
    cable.mkdir()
    out.touch()
    for _ in range(2):
        assert page(kind, out, copies, cable) == 0
        made = out.read_bytes()
    out.unlink()
    assert page(kind, out, copies, cable) == 0
    assert out.read_bytes() == made
    assert page("device" if kind != "device" else "weeks", out, copies, cable) == 2
    assert out.read_bytes() == made


@pytest.mark.parametrize("place", ["/dev/stdout", "fifo"])
def test_a_page_goes_through_a_pipe(place: str, copies: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    command = [sys.executable, "-m", "device", "report", str(copies), "-o", str(tmp_path / place)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        got = (tmp_path / "fifo").read_bytes() if place == "fifo" else b""
        got += process.stdout.read()
    assert process.returncode == 0
    assert got.lower().startswith(b"<!doctype html>")
    assert b"</html>" in got


@pytest.mark.parametrize("asked", [[], ["a/b"], ["a/b", "--port", "/no/such/port"]])
def test_a_pull_of_nothing_leaves_nothing(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["pull", *asked]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("rolig pull: ")
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("place", ["notes.txt", "notes.txt/logs", "/proc/1/logs"])
def test_a_folder_that_cannot_be_is_told_before_the_device_is_asked(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("months of them")
    before = contents(tmp_path)
    assert main(["pull", str(tmp_path / place), "--port", "/no/such/port"]) == 2
    assert "no answer" not in capsys.readouterr().err or place.startswith("/proc")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_of_nothing_leaves_the_key_alone(
    form: str, copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for edf in copies.glob("*/session.edf"):
        edf.unlink()
    before = contents(tmp_path)
    assert main(["export", str(copies), "-o", str(tmp_path / "new" / "out"), "--format", form]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
    (copies / KEY_FILE).unlink()
    assert contents(tmp_path) == before
