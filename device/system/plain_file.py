"""Opens what lies on a card that others may have filled: ordinary files alone, without waiting, never led elsewhere."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""Of those that the system knows: "rolig plan" also runs on Windows."""


def open_without_links(path: Path) -> BinaryIO:
    """A pipe is opened without waiting for its other end. Raises OSError, for a link too."""
    return os.fdopen(os.open(path, _FLAGS), "rb")


def read_plain(path: Path, most_bytes: int) -> bytes:
    """The whole content. OSError for a pipe and a link, and for what is larger than `most_bytes`."""
    with open_without_links(path) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path.name} is not a regular file")
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(f"{path.name} is larger than {most_bytes} bytes")
    return content
