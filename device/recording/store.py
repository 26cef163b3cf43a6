"""The sessions on the card: one folder each, numbered, dated in the name where the day is known.

A session is finished when it has SHA256SUMS, which is written last. Nothing is
deleted here but folders that were never named.
"""

import errno
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.errors import RecordingError
from device.recording.format.names import CHECK, EDF, LAST_NUMBER, SUMS
from device.system.files import FileSystem, OsFileSystem, WritableFile, write_atomically

RESERVE_BYTES = 1 << 20
_NEW = ".new-"
_NUMBER = re.compile(r"(?:\.[a-z]+-)?(\d+)")


@dataclass(slots=True)
class OpenSession:
    """A session being written: its folder, and its two files, opened."""

    folder: Path
    edf: WritableFile
    check: WritableFile


class Store:
    """The sessions under `root`, which is made when first needed."""

    def __init__(self, root: Path, files: FileSystem | None = None) -> None:
        self.root = root
        self.files: FileSystem = files or OsFileSystem()

    def finished_sessions(self) -> list[str]:
        """The names of finished sessions, oldest first."""
        return [folder.name for folder in self._folders() if (folder / SUMS).is_file()]

    def open_sessions(self) -> list[str]:
        """The names of sessions that are being written, or that a power cut left."""
        return [folder.name for folder in self._folders() if not (folder / SUMS).is_file()]

    def folder(self, name: str) -> Path:
        """Raises RecordingError where there is no such session."""
        for folder in self._folders():
            if folder.name == name:
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
            return self._create(self._take_name(started), header)
        except OSError as error:
            raise RecordingError(f"{self.root}: no session can be begun: {reason(error)}") from error

    def clear_unborn(self) -> None:
        """Remove folders that had no name yet, and so no record, when the power went. Raises OSError."""
        for folder in sorted(self.root.glob(_NEW + "*")):
            for path in sorted(folder.iterdir()):
                self.files.remove(path)
            self.files.remove_folder(folder)

    def _create(self, name: str, header: bytes) -> OpenSession:
        new, folder = self.root / (_NEW + name), self.root / name
        self.files.make_folder(new)
        edf, check = self.files.create(new / EDF), self.files.create(new / CHECK)
        edf.write_at(0, header)
        edf.sync()
        check.sync()
        self.files.sync_folder(new)
        self.files.rename(new, folder)
        self.files.sync_folder(self.root)
        return OpenSession(folder, edf, check)

    def _take_name(self, started: datetime | None) -> str:
        """The next number. It is kept in a file, so that it is not used twice even after sessions were deleted."""
        kept = self.root / LAST_NUMBER
        numbers = [_number_of(path.name) for path in self.root.iterdir() if path.is_dir()]
        if kept.is_file():
            numbers.append(_number_of(kept.read_text("ascii", "replace")))
        number = max(numbers, default=0) + 1
        write_atomically(self.files, kept, f"{number}\n".encode())
        return f"{number:04d}-{started:%Y%m%d-%H%M}" if started else f"{number:04d}"

    def _folders(self) -> list[Path]:
        if not self.root.is_dir():
            return []
        return sorted(
            (path for path in self.root.iterdir() if path.name[:1].isdigit() and (path / EDF).is_file()),
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


def _number_of(name: str) -> int:
    match = _NUMBER.match(name)
    return int(match[1]) if match else 0
