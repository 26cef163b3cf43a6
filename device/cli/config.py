"""rolig config: print the resolved configuration."""

import argparse
from pathlib import Path

from device.config import load_config, to_toml


def add_config_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="configuration to use (default: $ROLIG_CONFIG, else /etc/rolig/rolig.toml where it exists)",
    )


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "config",
        description="Print the configuration as it is used, defaults included, as TOML that can be saved and edited.",
    )
    add_config_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    print(to_toml(load_config(args.config)), end="")
    return 0
