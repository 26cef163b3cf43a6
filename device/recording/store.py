"""The sessions on the card: one folder each, numbered, dated in the name where the day is known.

A session is finished when it has SHA256SUMS, which is written last. Nothing is
deleted here but folders that were never named.
"""

import errno
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.errors import RecordingError
from device.recording.format.names import (
    CHECK,
    DATES,
    DELETED,
    EDF,
    LAST_NUMBER,
    PROFILE,
    RR_CSV,
    RR_TEXT,
    SUMMARY,
    SUMS,
    TRUSTED_TIME,
)
from device.system.files import FileSystem, OsFileSystem, WritableFile, part_of, write_atomically
from device.system.one_writer import BusyError, WriterLock

RESERVE_BYTES = 1 << 20
_NEW = ".new-"
_NUMBER = re.compile(r"(?:\.[a-z]+-)?(\d{1,12})(?!\d)", re.ASCII)  # a longer one is none of ours
_LONGEST_NUMBER = 32
_numbering = threading.Lock()
_being_recorded: set[Path] = set()  # by this process


@dataclass(slots=True)
class OpenSession:
    """A session being written: its folder, and its two files, opened."""

    folder: Path
    edf: WritableFile
    check: WritableFile
    lock: WriterLock

    def close(self) -> None:
        self.edf.close()
        self.check.close()
        _being_recorded.discard(self.folder.resolve())
        self.lock.release()


class StoreBusyError(RecordingError):
    """Another process records there, or closes what was left open."""


class Store:
    """The sessions under `root`, which is made when first needed."""

    def __init__(self, root: Path, files: FileSystem | None = None) -> None:
        self.root = root
        self.files: FileSystem = files or OsFileSystem()

    def finished_sessions(self) -> list[str]:
        """The names of finished sessions, oldest first."""
        return [folder.name for folder, finished in self.sessions() if finished]

    def open_sessions(self) -> list[str]:
        """The names of sessions that are being written, or that a power cut left."""
        return [folder.name for folder, finished in self.sessions() if not finished]

    def sessions(self) -> list[tuple[Path, bool]]:
        """All of them, oldest first, and whether each is finished."""
        return [(folder, (folder / SUMS).is_file()) for folder in self._folders()]

    def left_open(self) -> list[str]:
        """Those of `open_sessions` that this process does not record just now."""
        return [folder for folder in self.open_sessions() if (self.root / folder).resolve() not in _being_recorded]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Within it no other process records here or recovers. Raises StoreBusyError; a folder that is not there, or
        cannot be locked, is nobody's."""
        lock = None
        try:
            self.files.make_folder(self.root)
            lock = self._lock()
        except OSError:
            pass
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    def _lock(self) -> WriterLock:
        try:
            return WriterLock(self.root)
        except BusyError as error:
            raise StoreBusyError(f"{self.root}: another rolig records there; one at a time") from error

    def folder(self, name: str) -> Path:
        """Raises RecordingError where there is no such session."""
        folder = self.root / name
        if _is_session(folder) and folder.parent == self.root:
            return folder
        raise RecordingError(f"{self.root}: there is no session {name!r}")

    def has_room(self) -> bool:
        """Whether a session may begin or go on. The last MB is kept free for closing it."""
        try:
            self.files.make_folder(self.root)
            return self.files.free_bytes(self.root) >= RESERVE_BYTES
        except OSError:
            return False

    def create(self, header: bytes, started: datetime | None) -> OpenSession:
        """A new session that begins with `header`; `started` goes into its name, which it gets only once all of it is
        on the card.

        Raises RecordingError: the card is full, read-only or failing.
        """
        try:
            self.files.make_folder(self.root)
            if self.files.free_bytes(self.root) < RESERVE_BYTES:
                raise RecordingError(f"{self.root}: the card is full (less than 1 MB is free)")
            with ExitStack() as on_fault:
                lock = self._lock()
                on_fault.callback(lock.release)
                number = self._take_number()
                on_fault.callback(self._drop, number)
                self._keep_number()
                session = self._create(number, started, header, lock)
                on_fault.pop_all()
                return session
        except OSError as error:
            raise RecordingError(f"{self.root}: no session can be begun: {reason(error)}") from error

    def clear_leftovers(self) -> None:
        """Remove what a cut left behind: folders without a name, and so without a record; deleted sessions; files on
        their way; the check of a finished session. Raises the first OSError once all was tried."""
        faults: list[OSError] = []
        for path in self._leftovers():
            try:
                if path.is_dir():
                    self._remove(path)
                else:
                    self.files.remove(path)
            except OSError as error:
                faults.append(error)
        if faults:
            raise faults[0]

    def _leftovers(self) -> Iterator[Path]:
        yield from sorted([*self.root.glob(_NEW + "*"), *self.root.glob(DELETED + "*")])
        beside = [self.root / part_of(name) for name in (LAST_NUMBER, DATES, PROFILE, TRUSTED_TIME)]
        within = [
            folder / name
            for folder in self._folders()
            if (folder / SUMS).is_file()
            for name in (CHECK, *map(part_of, (RR_TEXT, RR_CSV, SUMMARY, SUMS)))
        ]
        yield from (path for path in beside + within if path.is_file())

    def _drop(self, number: int) -> None:
        """What was begun under that number and has no record."""
        with suppress(OSError):
            for folder in self.root.iterdir():
                if _number_of(folder.name) == number and not (folder / SUMS).exists():
                    self._remove(folder)

    def _remove(self, folder: Path) -> None:
        for path in sorted(folder.iterdir()):
            self.files.remove(path)
        self.files.remove_folder(folder)

    def _create(self, number: int, started: datetime | None, header: bytes, lock: WriterLock) -> OpenSession:
        name = f"{number:04d}-{started:%Y%m%d-%H%M}" if started else f"{number:04d}"
        new, folder = self._unborn(number), self.root / name
        edf, check = self.files.create(new / EDF), self.files.create(new / CHECK)
        edf.write_at(0, header)
        edf.sync()
        check.sync()
        self.files.sync_folder(new)
        self.files.rename(new, folder)
        self.files.sync_folder(self.root)
        _being_recorded.add(folder.resolve())
        return OpenSession(folder, edf, check, lock)

    def _take_number(self) -> int:
        """The next number, and its folder, which only one can make."""
        number = max([*self._numbers(), self._kept_number()])
        while True:
            number += 1
            with suppress(FileExistsError):
                self.files.make_new_folder(self._unborn(number))
                if self._numbers().count(number) == 1:
                    return number
                self.files.remove_folder(self._unborn(number))

    def _keep_number(self) -> None:
        """In a file, so that no number is used twice even after sessions were deleted."""
        with _numbering:
            write_atomically(
                self.files, self.root / LAST_NUMBER, f"{max([*self._numbers(), self._kept_number()])}\n".encode()
            )

    def _unborn(self, number: int) -> Path:
        return self.root / f"{_NEW}{number:04d}"

    def _numbers(self) -> list[int]:
        """Of all folders that are here."""
        return [_number_of(path.name) for path in self.root.iterdir() if path.is_dir()]

    def _kept_number(self) -> int:
        """The last that was given; 0 where none is kept."""
        kept = self.root / LAST_NUMBER
        if not kept.is_file():
            return 0
        with kept.open("rb") as file:
            return _number_of(file.read(_LONGEST_NUMBER).decode("ascii", "replace"))

    def _folders(self) -> list[Path]:
        if not self.root.is_dir():
            return []
        return sorted(
            filter(_is_session, self.root.iterdir()),
            key=lambda path: (_number_of(path.name), path.name),
        )


def reason(error: OSError) -> str:
    """One plain clause for the commonest faults of a card, the system's words for the rest."""
    plain = {
        errno.ENOSPC: "the card is full",
        errno.EDQUOT: "the card is full",
        errno.EFBIG: "the card is full",
        errno.EROFS: "the card is read-only",
        errno.EACCES: "writing there is not permitted",
        errno.EIO: "the card does not answer",
    }
    return plain.get(error.errno or 0, error.strerror or str(error))


def _is_session(path: Path) -> bool:
    return path.name[:1].isdigit() and (path / EDF).is_file()


def _number_of(name: str) -> int:
    match = _NUMBER.match(name)
    return int(match[1]) if match else 0
