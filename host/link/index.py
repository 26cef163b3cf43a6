"""The device's index.json, checked before anything in it is used."""

import json
import re
from dataclasses import dataclass

from device.recording.format.names import INDEX, INDEX_VERSION, SUMS
from host.errors import DamageError, HostError

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+=@.-]{0,99}")
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


MOST_BYTES = 1 << 29
"""Of any file of a session: days of samples."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the device; `name` is its name within the session."""

    path: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RemoteSession:
    name: str
    started_utc: str | None
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def sums_sha256(self) -> str:
        """The hash of the session's SHA256SUMS; it identifies the whole session."""
        return next(file.sha256 for file in self.files if file.name == SUMS)


def parse_index(content: bytes) -> list[RemoteSession]:
    """The sessions in an index.json. Raises HostError if it is not one, or holds a name that must
    not become a path here.
    """
    try:
        index = json.loads(content)
        if index["version"] != INDEX_VERSION:
            raise HostError(f"the device's index has version {str(index['version'])[:40]}; not {INDEX_VERSION}")
        return [_session(entry) for entry in index["sessions"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = str(error)[:200] if isinstance(error, DamageError) else "it is damaged, or of another form"
        raise HostError(f"the device's {INDEX} cannot be read: {why}") from error


def _session(entry: dict[str, object]) -> RemoteSession:
    name, started, listed = entry["name"], entry["started_utc"], entry["files"]
    if not isinstance(name, str) or not is_safe_name(name) or not isinstance(listed, list):
        raise DamageError(f"session {name!r}")
    if started is not None and (not isinstance(started, str) or not _DATE.fullmatch(started)):
        raise DamageError(f"started_utc of {name}")
    files = tuple(_file(name, file) for file in listed)
    if SUMS not in {file.name for file in files}:
        raise DamageError(f"{name} has no {SUMS}")
    return RemoteSession(name, started, files)


def _file(session: str, entry: dict[str, object]) -> RemoteFile:
    path, size, sha256 = entry["path"], entry["size"], entry["sha256"]
    if not isinstance(path, str) or not isinstance(size, int) or isinstance(size, bool) or not isinstance(sha256, str):
        raise DamageError(f"file {path!r}")
    folder, _, name = path.partition("/")
    if folder != session or not is_safe_name(name) or not 0 <= size <= MOST_BYTES or not _SHA256.fullmatch(sha256):
        raise DamageError(f"file {path!r}")
    return RemoteFile(path, name, size, sha256)


def is_safe_name(name: str) -> bool:
    """Whether `name` is a plain file name on Linux, macOS and Windows alike."""
    return bool(_SAFE.fullmatch(name)) and not name.endswith(".") and not _WINDOWS_DEVICES.fullmatch(name)
