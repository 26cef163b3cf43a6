"""Closes a session: the header gets its record count, the files made from the EDF+ are written, SHA256SUMS last."""

import hashlib
from pathlib import Path

from device.errors import RecordingError
from device.recording.edf.layout import RECORD_COUNT_OFFSET, Header, record_count_field
from device.recording.exports import make_exports
from device.recording.format.names import CHECK, EDF, SUMS
from device.system.files import FileSystem, WritableFile, write_atomically


def seal(files: FileSystem, folder: Path, edf: WritableFile, header: Header, records: int) -> None:
    """Everything, from an EDF+ file of `records` whole records. Can be repeated after any interruption, with the
    same result. Raises OSError, and RecordingError where there is no record to keep."""
    if records < 1:
        raise RecordingError(f"{folder.name}: not one record was kept")
    edf.truncate(header.header_bytes + records * header.record_bytes)
    edf.write_at(RECORD_COUNT_OFFSET, record_count_field(records))
    edf.sync()
    exports = make_exports(folder / EDF)
    for name, content in exports.items():
        write_atomically(files, folder / name, content)
    sums = "".join(f"{_sha256(folder / name)}  {name}\n" for name in (EDF, *exports))
    write_atomically(files, folder / SUMS, sums.encode())
    files.remove(folder / CHECK)
    files.sync_folder(folder)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 18):
            digest.update(part)
    return digest.hexdigest()
