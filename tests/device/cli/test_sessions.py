"""`rolig sessions`: a list with dates; on a card that others have had in hand each session is a line, and nothing waits
or grows."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from device.cli import main
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.session.events import EndReason
from tests.pulled_sessions import FIRST_DAY, record_session
from tests.recording_helpers import feed, session_info
from tests.usb_helpers import write_session


def a_pipe(summary: Path) -> None:
    os.mkfifo(summary)


def a_link(summary: Path) -> None:
    summary.symlink_to("/dev/zero")


def a_gigabyte(summary: Path) -> None:
    with summary.open("wb") as file:
        file.truncate(1 << 30)


def a_number_of_5000_digits(summary: Path) -> None:
    summary.write_text('{"length_s": ' + "9" * 5000 + "}")


def deep(summary: Path) -> None:
    summary.write_text("[" * 100_000)


@pytest.mark.parametrize("odd", [a_pipe, a_link, a_gigabyte, a_number_of_5000_digits, deep])
def test_a_summary_that_is_none_costs_its_own_line_alone(
    odd: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("0001", "0002"):
        write_session(tmp_path, name)
        (tmp_path / name / "summary.json").unlink(missing_ok=True)
    odd(tmp_path / "0001" / "summary.json")
    assert main(["sessions", "--store", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "0001     no readable summary"


def left_open(root: Path) -> Path:
    """A session that a power cut ended, as the card has it."""
    recorder = SessionRecorder(Store(root / "device"), session_info(), live=False)
    feed(recorder, 200.0)
    shutil.copytree(root / "device", root / "card")
    recorder.close(EndReason.PRESSED)
    return root / "card" / recorder.folder.name


def test_a_recovered_session_says_so_in_place_of_why_it_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = left_open(tmp_path).parent
    assert main(["sessions", "--recover", "--store", str(card)]) == 0
    told, _, row = capsys.readouterr().out.splitlines()
    assert told.endswith(" s kept")
    assert row.split()[-1] == "recovered"
    assert main(["sessions", "--json", "--store", str(card)]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["end_reason"], line["recovered"]) == (None, True)


def test_what_a_summary_leaves_open_is_no_word_of_python_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record_session(tmp_path, 1, FIRST_DAY)
    summary = json.loads((folder / "summary.json").read_text())
    for key in summary:
        (folder / "summary.json").write_text(json.dumps(summary | {key: None}))
        assert main(["sessions", "--store", str(tmp_path)]) == 0
        assert not {"None", "nan", "null", "True", "False"} & set(capsys.readouterr().out.split()), key


MADE = ("session.edf", "summary.json", "rr.txt", "rr.csv", "SHA256SUMS")
CUT = {"empty": 0, "a_word": 5, "half_a_header": 200, "no_record": 2000}


@pytest.mark.parametrize("odd", [*MADE[1:], *CUT])
def test_a_session_that_cannot_be_closed_is_named_once_and_the_code_says_so(
    odd: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = left_open(tmp_path)
    if odd in CUT:
        os.truncate(folder / "session.edf", CUT[odd])
    else:
        (folder / odd).mkdir()
        (folder / odd / "something").touch()
    before = {path.name for path in folder.iterdir()}
    status = main(["sessions", "--recover", "--store", str(folder.parent)])
    told, *listed = capsys.readouterr().out.splitlines()
    assert told.startswith(f"{folder.name}: ")
    assert told.count(folder.name) == 1
    if odd == "no_record":  # an empty session is closed all the same
        return
    assert status == 1
    assert [line.split()[0] for line in listed] == ["SESSION", folder.name]
    assert {path.name for path in folder.iterdir()} <= before | set(MADE)


def test_the_list_has_a_head_dates_and_a_form_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dated = record_session(tmp_path, 1, FIRST_DAY)
    undated = record_session(tmp_path, 2, None)
    (tmp_path / "0003").mkdir()
    assert main(["sessions", "--store", str(tmp_path)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    at = FIRST_DAY.astimezone()
    assert head.split() == ["SESSION", "STARTED", "LENGTH", "HEART", "RATE", "ENDED"]
    assert lines[0].split()[:4] == [dated.name, f"{at:%Y-%m-%d}", f"{at:%H:%M}", "3.2"]
    assert lines[1].split()[:3] == [undated.name, "-", "3.2"]
    assert head.index("LENGTH") == lines[0].index("3.2 min") == lines[1].index("3.2 min")
    assert main(["sessions", "--store", str(tmp_path), "--json"]) == 0
    first, second, *_ = json.loads(capsys.readouterr().out)
    assert (first["name"], first["started"]) == (dated.name, at.isoformat(timespec="seconds"))
    assert (second["started"], second["finished"]) == (None, True)
    assert first["length_s"] == pytest.approx(190)
