"""Writes a file as a whole or not at all, even when the disk is full."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from host.errors import HostError

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
"""Health data: nobody else on this computer reads it."""


def make_folder(path: Path) -> None:
    """`path` and the folders above it that are missing, for the owner alone. Raises OSError."""
    if not path.parent.exists():
        make_folder(path.parent)
    path.mkdir(OWNER_FOLDER, exist_ok=True)


@contextmanager
def made_folder(path: Path) -> Iterator[None]:
    """`path`, made as `make_folder` does; after an error what was made for nothing goes again. Raises OSError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    with ExitStack() as on_error:
        for folder in reversed(missing):  # removed from the innermost on
            on_error.callback(_remove_empty, folder)
        make_folder(path)
        yield
        on_error.pop_all()


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def check_place(path: Path, begins: bytes, what: str) -> None:
    """Before anything is made or asked for: a slip must not destroy what lies there. Raises HostError, in one line,
    where no file can be put at `path`, or where one lies that is no `what`: that begins with `begins`, in any case."""
    try:
        real = Path(os.path.realpath(path))
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not path.exists() and not real.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if not os.access(path if path.exists() else real.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if path.is_file():
            with path.open("rb") as file:
                if file.read(len(begins)).lower() not in (b"", begins.lower()):
                    raise HostError(f"{path}: is there, and no {what}: it would be lost")
    except OSError as error:
        raise HostError(f"{path}: {error.strerror}") from error


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write `content` to `path`, replacing what was there only when all of it is on the disk. Anything but an ordinary
    file, such as a pipe, is written to directly. Raises OSError."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = Path(os.path.realpath(path))
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
