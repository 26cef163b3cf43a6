"""The other commands as a user types them."""

import json
import math
import multiprocessing
import os
import pty
import pwd
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from device.cli import COMMANDS, main
from device.config import Config, parse_config
from tests.full_disk import room_for
from tests.usb_helpers import write_session

ROOT = Path(__file__).parents[3]


def rolig(*arguments: object) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "device", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_help_teaches_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    told = capsys.readouterr().out
    for command in ("demo", "run", "selftest", "sessions", "config", "replay", "resonance", "serve", "pull", "report"):
        assert re.search(rf"^    {command}\s", told, re.MULTILINE), command


def test_bare_rolig_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("usage: rolig")


@pytest.mark.parametrize(("typed", "meant"), [("reprot", "report"), ("session", "sessions"), ("demmo", "demo")])
def test_a_slip_gets_the_nearest_command(typed: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([typed]) == 2
    assert capsys.readouterr().err == f"rolig: there is no command {typed!r}: did you mean {meant!r}?\n"


def test_a_word_that_is_nothing_s_neighbour_leads_to_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zzz\x1b[2J"]) == 2
    told = capsys.readouterr().err
    assert told.endswith("see rolig --help\n")
    assert "\x1b" not in told


def test_help_loads_no_command() -> None:
    """Which would take half a second here, and some seconds on a small Pi."""
    script = (
        "import sys\nfrom device.cli import COMMANDS, main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([name for name in sys.modules if name == 'numpy' or name.startswith('device.cli.')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"rolig {name}" in capsys.readouterr().out


def test_config_prints_what_it_would_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.toml").write_text("")
    assert main(["config", "--config", str(tmp_path / "empty.toml")]) == 0
    assert parse_config(capsys.readouterr().out, "printed") == Config()


def test_a_wrong_configuration_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.toml").write_text("[session]\nminutes = 'ten'\n")
    assert main(["config", "--config", str(tmp_path / "c.toml")]) == 2
    told = capsys.readouterr().err
    assert "[session] minutes = 'ten': must be a whole number" in told
    assert len(told.splitlines()) == 1


def test_selftest_without_hardware_exits_with_1_and_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest"]) == 1
    told = capsys.readouterr().out
    assert re.search(r"^missing +SPI sensor: ", told, re.MULTILINE)
    assert "rolig demo" in told


def test_the_demo_writes_a_session_that_the_list_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--speed", "max", "--minutes", "0.5", "--store", str(tmp_path)]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    assert main(["sessions", "--store", str(tmp_path)]) == 0
    listed = capsys.readouterr().out
    assert listed.splitlines()[1].startswith(folder.name)
    assert "completed" in listed


def test_a_demo_that_finds_no_room_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    multiprocessing.RawArray("b", 1 << 20)  # shared memory is a file, too; what was freed is given out again
    with room_for(100_000):
        assert main(["demo", "--speed", "max", "--minutes", "0.5", "--store", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert re.match(rf"rolig: {tmp_path}/0001\S*: no room was left", told.err.splitlines()[-1])


def test_the_owner_can_delete_one_session_and_only_by_its_whole_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [write_session(tmp_path, f"000{n}").name for n in (1, 2)]
    for wrong in ("0003", "000", "..", ".", "", "../0001", str(tmp_path / "0001")):
        assert main(["sessions", "--store", str(tmp_path), "--delete", wrong]) == 2
    assert "there is no finished session" in capsys.readouterr().err
    assert [path.name for path in sorted(tmp_path.iterdir())] == names
    assert main(["sessions", "--store", str(tmp_path), "--delete", "0001"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["0002"]


def test_a_demo_in_a_terminal_shows_the_screen_and_sigterm_closes_the_session(tmp_path: Path) -> None:
    primary, secondary = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "130", "LINES": "40"}
    command = [sys.executable, "-m", "device", "demo", "--store", str(tmp_path)]
    process = subprocess.Popen(command, stdin=secondary, stdout=secondary, stderr=secondary, env=environment)
    os.close(secondary)
    shown: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(primary, 65536):
                shown.append(data)
        except OSError:
            return

    reader = threading.Thread(target=read)
    reader.start()
    while not list(tmp_path.glob("0001*/session.edf")):
        assert process.poll() is None, b"".join(shown)[-2000:]
        reader.join(0.2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    reader.join()
    os.close(primary)
    text = b"".join(shown).decode()
    assert "▀" in text or "⣿" in text
    summary = json.loads(next(tmp_path.glob("0001*/summary.json")).read_text())
    assert summary["end_reason"] == "signal"


def test_run_without_a_sensor_keeps_trying_and_ends_well_when_asked(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[store]\nfolder = "{tmp_path}/store"\n[usb]\nport = "{tmp_path}/none"\n')
    process = rolig("run", "--config", config)
    assert process.stderr is not None
    lines: list[str] = []
    while not any("sensor:" in line for line in lines):
        line = process.stderr.readline()
        assert line, lines
        lines.append(line)
    process.send_signal(signal.SIGTERM)
    out, rest = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in "".join(lines) + rest + out


def test_the_resonance_of_a_paced_recording_is_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    t_s, lines, pace_at = 0.0, [], {0.0: 6.5, 120.0: 6.0, 240.0: 5.5, 360.0: 5.0, 480.0: 4.5}
    while t_s < 600.0:
        pace = [p for start, p in pace_at.items() if start <= t_s][-1]
        swing_ms = 60.0 / math.hypot(1.0, 4.0 * (pace / 5.5 - 5.5 / pace))
        rr_ms = 850.0 + swing_ms * math.sin(2 * math.pi * pace / 60.0 * t_s)
        lines.append(f"{rr_ms:.3f}\n")
        t_s += rr_ms / 1000.0
    (tmp_path / "rr.txt").write_text("".join(lines))
    (tmp_path / "g.csv").write_text("time_s,breaths_per_min\n" + "".join(f"{t},{p}\n" for t, p in pace_at.items()))
    assert main(["resonance", "--from", str(tmp_path / "rr.txt"), "--guide", str(tmp_path / "g.csv")]) == 0
    finding = json.loads(capsys.readouterr().out)
    assert finding["conclusive"]
    assert finding["breaths_per_min"] == pytest.approx(5.5, abs=0.15)
    assert len(finding["steps"]) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ["sessions", "--store", "/no/such/folder"],
        ["serve", "--port", "/no/such/port", "--store", "."],
        ["replay", "/no/such/file"],
        ["config", "--config", "/no/such/file"],
        ["config", "--config", "/dev"],
        ["resonance", "--from", "/no/such/file", "--guide", "/no/such/file"],
        ["demo", "--store", "/dev/null"],
    ],
)
def test_what_is_not_there_is_one_line_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_user_without_a_home_has_to_say_where_sessions_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(uid: int) -> NoReturn:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    (tmp_path / "rolig.toml").write_text("")
    arguments = ["config", "--config", str(tmp_path / "rolig.toml")]
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "rolig: [store] folder: this user has no home folder; set HOME, or folder in [store]"
    (tmp_path / "rolig.toml").write_text('[store]\nfolder = "/somewhere"\n')
    assert main(arguments) == 0
    assert 'folder = "/somewhere"' in capsys.readouterr().out


def test_a_wearer_without_a_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["demo", "--seed", "-1"])
    assert stopped.value.code == 2
    assert "must be a whole number from 0" in capsys.readouterr().err


def test_a_closed_output_is_no_fault() -> None:
    command = f"{sys.executable} -m device config <&- >&-"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "rror" not in done.stderr


def test_the_laptop_s_rule_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--laptop"]) == 0
    printed = capsys.readouterr().out
    packaged = (Path(__file__).parents[3] / "systemd" / "udev" / "60-rolig.rules").read_text()
    (rule,) = [line for line in packaged.splitlines() if "ID_MM_DEVICE_IGNORE" in line]
    assert rule in printed
    assert all(line.startswith(("#", rule)) for line in printed.splitlines())
