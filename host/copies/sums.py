"""SHA256SUMS: what a session's files were when it was finished. Nothing of a session is believed that it does not
vouch for."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from device.recording.format.names import EDF, SUMMARY, SUMS
from host.copies.ordinary_file import read_ordinary, sha256_of
from host.errors import DamageError
from host.link.index import MOST_BYTES, is_safe_name

_MOST_SUMS_BYTES = 1 << 16
_LINE = re.compile(r"([0-9a-f]{64}) [ *](\S+)")


@dataclass(frozen=True, slots=True)
class Vouched:
    """The contents of session.edf and of summary.json, and the hash of the SHA256SUMS that vouches for them."""

    edf: bytes
    summary: bytes
    sums_sha256: str


class NotWholeError(DamageError):
    """The text says which file is not what SHA256SUMS says, in one clause."""


def read_sums(folder: Path) -> dict[str, str]:
    """The hash of each file that the folder's SHA256SUMS lists. Raises NotWholeError where it is none, and OSError."""
    sums: dict[str, str] = {}
    try:
        lines = read_ordinary(folder / SUMS, _MOST_SUMS_BYTES).decode("ascii").splitlines()
    except FileNotFoundError:
        raise NotWholeError(f"it was never finished (there is no {SUMS})") from None
    except UnicodeDecodeError:
        raise NotWholeError(f"{SUMS} is damaged") from None
    for line in lines:
        listed = _LINE.fullmatch(line)
        if listed is None or not is_safe_name(listed[2]) or listed[2] in sums:
            raise NotWholeError(f"{SUMS} is damaged")
        sums[listed[2]] = listed[1]
    if not sums:
        raise NotWholeError(f"{SUMS} is empty")
    return sums


def check(folder: Path) -> None:
    """Raises NotWholeError where a file that SHA256SUMS lists is missing or another, and OSError."""
    for name, digest in read_sums(folder).items():
        try:
            found = sha256_of(folder / name, MOST_BYTES)
        except FileNotFoundError:
            raise NotWholeError(f"{name} is missing") from None
        _compare(name, found, digest)


def read_vouched(folder: Path) -> Vouched:
    """The contents are the very bytes that were compared; the files besides are compared alone. Raises as `check`."""
    listed = read_sums(folder)
    for name in (EDF, SUMMARY):
        if name not in listed:
            raise NotWholeError(f"{SUMS} does not list {name}")
    check(folder)
    edf, summary = (read_ordinary(folder / name, MOST_BYTES) for name in (EDF, SUMMARY))
    _compare(EDF, hashlib.sha256(edf).hexdigest(), listed[EDF])
    _compare(SUMMARY, hashlib.sha256(summary).hexdigest(), listed[SUMMARY])
    return Vouched(edf, summary, sha256_of(folder / SUMS, _MOST_SUMS_BYTES))


@contextmanager
def damage_told(name: str) -> Iterator[None]:
    """Whatever a library makes of what the file `name` holds, damaged or hostile, is a DamageError that names it."""
    try:
        yield
    except DamageError:
        raise
    except Exception as error:
        raise DamageError(f"{name} is damaged, or no session's, though {SUMS} vouches for it") from error


def _compare(name: str, found: str, listed: str) -> None:
    if found != listed:
        raise NotWholeError(f"{name} is not as {SUMS} has it: damaged or changed")
