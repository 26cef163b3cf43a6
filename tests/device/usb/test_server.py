import hashlib
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.usb.clock import DeviceClock
from device.usb.server import Buffers, SmpServer
from device.usb.smp import FrameReader, Op, SmpHeader, build_message, encode_frame, parse_body, parse_header
from device.usb.view import LogView
from tests.usb_helpers import BOOT, files_under, write_session

OS, FILE, ROLIG = 0, 8, 100
Refused = tuple[Op, int, int, dict[str, Any], int, dict[str, Any]]


class Host:
    """The far end, with nothing but frames."""

    def __init__(self, store: Path, *, allowed: bool = True, buffers: Buffers | None = None) -> None:
        self.clock = DeviceClock(now_s=lambda: 1000.0, boot=BOOT)
        self.allowed = allowed
        self.server = SmpServer(LogView(store), self.clock, allowed=lambda: self.allowed, buffers=buffers)

    def send(self, op: Op, group: int, command: int, body: dict[str, Any], *, version: int = 1) -> bytes:
        self.server.receive(encode_frame(build_message(SmpHeader(op, version, 0, group, 42, command), body), 127))
        return self.server.data_to_send()

    def ask(self, op: Op, group: int, command: int, body: dict[str, Any], *, version: int = 1) -> dict[str, Any]:
        reader = FrameReader(65_000)
        reader.receive(self.send(op, group, command, body, version=version))
        message = reader.next_message()
        assert message is not None
        header = parse_header(message)
        assert (header.op, header.version) == (op + 1, version)
        assert (header.group, header.command, header.sequence) == (group, command, 42)
        return parse_body(message)

    def read(self, command: int, **body: Any) -> dict[str, Any]:
        return self.ask(Op.READ, FILE, command, body)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write_session(tmp_path, "0001")
    return tmp_path


@pytest.fixture
def host(store: Path) -> Host:
    return Host(store)


def download(host: Host, name: str, **extra: Any) -> bytes:
    first = host.read(0, name=name, off=0, **extra)
    data = first["data"]
    while len(data) < first["len"]:
        part = host.read(0, name=name, off=len(data), **extra)
        assert (part["off"], set(part)) == (len(data), {"off", "data"})
        data += part["data"]
    assert isinstance(data, bytes)
    return data


def test_echo_and_parameters(host: Host) -> None:
    assert host.ask(Op.WRITE, OS, 0, {"d": "hei på deg"}) == {"r": "hei på deg"}
    assert host.ask(Op.READ, OS, 6, {}) == {"buf_size": 8192, "buf_count": 8}


def test_every_file_arrives_as_it_is(host: Host, store: Path) -> None:
    for name, content in files_under(store).items():
        assert download(host, name) == content
        assert host.read(1, name=name) == {"len": len(content)}


def test_the_index_stays_one_while_it_is_read(store: Path) -> None:
    host = Host(store, buffers=Buffers(size=160))
    first = host.read(0, name="index.json", off=0)
    write_session(store, "0002")
    data = first["data"]
    while len(data) < first["len"]:
        data += host.read(0, name="index.json", off=len(data))["data"]
    assert [s["name"] for s in json.loads(data)["sessions"]] == ["0001"]
    assert [s["name"] for s in json.loads(download(host, "index.json"))["sessions"]] == ["0001", "0002"]


@pytest.mark.parametrize("line_length", [20, 127, 12288])
@pytest.mark.parametrize("size", [128, 1024, 8192, 65535])
def test_answers_stay_within_the_buffer_and_the_line(store: Path, size: int, line_length: int) -> None:
    host = Host(store, buffers=Buffers(size=size, line_length=line_length))
    answer = host.send(Op.READ, FILE, 0, {"name": "0001/session.edf", "off": 0})
    assert max(len(line) + 1 for line in answer.split(b"\n")) <= line_length
    reader = FrameReader(size - 4)
    reader.receive(answer)
    message = reader.next_message()
    assert message is not None
    assert len(message) > (size - 4) / 2 or size > 20_000


def test_a_host_may_ask_for_less(host: Host) -> None:
    assert len(host.read(0, name="0001/session.edf", off=5, max=100)["data"]) == 100
    assert len(host.read(0, name="0001/session.edf", off=5, max=0)["data"]) == 1


def test_checksums(host: Host, store: Path) -> None:
    content = (store / "0001" / "session.edf").read_bytes()
    digest = hashlib.sha256(content).digest()
    assert host.read(2, name="0001/session.edf") == {"type": "sha256", "len": 20_000, "output": digest}
    part = host.read(2, name="0001/session.edf", type="crc32", off=3, len=7)
    assert part == {"type": "crc32", "off": 3, "len": 7, "output": zlib.crc32(content[3:10])}
    kinds = {"sha256": {"format": 1, "size": 32}, "crc32": {"format": 0, "size": 4}}
    assert host.read(3) == {"types": kinds}


def test_the_time_is_told_and_dates_sessions(host: Host, store: Path) -> None:
    write_session(store, "0002", summary={"started_utc": None, "boot_id": BOOT, "started_boottime_s": 940.0})
    assert host.ask(Op.READ, OS, 4, {}) == {"err": {"group": OS, "rc": 4}}
    assert host.ask(Op.WRITE, OS, 4, {"datetime": "2026-03-02T12:00:00.000000"}) == {}
    assert host.ask(Op.READ, OS, 4, {}) == {"datetime": "2026-03-02T12:00:00.000000"}
    assert host.clock.now() == datetime(2026, 3, 2, 12, tzinfo=UTC)
    dates = [s["started_utc"] for s in json.loads(download(host, "index.json"))["sessions"]]
    assert dates == ["2026-03-01T10:00:00Z", "2026-03-02T11:59:00Z"]


@pytest.mark.parametrize(
    "request_",
    [
        (Op.READ, FILE, 1, {"name": "../x"}, 5, {"err": {"group": FILE, "rc": 3}}),
        (Op.READ, FILE, 0, {"name": "0001/rr.txt", "off": 999}, 3, {"err": {"group": FILE, "rc": 12}}),
        (Op.READ, FILE, 2, {"name": "0001/rr.txt", "type": "md5"}, 3, {"err": {"group": FILE, "rc": 13}}),
        (Op.READ, FILE, 2, {"name": "0001/rr.txt", "type": ["x"]}, 3, {"err": {"group": FILE, "rc": 13}}),
        (Op.READ, FILE, 0, {"name": "0001/rr.txt"}, 3, {"rc": 3, "rsn": "off is not a count"}),
        (Op.READ, FILE, 0, {"name": "0001/rr.txt", "off": -1}, 3, {"rc": 3, "rsn": "off is not a count"}),
        (Op.READ, FILE, 0, {"name": 7, "off": 0}, 3, {"rc": 3, "rsn": "name is missing or too long"}),
        (Op.WRITE, FILE, 0, {"name": "x", "off": 0, "data": b"x", "len": 1}, 8, {"rc": 8}),
        (Op.WRITE, OS, 5, {}, 8, {"rc": 8}),
        (Op.READ, 1, 0, {}, 8, {"rc": 8}),
        (Op.WRITE, OS, 4, {"datetime": "soon"}, 3, {"rc": 3, "rsn": "datetime is not a time"}),
        (Op.WRITE, ROLIG, 0, {"name": "0009", "sha256": bytes(32)}, 5, {"err": {"group": ROLIG, "rc": 1}}),
        (Op.WRITE, ROLIG, 0, {"name": "0001", "sha256": bytes(32)}, 3, {"err": {"group": ROLIG, "rc": 2}}),
        (Op.WRITE, ROLIG, 0, {"name": "0001"}, 3, {"rc": 3, "rsn": "sha256 is missing"}),
    ],
)
def test_refusals_in_both_versions_of_smp(host: Host, store: Path, request_: Refused) -> None:
    before = files_under(store)
    op, group, command, body, version1, version2 = request_
    assert host.ask(op, group, command, body, version=0)["rc"] == version1
    assert host.ask(op, group, command, body) == version2
    assert files_under(store) == before


def test_nothing_is_told_before_it_is_allowed(store: Path) -> None:
    host = Host(store, allowed=False)
    before = files_under(store)
    digest = hashlib.sha256((store / "0001" / "SHA256SUMS").read_bytes()).digest()
    refused = {"rc": 11, "rsn": "allow it on the device first"}
    for command in range(4):
        assert host.read(command, name="0001/session.edf", off=0) == refused
    assert host.ask(Op.WRITE, OS, 4, {"datetime": "2026-03-02T12:00:00"}) == refused
    assert host.ask(Op.WRITE, ROLIG, 0, {"name": "0001", "sha256": digest}) == refused
    assert host.ask(Op.WRITE, OS, 0, {"d": "x"}) == {"r": "x"}
    assert files_under(store) == before
    host.allowed = True
    assert host.read(1, name="0001/rr.txt") == {"len": 8}


@pytest.mark.parametrize("command", [0, 1])
def test_what_took_long_to_make_is_for_whoever_was_allowed_it(store: Path, command: int) -> None:
    """While the device tested itself the cable went to another computer."""
    host = Host(store)

    def page() -> bytes:
        host.allowed = False
        return b"Rolig diagnostics 1"

    host.server = SmpServer(LogView(store, diagnostics=page), host.clock, allowed=lambda: host.allowed)
    assert host.read(command, name="diagnostics.txt", off=0)["rc"] == 11


def test_a_copied_session_is_deleted_on_request(host: Host, store: Path) -> None:
    write_session(store, "0002")
    digest = hashlib.sha256(download(host, "0001/SHA256SUMS")).digest()
    assert host.ask(Op.WRITE, ROLIG, 0, {"name": "0001", "sha256": digest}) == {}
    assert [s["name"] for s in json.loads(download(host, "index.json"))["sessions"]] == ["0002"]


def test_a_flood_is_cut_off_and_the_server_lives(host: Host) -> None:
    request = encode_frame(build_message(SmpHeader(Op.READ, 1, 0, OS, 1, 6), {}), 127)
    host.server.receive(request * 5000)
    answers = 0
    while host.server.data_to_send():
        answers += 1
    assert answers == 8
    assert host.server.bad_frames == 4992
    assert host.ask(Op.READ, OS, 6, {})["buf_count"] == 8


def test_an_answer_is_not_answered(host: Host) -> None:
    assert host.send(Op.READ_RESPONSE, OS, 6, {}) == b""
    assert host.server.bad_frames == 1


def test_reset_forgets_what_a_host_left(host: Host) -> None:
    host.server.receive(encode_frame(build_message(SmpHeader(Op.READ, 1, 0, OS, 1, 6), {}), 127) + b"\x06\x09AA")
    host.server.reset()
    assert host.server.data_to_send() == b""
    assert host.ask(Op.READ, OS, 6, {})["buf_count"] == 8


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(["name", "off", "len", "type", "d", "datetime", "sha256", "data", "max"])
VALUES = JSONISH | st.sampled_from(["index.json", "0001/session.edf", "0001", "sha256", "crc32", 0, 5, 1 << 63])
REQUESTS = st.builds(
    lambda op, version, group, command, body: encode_frame(
        build_message(SmpHeader(op, version, 0, group, 1, command), body), 127
    ),
    st.sampled_from(Op),
    st.integers(min_value=0, max_value=3),
    st.sampled_from([OS, FILE, ROLIG, 1, 9, 64, 65535]),
    st.integers(min_value=0, max_value=10),
    st.dictionaries(KEYS, VALUES, max_size=5),
)
RAW_MESSAGES = st.binary(min_size=8, max_size=200).map(lambda m: encode_frame(m, 127))
CUT = st.tuples(REQUESTS, st.integers(min_value=1, max_value=60)).map(lambda r: r[0][: -r[1]])
WIRE = st.lists(REQUESTS | RAW_MESSAGES | CUT | st.binary(max_size=60), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("fuzz") / "store"
    write_session(store, "0001", size=500)
    return store


@settings(max_examples=150)
@given(portions=WIRE)
def test_whatever_comes_the_server_answers_in_whole_frames_and_lives(fuzzed: Path, portions: list[bytes]) -> None:
    host = Host(fuzzed)
    content = (fuzzed / "0001" / "session.edf").read_bytes()
    for portion in portions:
        host.server.receive(portion)
        while answer := host.server.data_to_send():
            reader = FrameReader(8188)
            reader.receive(answer)
            message = reader.next_message()
            assert message is not None
            body = cbor2.loads(message[8:])
            if "data" in body and parse_header(message).group == FILE:
                assert body["data"] in content or body["data"] in download(host, "index.json")
    host.server.receive(b"\n")
    while host.server.data_to_send():
        continue
    assert host.ask(Op.WRITE, OS, 0, {"d": "still here"}) == {"r": "still here"}
    assert (fuzzed / "0001" / "session.edf").read_bytes() == content
