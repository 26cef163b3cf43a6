"""The command `rolig`, one module a subcommand.

Exit code 0: done; 1: a fault; 2: the request was at fault, or on a computer there is something to be seen to.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from device.errors import RoligError, UsageError
from device.recording.format.printable import printable
from device.versions import rolig_version

COMMANDS = (
    "device.cli.demo",
    "device.cli.run",
    "device.cli.selftest",
    "device.cli.sessions",
    "device.cli.config",
    "device.cli.replay",
    "device.cli.resonance",
    "device.cli.serve",
    "device.cli.setup",
    "device.cli.laptop",
)
# Windows has none of these, and none of the device's commands; the laptop's are there.
POSIX_ONLY = {"fcntl", "termios", "tty", "resource"}


INTERRUPTED = 130  # as a shell has it for Ctrl-C


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where to read on."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, printable(f"{self.prog}: {message} (see {self.prog} --help)") + "\n")


def build_parser(modules: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    parser = Parser(
        prog="rolig",
        description="A calm trainer for the nervous system: breathe with the guide, see how the body answers. "
        "Not a medical device.",
        epilog="Start with: rolig demo    (a simulated wearer; no hardware needed)",
    )
    parser.add_argument("--version", action="version", version=f"rolig {rolig_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in modules:
        try:
            importlib.import_module(name).add_parser(commands)
        except ModuleNotFoundError as error:
            if error.name not in POSIX_ONLY:
                raise
    return parser


def _modules_for(arguments: Sequence[str]) -> Sequence[str]:
    """The command's module alone where the command is named first: all of them take some seconds on a small Pi."""
    named = [name for name in COMMANDS if arguments and name.rpartition(".")[2] == arguments[0]]
    return named or COMMANDS


def _ready_streams() -> None:
    """A program begun without one of these gets None for it, and its next file the stream's number. What an output's
    encoding lacks is escaped: no work that is done ends in a failure to tell of it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(arguments: list[str] | None = None) -> int:
    _ready_streams()
    try:
        given = sys.argv[1:] if arguments is None else arguments
        args = build_parser(_modules_for(given)).parse_args(given)
        status: int = args.run(args)
        sys.stdout.flush()
    except UsageError as error:
        print(printable(f"rolig: {error}"), file=sys.stderr)
        return 2
    except RoligError as error:
        print(printable(f"rolig: {error}"), file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; keep Python from complaining again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        told = f"rolig: {error.filename or 'input or output'}: {error.strerror or error}"
        print(printable(told), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return status
