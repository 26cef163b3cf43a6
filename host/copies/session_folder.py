"""Copies of sessions on the host: complete ones, and ones still on their way.

A session on its way lives in `.partial-NAME-HASH`, so that it can be resumed and never be mixed with
another. It becomes `NAME` in one rename, after every file was verified.
"""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from device.recording.format.names import DATES, SUMMARY, SUMS
from device.recording.format.summary_keys import dates_told_later, own_date
from host.copies import sums
from host.copies.ordinary_file import read_ordinary, sha256_of
from host.copies.summary_file import MOST_SUMMARY_BYTES
from host.copies.whole_file import OWNER_FILE, OWNER_FOLDER, write_whole
from host.errors import HostError
from host.link.index import MOST_BYTES, RemoteFile, RemoteSession

_SHORT = 8
_MOST_DATES_BYTES = 1 << 24


def copy_of(directory: Path, session: RemoteSession) -> Path | None:
    """Where this very session lies already, by the hash of its SHA256SUMS."""
    for folder in _places(directory, session):
        with suppress(OSError):
            if sha256_of(folder / SUMS, MOST_BYTES) == session.sums_sha256:
                return folder
    return None


def not_as_listed(folder: Path, session: RemoteSession) -> list[str]:
    """Names of the session's files that are missing in its copy or have another size. Cheap enough for every pull: the
    files' contents are not read."""

    def size(name: str) -> int | None:
        try:
            return (folder / name).stat().st_size
        except OSError:
            return None

    return [file.name for file in session.files if size(file.name) != file.size]


def holds(folder: Path) -> bool:
    """Whether every file that the folder's SHA256SUMS lists is there and has that hash."""
    try:
        sums.check(folder)
    except (OSError, ValueError):
        return False
    return True


def partial_folder(directory: Path, session: RemoteSession) -> Path:
    folder = directory / f".partial-{session.name}-{session.sums_sha256[:_SHORT]}"
    folder.mkdir(OWNER_FOLDER, parents=True, exist_ok=True)
    return folder


def has_file(folder: Path, file: RemoteFile) -> bool:
    here = folder / file.name
    try:
        return here.stat().st_size == file.size and sha256_of(here, MOST_BYTES) == file.sha256
    except OSError:
        return False


def finish(directory: Path, session: RemoteSession, partial: Path) -> Path:
    """Make a verified partial folder the session's copy: synced, then renamed. Only then may the device be told to
    delete its own. Raises HostError where both of its names are taken."""
    free = [folder for folder in _places(directory, session) if not folder.exists()]
    if not free:
        taken = " and ".join(folder.name for folder in _places(directory, session))
        raise HostError(f"{directory}: {taken} are something else than this session; move one of them away")
    partial.chmod(OWNER_FOLDER)
    for path in partial.iterdir():
        path.chmod(OWNER_FILE)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    _sync_names(partial)
    partial.rename(free[0])
    _sync_names(directory)
    return free[0]


def drop(partial: Path) -> None:
    shutil.rmtree(partial, ignore_errors=True)


def keep_date(directory: Path, folder: Path, started_utc: str | None) -> None:
    """Remember a date that the session's own summary lacks, or has from a clock that was wrong; the copy itself never
    changes."""
    if started_utc is None or own_date(_summary(folder)) == started_utc:
        return
    dates = read_dates(directory)
    if dates.get(folder.name) == started_utc:
        return
    write_whole(directory / DATES, json.dumps(dates | {folder.name: started_utc}, indent=1, sort_keys=True).encode())


def read_dates(directory: Path) -> dict[str, str]:
    """Dates told later, by session; {} when there are none."""
    try:
        return dates_told_later(json.loads(read_ordinary(directory / DATES, _MOST_DATES_BYTES)))
    except (OSError, ValueError, RecursionError):
        return {}


def _sync_names(folder: Path) -> None:
    """Return when the names in `folder` are on the disk. Windows opens no folders, and needs none of this."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _summary(folder: Path) -> dict[str, Any]:
    try:
        summary = json.loads(read_ordinary(folder / SUMMARY, MOST_SUMMARY_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return summary if isinstance(summary, dict) else {}


def _places(directory: Path, session: RemoteSession) -> tuple[Path, Path]:
    """The session's own name, or with part of its hash where another device's session has that name."""
    return directory / session.name, directory / f"{session.name}-{session.sums_sha256[:_SHORT]}"
