import binascii
import struct

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from smp import packet as smp_packet
from smp.file_management import FileDownloadRequest

from device.usb.smp import (
    MAX_MESSAGE,
    FrameReader,
    LocalProtocolError,
    Op,
    RemoteProtocolError,
    SmpHeader,
    build_message,
    encode_frame,
    messages,
    parse_body,
    parse_header,
)

MESSAGES = st.binary(min_size=8, max_size=600)
LINE_LENGTHS = st.integers(min_value=7, max_value=300)


def whole(reader: FrameReader) -> list[bytes]:
    return [m for m in messages(reader) if isinstance(m, bytes)]


def errors(reader: FrameReader) -> list[str]:
    return [str(m) for m in messages(reader) if not isinstance(m, bytes)]


def framed(message: bytes) -> bytes:
    return struct.pack(">H", len(message) + 2) + message + struct.pack(">H", binascii.crc_hqx(message, 0))


def read(data: bytes, max_message: int = 1000) -> tuple[list[bytes], list[str]]:
    reader = FrameReader(max_message)
    reader.receive(data)
    found = list(messages(reader))
    return [m for m in found if isinstance(m, bytes)], [str(m) for m in found if not isinstance(m, bytes)]


@given(st.lists(MESSAGES, max_size=5), LINE_LENGTHS, st.integers(min_value=1, max_value=50))
def test_messages_survive_any_line_length_and_any_portion(sent: list[bytes], line_length: int, portion: int) -> None:
    wire = b"".join(encode_frame(m, line_length) for m in sent)
    assert all(len(line) < line_length for line in wire.split(b"\n"))
    reader = FrameReader(1000)
    got = []
    for at in range(0, len(wire), portion):
        reader.receive(wire[at : at + portion])
        got += whole(reader)
    assert got == sent


@given(MESSAGES, st.integers(min_value=8, max_value=200))
def test_reads_what_the_stock_library_encodes(message: bytes, line_length: int) -> None:
    got, bad = read(b"".join(smp_packet.encode(message, line_length=line_length)))
    assert got == [message]
    assert bad == []


@given(MESSAGES, LINE_LENGTHS)
def test_the_stock_library_reads_what_we_encode(message: bytes, line_length: int) -> None:
    decoder = smp_packet.decode()
    next(decoder)
    *lines, last = encode_frame(message, line_length).splitlines(keepends=True)
    for line in lines:
        decoder.send(line)
    with pytest.raises(StopIteration) as done:
        decoder.send(last)
    assert done.value.value == message


@given(MESSAGES, LINE_LENGTHS, st.data())
def test_one_damaged_byte_never_changes_a_message(message: bytes, line_length: int, data: st.DataObject) -> None:
    wire = encode_frame(message, line_length)
    at = data.draw(st.integers(min_value=0, max_value=len(wire) - 1))
    flip = data.draw(st.integers(min_value=0, max_value=255))
    damaged = wire[:at] + bytes([wire[at] ^ flip]) * data.draw(st.booleans()) + wire[at + 1 :]
    follower = b"followed"
    got, _ = read(damaged + encode_frame(follower, 127) + encode_frame(follower, 127))
    assert set(got) <= {message, follower}
    assert got[-1] == follower


@given(st.lists(st.binary(max_size=300), max_size=20), MESSAGES)
def test_noise_raises_nothing_and_a_frame_after_it_is_read(noise: list[bytes], message: bytes) -> None:
    reader = FrameReader(1000)
    for portion in noise:
        reader.receive(portion)
        list(messages(reader))
    reader.receive(b"\n" + encode_frame(message, 127))
    assert whole(reader)[-1:] == [message]


def test_a_lost_line_end_does_not_cost_the_frame_behind_it() -> None:
    first, second = encode_frame(b"a" * 8, 127), encode_frame(b"b" * 8, 127)
    assert read(first.removesuffix(b"\n") + second)[0] == [b"a" * 8, b"b" * 8]


def test_a_half_frame_of_an_earlier_host_is_dropped() -> None:
    half = encode_frame(bytes(200), 40)[:90]
    assert read(half + b"\n" + encode_frame(b"b" * 8, 127))[0] == [b"b" * 8]


def test_an_endless_line_is_not_kept() -> None:
    reader = FrameReader(100)
    for _ in range(100):
        reader.receive(b"\x06\x09" + b"A" * 1000)
    assert list(messages(reader)) == []
    reader.receive(b"AAAA\n" + encode_frame(b"b" * 8, 127))
    assert whole(reader) == [b"b" * 8]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\x04\x14AAAA", "a further line without a first"),
        (b"\x06\x09AA", "not base64"),
        (b"\x06\x09AAA=AAAA", "not base64"),
        (b"\x06\x09", "a first line without a length"),
        (b"\x06\x09AAAA", "a frame of 0 bytes"),
        (b"\x06\x09//8A", "a frame of 65535 bytes"),
        (
            b"\x06\x09" + binascii.b2a_base64(framed(bytes(8)) + b"x", newline=False),
            "a frame longer than it says",
        ),
        (b"\x06\x09" + binascii.b2a_base64(framed(bytes(8))[:-1] + b"x", newline=False), "CRC differs"),
    ],
)
def test_says_what_is_wrong_with_a_frame(text: bytes, said: str) -> None:
    got, bad = read(text + b"\n")
    assert got == []
    assert len(bad) == 1
    assert bad[0].startswith(said)


def test_too_long_a_message_is_our_own_error() -> None:
    with pytest.raises(LocalProtocolError):
        encode_frame(bytes(MAX_MESSAGE + 1), 127)
    with pytest.raises(LocalProtocolError):
        build_message(SmpHeader(Op.READ, 1, 0, 8, 0, 0), {"data": bytes(MAX_MESSAGE)})
    with pytest.raises(LocalProtocolError):
        encode_frame(bytes(8), 6)


def test_header_and_body_agree_with_the_stock_library() -> None:
    request = FileDownloadRequest(name="index.json", off=70_000, sequence=7)
    header = parse_header(bytes(request))
    assert (header.op, header.version, header.group, header.command, header.sequence) == (Op.READ, 1, 8, 0, 7)
    assert parse_body(bytes(request)) == {"name": "index.json", "off": 70_000}


@pytest.mark.parametrize(
    "body",
    [
        cbor2.dumps([1, 2]),
        cbor2.dumps({1: 2}),
        cbor2.dumps({"a": 1}) + b"\x00",
        cbor2.dumps({"a": cbor2.CBORTag(5, [1 << 62, 1])}),
        cbor2.dumps({"a": 1 << 70}),
        b"\xa1\x61a\x7b" + b"\xff" * 8,
        b"\xa1\x61a\x1c",
        b"\xa1\x61a\x7f\x61a\xff",
        b"\xa1\x61a",
        b"\xa1\x61a\x19\x00",
        b"\xa1\x61\xff\x00",
        b"\xbf\x61a\xff",
        b"\x9f" * 100,
        b"\x81" * 100 + b"\x00",
        b"\xbb" + b"\xff" * 8,
    ],
)
def test_a_body_that_is_not_a_plain_map_is_refused(body: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_body(bytes(8) + body)


def test_a_map_of_unstated_length_is_read() -> None:
    assert parse_body(bytes(8) + b"\xbf\x61a\x01\xff") == {"a": 1}
    assert parse_body(bytes(8)) == {}


@given(st.binary(max_size=100))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        found = parse_body(bytes(8) + body)
    except RemoteProtocolError:
        return
    assert body == b"" or found == cbor2.loads(body)


@pytest.mark.parametrize(
    "message",
    [bytes(7), bytes.fromhex("0000000100080000"), bytes.fromhex("0700000000080000")],
    ids=["short", "length", "operation"],
)
def test_a_bad_header_is_refused(message: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_header(message)
