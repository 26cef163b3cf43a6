"""The profile as it was before a version first wrote it.

A version does not read a profile that is newer than itself, and an update may be left again: then it goes on from what
the version before it wrote, and not from nothing.
"""

from contextlib import suppress
from pathlib import Path

from device.system.files import OsFileSystem, write_atomically
from device.system.plain_file import read_plain
from device.wearer.checked_fields import BadContentError
from device.wearer.memory import Memory
from device.wearer.profile_store import MAX_BYTES, decode

KEPT = 2


def keep_as_it_was(path: Path, version: str) -> None:
    """Copy what lies at `path`, the first time that `version` finds it; the latest copies stay. Raises OSError."""
    copy = path.with_name(f"{path.stem}-before-{version}{path.suffix}")
    if copy.exists() or not path.exists():
        return
    write_atomically(OsFileSystem(), copy, read_plain(path, MAX_BYTES))
    for old in _copies(path)[KEPT:]:
        old.unlink()


def latest_copy(path: Path) -> tuple[Memory, Path] | None:
    """The newest copy that this version can read, and where it lies."""
    for copy in _copies(path):
        with suppress(OSError, BadContentError):
            return decode(read_plain(copy, MAX_BYTES)), copy
    return None


def _copies(path: Path) -> list[Path]:
    """The newest first."""
    found = path.parent.glob(f"{path.stem}-before-*{path.suffix}")
    return sorted(found, key=lambda copy: (copy.stat().st_mtime_ns, copy.name), reverse=True)
