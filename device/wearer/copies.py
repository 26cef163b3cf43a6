"""The profile as it was before a version first wrote it.

A version does not read a profile that is newer than itself, and an update may be left again: then it goes on from what
the version before it wrote, and not from nothing. Copies are told apart by their version alone: a Pi's clock may stand.
"""

from contextlib import suppress
from pathlib import Path

from device.system.files import OsFileSystem, write_atomically
from device.system.plain_file import read_plain
from device.update.format import is_newer, order_of
from device.wearer.checked_fields import BadContentError
from device.wearer.memory import Memory
from device.wearer.profile_store import MAX_BYTES, decode

KEPT = 2
_BEFORE = "-before-"


def keep_as_it_was(path: Path, version: str) -> None:
    """Copy what lies at `path`, the first time that `version` finds it; the latest copies stay. One of a newer version
    goes once `version` has gone on without it: when that one comes again, it has more to copy. Raises OSError."""
    if not path.exists():
        return
    copy = path.with_name(f"{path.stem}{_BEFORE}{version}{path.suffix}")
    if not copy.exists():
        write_atomically(OsFileSystem(), copy, read_plain(path, MAX_BYTES))
    later = [other for other in _copies(path) if order_of(version) and is_newer(_version_of(other), version)]
    with suppress(BadContentError):
        if later:
            decode(read_plain(path, MAX_BYTES))
        for old in later + [other for other in _copies(path) if other not in later][KEPT:]:
            old.unlink()


def latest_copy(path: Path) -> tuple[Memory, Path] | None:
    """The newest copy that this version can read, and where it lies. Raises OSError."""
    for copy in _copies(path):
        with suppress(OSError, BadContentError):
            return decode(read_plain(copy, MAX_BYTES)), copy
    return None


def _copies(path: Path) -> list[Path]:
    """The newest first."""
    found = path.parent.glob(f"{path.stem}{_BEFORE}*{path.suffix}")
    return sorted(found, key=lambda copy: (order_of(_version_of(copy)) or (), copy.name), reverse=True)


def _version_of(copy: Path) -> str:
    return copy.stem.partition(_BEFORE)[2]
