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
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from device.recording.format.names import DATES, DELETED, DIAGNOSTICS, INDEX, INDEX_VERSION, SUMMARY, SUMS
from device.recording.format.summary_keys import own_date
from device.system.files import OsFileSystem, write_atomically
from device.system.plain_file import open_without_links, read_plain
from device.usb.clock import DeviceClock, parse_utc

# Plain on every file system. A host refuses an index with any other name, and the card may have been in other hands.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_+=@.-]{0,98}[A-Za-z0-9_+=@-])?")
_SUMS_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^/\\\0\n]+)")
_READ = 1 << 18
_MOST_BYTES = 1 << 22
_AT_ONCE = 8
_SETTLED_NS = 2_000_000_000  # a folder that changed less long ago may change again without its time telling
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

    def __init__(self, root: Path, device: str = "rolig", diagnostics: Callable[[], bytes] | None = None) -> None:
        self._root = root
        self._device = device
        self._diagnostics = diagnostics
        self._made: dict[str, bytes] = {}
        self._known: dict[str, tuple[int, _Finished | None]] = {}
        self._unread: list[tuple[str, int]] | None = None
        for leftover in root.glob(DELETED + "*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def refresh(self) -> None:
        """Look anew the next time that something is asked for which is made then."""
        self._made.clear()

    def find(self, name: str) -> LogFile:
        """The file that is `name` on the wire. What is made when it is asked for is kept as it is until `refresh`, so
        that its parts agree.

        Raises NoSuchLogError.
        """
        if (made := self._made_now(name)) is not None:
            return LogFile(name, len(made), "")
        session, slash, _ = name.partition("/")
        if slash and _PLAIN_NAME.fullmatch(session):
            for file in _files(self._root / session):
                if file.path == name:
                    return file
        raise NoSuchLogError(name)

    def read(self, file: LogFile, offset: int, count: int) -> bytes:
        """At most `count` bytes of a file found here, from `offset`; fewer only at its end. Raises
        OSError.
        """
        if (made := self._made_now(file.path)) is not None:
            return made[offset : offset + count]
        with open_without_links(self._root / file.path) as opened:
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
        for name, session in self._finished().items():
            if session.own_date is None:
                started = clock.utc_of(session.boot_id, session.started_boottime_s)
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

    def _made_now(self, name: str) -> bytes | None:
        """The content of what is no file on the card; None for any other name."""
        makers = {INDEX: self._build_index} | ({} if self._diagnostics is None else {DIAGNOSTICS: self._diagnostics})
        if name in makers and name not in self._made:
            self._made[name] = makers[name]()
        return self._made.get(name)

    def _build_index(self) -> bytes:
        dates = self._dates()
        sessions = ",".join(
            f'{{"name":{json.dumps(name)},"started_utc":{json.dumps(dates.get(name) or session.own_date)},'
            f'"files":{session.files_json}}}'
            for name, session in self._finished().items()
        )
        device = json.dumps(self._device, ensure_ascii=False)
        return f'{{"version":{INDEX_VERSION},"device":{device},"sessions":[{sessions}]}}'.encode()

    def _finished(self) -> dict[str, "_Finished"]:
        """What is finished, by name. A folder is read once, and again when its names have changed since: a host that
        asks a second time, because the first answer took long, is answered at once."""
        known, self._known = self._known, {}
        for name, changed_ns in self._folders():
            before = known.get(name)
            fresh = before is not None and before[0] == changed_ns
            self._known[name] = before if before is not None and fresh else self._look(name, changed_ns)
        return {name: session for name, (_, session) in self._known.items() if session is not None}

    def _look(self, name: str, changed_ns: int) -> tuple[int, "_Finished | None"]:
        settled = time.time_ns() - changed_ns > _SETTLED_NS
        return changed_ns if settled else -1, _Finished.of(self._root / name)

    def read_ahead(self) -> None:
        """A few sessions more, while nobody asks for anything, so that the first index is there at once."""
        if self._unread is None:
            self._unread = []
            with suppress(OSError):
                self._unread = self._folders()
        for name, changed_ns in self._unread[-_AT_ONCE:]:
            self._known.setdefault(name, self._look(name, changed_ns))
        del self._unread[-_AT_ONCE:]

    def _folders(self) -> list[tuple[str, int]]:
        """Name and time of change of each folder that may hold a session."""
        try:
            with os.scandir(self._root) as entries:
                return sorted(
                    (e.name, e.stat(follow_symlinks=False).st_mtime_ns)
                    for e in entries
                    if _PLAIN_NAME.fullmatch(e.name) and e.is_dir(follow_symlinks=False)
                )
        except FileNotFoundError:
            return []

    def _keep_dates(self, dates: dict[str, str]) -> None:
        write_atomically(OsFileSystem(), self._root / DATES, json.dumps(dates, indent=1, sort_keys=True).encode())

    def _dates(self) -> dict[str, str]:
        dates = _read_object(self._root / DATES)
        return {name: date for name, date in dates.items() if isinstance(date, str) and parse_utc(date)}


@dataclass(frozen=True, slots=True)
class _Finished:
    """What the index and the dates need of a session; `files_json` is its list in the index."""

    files_json: str
    own_date: str | None
    boot_id: object
    started_boottime_s: object

    @classmethod
    def of(cls, folder: Path) -> "_Finished | None":
        """None where it is open, or not as its sums say."""
        files = _files(folder)
        if not files:
            return None
        summary = _read_object(folder / SUMMARY)
        own = own_date(summary)
        listed = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in files]
        return cls(
            json.dumps(listed, ensure_ascii=False, separators=(",", ":")),
            own if isinstance(own, str) else None,
            summary.get("boot_id"),
            summary.get("started_boottime_s"),
        )


def _files(folder: Path) -> list[LogFile]:
    """The files of a finished session, SHA256SUMS last; none if it is open, or not as its sums say."""
    try:
        if stat.S_ISLNK(folder.lstat().st_mode):
            return []
        sums = read_plain(folder / SUMS, _MOST_BYTES)
        lines = [_SUMS_LINE.fullmatch(line) for line in sums.decode().splitlines()]
        files = [
            LogFile(f"{folder.name}/{line[2]}", _regular_size(folder / line[2]), line[1]) for line in lines if line
        ]
    except (OSError, UnicodeDecodeError):
        return []
    if not lines or None in lines:
        return []
    return [*files, LogFile(f"{folder.name}/{SUMS}", len(sums), hashlib.sha256(sums).hexdigest())]


def _same_time(a: str, b: str | None) -> bool:
    """Two computers' clocks differ by seconds."""
    then = parse_utc(a), None if b is None else parse_utc(b)
    return then[0] is not None and then[1] is not None and abs(then[0] - then[1]) <= _SAME_TIME


def _read_object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_plain(path, _MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _regular_size(path: Path) -> int:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(f"{path.name} is not a regular file")
    return status.st_size
