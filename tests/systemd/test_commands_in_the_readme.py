"""Every command that a person is told to type is run somewhere: a new one fails here until it is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"(?:`| {4})((?:(?:sudo|make|rolig|pipx)\s|\.ci/)[^`]+?)(?:`|\s{3,}#|$)", re.MULTILINE)
INSTALL, BENCH, POWER, UPDATING = (f"tests/vm/guest/{name}.py" for name in ("install", "bench", "power", "updating"))
CI, LAPTOP = ".ci/run", ".ci/laptop"
RUN_BY = {
    "make demo": (CI, "\nmake demo\n"),
    "make test": (CI, "\nmake test\n"),
    "make test-slow": (CI, "\nmake test-slow\n"),
    "make check": (CI, "\nmake check\n"),
    "make vm-test": (".ci/vm-test", " make vm-test\n"),
    "make deb": ("tests/vm/run.py", '"build-deb"'),
    "make hardware": (".ci/hardware", "\nmake hardware\n"),
    "make case": ("Makefile", "\nhardware: $(VENV)/.dev case\n"),
    "pipx install '.[host]'": (LAPTOP, "\npipx install '.[host]'\n"),
    "rolig setup --laptop": ("tests/device/cli/test_commands.py", '["setup", "--laptop"]'),
    "rolig report --open": (LAPTOP, " rolig report --open\n"),
    "rolig report --page therapist -o page.html": (LAPTOP, "\nrolig report --page therapist -o page.html\n"),
    "rolig plan --store rolig-logs": (LAPTOP, "\nrolig plan --store rolig-logs\n"),
    "make docs": (CI, "\nmake docs\n"),
    "rolig report sessions": (LAPTOP, "\nrolig report sessions\n"),
    "rolig export -o dataset": (LAPTOP, "\nrolig export -o dataset\n"),
    "rolig replay FILE.edf --beats beats.csv --metrics metrics.csv --out sessions": (
        LAPTOP,
        "\nrolig replay FILE.edf --beats beats.csv --metrics metrics.csv --out sessions\n",
    ),
    "rolig --help": (LAPTOP, "\nrolig --help "),
    "rolig COMMAND --help": (LAPTOP, 'rolig "$command" --help'),
    "rolig pull --delete-pulled": ("tests/host/test_pull.py", '"--delete-pulled"]'),
    "sudo -u rolig rolig sessions --delete NAME": ("tests/device/cli/test_commands.py", '"--delete", "0001"]'),
    "rolig pull": (BENCH, 'ROLIG, "pull"'),
    "rolig update rolig-VERSION.update": (UPDATING, 'ROLIG, "update"'),
    "rolig diagnose": (UPDATING, 'ROLIG, "diagnose"'),
    "rolig selftest": (BENCH, '"rolig", "selftest"'),
    "sudo rolig selftest": (BENCH, '"rolig", "selftest"'),
    "sudo apt install ./dist/rolig_*.deb": (INSTALL, "./rolig_*.deb"),
    "sudo make image": (".ci/image", "python systemd/image"),
    "make image-test": (".ci/image", "python -m tests.vm.boards"),
    "rolig config": ("tests/vm/guest/card.py", '"rolig", "config"'),
    "sudo poweroff": ("tests/vm/guest/main.py", '"poweroff"'),
    "sudo rolig setup --radios off": ("tests/device/system/test_boot_config.py", '"--radios", "off"'),
    "sudo rolig setup": (INSTALL, '"rolig", "setup"'),
    "sudo systemctl start rolig": (POWER, '"systemctl", "start", UNIT'),
    "sudo systemctl stop rolig": (POWER, '"systemctl", "stop", UNIT'),
}
# The benches take hours and the databases; what they print stands in docs/validation.md. The Pi's instruction sets are
# for a change of what runs there; what was seen stands in decision 13. Debian's own tools are Debian's to try, but for
# what `make deb` needs: that was tried in a clean system. CI is what runs the rest.
RUN_BY_HAND = {
    *("make bench", "make arm64-test", "make armhf-test", ".ci/run"),
    *("sudo apt update", "sudo apt install pipx", "sudo apt install build-essential debhelper"),
    "sudo nano /etc/rolig/rolig.toml",
}


def commands(name: str) -> set[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {" ".join(command.split()) for command in COMMAND.findall(text)}


def test_every_command_in_the_readmes_is_run_by_ci_or_a_test() -> None:
    guides = [str(path.relative_to(ROOT)) for path in (ROOT / "hardware").rglob("*.md")]
    told = {command for name in ("README.md", *guides) for command in commands(name)}
    assert told == RUN_BY.keys() | RUN_BY_HAND


@pytest.mark.parametrize("command", RUN_BY)
def test_what_runs_it_does(command: str) -> None:
    place, words = RUN_BY[command]
    assert words in (ROOT / place).read_text(encoding="utf-8")
