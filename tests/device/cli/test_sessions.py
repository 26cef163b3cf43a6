"""`rolig sessions`: a list with dates; on a card that others have had in hand each session is a line, and nothing waits
or grows."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from device.cli import main
from tests.pulled_sessions import FIRST_DAY, record_session
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
