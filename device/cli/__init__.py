"""The command line, `rolig`: one module for each command, loaded when it is asked for.

Exit codes: 0 done, or ended by hand what may be (run, serve, demo); 2 the user has to change or look at something
(arguments, a file, the configuration, a place that cannot be written, a session that was left out); 130 or 143 a job
that Ctrl-C or SIGTERM stopped; 1 everything else that went wrong, or that `rolig selftest` found to be seen to.
"""

import argparse
import difflib
import importlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from device.errors import RoligError, UsageError, unwritable
from device.recording.format.printable import printable

INTERRUPTED = 130  # as a shell has it for Ctrl-C


@dataclass(frozen=True, slots=True)
class CommandRow:
    """Loading all the `module`s takes half a second here, and some seconds on a small Pi. A `posix` one needs what
    Windows has not; the laptop's are there."""

    module: str
    help: str
    posix: bool = False


COMMANDS = {
    "demo": CommandRow("device.cli.demo", "a session with a simulated wearer; no hardware needed", posix=True),
    "run": CommandRow("device.cli.run", "run the appliance (what the service does)", posix=True),
    "selftest": CommandRow("device.cli.selftest", "say what is connected", posix=True),
    "sessions": CommandRow("device.cli.sessions", "list the recorded sessions", posix=True),
    "plan": CommandRow("device.cli.plan", "show what the eight weeks' plan holds today"),
    "config": CommandRow("device.cli.config", "print the resolved configuration"),
    "replay": CommandRow("device.cli.replay", "run a recording through the pipeline", posix=True),
    "resonance": CommandRow("device.cli.resonance", "find the resonance rate in a paced recording"),
    "serve": CommandRow("device.cli.serve", "let a computer pull the logs over a serial port", posix=True),
    "setup": CommandRow("device.cli.setup", "switch on SPI, I2C and the USB port in the Pi's boot configuration"),
    "pull": CommandRow("device.cli.laptop", "bring the sessions from the device to this computer"),
    "report": CommandRow("device.cli.laptop", "make one page of all sessions, or one for a therapist"),
    "export": CommandRow("device.cli.laptop", "make a pseudonymous data set for research"),
    "update": CommandRow("device.cli.laptop", "install a signed update on the device"),
    "diagnose": CommandRow("device.cli.laptop", "fetch a page about the device, without health data"),
    "completion": CommandRow("device.cli.laptop", "print what completes these commands in a shell"),
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where to read on. An option that there is not comes before all else, such as
    what is missing because of it."""

    _given: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self._given = args or ()
        parsed, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return parsed, left

    def error(self, message: str) -> NoReturn:
        known = [option.removeprefix("--") for option in self._option_string_actions]
        if unknown := next((word for word in self._own_options() if not any(o.startswith(word) for o in known)), ""):
            near = difflib.get_close_matches(unknown, known, 1)
            message = f"there is no option --{unknown}" + (f": did you mean --{near[0]}?" if near else "")
        self.exit(2, printable(f"{self.prog}: {message} (see {self.prog} --help)") + "\n")

    def _own_options(self) -> Iterator[str]:
        """The long options among the words given, without their values; none of a command that follows."""
        for word in self._given:
            if word == "--" or (self._subparsers is not None and not word.startswith("-")):
                return
            if word.startswith("--"):
                yield word.removeprefix("--").partition("=")[0]

    def _print_message(self, message: str, file: Any = None) -> None:
        """argparse's own is silent where nothing takes the help."""
        (file or sys.stderr).write(message)


class Subcommands(argparse._SubParsersAction):  # type: ignore[type-arg]
    """Each with its line of the table."""

    def add_parser(self, name: str, **how: Any) -> argparse.ArgumentParser:
        return cast(argparse.ArgumentParser, super().add_parser(name, **{"help": COMMANDS[name].help, **how}))


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from device.versions import rolig_version

        print(f"rolig {rolig_version()}")
        parser.exit()


def build_parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """With the arguments of the command `wanted` ("" for none), and the names of the others; of all if it is None."""
    parser = Parser(
        prog="rolig",
        description="A calm trainer for the nervous system: breathe with the guide, see how the body answers. "
        "Not a medical device.",
        epilog="Start with: rolig demo    (a simulated wearer; no hardware needed)",
    )
    parser.add_argument("--version", action=Version, nargs=0, help="show program's version number and exit")
    commands = parser.add_subparsers(action=Subcommands, title="commands", metavar="COMMAND", required=True)
    offered = _offered()
    modules = {command.module for name, command in offered.items() if wanted in (None, name)}
    for name, command in offered.items():
        if command.module not in modules:
            commands.add_parser(name)
    for name in sorted(modules):
        importlib.import_module(name).add_parser(commands)
    return parser


def _offered() -> dict[str, CommandRow]:
    try:
        import fcntl  # noqa: F401
        import termios  # noqa: F401
    except ModuleNotFoundError:
        return {name: command for name, command in COMMANDS.items() if not command.posix}
    return COMMANDS


def _wanted(arguments: Sequence[str]) -> str:
    """The command that the arguments name, "" for none. Raises UsageError, with the nearest, for one there is not."""
    word = next((argument for argument in arguments if not argument.startswith("-")), "")
    offered = _offered()
    if not word or word in offered:
        return word
    near = difflib.get_close_matches(word, offered, 1)
    hint = f"did you mean {near[0]!r}?" if near else "see rolig --help"
    raise UsageError(f"there is no command {word!r}: {hint}")


def _ready_streams() -> None:
    """A program begun without one of these gets None for it, and its next file the stream's number. What an output's
    encoding lacks is escaped: no work that is done ends in a failure to tell of it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class StandardOutput(io.FileIO):
    """Standard output, which knows its own fault from those of other files: print() raises all alike."""

    fault: OSError | None = None

    def write(self, data: Any) -> Any:
        try:
            return super().write(data)
        except OSError as error:
            self.fault = error
            raise

    def lost(self) -> int:
        """The exit code where not all was taken that was said: 1 without a word where its reader has gone, 2 where it
        cannot be written; 0 where all was."""
        with suppress(OSError):
            sys.stdout.flush()
        if self.fault is None:
            return 0
        if isinstance(self.fault, BrokenPipeError):
            return 1
        print(printable(f"rolig: {unwritable('standard output', self.fault)}"), file=sys.stderr)
        return 2


@contextmanager
def _watched_output() -> Iterator[StandardOutput | None]:
    """None where standard output is a terminal, or no file of the system's."""
    before = sys.stdout
    try:
        watched = None if before.isatty() else StandardOutput(before.fileno(), "w", closefd=False)
    except OSError:
        watched = None
    if watched is None:
        yield None
        return
    text = io.TextIOWrapper(io.BufferedWriter(watched), before.encoding, "backslashreplace", write_through=False)
    sys.stdout = text
    try:
        yield watched
    finally:
        sys.stdout = before
        with suppress(OSError):
            text.close()


def main(arguments: list[str] | None = None) -> int:
    _ready_streams()
    with _watched_output() as output:
        try:
            status = _run((sys.argv[1:] if arguments is None else arguments) or ["--help"], output)
        except SystemExit as ended:  # after --help, and what the parser refuses
            raise SystemExit((output.lost() if output else 0) or ended.code) from None
        return (output.lost() if output else 0) or status


def _run(arguments: list[str], output: StandardOutput | None) -> int:
    try:
        args = build_parser(_wanted(arguments)).parse_args(arguments)
        status: int = args.run(args)
    except RoligError as error:
        print(printable(f"rolig: {error}"), file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        if output is not None and error is output.fault:
            return 2
        told = f"rolig: {error.filename or 'input or output'}: {error.strerror or error}"
        print(printable(told), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("rolig: stopped", file=sys.stderr)
        return INTERRUPTED
    return status
