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
        description="Find the device on USB, set its clock, and copy what is new, verified. Press the device's button "
        "when it asks. Nothing is deleted on it unless --delete-pulled is given and the copy was verified.",
    )
    _add_directory(pull, "where to")
    _add_port(pull)
    pull.add_argument("--delete-pulled", action="store_true", help="delete on the device what was copied and verified")
    pull.set_defaults(run=_pull)
    report = commands.add_parser(
        "report",
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
    report.add_argument(
        "--page",
        choices=("weeks", "therapist"),
        default="weeks",
        help="weeks: everything, for the wearer (default); therapist: one A4 page to bring along",
    )
    report.add_argument("--open", action="store_true", help="show it in the browser")
    add_language(report, "it opens in", "--lang")
    report.set_defaults(run=_report)
    export = commands.add_parser(
        "export",
        description="Write sessions, beats and metrics as partitioned Parquet or CSV, or each session as a WFDB "
        "record, as EDF+, in a BIDS data set, or as RR text for Kubios; without name, date or device. Pseudonymous, "
        "not anonymous: anyone who has another recording of the same heart may know it again.",
    )
    _add_directory(export, "the sessions")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="the folder to make")
    export.add_argument(
        "--format",
        choices=("parquet", "csv", "wfdb", "edf", "bids", "kubios"),
        default="parquet",
        help="of the files (default: parquet); wfdb, edf and bids hold the signal itself",
    )
    export.set_defaults(run=_export)
    update = commands.add_parser(
        "update",
        description="Offer a signed update to the device on USB. The device checks it, asks whoever wears it, installs "
        "it beside the version that runs, and goes back to that one where the new one does not come up.",
    )
    update.add_argument("file", type=Path, metavar="FILE", help="the update: rolig-VERSION.update")
    _add_port(update)
    update.set_defaults(run=_update)
    diagnose = commands.add_parser(
        "diagnose",
        description="Fetch a page of plain text about the device on USB: firmware, board, self-test, faults. Nothing "
        "of a session or of its wearer is in it. Press the device's button when it asks.",
    )
    diagnose.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("rolig-diagnostics.txt"),
        metavar="FILE",
        help="the page (default: rolig-diagnostics.txt)",
    )
    _add_port(diagnose)
    diagnose.set_defaults(run=_diagnose)
    completion = commands.add_parser(
        "completion",
        description="Print a script that completes rolig's commands and options. For bash: "
        "rolig completion bash > ~/.local/share/bash-completion/completions/rolig",
    )
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="which shell")
    completion.set_defaults(run=_completion)


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", metavar="P", help="the serial port (default: found by itself)")


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
    _host("report.command").make_report(directory, output, language)


def _pull(args: argparse.Namespace) -> int:
    return int(_host("pull").run(args.directory, args.port, delete_pulled=args.delete_pulled))


def _update(args: argparse.Namespace) -> int:
    return int(_host("upkeep.update").run(args.file, args.port))


def _diagnose(args: argparse.Namespace) -> int:
    return int(_host("upkeep.diagnose").run(args.output, args.port))


def _report(args: argparse.Namespace) -> int:
    return int(_host("report.command").run(args.directory, args.output, args.language, kind=args.page, show=args.open))


def _export(args: argparse.Namespace) -> int:
    return int(_host("export.command").run(args.directory, args.output, args.format))


def _completion(args: argparse.Namespace) -> int:
    from device.cli import build_parser

    print(_host("completion").script(build_parser(), args.shell))
    return 0
