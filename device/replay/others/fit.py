"""RR intervals from a FIT file, as Garmin's and others' watches keep them where they are told to log HRV.

Source: the Flexible and Interoperable Data Transfer protocol (Garmin's FIT SDK): a header, then definitions and data
messages; message 78 (hrv) holds, in field 0, up to five intervals in ms as uint16, 65535 where there is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from device.errors import UsageError
from device.replay.recordings import BeatList
from device.replay.text.beat_lists import beat_list, of_intervals

MAGIC, MAGIC_AT = b".FIT", 8
_HRV, _TIME, _NONE = 78, 0, 0xFFFF
_COMPRESSED, _DEFINITION, _DEVELOPER = 0x80, 0x40, 0x20
_CRC_BYTES = 2
_LARGEST = 1 << 28


@dataclass(frozen=True, slots=True)
class _Message:
    number: int
    big_endian: bool
    fields: tuple[tuple[int, int], ...]  # number, bytes; those of developers have -1

    @property
    def size(self) -> int:
        return sum(size for _, size in self.fields)


def read_fit(path: Path) -> BeatList:
    """All intervals of the file, in order. Raises UsageError where it holds none or is damaged before the first."""
    if path.stat().st_size > _LARGEST:
        raise UsageError(f"a FIT file of more than {_LARGEST >> 20} MiB is not read")
    data = path.read_bytes()
    found: list[int] = []
    whole = True
    try:
        for part in _parts(data):
            for rr_ms in _intervals(part):
                found.append(rr_ms)
    except (IndexError, KeyError):
        whole = False
    if not found:
        why = "(on Garmin's watches: settings, physiological metrics, log HRV)" if whole else "before it is damaged"
        raise UsageError(f"a FIT file without RR intervals {why}")
    told = "" if whole else "the FIT file is damaged; read is what stands before that"
    return beat_list(of_intervals(found), None, f"{len(found)} RR intervals of a FIT file", told)


def _parts(data: bytes) -> Iterator[bytes]:
    """The data of each file in a chain of them."""
    start = 0
    while data[start + MAGIC_AT : start + MAGIC_AT + len(MAGIC)] == MAGIC:
        body = start + data[start]
        size = int.from_bytes(data[start + 4 : start + 8], "little")
        yield data[body : body + size]
        start = body + size + _CRC_BYTES


def _intervals(data: bytes) -> Iterator[int]:
    """Raises IndexError and KeyError where the data end or make no sense."""
    known: dict[int, _Message] = {}
    at = 0
    while at < len(data):
        head = data[at]
        at += 1
        if head & _COMPRESSED:
            local = head >> 5 & 0x3
        elif head & _DEFINITION:
            known[head & 0xF], at = _definition(data, at, bool(head & _DEVELOPER))
            continue
        else:
            local = head & 0xF
        message = known[local]
        if at + message.size > len(data):
            raise IndexError
        if message.number == _HRV:
            yield from _times(message, data[at : at + message.size])
        at += message.size


def _definition(data: bytes, at: int, developers: bool) -> tuple[_Message, int]:
    big_endian = data[at + 1] == 1
    number = int.from_bytes(data[at + 2 : at + 4], "big" if big_endian else "little")
    count = data[at + 4]
    at += 5
    fields = [(data[at + 3 * k], data[at + 3 * k + 1]) for k in range(count)]
    at += 3 * count
    if developers:
        count = data[at]
        fields += [(-1, data[at + 1 + 3 * k + 1]) for k in range(count)]
        at += 1 + 3 * count
    return _Message(number, big_endian, tuple(fields)), at


def _times(message: _Message, data: bytes) -> Iterator[int]:
    at = 0
    for number, size in message.fields:
        if number == _TIME:
            for start in range(at, at + size - 1, 2):
                value = int.from_bytes(data[start : start + 2], "big" if message.big_endian else "little")
                if value not in (_NONE, 0):
                    yield value
        at += size
