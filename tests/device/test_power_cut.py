"""The last that is called before the Pi stops: whether the battery's current really ends."""

from pathlib import Path

import pytest

from device.config import Config, parse_config, runtime_config, to_toml
from device.power_cut import CUT_AFTER_S, main
from drivers.sim.board import SimBoard
from drivers.sim.person.body import Body
from tests.driver_helpers import Time


class Off:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, config: str) -> None:
        (folder / "rolig.toml").write_text(config)
        monkeypatch.setenv("ROLIG_CONFIG", str(folder / "rolig.toml"))
        self.time = Time()
        self.boards: list[SimBoard] = []

    def make(self, config: Config) -> SimBoard:
        self.boards.append(SimBoard(Body(1), self.time, wiring=config.wiring))
        return self.boards[-1]

    def powered(self, after_s: float) -> bool:
        battery = self.boards[0].battery
        assert battery is not None
        self.time.pass_s(after_s)
        return battery.powers()


WIRED = '[wiring]\npower_board = "pisugar3"\ni2c_bus = 0\n'


def test_switched_off_the_current_ends_and_the_button_begins_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = Off(tmp_path, monkeypatch, WIRED)
    assert main(["poweroff"], off.make) == 0
    assert off.powered(CUT_AFTER_S - 0.5)
    assert not off.powered(0.5)
    battery = off.boards[0].battery
    assert battery is not None
    battery.hold(1.0)
    assert battery.powers()


@pytest.mark.parametrize("arguments", [["reboot"], ["halt"], ["kexec"], []])
def test_a_restart_keeps_the_power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    off = Off(tmp_path, monkeypatch, WIRED)
    assert main(arguments, off.make) == 0
    assert off.boards == []


def test_without_a_board_nothing_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    off = Off(tmp_path, monkeypatch, "")
    assert main(["poweroff"], off.make) == 0
    assert off.boards == []


def test_what_is_at_fault_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    off = Off(tmp_path, monkeypatch, WIRED.replace("i2c_bus = 0", "i2c_bus = 1"))
    assert main(["poweroff"], off.make) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the PiSugar 3 wants that one for itself" in said


def test_what_the_service_ran_with_counts_when_the_file_s_own_partition_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = Off(tmp_path, monkeypatch, "")
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    runtime_config().parent.mkdir()
    runtime_config().write_text(to_toml(parse_config(WIRED, "here")), encoding="utf-8")
    assert main(["poweroff"], off.make) == 0
    assert not off.powered(CUT_AFTER_S)
