"""What ends a command on the host: one clear line, no traceback."""

import sys


def complain(command: str, text: str) -> None:
    """One line on standard error, after the command's name."""
    print(f"rolig {command}: {text}", file=sys.stderr)


class HostError(Exception):
    """Says what, where and what to do about it."""
