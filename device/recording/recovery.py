"""Closes the sessions that a power cut, or a full card, left open."""

import logging
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from device.errors import RecordingError
from device.recording.edf.annotations import encode_tal, parse_tals
from device.recording.edf.layout import Header, decode_header
from device.recording.edf.writer import ANNOTATION_BYTES, RecordEncoder
from device.recording.format.annotation import Annotation
from device.recording.format.names import CHECK, EDF
from device.recording.format.record_crc import CHECK_LINE_BYTES, intact, used_bytes
from device.recording.format.vocabulary import END, RECOVERED, UNVERIFIED, compose, parse_note
from device.recording.sealing import seal
from device.recording.store import Store, reason

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A session closed after the fact: `records` were kept, `unverified` of them as unknown values in their place;
    `fault` says why one is still open."""

    name: str
    records: int = 0
    unverified: int = 0
    fault: RecordingError | None = None


def recover(store: Store) -> list[Recovered]:
    """Close every session that was left open; never raises for one that cannot be. One that is being recorded is not
    touched: this process's is passed over, and StoreBusyError is raised where another process records.

    Kept are the records up to the last whose check is right. A second call finds nothing to do.
    """
    if not store.root.is_dir():
        return []
    with store.writing():
        try:
            store.clear_unborn()
        except OSError as error:
            log.warning("%s: %s", store.root, reason(error))
        return [_recover(store, store.folder(name)) for name in store.left_open()]


def _recover(store: Store, folder: Path) -> Recovered:
    try:
        return _close(store, folder)
    except OSError as error:
        fault = RecordingError(f"{folder.name}: the session could not be finished: {reason(error)}")
        return Recovered(folder.name, fault=fault)
    except RecordingError as error:
        return Recovered(folder.name, fault=error)
    except Exception as error:  # one damaged session must not keep the device from starting
        log.exception("%s", folder)
        fault = RecordingError(f"{folder.name}: the session could not be finished: {error!r}")
        return Recovered(folder.name, fault=fault)


def _close(store: Store, folder: Path) -> Recovered:
    data = (folder / EDF).read_bytes()
    header = decode_header(data, str(folder / EDF))
    encoder = RecordEncoder(header)
    starts = range(header.header_bytes, len(data) - header.record_bytes + 1, header.record_bytes)
    found = [data[start : start + header.record_bytes] for start in starts]
    records = _intact(found, folder / CHECK, encoder)
    while records and records[-1] is None:
        records.pop()
    unverified = records.count(None)
    mended = [
        encoder.blank(index, deque([_note(header, index, UNVERIFIED)])) if record is None else record
        for index, record in enumerate(records)
    ] or [encoder.blank(0, deque())]
    if not any(_has_end(record) for record in mended):
        mended[-1] = _marked(mended[-1], _note(header, len(mended), RECOVERED))
    edf = store.files.edit(folder / EDF)
    try:
        for index, record in enumerate(mended):
            if index >= len(found) or record != found[index]:
                edf.write_at(header.header_bytes + index * header.record_bytes, record)
        seal(store.files, folder, edf, header, len(mended))
    finally:
        edf.close()
    return Recovered(folder.name, len(mended), unverified)


def _intact(found: list[bytes], check: Path, encoder: RecordEncoder) -> list[bytes | None]:
    """The records as they were written, None for those that have changed since. Without the sidecar, a record counts as
    intact if it begins with the right time stamp."""
    if not check.is_file():
        starts = (parse_tals(record[-ANNOTATION_BYTES:])[0] for record in found)
        return [
            record if start_s == encoder.start_s(index) else None
            for index, (record, start_s) in enumerate(zip(found, starts, strict=True))
        ]
    lines = check.read_bytes()
    return [
        intact(record, lines[index * CHECK_LINE_BYTES : (index + 1) * CHECK_LINE_BYTES])
        for index, record in enumerate(found)
    ]


def _note(header: Header, index: int, word: str) -> bytes:
    return encode_tal(Annotation(index * float(header.record_duration_s), compose(word)))


def _has_end(record: bytes) -> bool:
    return any(parse_note(note.text).word == END for note in parse_tals(record[-ANNOTATION_BYTES:])[1])


def _marked(record: bytes, mark: bytes) -> bytes:
    """The record with `mark` after its last annotation; the writer leaves room for it in every record."""
    return (record[: used_bytes(record)] + mark).ljust(len(record), b"\0")
