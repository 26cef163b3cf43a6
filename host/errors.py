"""How a command on the host ends when it cannot go on: with one clear line, without a traceback."""

import sys


def complain(command: str, text: str) -> None:
    """One line on standard error, after the command's name."""
    print(printable(f"rolig {command}: {text}"), file=sys.stderr)


def told_count(sessions: int) -> str:
    return f"{sessions} session" if sessions == 1 else f"{sessions} sessions"


def made_in(out: object, sessions: int, left_out: int) -> str:
    """The clause that says where something was made, of how much, and whether that was all."""
    return f"{told_count(sessions)} in {out}" + (f"; {left_out} left out" if left_out else "")


def printable(text: str) -> str:
    """One line that does nothing to a terminal, whatever a file or a device put into it: the rest is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class HostError(Exception):
    """The text says what is wrong, where, and what to do about it."""


class DamageError(ValueError):
    """A file cannot be used; the text says why, in a clause of our own words."""


class SessionError(HostError):
    """One session cannot be had; the others may be."""
