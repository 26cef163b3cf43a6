"""The sidecar that lies beside a session's EDF+ file while it is open: one line a record.

    CRC-32 in 8 hex digits, a space, the record's used bytes in 8 decimal digits, a line feed

A record ends with its annotations, which zeros follow. The CRC is of the used bytes alone, so that the mark which
recovery writes after them does not spoil it.
"""

import re
import zlib

CHECK_LINE_BYTES = 18
_LINE = re.compile(rb"([0-9a-f]{8}) ([0-9]{8})\n")


def used_bytes(record: bytes) -> int:
    """Up to and including the zero that ends the last annotation."""
    return min(len(record), len(record.rstrip(b"\0")) + 1)


def check_line(record: bytes) -> bytes:
    used = used_bytes(record)
    return f"{zlib.crc32(record[:used]):08x} {used:08d}\n".encode()


def is_checked(record: bytes, line: bytes) -> bool:
    """Whether `line` is this record's, whatever lies behind its used bytes."""
    told = _LINE.fullmatch(line)
    return told is not None and zlib.crc32(record[: int(told[2])]) == int(told[1], 16)
