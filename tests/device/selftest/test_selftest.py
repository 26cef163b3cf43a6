"""The whole device, on simulated hardware: what is right, what is not fitted, what is at fault."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from device.cli import main
from device.sampling.sources import InlineSource
from device.selftest import machine, parts, signals
from device.selftest.checks import Verdict
from device.system.clocks import VirtualClock
from drivers.sensors import FRONT_ENDS, front_end_info, sensor
from drivers.sim.board import SimBoard
from drivers.sim.person.body import Body
from drivers.wiring import Wiring
from dsp.types import FloatArray


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


class Boards:
    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.made: list[SimBoard] = []

    def __call__(self, name: str, wiring: Wiring | None = None) -> SimBoard:
        self.made.append(SimBoard(Body(1), lambda: self._clock.monotonic_ns() / 1e9, name, wiring))
        return self.made[-1]


@pytest.fixture
def board_of(clock: VirtualClock) -> Iterator[Boards]:
    boards = Boards(clock)
    yield boards
    for board in boards.made:
        board.close()


def config(tmp_path: Path, name: str) -> list[str]:
    path = tmp_path / "rolig.toml"
    path.write_text(f'[sensor]\nfront_end = "{name}"\n[store]\nfolder = "{tmp_path / "store"}"\n')
    return ["selftest", "--board", "sim", "--config", str(path)]


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_one_page_tells_of_every_part(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(config(tmp_path, name)) == 0
    page = capsys.readouterr().out
    told = ["display", "button", "USB port", "LED", "motor", "sampling", "card", "clock", "battery gauge"]
    told += ["SDN", "LO+", "LO-"] if name == "ad8232" else []
    told += ["max30003 calibration pulse"] if name == "max30003" else []
    assert [part for part in told if f"  {part}: " not in page] == []
    assert "fault" not in page
    assert "missing" not in page
    assert len(page.splitlines()) < 24


def test_the_same_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*config(tmp_path, "max30003"), "--json"]) == 0
    records = {record["part"]: record for record in json.loads(capsys.readouterr().out)}
    assert records["sampling"]["verdict"] == "ok"
    assert records["battery gauge"]["verdict"] == "not fitted"
    assert records["max30003 calibration pulse"]["verdict"] == "ok"
    assert " uV at 4.00 Hz, where 1000 uV at 4.00 Hz" in records["max30003 calibration pulse"]["text"]


def test_beside_the_service_nothing_is_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A reset for the calibration pulse would end the session that is being recorded."""
    store = tmp_path / "store"
    store.mkdir()
    arguments = config(tmp_path, "max30003")
    with subprocess.Popen(["flock", str(store), "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        service.stdin.write(b"has it")
        service.stdin.flush()
        assert service.stdout.read(1) == b"h"
        assert main(arguments) == 0
        service.stdin.close()
    page = capsys.readouterr().out
    assert "sudo systemctl stop rolig" in page
    assert "MAX30003, revision" in page
    assert not [part for part in ("LED", "motor", "calibration") if part in page]


def test_what_has_no_pin_is_not_fitted(board_of: Boards, clock: VirtualClock) -> None:
    wiring = Wiring(sdn_gpio=None, lo_plus_gpio=None, lo_minus_gpio=None, led_gpio=None, vibration_gpio=None)
    board = board_of("ad8232", wiring)
    checks = parts.leads(board, "ad8232") + parts.cues(board, clock)
    assert {check.verdict for check in checks} == {Verdict.NOT_FITTED}
    assert parts.leads(board, "max30003") == []


def test_a_shutdown_pin_that_does_nothing_is_to_be_looked_at(board_of: Boards) -> None:
    assert parts.leads(board_of("ad8232"), "ad8232")[0].verdict is Verdict.OK
    elsewhere = board_of("ad8232")
    elsewhere.wiring = Wiring(sdn_gpio=26)
    assert parts.leads(elsewhere, "ad8232")[0].verdict is Verdict.LOOK


def test_led_and_motor_run_for_a_moment_and_are_off_again(board_of: Boards, clock: VirtualClock) -> None:
    board = board_of("ad8232")
    assert [check.verdict for check in parts.cues(board, clock)] == [Verdict.LOOK] * 2
    assert clock.monotonic_ns() == 1_000_000_000


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_sampling_is_measured(board_of: Boards, clock: VirtualClock, name: str) -> None:
    board = board_of(name)
    source = InlineSource(lambda: board.open_front_end(name), clock)
    assert signals.sampling(source, front_end_info(name, board.wiring), clock).verdict is Verdict.OK


def test_a_sensor_that_goes_while_it_is_sampled_is_a_fault(board_of: Boards, clock: VirtualClock) -> None:
    board = board_of("ad8232")
    source = InlineSource(lambda: board.open_front_end("ad8232"), clock)
    source.wait(0.0)
    board.chip.failing = True
    check = signals.sampling(source, front_end_info("ad8232", board.wiring), clock)
    assert check.verdict is Verdict.FAULT
    assert "Input/output error" in check.text


def square_uv(peak_to_peak_uv: float, hz: float) -> FloatArray:
    return np.where(np.arange(1024) / 512.0 * hz % 1.0 < 0.5, peak_to_peak_uv, 0.0) + 12.0


@pytest.mark.parametrize(
    ("uv", "verdict"),
    [
        (square_uv(1000.0, 4.0), Verdict.OK),
        (square_uv(950.0, 3.97), Verdict.OK),
        (square_uv(850.0, 4.0), Verdict.FAULT),
        (square_uv(1000.0, 4.2), Verdict.FAULT),
        (0.0 * square_uv(1.0, 1.0), Verdict.FAULT),
        (square_uv(1000.0, 4.0)[:200], Verdict.FAULT),
    ],
)
def test_a_calibration_pulse_is_judged_by_its_height_and_rate(uv: FloatArray, verdict: Verdict) -> None:
    pulse = sensor("max30003").calibration
    assert pulse is not None
    assert signals.judge_pulse("pulse", uv, 512.0, pulse).verdict is verdict


def test_a_chip_that_is_gone_makes_no_calibration_pulse(board_of: Boards, clock: VirtualClock) -> None:
    board = board_of("max30003")
    board.chip.unplugged = True
    (check,) = signals.calibration("max30003", lambda pulse: pulse.open(board), clock)
    assert check.verdict is Verdict.FAULT
    assert signals.calibration("ad8232", lambda pulse: pulse.open(board), clock) == []


def test_the_card_is_written_to_and_nothing_is_left(tmp_path: Path) -> None:
    assert machine.card(tmp_path, VirtualClock()).verdict is Verdict.OK
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert machine.card(tmp_path / "file", VirtualClock()).verdict is Verdict.FAULT


@pytest.mark.parametrize(
    ("text", "verdict"), [("83\n", Verdict.OK), ("140", Verdict.FAULT), ("nan", Verdict.FAULT), ("?", Verdict.FAULT)]
)
def test_the_gauge_is_read(tmp_path: Path, text: str, verdict: Verdict) -> None:
    (tmp_path / "capacity").write_text(text)
    assert machine.gauge(str(tmp_path / "capacity")).verdict is verdict
    assert machine.gauge(str(tmp_path / "missing")).verdict is Verdict.FAULT
    assert machine.gauge(None).verdict is Verdict.NOT_FITTED


def test_a_header_that_cannot_be_found_is_missing() -> None:
    assert machine.header(None).verdict is Verdict.MISSING
    assert machine.header(4).text == "gpiochip4"


def test_the_battery_board_is_asked_where_one_is_wired(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = config(tmp_path, "max30102")
    with (tmp_path / "rolig.toml").open("a") as file:
        file.write('[wiring]\npower_board = "pisugar3"\ni2c_bus = 0\n')
    assert main(arguments) == 0
    page = capsys.readouterr().out
    assert "battery board: 80 %, 3.90 V, no charger" in page
    assert "board's clock: 2000-01-01" in page
    assert "battery gauge" not in page
