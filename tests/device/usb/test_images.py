"""Updates over SMP: the requests that clients of other devices send, and ones that nobody should."""

from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.update.choice import Chosen, load, save
from device.update.upload import Upload
from device.usb.about import About
from device.usb.clock import DeviceClock
from device.usb.images import Updates
from device.usb.server import SmpServer
from device.usb.smp import FrameReader, Op, SmpHeader, build_message, encode_frame, parse_body
from device.usb.view import LogView
from tests.update_helpers import RUNNING, Maker, application, files_of, head_of, versions_in

OS, IMAGE = 0, 1
NEW = "0.3.0"


class Client:
    """Whoever is at the cable; the wearer has not allowed anything."""

    def __init__(self, folder: Path) -> None:
        self.maker = Maker.new(folder)
        self.folder = folder / "versions"
        self.allowed, self.restarts = False, 0
        self.begin(RUNNING)

    def begin(self, running: str) -> None:
        """The process, anew."""
        self.versions = versions_in(self.folder, running)
        self.upload = Upload(self.versions, lambda _: self.allowed, self.maker.key)
        updates = Updates(self.versions, self.upload, lambda _: self.allowed, self.restart)
        about = About("rolig", running, lambda: "Raspberry Pi Zero 2 W")
        view = LogView(self.folder.parent)
        self.server = SmpServer(view, DeviceClock(), allowed=lambda: False, about=about, updates=updates)

    def restart(self) -> None:
        self.restarts += 1

    def ask(self, op: Op, group: int, command: int, body: dict[str, Any], version: int = 1) -> dict[str, Any]:
        message = build_message(SmpHeader(op, version, 0, group, 7, command), body)
        self.server.receive(encode_frame(message, 12288))
        reader = FrameReader(8192)
        reader.receive(self.server.data_to_send())
        answer = reader.next_message()
        assert answer is not None
        return parse_body(answer)

    def info(self, **fields: Any) -> dict[str, Any]:
        return self.ask(Op.READ, OS, 7, fields)

    def part(self, update: bytes, at: int, size: int = 700) -> dict[str, Any]:
        first = {"len": len(update), "image": 0, "sha": bytes(32), "upgrade": False} if at == 0 else {}
        return self.ask(Op.WRITE, IMAGE, 1, {"off": at, "data": update[at : at + size], **first})

    def send(self, update: bytes) -> None:
        at = 0
        while at < len(update):
            answer = self.part(update, at)
            at = answer["off"]
        assert answer == {"off": len(update), "match": True}

    def states(self) -> list[dict[str, Any]]:
        return list(self.ask(Op.READ, IMAGE, 0, {})["images"])


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(tmp_path)


def test_what_it_is_is_told_before_anything_is_allowed(client: Client) -> None:
    assert client.info() == {"output": "Rolig"}
    assert client.info(format="nr") == {"output": f"rolig {RUNNING}"}
    assert client.info(format="rn") == client.info(format="nrn")
    everything = client.info(format="a")["output"]
    assert everything == client.info(format="snrvmpio")["output"]
    assert "Raspberry Pi Zero 2 W" in everything
    assert "\0" not in everything


@pytest.mark.parametrize("format_", ["", "b", "sx", "é"])
def test_a_format_that_is_none_is_refused_with_the_groups_code(client: Client, format_: str) -> None:
    assert client.info(format=format_) == {"err": {"group": 0, "rc": 2}}


def test_the_board_tells_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"Raspberry Pi 4 Model B Rev 1.5\0")
    from device.usb.about import board_model

    assert board_model(tmp_path / "model") == "Raspberry Pi 4 Model B Rev 1.5"
    assert board_model(tmp_path / "none") == "unknown"


def test_upload_test_and_reset_as_other_devices_have_them(client: Client) -> None:
    update = client.maker.update(NEW)
    digest = bytes.fromhex(head_of(update).manifest.sha256)
    (first,) = client.states()
    assert first == {"slot": 0, "version": RUNNING, "bootable": True, "active": True, "confirmed": True}
    assert client.part(update, 0)["rc"] == 11
    assert client.upload.offered() == NEW
    assert client.ask(Op.WRITE, OS, 5, {})["rc"] == 11
    client.allowed = True
    client.send(update)
    assert client.states()[1:] == [{"slot": 1, "version": NEW, "hash": digest, "bootable": True}]
    for _ in range(2):  # its answer may be lost
        pending = client.ask(Op.WRITE, IMAGE, 0, {"hash": digest, "confirm": False})["images"][1]
        assert pending == {"slot": 1, "version": NEW, "hash": digest, "bootable": True, "pending": True}
    assert files_of(client.folder / NEW) == application(NEW)
    assert client.ask(Op.WRITE, OS, 5, {"force": 1}) == {}
    assert client.restarts == 1
    client.begin(NEW)
    (trial,) = client.states()
    assert (trial["version"], trial["hash"], trial["confirmed"]) == (NEW, digest, False)
    client.versions.prove()
    assert client.states()[0]["confirmed"] is True


def test_after_a_version_fell_the_one_before_is_alone(client: Client) -> None:
    save(client.versions.files, client.folder.parent, Chosen())
    client.folder.mkdir()
    save(client.versions.files, client.folder, Chosen("", failed=NEW))
    (only,) = client.states()
    assert (only["version"], only["confirmed"]) == (RUNNING, True)


def test_refusals_say_why(client: Client) -> None:
    client.allowed = True
    older = client.maker.update("0.1.0")
    for version in (0, 1):
        body = {"off": 0, "data": older[:900], "len": len(older)}
        refused = client.ask(Op.WRITE, IMAGE, 1, body, version)
        assert refused == {"rc": 6, "rsn": f"version 0.1.0 is older than the one that runs ({RUNNING})"}
    nothing = client.ask(Op.WRITE, IMAGE, 0, {"hash": bytes(32)})
    assert nothing == {"rc": 3, "rsn": "nothing with that hash was uploaded"}
    assert client.ask(Op.WRITE, IMAGE, 0, {"confirm": True})["rc"] == 3
    assert client.ask(Op.WRITE, IMAGE, 0, {})["rc"] == 3


def test_without_versions_nothing_of_it_is_known(tmp_path: Path) -> None:
    server = SmpServer(LogView(tmp_path), DeviceClock())
    for op, group, command in ((Op.READ, IMAGE, 0), (Op.WRITE, IMAGE, 0), (Op.WRITE, IMAGE, 1), (Op.WRITE, OS, 5)):
        server.receive(encode_frame(build_message(SmpHeader(op, 1, 0, group, 7, command), {}), 12288))
        reader = FrameReader(8192)
        reader.receive(server.data_to_send())
        answer = reader.next_message()
        assert answer is not None
        assert parse_body(answer) == {"rc": 8}


COMMANDS = ((IMAGE, 0), (IMAGE, 1), (OS, 5), (OS, 7))
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=700) | st.lists(st.none())
BODIES = st.dictionaries(st.sampled_from(["off", "data", "len", "sha", "image", "hash", "confirm", "format"]), VALUES)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from([(IMAGE, 0), (IMAGE, 1), (OS, 5), (OS, 7)]), BODIES), max_size=12), st.booleans()
)
def test_any_requests_are_answered_and_install_nothing(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[tuple[int, int], dict[str, Any]]], allowed: bool
) -> None:
    client = Client(tmp_path_factory.mktemp("bench"))
    update = client.maker.update(NEW)
    client.allowed = True
    at = client.part(update, 0)["off"]
    client.allowed = allowed
    for (group, command), body in requests:
        for op in (Op.READ, Op.WRITE):
            answer = client.ask(op, group, command, body)
            assert cbor2.dumps(answer)
            assert str(answer.get("rsn", "")).isprintable() or answer["rsn"] == ""
    assert load(client.folder) == Chosen()
    client.allowed = True
    assert client.part(update, 0)["off"] in (at, 700)
    client.send(update)
