"""The laptop's commands through the command line, and where the device's cannot be loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from device.cli import COMMANDS, main
from host.export.columns import TABLES
from tests.pulled_sessions import record_days
from tests.usb_helpers import files_under, served

AS_ON_WINDOWS = """
import os, sys
sys.modules.update(dict.fromkeys(["fcntl", "termios", "tty", "resource"]))
for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECT", "posix_fadvise", "statvfs"):
    delattr(os, name)
from device.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_pull_report_and_export_one_after_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, logs = tmp_path / "store", tmp_path / "logs"
    record_days(store, 2)
    with served(store, tmp_path) as cable:
        assert main(["pull", str(logs), "--port", str(cable.host)]) == 0
    for name, content in files_under(logs).items():
        assert (store / name).read_bytes() == content
    assert main(["report", str(logs), "-o", str(tmp_path / "report.html"), "--lang", "en"]) == 0
    assert main(["export", str(logs), "-o", str(tmp_path / "out"), "--format", "csv"]) == 0
    assert "2 sessions pulled and verified" in capsys.readouterr().err
    assert (tmp_path / "report.html").stat().st_size > 1_000_000
    assert len(list((tmp_path / "out").rglob("part-0.csv"))) == len(TABLES)


def test_the_laptop_s_commands_are_there_without_posix() -> None:
    said = as_on_windows("--help").split("commands:")[1]
    assert all(name in said for name in ("pull", "report", "plan"))
    assert "serve" not in said


def test_the_plan_is_shown_without_posix(tmp_path: Path) -> None:
    record_days(tmp_path / "store", 2)
    config = tmp_path / "c.toml"
    config.write_text("")
    assert "2 of them are done." in as_on_windows("plan", "--config", str(config), "--store", str(tmp_path / "store"))


def as_on_windows(*arguments: str) -> str:
    command = [sys.executable, "-c", AS_ON_WINDOWS, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_can_complete_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in COMMANDS)
    assert "delete-pulled" in script
