"""The stock client, which we did not write, against the server over pseudo-terminals."""

import hashlib
import os
import select
import subprocess
import sys
import termios
import threading
import tty
from contextlib import suppress
from pathlib import Path

import pytest

from device.usb.link import LinkError, serve
from device.usb.smp import FrameReader, Op, SmpHeader, build_message, encode_frame, messages, parse_body
from drivers.sim.serial_cable import Damage
from tests.usb_helpers import served, write_session

SMPMGR = Path(sys.executable).with_name("smpmgr")


def smpmgr(port: Path, *arguments: str, folder: Path) -> str:
    command = [str(SMPMGR), "--port", str(port), *arguments]
    environment = os.environ | {"COLUMNS": "1000", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.skipif(not SMPMGR.exists(), reason="smpmgr is not installed")
def test_the_stock_client_reads_parameters_hashes_and_a_session(tmp_path: Path) -> None:
    store = tmp_path / "store"
    content = (write_session(store, "0001", size=100_000) / "session.edf").read_bytes()
    log = tmp_path / "log.txt"
    with served(store, tmp_path) as cable:
        echoed = smpmgr(cable.host, "--loglevel", "DEBUG", "--logfile", str(log), "os", "echo", "hei", folder=tmp_path)
        assert "r='hei'" in echoed
        assert "buf_size=8192 buf_count=8" in log.read_text()
        hashed = smpmgr(cable.host, "file", "get-hash", "0001/session.edf", folder=tmp_path)
        assert repr(hashlib.sha256(content).digest()) in hashed
        smpmgr(cable.host, "file", "download", "0001/session.edf", "copy.edf", folder=tmp_path)
        smpmgr(cable.host, "file", "download", "index.json", "index.json", folder=tmp_path)
    assert hashlib.sha256((tmp_path / "copy.edf").read_bytes()).digest() == hashlib.sha256(content).digest()
    assert "0001/session.edf" in (tmp_path / "index.json").read_text()


def request(sequence: int, text: str) -> bytes:
    return encode_frame(build_message(SmpHeader(Op.WRITE, 1, 0, 0, sequence, 0), {"d": text}), 127)


class RawHost:
    """A host that has nothing but the terminal."""

    def __init__(self, path: Path) -> None:
        self._terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._terminal)
        termios.tcflush(self._terminal, termios.TCIFLUSH)
        self._reader = FrameReader(9000)

    def __enter__(self) -> "RawHost":
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._terminal)

    def write(self, data: bytes) -> None:
        os.write(self._terminal, data)

    def echo(self, text: str) -> bool:
        """Whether `text` comes back, whatever comes before it."""
        self.write(b"\n" + request(9, text))
        while select.select([self._terminal], [], [], 0.5)[0] and (data := os.read(self._terminal, 4096)):
            self._reader.receive(data)
            for message in messages(self._reader):
                if isinstance(message, bytes) and parse_body(message) == {"r": text}:
                    return True
        return False


def test_a_second_host_is_served_after_one_that_left_in_the_middle(tmp_path: Path) -> None:
    store = tmp_path / "store"
    write_session(store, "0001", size=200_000)
    with served(store, tmp_path) as cable:
        with RawHost(cable.host) as rude:
            body = {"name": "0001/session.edf", "off": 0}
            for sequence in range(6):
                rude.write(encode_frame(build_message(SmpHeader(Op.READ, 1, 0, 8, sequence, 0), body), 127))
            rude.write(request(7, "left before the end")[:20])
        with RawHost(cable.host) as polite:
            assert any(polite.echo("second") for _ in range(20))


def test_the_server_comes_back_after_the_plug_was_pulled(tmp_path: Path) -> None:
    echoed = 0
    with served(tmp_path / "store", tmp_path, damage=Damage(pull_after=400)) as cable:
        while cable.pulls < 3 or not echoed:
            with suppress(OSError, termios.error), RawHost(cable.host) as host:
                echoed += host.echo("x" * 40)
    assert echoed


def test_a_port_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="none"):
        serve(tmp_path / "none", tmp_path, threading.Event())
    plain = tmp_path / "plain"
    plain.write_text("")
    with pytest.raises(LinkError, match="not a terminal"):
        serve(plain, tmp_path, threading.Event())
