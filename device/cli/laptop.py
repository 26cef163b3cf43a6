"""The laptop's commands, which live in `host` and are loaded only when asked for."""

import argparse
import importlib
from pathlib import Path
from typing import Any

from device.cli.arguments import add_language
from device.errors import RoligError

MISSING = "this command needs the laptop's packages: in Rolig's folder, pipx install --force '.[host]'"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pull = commands.add_parser(
        "pull",
        help="bring the sessions from the device to this computer",
        description="Find the device on USB, set its clock, and copy what is new, verified. Press the device's button "
        "when it asks. Nothing is deleted on it unless --delete-pulled is given and the copy was verified.",
    )
    _add_directory(pull, "where to")
    pull.add_argument("--port", metavar="P", help="the serial port (default: found by itself)")
    pull.add_argument("--delete-pulled", action="store_true", help="delete on the device what was copied and verified")
    pull.set_defaults(run=_pull)
    report = commands.add_parser(
        "report",
        help="make one page of all sessions",
        description="Make one self-contained page of the sessions in a folder: the weeks, and each session.",
    )
    _add_directory(report, "the sessions")
    report.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("report.html"),
        metavar="FILE",
        help="the page (default: report.html)",
    )
    add_language(report, "it opens in", "--lang")
    report.set_defaults(run=_report)
    export = commands.add_parser(
        "export",
        help="make a pseudonymous data set for research",
        description="Write sessions, beats and metrics as partitioned Parquet or CSV, without name, date or device. "
        "Pseudonymous, not anonymous: anyone who has another recording of the same heart may know it again.",
    )
    _add_directory(export, "the sessions")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="the folder to make")
    export.add_argument(
        "--format", choices=("parquet", "csv"), default="parquet", help="of the files (default: parquet)"
    )
    export.set_defaults(run=_export)


def _add_directory(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.add_argument(
        "directory",
        nargs="?",
        type=Path,
        default=Path("rolig-logs"),
        metavar="DIR",
        help=f"{meaning} (default: rolig-logs)",
    )


def _host(name: str) -> Any:
    try:
        return importlib.import_module(f"host.{name}")
    except ImportError as error:
        raise RoligError(f"{MISSING} ({error})") from error


def make_report(directory: Path, output: Path, language: str) -> None:
    """Write the page about the sessions in `directory`. RoligError where the laptop's packages are not there, or as the
    command has it."""
    _host("report").make_report(directory, output, language)


def _pull(args: argparse.Namespace) -> int:
    return int(_host("pull").run(args.directory, args.port, delete_pulled=args.delete_pulled))


def _report(args: argparse.Namespace) -> int:
    return int(_host("report").run(args.directory, args.output, args.language))


def _export(args: argparse.Namespace) -> int:
    return int(_host("export").run(args.directory, args.output, args.format))
