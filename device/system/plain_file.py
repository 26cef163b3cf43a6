"""Opens what lies on a card that others may have filled: ordinary files alone, without waiting, never led elsewhere."""

import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_without_links(path: Path) -> BinaryIO:
    """A pipe is opened without waiting for its other end. Raises OSError, for a link too."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def read_plain(path: Path, most_bytes: int) -> bytes:
    """The whole content. OSError for a pipe and a link, and for what is larger than `most_bytes`."""
    with open_without_links(path) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path.name} is not a regular file")
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(f"{path.name} is larger than {most_bytes} bytes")
    return content
