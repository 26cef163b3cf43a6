"""Every command that an owner of a Pi is told to type is run somewhere: a new one fails here until it is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"(?:`| {4})((?:sudo |make |rolig )[^`\n]+?)(?:`|$)", re.MULTILINE)
INSTALL, BENCH, POWER = (f"tests/vm/guest/{name}.py" for name in ("install", "bench", "power"))
RUN_BY = {
    "make deb": ("tests/vm/run.py", '"build-deb"'),
    "make hardware": ("tests/hardware/test_wiring_data.py", "run make hardware"),
    "rolig pull": (BENCH, 'ROLIG, "pull"'),
    "rolig selftest": (BENCH, '"rolig", "selftest"'),
    "sudo apt install ./rolig_*.deb": (INSTALL, "./rolig_*.deb"),
    "sudo poweroff": ("tests/vm/guest/main.py", '"poweroff"'),
    "sudo rolig setup": (INSTALL, '"rolig", "setup"'),
    "sudo systemctl start rolig": (POWER, '"systemctl", "start", UNIT'),
    "sudo systemctl stop rolig": (POWER, '"systemctl", "stop", UNIT'),
}


def commands(name: str, begin: str, end: str) -> set[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return set(COMMAND.findall(text.partition(begin)[2].partition(end)[0]))


def test_every_command_for_the_pi_is_run_by_the_virtual_machine_or_a_test():
    told = commands("README.md", "## On a Raspberry Pi", "\n## ")
    assert told == {"make deb", "sudo apt install ./rolig_*.deb", "sudo rolig setup", "rolig selftest"}
    assert told | commands("hardware/README.md", "# Building the device", "\0") == RUN_BY.keys()


@pytest.mark.parametrize("command", RUN_BY)
def test_what_runs_it_does(command):
    place, words = RUN_BY[command]
    assert words in (ROOT / place).read_text(encoding="utf-8")
