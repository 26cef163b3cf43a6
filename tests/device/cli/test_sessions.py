"""`rolig sessions` on a card that others have had in hand: each session is a line, and nothing waits or grows."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from device.cli import main
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
    assert capsys.readouterr().out.splitlines()[0] == "0001  no readable summary"
