"""rolig selftest: what is connected."""

import argparse
import time

from device.cli.config import add_config_option
from device.config import load_config
from drivers.board import RealBoard
from drivers.probe import probe


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "selftest",
        help="say what is connected",
        description="Ask every bus and pin of the configured wiring and say what answers. Exit code 1 where no sensor "
        "does.",
    )
    add_config_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    findings = probe(RealBoard(config.wiring, time.monotonic))
    for finding in findings:
        print(f"{'ok     ' if finding.seen else 'missing'}  {finding.part}: {finding.text}")
    sensors = [finding.front_end for finding in findings if finding.front_end]
    if not sensors:
        print("No heart sensor answers. The demo needs none: rolig demo")
        return 1
    if config.sensor.front_end not in sensors:
        print(f"The configuration asks for {config.sensor.front_end}; connected: {', '.join(sensors)}")
        return 1
    return 0
