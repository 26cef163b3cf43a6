"""EDF+ without name, date or machine: the session's own file, byte for byte but for what tells of these.

Source: EDF+ (Kemp & Olivan 2003, doi 10.1016/S1388-2457(03)00123-8): the header's fields, time-stamped annotation
lists; an unknown start is 01.01.85 and `Startdate X`.
"""

import re
from pathlib import Path

from device.recording.format.vocabulary import parse_note
from host.copies.session_files import PulledSession
from host.copies.session_signals import SessionSignals
from host.errors import HostError
from host.formats.names import SessionNames
from host.formats.told import may_leave, text_of

_HEADER, _A_SIGNAL = 256, 256
_PATIENT, _RECORDING, _START = slice(8, 88), slice(88, 168), slice(168, 184)
_RECORDS, _SIGNALS = slice(236, 244), slice(252, 256)
_LABEL, _TRANSDUCER, _BEFORE_COUNT = 16, 80, 216  # bytes a signal: its label, its sensor, all before its sample count
_COUNT = 8
_ANNOTATIONS = b"EDF Annotations"
_TEXT_ENDS, _LIST_ENDS = b"\x14", b"\x00"
_RECORDING_FIELDS = re.compile(r"Startdate \S+ \S+ \S+ (\S+)(.*)")


def write(_: PulledSession, signals: SessionSignals, names: SessionNames, folder: Path) -> None:
    """`SESSION.edf`, which `rolig replay` reads as the session itself."""
    (folder / f"{names.session}.edf").write_bytes(without_names(signals.edf))


def without_names(edf: bytes) -> bytes:
    """The file with neither date nor sensor in its header, and without the annotations that may not leave. Raises
    HostError where its header and its length do not agree: something of it might be overlooked."""
    file = bytearray(edf)
    told = _RECORDING_FIELDS.match(file[_RECORDING].decode("ascii").rstrip())
    equipment = f"{told[1]}{told[2]}" if told else "X"
    file[_PATIENT] = b"X X X X".ljust(80)
    file[_RECORDING] = f"Startdate X X X {equipment}".encode("ascii")[:80].ljust(80)
    file[_START] = b"01.01.8500.00.00"
    count = int(file[_SIGNALS])
    sensors = _HEADER + _LABEL * count
    file[sensors : sensors + _TRANSDUCER * count] = b" " * (_TRANSDUCER * count)
    samples = [int(file[at : at + _COUNT]) for at in _each(_HEADER + _BEFORE_COUNT * count, _COUNT, count)]
    labels = [bytes(file[at : at + _LABEL]).strip() for at in _each(_HEADER, _LABEL, count)]
    start = _HEADER + _A_SIGNAL * count
    if len(file) != start + int(file[_RECORDS]) * 2 * sum(samples):
        raise HostError("session.edf is not as long as its header says")
    for _record in range(int(file[_RECORDS])):
        for label, length in zip(labels, samples, strict=True):
            if label == _ANNOTATIONS:
                file[start : start + 2 * length] = _kept(bytes(file[start : start + 2 * length]))
            start += 2 * length
    return bytes(file)


def _each(start: int, width: int, count: int) -> range:
    return range(start, start + width * count, width)


def _kept(lists: bytes) -> bytes:
    """One record's annotations, those that may not leave taken out; of the same length."""
    kept = b"".join(filter(None, map(_list, lists.split(_LIST_ENDS))))
    return kept.ljust(len(lists), b"\x00")


def _list(one: bytes) -> bytes:
    onset, *texts = one.split(_TEXT_ENDS)
    if not texts:
        return b""
    if texts == [b"", b""]:  # the record's own time
        return one + _LIST_ENDS
    notes = [may_leave(parse_note(text.decode("utf-8"))) for text in texts if text]
    left = [text_of(note).encode("utf-8") for note in notes if note is not None]
    return _TEXT_ENDS.join((onset, *left, b"")) + _LIST_ENDS if left else b""
