"""rolig selftest: the whole device on one page."""

import argparse
import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from device.cli.config import add_config_option
from device.config import Config, load_config
from device.recording.store import Store, StoreBusyError
from device.sampling.sources import InlineSource, SamplerProcess, SampleSource
from device.selftest import machine, parts, signals
from device.selftest.checks import Check, Verdict, as_records, page
from device.system.clocks import Clock, MachineClock, VirtualClock
from device.system.wall_clock import WallClock
from drivers.board import RealBoard, WiredBoard
from drivers.header_chip import header_chip
from drivers.probe import probe
from drivers.sensors import front_end_info

_HELD = "not touched beside the service. First: sudo systemctl stop rolig; then: sudo rolig selftest"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "selftest",
        help="say what is connected",
        description="Ask every bus and pin of the configured wiring and say what answers; let LED and motor run for a "
        "moment; sample for two seconds; write to the card. Beside the service it only asks. Exit code 1 where no "
        "sensor answers, or something is at fault.",
    )
    add_config_option(parser)
    parser.add_argument("--board", choices=("real", "sim"), default="real", help="the hardware, or a simulated one")
    parser.add_argument("--json", action="store_true", help="the same as a list of records, for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    simulated, folder = args.board == "sim", Path(config.store.folder)
    try:
        with Store(folder).writing():
            checks, sensors = _check(config, simulated, alone=_ours(folder))
    except StoreBusyError:  # the service's samples would stop, or its lamp go out
        checks, sensors = _check(config, simulated, alone=False)
    if args.json:
        print(json.dumps(as_records(checks), indent=1))
    else:
        print(page(checks))
        _say_what_to_do(config, sensors)
    at_fault = any(check.verdict is Verdict.FAULT for check in checks)
    return 1 if at_fault or config.sensor.front_end not in sensors else 0


def _ours(folder: Path) -> bool:
    """Whether it could be told that somebody else writes there."""
    try:
        return not folder.exists() or os.access(folder, os.R_OK | os.X_OK)
    except PermissionError:
        return False


def _say_what_to_do(config: Config, sensors: list[str]) -> None:
    if not sensors:
        print("No heart sensor answers. The demo needs none: rolig demo")
    elif config.sensor.front_end not in sensors:
        print(f"The configuration asks for {config.sensor.front_end}; connected: {', '.join(sensors)}")


def _check(config: Config, simulated: bool, alone: bool) -> tuple[list[Check], list[str]]:
    """All checks, and the sensors that were recognised. Not `alone`: those that another process at the same sensor
    would notice are left out."""
    name = config.sensor.front_end
    with _board(config, simulated) as (board, clock):
        findings = probe(board)
        sensors = [finding.front_end for finding in findings if finding.front_end]
        checks = [] if simulated else [machine.header(header_chip())]
        checks += parts.from_probe(findings)
        if not alone:
            checks.append(Check("sampling", Verdict.LOOK, _HELD))
        elif name in sensors:
            checks += parts.leads(board, name)
        if alone:
            checks += parts.cues(board, clock)
        if alone and name in sensors:
            checks.append(signals.sampling(_source(board, name, clock), front_end_info(name, board.wiring), clock))
            checks += signals.calibration(name, lambda pulse: pulse.open(board), clock)
        checks += [machine.card(Path(config.store.folder), clock), machine.wall_clock(WallClock())]
        checks += parts.battery(board) or [machine.gauge(config.power.gauge)]
    return checks, sensors


@contextlib.contextmanager
def _board(config: Config, simulated: bool) -> Iterator[tuple[WiredBoard, Clock]]:
    clock: Clock = VirtualClock() if simulated else MachineClock.from_now()

    def now_s() -> float:
        return clock.monotonic_ns() / 1e9

    if simulated:
        from device.demo.world import World  # only here: it would cost the device start time and memory

        board: WiredBoard = World(1, config.sensor.front_end, now_s, wiring=config.wiring).board
    else:
        board = RealBoard(config.wiring, now_s)
    with contextlib.closing(board):
        yield board, clock


def _source(board: WiredBoard, name: str, clock: Clock) -> SampleSource:
    """The sampler as it runs on the device, or stepped in virtual time."""
    if isinstance(clock, VirtualClock):
        return InlineSource(lambda: board.open_front_end(name), clock)
    return SamplerProcess(lambda: board.open_front_end(name), clock)
