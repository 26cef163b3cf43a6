"""The few file operations that recording needs, behind an interface so that tests can cut the power at any of them."""

import os
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from device.system.card import read_past_cache

# Health data: nobody but the owner reads it.
OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
_WRITE_AT_ONCE = 1 << 16


class WritableFile(Protocol):
    """An open file. All methods may raise OSError."""

    def write_at(self, offset: int, data: bytes) -> None: ...

    def truncate(self, size: int) -> None: ...

    def sync(self) -> None:
        """Return when content and size are on the card."""

    def close(self) -> None: ...


class FileSystem(Protocol):
    """All methods may raise OSError."""

    def create(self, path: Path) -> WritableFile: ...

    def edit(self, path: Path) -> WritableFile: ...

    def make_folder(self, path: Path) -> None: ...

    def make_new_folder(self, path: Path) -> None:
        """FileExistsError where there is one of that name."""

    def rename(self, old: Path, new: Path) -> None: ...

    def remove(self, path: Path) -> None: ...

    def remove_folder(self, path: Path) -> None: ...

    def sync_folder(self, path: Path) -> None:
        """Return when the names in `path` are on the card."""

    def free_bytes(self, path: Path) -> int: ...

    def read_back(self, path: Path, offset: int, count: int) -> bytes:
        """At most `count` bytes of a synced file, from the card itself; fewer only at its end."""


class _OsFile:
    def __init__(self, path: Path, flags: int) -> None:
        self._descriptor = os.open(path, flags | os.O_CLOEXEC, OWNER_FILE)
        if flags & os.O_CREAT:
            _hand_over(path, self._descriptor)

    def write_at(self, offset: int, data: bytes) -> None:
        left = memoryview(data)
        while left:
            written = os.pwrite(self._descriptor, left, offset)
            offset += written
            left = left[written:]

    def truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)

    def sync(self) -> None:
        getattr(os, "fdatasync", os.fsync)(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


class OsFileSystem:
    """The machine's own files."""

    def create(self, path: Path) -> WritableFile:
        return _OsFile(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)

    def edit(self, path: Path) -> WritableFile:
        return _OsFile(path, os.O_RDWR)

    def make_folder(self, path: Path) -> None:
        for folder in reversed([folder for folder in path.parents if not folder.exists()]):
            folder.mkdir(OWNER_FOLDER, exist_ok=True)
            _hand_over(folder, folder)
        there = path.exists()
        path.mkdir(OWNER_FOLDER, exist_ok=True)
        if not there:
            _hand_over(path, path)

    def make_new_folder(self, path: Path) -> None:
        path.mkdir(OWNER_FOLDER)
        _hand_over(path, path)

    def rename(self, old: Path, new: Path) -> None:
        old.rename(new)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        path.rmdir()

    def sync_folder(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def free_bytes(self, path: Path) -> int:
        room = os.statvfs(path)
        return room.f_bavail * room.f_frsize

    def read_back(self, path: Path, offset: int, count: int) -> bytes:
        return read_past_cache(path, offset, count)


def _hand_over(path: Path, made: Path | int) -> None:
    """What root makes in a user's folder is that user's: the service must be able to read what "sudo rolig" left. Where
    the file system has no owners, or lets root give none, it stays as it is."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        with suppress(OSError):
            folder = path.parent.stat()
            os.chown(made, folder.st_uid, folder.st_gid)


def part_of(name: str) -> str:
    """What a file is called until it is whole."""
    return name + ".part"


class AtomicFile:
    """A file that grows a part at a time and comes under its name when it is whole, or never, whenever the power goes.

    As a context it is whole at the end, and gone after an error. All methods may raise OSError.
    """

    def __init__(self, files: FileSystem, path: Path) -> None:
        self._files = files
        self._path = path
        self._part = path.with_name(part_of(path.name))
        self._file = files.create(self._part)
        self._waiting = bytearray()
        self._written = 0
        self._synced = False

    def add(self, content: bytes) -> None:
        self._waiting += content
        self._synced = False
        if len(self._waiting) >= _WRITE_AT_ONCE:
            self._write()

    def sync(self) -> None:
        """Return when all that was added is on the card: what is left to do takes no room there."""
        if not self._synced:
            self._write()
            self._file.sync()
            self._synced = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with ExitStack() as on_error:
            on_error.callback(self._remove_part)
            try:
                if kind is None:
                    self.sync()
            finally:
                self._file.close()
            if kind is None:
                self._files.rename(self._part, self._path)
                on_error.pop_all()
        if kind is None:
            self._files.sync_folder(self._path.parent)

    def _remove_part(self) -> None:
        with suppress(OSError):
            self._files.remove(self._part)

    def _write(self) -> None:
        self._file.write_at(self._written, bytes(self._waiting))
        self._written += len(self._waiting)
        self._waiting.clear()


def write_atomically(files: FileSystem, path: Path, content: bytes) -> None:
    """The whole file under its name, or none of it, whenever the power goes."""
    with AtomicFile(files, path) as file:
        file.add(content)
