"""How every command ends: one line and an exit code that a script can go by."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from device.cli import COMMANDS, build_parser, main
from tests.usb_helpers import write_session

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
@pytest.mark.parametrize("given", ["--wat", "--wat=3", "--helpp"])
def test_an_option_that_there_is_not_is_named_whatever_else_is_missing(
    command: tuple[str, ...], given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, given])
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    prog = " ".join(("rolig", *command))
    assert line.startswith(f"{prog}: there is no option {given.partition('=')[0]}")
    assert ("did you mean --help?" in line) == (given == "--helpp")


@pytest.mark.parametrize(("typed", "meant"), [("--ouput", "--output"), ("--formt", "--format")])
def test_a_slip_in_an_option_gets_the_nearest(typed: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", typed, "x"])
    assert f"did you mean {meant}? (see rolig export --help)" in capsys.readouterr().err


def test_an_option_may_still_be_shortened() -> None:
    assert build_parser("replay").parse_args(["replay", "x", "--met", "m.csv"]).metrics == Path("m.csv")


PRINTING = [("--help",), ("--version",), ("config",), ("setup", "--laptop"), ("completion", "bash")]
PRINTING += [
    ("sessions",),
    ("sessions", "--json"),
    ("plan",),
    *((name, "--help") for name in ("demo", "replay", "pull")),
]


@pytest.mark.parametrize("command", PRINTING)
def test_what_standard_output_does_not_take_is_one_line_and_exit_code_2(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    write_session(tmp_path, "0001")
    config = tmp_path / "rolig.toml"
    config.write_text(f'[store]\nfolder = "{tmp_path}"\n')
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ROLIG_CONFIG": str(config)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "device", *command],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
    assert (done.returncode, done.stderr) == (
        2,
        "rolig: standard output: cannot be written: No space left on device\n",
    )
