"""Writes a file as a whole or not at all, even when the disk is full."""

import os
from pathlib import Path

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
"""Health data: nobody else on this computer reads it."""


def make_folder(path: Path) -> None:
    """`path` and the folders above it that are missing, for the owner alone. Raises OSError."""
    if not path.parent.exists():
        make_folder(path.parent)
    path.mkdir(OWNER_FOLDER, exist_ok=True)


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write `content` to `path`, replacing what was there only when all of it is on the disk. Anything but an ordinary
    file, such as a pipe, is written to directly. Raises OSError."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
