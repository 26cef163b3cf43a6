"""How a command on the host ends when it cannot go on: with one clear line, without a traceback."""

import sys


def complain(command: str, text: str) -> None:
    """One line on standard error, after the command's name."""
    print(f"rolig {command}: {text}", file=sys.stderr)


class HostError(Exception):
    """The text says what is wrong, where, and what to do about it."""
