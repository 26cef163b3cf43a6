"""The laptop's commands through the command line, and where the device's cannot be loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from device.cli import COMMANDS, main
from tests.pulled_sessions import record_days
from tests.usb_helpers import files_under, served

AS_ON_WINDOWS = """
import sys
sys.modules.update(dict.fromkeys(["fcntl", "termios", "tty", "resource"]))
sys.argv = ["rolig", "--help"]
from device.cli import main
main()
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
    assert len(list((tmp_path / "out").rglob("part-0.csv"))) == 3


def test_the_laptop_s_commands_are_there_without_posix() -> None:
    done = subprocess.run([sys.executable, "-c", AS_ON_WINDOWS], capture_output=True, text=True, check=True)
    assert "pull" in done.stdout
    assert "report" in done.stdout
    assert "serve" not in done.stdout.split("commands:")[1]


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_can_complete_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in COMMANDS)
    assert "delete-pulled" in script
