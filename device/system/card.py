"""Reads a file from the card itself, past what the kernel keeps of it in memory.

O_DIRECT does that, on ext4 for one. Where a file system refuses it, the pages are dropped from memory first
(posix_fadvise(2), POSIX_FADV_DONTNEED), which takes only those that are clean and that nobody has mapped. On tmpfs
memory is all there is.
"""

import errno
import mmap
import os
from pathlib import Path

_ALIGNED = 4096  # O_DIRECT wants position, length and memory at multiples of the card's block
_DIRECT = getattr(os, "O_DIRECT", 0)
_REFUSED = (errno.EINVAL, errno.ENOTSUP)


def read_past_cache(path: Path, offset: int, count: int) -> bytes:
    """At most `count` bytes from `offset`; fewer only at the file's end. Raises OSError."""
    begin = offset // _ALIGNED * _ALIGNED
    length = -(-(offset + count - begin) // _ALIGNED) * _ALIGNED
    if length <= 0:
        return b""
    try:
        content = _direct(path, begin, length)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        content = _dropped(path, begin, length)
    return content[offset - begin : offset - begin + count]


def _direct(path: Path, begin: int, length: int) -> bytes:
    if not _DIRECT:
        raise OSError(errno.ENOTSUP, "no O_DIRECT")
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | _DIRECT)
    try:
        with mmap.mmap(-1, length) as buffer:  # anonymous memory begins at a page
            done = 0
            while done < length:
                with memoryview(buffer)[done:] as rest:
                    count = os.preadv(descriptor, [rest], begin + done)
                done += count
                if count == 0 or count % _ALIGNED:  # the file's end
                    break
            return buffer[:done]
    finally:
        os.close(descriptor)


def _dropped(path: Path, begin: int, length: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, begin, length, os.POSIX_FADV_DONTNEED)
        parts = []
        while length and (part := os.pread(descriptor, length, begin)):
            parts.append(part)
            begin, length = begin + len(part), length - len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)
