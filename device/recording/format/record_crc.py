"""The check file beside a session's EDF+ file while that is open: one line a record.

    CRC-32 in 8 hex digits, a space, the record's used bytes in 8 decimal digits, a line feed

A record ends with its annotations, followed by zeros. The CRC covers the used bytes only: recovery writes its mark
behind them, and an unfinished mark must not make the record look damaged.
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


def intact(record: bytes, line: bytes) -> bytes | None:
    """The record as it was written, with zeros behind its used bytes; None where `line` is not its check."""
    told = _LINE.fullmatch(line)
    if told is None:
        return None
    used = record[: int(told[2])]
    return used.ljust(len(record), b"\0") if zlib.crc32(used) == int(told[1], 16) else None
