"""What a host may see of the session store: an index and the files of finished sessions, nothing else.

Files are found by matching a name against what the session's own SHA256SUMS lists; a name is never turned
into a path. Symbolic links are not followed. Dates that a host told later live in `dates.json` beside the
sessions, so that hashed files never change.
"""

import hashlib
import json
import os
import re
import shutil
import stat
import zlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from device.recording.format.names import DATES, DELETED, INDEX, INDEX_VERSION, SUMMARY, SUMS
from device.recording.format.summary_keys import own_date
from device.system.files import OsFileSystem, write_atomically
from device.usb.clock import DeviceClock, parse_utc

# Plain on every file system. A host refuses an index with any other name, and the card may have been in other hands.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_+=@.-]{0,98}[A-Za-z0-9_+=@-])?")
_SUMS_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^/\\\0\n]+)")
_READ = 1 << 18
_SAME_TIME = timedelta(minutes=1)


class NoSuchLogError(LookupError):
    """No finished session has a file of that name."""


class HashDiffersError(ValueError):
    """The hash given for a session is not that of its SHA256SUMS."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of a finished session, as its SHA256SUMS has it; `path` is its name on the wire."""

    path: str
    size: int
    sha256: str


class LogView:
    """The finished sessions under `root`. Reads only, but for `date_sessions` and `delete`."""

    def __init__(self, root: Path, device: str = "rolig") -> None:
        self._root = root
        self._device = device
        self._index: bytes | None = None
        for leftover in root.glob(DELETED + "*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def refresh(self) -> None:
        """Look at the store anew the next time the index is asked for."""
        self._index = None

    def find(self, name: str) -> LogFile:
        """The file that is `name` on the wire. The index is kept as it is until `refresh`, so that its
        parts agree.

        Raises NoSuchLogError.
        """
        if name == INDEX:
            return LogFile(INDEX, len(self._index_bytes()), "")
        session, slash, _ = name.partition("/")
        if slash and session in self._session_names():
            for file in self._files(session):
                if file.path == name:
                    return file
        raise NoSuchLogError(name)

    def read(self, file: LogFile, offset: int, count: int) -> bytes:
        """At most `count` bytes of a file found here, from `offset`; fewer only at its end. Raises
        OSError.
        """
        if file.path == INDEX:
            return self._index_bytes()[offset : offset + count]
        with _open_without_links(self._root / file.path) as opened:
            opened.seek(offset)
            return opened.read(count)

    def checksum(self, file: LogFile, kind: str, offset: int, count: int) -> tuple[int, bytes | int]:
        """How many bytes were summed, and the "sha256" (32 bytes) or "crc32" (IEEE, a number) of them."""
        end = min(offset + count, file.size)
        sha, crc, at = hashlib.sha256(), 0, offset
        while at < end:
            part = self.read(file, at, min(_READ, end - at))
            if not part:
                raise OSError(f"{file.path} ended at {at} of {end} bytes")
            sha.update(part)
            crc = zlib.crc32(part, crc)
            at += len(part)
        return end - offset, sha.digest() if kind == "sha256" else crc

    def date_sessions(self, clock: DeviceClock) -> list[str]:
        """Date the sessions recorded without a clock, or with one that showed the time of the last shutdown, as far as
        they are from the clock's own boot.

        A session says in its summary which boot it was recorded in, and when on that boot's clock. One from
        an earlier boot stays undated: nothing connects the two. Returns the names dated.
        """
        dates = self._dates()
        found = {}
        for name in self._session_names():
            summary = self._summary(name)
            if own_date(summary) is None:
                started = clock.utc_of(summary.get("boot_id"), summary.get("started_boottime_s"))
                if started is not None and not _same_time(started, dates.get(name)):
                    found[name] = started
        if found:
            self._keep_dates(dates | found)
        return sorted(found)

    def delete(self, session: str, sums_sha256: bytes) -> None:
        """Remove a finished session whose SHA256SUMS has that hash.

        The folder leaves the store in one rename, so a power cut leaves the whole session or none.
        Raises NoSuchLogError, HashDiffersError, OSError.
        """
        sums = self.find(f"{session}/{SUMS}")
        if bytes.fromhex(sums.sha256) != sums_sha256:
            raise HashDiffersError(session)
        gone = self._root / (DELETED + session)
        (self._root / session).rename(gone)
        OsFileSystem().sync_folder(self._root)
        shutil.rmtree(gone)
        dates = self._dates()
        if dates.pop(session, None) is not None:
            self._keep_dates(dates)

    def _index_bytes(self) -> bytes:
        if self._index is None:
            self._index = self._build_index()
        return self._index

    def _build_index(self) -> bytes:
        dates = self._dates()
        sessions = []
        for name in self._session_names():
            files = self._files(name)
            if files:
                started = dates.get(name) or own_date(self._summary(name))
                listed = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in files]
                sessions.append({"name": name, "started_utc": started, "files": listed})
        index = {"version": INDEX_VERSION, "device": self._device, "sessions": sessions}
        return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()

    def _session_names(self) -> list[str]:
        try:
            with os.scandir(self._root) as entries:
                return sorted(
                    e.name for e in entries if _PLAIN_NAME.fullmatch(e.name) and e.is_dir(follow_symlinks=False)
                )
        except FileNotFoundError:
            return []

    def _files(self, session: str) -> list[LogFile]:
        """The files of a finished session, SHA256SUMS last; none if it is open, or not as its sums say."""
        folder = self._root / session
        try:
            with _open_without_links(folder / SUMS) as file:
                sums = file.read()
            lines = [_SUMS_LINE.fullmatch(line) for line in sums.decode().splitlines()]
            files = [
                LogFile(f"{session}/{line[2]}", _regular_size(folder / line[2]), line[1]) for line in lines if line
            ]
        except (OSError, UnicodeDecodeError):
            return []
        if not lines or None in lines:
            return []
        return [*files, LogFile(f"{session}/{SUMS}", len(sums), hashlib.sha256(sums).hexdigest())]

    def _summary(self, session: str) -> dict[str, Any]:
        return _read_object(self._root / session / SUMMARY)

    def _keep_dates(self, dates: dict[str, str]) -> None:
        write_atomically(OsFileSystem(), self._root / DATES, json.dumps(dates, indent=1, sort_keys=True).encode())

    def _dates(self) -> dict[str, str]:
        dates = _read_object(self._root / DATES)
        return {name: date for name, date in dates.items() if isinstance(date, str) and parse_utc(date)}


def _same_time(a: str, b: str | None) -> bool:
    """Two computers' clocks differ by seconds."""
    then = parse_utc(a), None if b is None else parse_utc(b)
    return then[0] is not None and then[1] is not None and abs(then[0] - then[1]) <= _SAME_TIME


def _read_object(path: Path) -> dict[str, Any]:
    try:
        with _open_without_links(path) as file:
            found = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _open_without_links(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def _regular_size(path: Path) -> int:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(f"{path.name} is not a regular file")
    return status.st_size
