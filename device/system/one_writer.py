"""One process at a time writes in a folder: a lock that goes with the process, however that ends.

The lock is flock(2) on the folder itself, so that nothing is left behind and a read-only card can be locked too. Within
one process any number may hold it.
"""

import errno
import fcntl
import os
import threading
from dataclasses import dataclass
from pathlib import Path

_guard = threading.Lock()
_held: dict[tuple[int, int], "_Held"] = {}


@dataclass(slots=True)
class _Held:
    descriptor: int
    holders: int = 0


class BusyError(OSError):
    """Another process writes there."""


class WriterLock:
    """Held from here to `release`. Raises BusyError, and OSError where there is no such folder. A file system without
    locks grants it to all."""

    def __init__(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        status = os.fstat(descriptor)
        self._key: tuple[int, int] | None = (status.st_dev, status.st_ino)
        with _guard:
            held = _held.get(self._key)
            if held is None:
                _lock(descriptor, folder)
                held = _held[self._key] = _Held(descriptor)
            else:
                os.close(descriptor)
            held.holders += 1

    def release(self) -> None:
        """Doing it again does nothing."""
        with _guard:
            key, self._key = self._key, None
            if key is None:
                return
            held = _held[key]
            held.holders -= 1
            if not held.holders:
                os.close(_held.pop(key).descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BusyError(errno.EBUSY, "another rolig writes there", str(folder)) from None
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EBADF, errno.ENOLCK):
            os.close(descriptor)
            raise
