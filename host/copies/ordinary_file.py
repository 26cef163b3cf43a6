"""Reads what lies in a folder that others may have filled: ordinary files of a bounded size, and nothing else.

A pipe would be waited for, a device never ends, and a link leads out of the folder.
"""

import contextlib
import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))
_HASHED_AT_ONCE = 1 << 20


class OddFileError(OSError):
    """The text names the file and says what it is instead."""


def open_ordinary(path: Path, most_bytes: int) -> BinaryIO:
    """The file, opened to be read. Raises OddFileError for a link, a pipe, a folder, a device and what is larger than
    `most_bytes`, and OSError."""
    if path.is_symlink():
        raise OddFileError(f"{path.name} is a link")
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.ELOOP):
            raise OddFileError(f"{path.name} is no ordinary file") from error
        raise
    with contextlib.ExitStack() as on_error:
        on_error.callback(os.close, descriptor)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OddFileError(f"{path.name} is no ordinary file")
        if found.st_size > most_bytes:
            raise OddFileError(f"{path.name} has {found.st_size} bytes, more than the {most_bytes} that are read")
        on_error.pop_all()
    return os.fdopen(descriptor, "rb")


def read_ordinary(path: Path, most_bytes: int) -> bytes:
    """The whole content. Raises as `open_ordinary`."""
    with open_ordinary(path, most_bytes) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OddFileError(f"{path.name} grows while it is read")
    return content


def sha256_of(path: Path, most_bytes: int) -> str:
    """In hexadecimal digits. Raises as `open_ordinary`."""
    digest = hashlib.sha256()
    left = most_bytes
    with open_ordinary(path, most_bytes) as file:
        while part := file.read(_HASHED_AT_ONCE):
            left -= len(part)
            if left < 0:
                raise OddFileError(f"{path.name} grows while it is read")
            digest.update(part)
    return digest.hexdigest()
