"""Closes a session: the header gets its record count, the files made from the EDF+ are written, SHA256SUMS last.

SHA256SUMS vouches for what the card gives back, not for what memory holds.
"""

import hashlib
from pathlib import Path

from device.errors import RecordingError
from device.recording.edf.layout import RECORD_COUNT_OFFSET, Header, record_count_field
from device.recording.ending.exports import EXPORTS, write_exports
from device.recording.format.names import CHECK, EDF, SUMS
from device.system.files import FileSystem, WritableFile, write_atomically

_READ_AT_ONCE = 1 << 20


class NotOnCardError(RecordingError):
    """What the card gives back is not what was written and synced."""


def seal(files: FileSystem, folder: Path, edf: WritableFile, header: Header, records: int) -> None:
    """Everything, from an EDF+ file of `records` whole records. Can be repeated after any interruption, with the
    same result. Raises OSError, and RecordingError where there is no record to keep, or the card does not hold what it
    was given."""
    if records < 1:
        raise RecordingError(f"{folder.name}: not one record was kept")
    edf.truncate(header.header_bytes + records * header.record_bytes)
    edf.write_at(RECORD_COUNT_OFFSET, record_count_field(records))
    edf.sync()
    digests = {EDF: _on_card(files, folder / EDF)}
    write_exports(files, folder)
    digests |= {name: _on_card(files, folder / name) for name in EXPORTS}
    sums = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    write_atomically(files, folder / SUMS, sums.encode())
    files.remove(folder / CHECK)
    files.sync_folder(folder)


def _on_card(files: FileSystem, path: Path) -> str:
    """The file's SHA-256, of what lies on the card. Raises NotOnCardError where memory has something else."""
    digest = hashlib.sha256()
    at = 0
    with path.open("rb") as file:
        while part := file.read(_READ_AT_ONCE):
            if files.read_back(path, at, len(part)) != part:
                raise NotOnCardError(f"{path.parent.name}: the card did not keep {path.name} as it was written")
            digest.update(part)
            at += len(part)
    return digest.hexdigest()
