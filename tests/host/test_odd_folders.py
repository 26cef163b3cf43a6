"""A hundred sessions of which one is odd: it is named and left out, and the rest is made."""

import json
import os
import shutil
import warnings
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host.copies.session_files import read_session, session_folders
from host.copies.session_signals import read_signals
from host.errors import HostError
from host.export.command import run as run_export
from host.report.command import run as run_report
from tests.pulled_sessions import record_days, rewrite

FILES = ("session.edf", "summary.json", "SHA256SUMS", "rr.txt", "rr.csv")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero_tail(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2].ljust(len(content), b"\0"))


def another_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"0")


def in_place_of(make: Callable[[Path], Any]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        path.unlink()
        make(path)

    return spoil


ODD: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "half": half,
    "zero_tail": zero_tail,
    "another_bit": another_bit,
    "longer": longer,
    "fifo": in_place_of(os.mkfifo),
    "folder": in_place_of(Path.mkdir),
    "link_to_nothing": in_place_of(lambda path: path.symlink_to("nothing")),
    "link_to_itself": in_place_of(lambda path: path.symlink_to(path.name)),
    "link_to_endless": in_place_of(lambda path: path.symlink_to("/dev/zero")),
    "link_to_another_s": in_place_of(lambda path: path.symlink_to(path.parent.parent / "0009" / path.name)),
    "two_gigabytes": lambda path: os.truncate(path, 2 << 30),
}


def code_told(line: str) -> int:
    """The exit code that goes with a command's last line."""
    assert line.startswith("2 sessions in " if "; 1 left out" in line else "3 sessions in ")
    return 2 if "; 1 left out" in line else 0


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    record_days(root, 3)
    return root


@pytest.fixture
def copies(store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(store, tmp_path / "copies"))


def made_without(copies: Path, out: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both commands make two of the three sessions, say one line about the other, and end with 2, as pull does."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run_report(copies, out / "report.html") == 2
        assert run_export(copies, out / "data", "csv") == 2
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["rolig report", "rolig export"]
    assert all(f"{name} cannot be read: " in line and line.isprintable() for line in lines)
    assert all(line.startswith("2 sessions in ") and "; 1 left out" in line for line in said.out.splitlines())
    assert len(said.out.splitlines()) == 2


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_file_costs_its_own_session_alone(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, odd: str
) -> None:
    folder = session_folders(copies)[1]
    ODD[odd](folder / file)
    made_without(copies, tmp_path, folder.name, capsys)


@pytest.mark.parametrize("odd", ["fifo", "folder", "link_to_nothing", "link_to_itself", "link_to_endless", "empty"])
def test_an_odd_entry_in_place_of_a_session_is_named(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], odd: str
) -> None:
    folder = session_folders(copies)[1]
    shutil.rmtree(folder)
    folder.touch()
    ODD[odd](folder)
    made_without(copies, tmp_path, folder.name, capsys)


SUMS_LINES = ("", "x", "{digest}", "{digest} {name}", "{digest}  ../{name}", "{digest}  /etc/passwd", "\x1b[2J")


@pytest.mark.parametrize("line", SUMS_LINES)
def test_sums_of_another_form_vouch_for_nothing(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    folder = session_folders(copies)[1]
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    (folder / "SHA256SUMS").write_text("\n".join([line.format(digest="a" * 64, name="rr.txt"), *lines]))
    made_without(copies, tmp_path, folder.name, capsys)


def test_half_a_session_is_not_whole_even_where_its_sums_agree(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = session_folders(copies)[1]
    half(folder / "session.edf")
    rewrite(folder, "session.edf", (folder / "session.edf").read_bytes())
    made_without(copies, tmp_path, folder.name, capsys)


@pytest.mark.parametrize("left", [0, 1, 184, 255, 256, 257, 1000, 5000, -1, -2, -1000])
def test_a_cut_recording_whose_sums_agree_is_told_in_our_words(copies: Path, left: int) -> None:
    folder = session_folders(copies)[1]
    rewrite(folder, "session.edf", (folder / "session.edf").read_bytes()[:left])
    for read in (read_session, read_signals):
        with pytest.raises(HostError) as said:
            read(folder)
        told = "session.edf is damaged, or no session's, though SHA256SUMS vouches for it"
        assert str(said.value) == f"{folder.name} cannot be read: {told}"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"9" * 5000, b'{"started_utc": "yesterday"}'])
def test_a_summary_that_is_none_is_told_in_our_words(copies: Path, content: bytes) -> None:
    folder = session_folders(copies)[1]
    rewrite(folder, "summary.json", content)
    with pytest.raises(HostError, match=r"summary.json is no JSON that can be read$|'yesterday' is no time$"):
        read_session(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"kind=normal", b"kind=newish"), (b"q=0.900", b"q=1.900"), (b"q=0.900", b"q=-.900"), (b"ms=", b"mS=")],
)
def test_words_of_a_newer_version_are_never_read_as_old_ones(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: bytes, new: bytes
) -> None:
    folder = session_folders(copies)[1]
    rewrite(folder, "session.edf", (folder / "session.edf").read_bytes().replace(old, new, 1))
    made_without(copies, tmp_path, folder.name, capsys)


def test_odd_files_beside_the_sessions_cost_none(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(copies / "dates.json")
    os.mkfifo(copies / "notes.txt")
    (copies / "photos").mkdir()
    (copies / "again").symlink_to(copies)
    assert run_report(copies, tmp_path / "report.html") == 0
    assert run_export(copies, tmp_path / "data") == 0
    assert [line[:11] for line in capsys.readouterr().out.splitlines()] == ["3 sessions "] * 2


def test_a_key_that_is_a_pipe_is_one_line(copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(copies / ".export-key.json")
    assert run_export(copies, tmp_path / "data") == 2
    assert capsys.readouterr().err.count("\n") == 1


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3))


def test_a_time_in_no_zone_costs_its_own_session_alone(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = session_folders(copies)[0]
    summary = json.loads((folder / "summary.json").read_text())
    rewrite(folder, "summary.json", json.dumps(summary | {"started_utc": "2026-05-01T10:00:00"}).encode())
    (copies / "dates.json").write_text(json.dumps({session_folders(copies)[1].name: "2026-05-01T10:00:00"}))
    assert run_report(copies, tmp_path / "report.html") == 2
    assert capsys.readouterr().err.count("is a time in no zone") == 2


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_summary_with_any_values_costs_its_own_session_at_most(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    folder = session_folders(copies)[0]
    summary = json.loads((session_folders(copies)[1] / "summary.json").read_text())
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(summary)), VALUES, max_size=4))
    rewrite(folder, "summary.json", json.dumps(summary | changes).encode())
    codes = [run_report(copies, tmp_path / "report.html")]
    codes += [run_export(copies, tmp_path / "data", file_format) for file_format in ("csv", "parquet")]
    assert [code_told(line) for line in capsys.readouterr().out.splitlines()] == codes


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_damage_to_a_vouched_file_costs_its_own_session_at_most(
    copies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    """Also where whoever damaged it mended the sums."""
    folder = session_folders(copies)[0]
    content = bytearray((session_folders(copies)[1] / "session.edf").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(len(content), 9000) - 1))
        content[at] = data.draw(st.sampled_from(b" 0919-.\x00\x14\xffeE=q"))
    rewrite(folder, "session.edf", bytes(content))
    assert sha256(content).hexdigest() in (folder / "SHA256SUMS").read_text()
    code = run_export(copies, tmp_path / "data", "csv")
    assert code_told(capsys.readouterr().out) == code
