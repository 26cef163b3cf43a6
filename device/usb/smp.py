"""MCUmgr SMP over a serial line: frames and messages, without any I/O.

A frame is the SMP message between its length and its CRC, base64 encoded and cut into lines:

    line:  06 09 | 04 14   base64 text, a multiple of 4 characters   0A
           first | further
    text:  length (16 bit, counts message and CRC)   message   CRC16/XMODEM of the message (16 bit)

    message, big endian (Zephyr, "SMP Protocol Specification"):
           0        1       2        4       6          7
           Ver|OP   flags   length   group   sequence   command   CBOR map of `length` bytes

Two kinds of error, as in h11: `RemoteProtocolError` is the peer's misbehaviour (or a bad cable's), and the
reader goes on after it; `LocalProtocolError` is our own misuse.
"""

import binascii
import re
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import cbor2

FIRST = b"\x06\x09"
FURTHER = b"\x04\x14"
END = b"\n"
FRAME_OVERHEAD = 4  # length and CRC
HEADER = struct.Struct(">BBHHBB")
MAX_MESSAGE = 0xFFFF - 2
_WORD = struct.Struct(">H")
_PIECE = re.compile(rb"(?=\x06\x09|\x04\x14)")
_MAX_CBOR_DEPTH = 8


class SmpError(Exception):
    """Base of both protocol errors."""


class LocalProtocolError(SmpError):
    """We were about to send something the protocol cannot carry."""


class RemoteProtocolError(SmpError):
    """The peer, or the line, sent something that is not SMP."""


class Op(IntEnum):
    READ = 0
    READ_RESPONSE = 1
    WRITE = 2
    WRITE_RESPONSE = 3


@dataclass(frozen=True, slots=True)
class SmpHeader:
    """The eight bytes before the CBOR map. `version` 0 is SMP's first, 1 its second version."""

    op: Op
    version: int
    length: int
    group: int
    sequence: int
    command: int


def parse_header(message: bytes) -> SmpHeader:
    """The header of a message. Raises RemoteProtocolError if it is short, or its length is not the body's."""
    if len(message) < HEADER.size:
        raise RemoteProtocolError(f"a message of {len(message)} bytes is shorter than its header")
    first, _flags, length, group, sequence, command = HEADER.unpack_from(message)
    if length != len(message) - HEADER.size:
        raise RemoteProtocolError(f"the header says {length} bytes follow, {len(message) - HEADER.size} do")
    try:
        op = Op(first & 0b111)
    except ValueError:
        raise RemoteProtocolError(f"operation {first & 0b111} is not known") from None
    return SmpHeader(op, first >> 3 & 0b11, length, group, sequence, command)


def parse_body(message: bytes) -> dict[str, Any]:
    """The CBOR map after the header, {} when there is none.

    Raises RemoteProtocolError unless it is one map with text keys and plain values: tags (dates, big numbers,
    references) have no use here and can be made to cost much, so they are refused before decoding.
    """
    body = message[HEADER.size :]
    if not body:
        return {}
    if _skip_item(body, 0, _MAX_CBOR_DEPTH) != len(body):
        raise RemoteProtocolError("bytes follow the CBOR map")
    try:
        decoded = cbor2.loads(body)
    except (cbor2.CBORDecodeError, ValueError, TypeError) as error:
        raise RemoteProtocolError(f"not CBOR: {error}") from error
    if not isinstance(decoded, dict) or not all(isinstance(key, str) for key in decoded):
        raise RemoteProtocolError("not a CBOR map with text keys")
    return decoded


def _skip_item(data: bytes, at: int, depth: int) -> int:
    """Where the CBOR item at `at` ends (RFC 8949, section 3)."""
    if depth == 0:
        raise RemoteProtocolError("CBOR nested too deeply")
    major, short, argument, at = _item_head(data, at)
    if major == 6:
        raise RemoteProtocolError("a CBOR tag")
    if major in (0, 1, 7):
        return at
    if major in (2, 3):
        if short == 31:
            raise RemoteProtocolError("a CBOR string in pieces")
        if argument > len(data) - at:
            raise RemoteProtocolError("a CBOR string runs past the end")
        return at + argument
    if short == 31:
        while data[at : at + 1] != b"\xff":
            at = _skip_item(data, at, depth - 1)
        return at + 1
    for _ in range(argument * (major - 3)):
        at = _skip_item(data, at, depth - 1)
    return at


def _item_head(data: bytes, at: int) -> tuple[int, int, int, int]:
    if at >= len(data):
        raise RemoteProtocolError("CBOR ends early")
    major, short = data[at] >> 5, data[at] & 31
    if short < 24:
        return major, short, short, at + 1
    if short == 31 and major in (2, 3, 4, 5):
        return major, short, 0, at + 1
    if short > 27:
        raise RemoteProtocolError("a reserved CBOR length")
    end = at + 1 + (1 << (short - 24))
    if end > len(data):
        raise RemoteProtocolError("CBOR ends early")
    return major, short, int.from_bytes(data[at + 1 : end], "big"), end


def build_message(header: SmpHeader, body: dict[str, Any]) -> bytes:
    """The message with `body` as CBOR; the header's length is filled in.

    Raises LocalProtocolError if it is too long for a frame.
    """
    encoded = cbor2.dumps(body)
    if HEADER.size + len(encoded) > MAX_MESSAGE:
        raise LocalProtocolError(f"a body of {len(encoded)} bytes does not fit into a frame")
    first = header.version << 3 | header.op
    return HEADER.pack(first, 0, len(encoded), header.group, header.sequence, header.command) + encoded


def encode_frame(message: bytes, line_length: int) -> bytes:
    """The lines that carry `message`, each at most `line_length` bytes with its marker and its end.

    Raises LocalProtocolError if the message is too long, or the line too short to carry anything.
    """
    if len(message) > MAX_MESSAGE:
        raise LocalProtocolError(f"a message of {len(message)} bytes does not fit into a frame")
    step = (line_length - len(FIRST) - len(END)) // 4 * 4
    if step <= 0:
        raise LocalProtocolError(f"a line of {line_length} bytes cannot carry anything")
    crc = binascii.crc_hqx(message, 0)
    framed = _WORD.pack(len(message) + 2) + message + _WORD.pack(crc)
    text = binascii.b2a_base64(framed, newline=False)
    lines = (text[at : at + step] for at in range(0, len(text), step))
    return b"".join((FURTHER if n else FIRST) + line + END for n, line in enumerate(lines))


class FrameReader:
    """Bytes in, messages out. Anything that is not a whole, sound frame is dropped and reading resumes
    after it.
    """

    def __init__(self, max_message: int) -> None:
        self._max_message = max_message
        self._max_line = (max_message + FRAME_OVERHEAD + 2) // 3 * 4 + len(FIRST) + 1
        self._buffer = bytearray()
        self._overlong = False
        self._pieces: deque[bytes] = deque()
        self._expected = 0  # length and CRC included; 0 while no frame is open
        self._frame = bytearray()

    def receive(self, data: bytes) -> None:
        """Take in bytes as they came, in portions of any size."""
        self._buffer += data
        *lines, rest = self._buffer.split(END)
        for line in lines:
            if not self._overlong:
                self._pieces.extend(_PIECE.split(bytes(line)))
            self._overlong = False
        if len(rest) > self._max_line:
            self._overlong = True
            rest = bytearray()
        self._buffer = rest

    def next_message(self) -> bytes | None:
        """The next whole message, or None until more bytes come.

        Raises RemoteProtocolError for a piece that cannot be used; call again to go on behind it.
        """
        while self._pieces:
            message = self._take(self._pieces.popleft())
            if message is not None:
                return message
        return None

    def _take(self, piece: bytes) -> bytes | None:
        marker, text = piece[:2], piece[2:]
        if marker not in (FIRST, FURTHER):
            return None  # console text, or what a cut left of a line
        try:
            decoded = self._decoded(text)
            if marker == FIRST:
                self._open(decoded)
            elif not self._expected:
                raise RemoteProtocolError("a further line without a first")
            else:
                self._frame += decoded
            return self._closed()
        except RemoteProtocolError:
            self._expected = 0
            raise

    @staticmethod
    def _decoded(text: bytes) -> bytes:
        try:
            return binascii.a2b_base64(text.removesuffix(b"\r"), strict_mode=True)
        except binascii.Error as error:
            raise RemoteProtocolError(f"not base64: {error}") from error

    def _open(self, decoded: bytes) -> None:
        if len(decoded) < 2:
            raise RemoteProtocolError("a first line without a length")
        (expected,) = _WORD.unpack_from(decoded)
        if not HEADER.size + 2 <= expected <= self._max_message + 2:
            raise RemoteProtocolError(f"a frame of {expected} bytes")
        self._expected = expected
        self._frame = bytearray(decoded[2:])

    def _closed(self) -> bytes | None:
        if len(self._frame) < self._expected:
            return None
        if len(self._frame) > self._expected:
            raise RemoteProtocolError("a frame longer than it says")
        self._expected = 0
        message = bytes(self._frame[:-2])
        if binascii.crc_hqx(message, 0) != _WORD.unpack_from(self._frame, len(message))[0]:
            raise RemoteProtocolError("CRC differs")
        return message


def messages(reader: FrameReader) -> Iterator[bytes | RemoteProtocolError]:
    """All that `reader` has by now, errors in their place."""
    while True:
        try:
            message = reader.next_message()
        except RemoteProtocolError as error:
            yield error
            continue
        if message is None:
            return
        yield message
