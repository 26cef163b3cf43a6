"""Closes a session after the fact: what a power cut, a full card or a failed sync left open.

Believed is only what the card itself gives back. After a failed fdatasync Linux takes the pages for clean although they
never reached the card, so that the next one succeeds and every read from memory looks whole.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from device.recording.edf.annotations import encode_tal, parse_tals
from device.recording.edf.layout import MAIN_BYTES, Header, decode_header, signal_count
from device.recording.edf.writer import ANNOTATION_BYTES, RecordEncoder
from device.recording.ending.sealing import seal
from device.recording.format.annotation import Annotation
from device.recording.format.names import CHECK, EDF
from device.recording.format.record_crc import CHECK_LINE_BYTES, intact, used_bytes
from device.recording.format.vocabulary import END, RECOVERED, UNVERIFIED, compose, parse_note
from device.system.files import FileSystem

_READ_AT_ONCE = 1 << 20
_DAMAGED, _WHOLE, _UNTIDY = range(3)  # untidy: whole, with something else than zeros behind its used bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """How many records were kept, `unverified` of them as unknown values in their place."""

    records: int
    unverified: int


def close_left_open(files: FileSystem, folder: Path, mark: str = RECOVERED) -> Closed:
    """Keep the records up to the last whose check is right, and finish the session. `mark` is the text of the
    annotation that says how it ended, where none does yet. Takes little memory, however long the session.

    Raises OSError, RecordingError and EdfError.
    """
    session = _LeftOpen.found(files, folder)
    header, encoder = session.header, RecordEncoder(session.header)
    found, has_end = _look(session, encoder)
    kept = max(found.rfind(_WHOLE), found.rfind(_UNTIDY)) + 1
    edf = files.edit(folder / EDF)
    try:
        for index in range(kept):
            if found[index] == _DAMAGED:
                note = _note(header, index, compose(UNVERIFIED))
                edf.write_at(session.at(index), encoder.blank(index, deque([note])))
            elif found[index] == _UNTIDY:
                edf.write_at(session.at(index), session.record(index))
        last = max(0, kept - 1)
        if not has_end:
            record = session.record(last) if kept else encoder.blank(0, deque())
            edf.write_at(session.at(last), _marked(record, _note(header, last + 1, mark)))
        seal(files, folder, edf, header, last + 1)
    finally:
        edf.close()
    return Closed(last + 1, found[:kept].count(_DAMAGED))


@dataclass(frozen=True, slots=True)
class _LeftOpen:
    """The session's files as the card gives them back."""

    files: FileSystem
    folder: Path
    header: Header
    has_check: bool

    @classmethod
    def found(cls, files: FileSystem, folder: Path) -> "_LeftOpen":
        path = folder / EDF
        main = files.read_back(path, 0, MAIN_BYTES)
        header_bytes = MAIN_BYTES * (1 + max(0, signal_count(main, str(path))))
        header = decode_header(files.read_back(path, 0, header_bytes), str(path))
        return cls(files, folder, header, (folder / CHECK).is_file())

    def at(self, index: int) -> int:
        return self.header.header_bytes + index * self.header.record_bytes

    def all(self) -> Iterator[tuple[bytes, bytes]]:
        """Each whole record's bytes, and its check line."""
        size = self.header.record_bytes
        count = max(0, (self.folder / EDF).stat().st_size - self.header.header_bytes) // size
        at_once = max(1, _READ_AT_ONCE // size)
        for first in range(0, count, at_once):
            many = min(at_once, count - first)
            records = self.files.read_back(self.folder / EDF, self.at(first), many * size)
            lines = self._lines(first, many)
            for i in range(len(records) // size):
                line = lines[i * CHECK_LINE_BYTES : (i + 1) * CHECK_LINE_BYTES]
                yield records[i * size : (i + 1) * size], line

    def record(self, index: int) -> bytes:
        """One that is known to be whole."""
        record = self.files.read_back(self.folder / EDF, self.at(index), self.header.record_bytes)
        return (intact(record, self._lines(index, 1)) if self.has_check else None) or record

    def _lines(self, first: int, many: int) -> bytes:
        if not self.has_check:
            return b""
        return self.files.read_back(self.folder / CHECK, first * CHECK_LINE_BYTES, many * CHECK_LINE_BYTES)


def _look(session: _LeftOpen, encoder: RecordEncoder) -> tuple[bytearray, bool]:
    """What became of each record, and whether one says how the session ended. Without the sidecar, a record counts as
    whole if it begins with the right time stamp."""
    found, has_end = bytearray(), False
    for index, (record, line) in enumerate(session.all()):
        if session.has_check:
            whole = intact(record, line)
        else:
            whole = record if parse_tals(record[-ANNOTATION_BYTES:])[0] == encoder.start_s(index) else None
        found.append(_DAMAGED if whole is None else _WHOLE if whole == record else _UNTIDY)
        has_end |= whole is not None and _has_end(whole)
    return found, has_end


def _note(header: Header, index: int, text: str) -> bytes:
    return encode_tal(Annotation(index * float(header.record_duration_s), text))


def _has_end(record: bytes) -> bool:
    notes = record[-ANNOTATION_BYTES:]
    return END.encode() in notes and any(parse_note(note.text).word == END for note in parse_tals(notes)[1])


def _marked(record: bytes, mark: bytes) -> bytes:
    """The record with `mark` after its last annotation; the writer leaves room for it in every record."""
    return (record[: used_bytes(record)] + mark).ljust(len(record), b"\0")
