"""A device that answers anything at all: the pull ends in one printable line, and nothing is written but its own."""

import io
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import cbor2
import pytest

from device.usb.link import _open as open_raw
from device.usb.smp import FrameReader, Op, SmpHeader, encode_frame, messages, parse_header
from drivers.sim.serial_cable import SerialCable
from host.errors import HostError, printable
from host.link.device import Patience
from host.pull import pull
from host.pull_screen import PullScreen

HURRIED = Patience(
    answer_s=0.03, tries=3, reopen_s=0.01, first_contact_s=0.3, gone_s=0.3, allow_poll_s=0.01, allow_s=0.3
)
ODD: list[Any] = [
    None, True, -1, 0, 7, 2**31, 2**64 - 1, 10**309, 1e308, "", "\x1b[2J\x07", "../x", "x" * 300, b"", b"\xff" * 9,
    [], [[]], {}, {"rc": 1}, "2026-01-01T00:00:00",
]  # fmt: skip
KEYS = ("rc", "rsn", "err", "off", "data", "len", "datetime", "buf_size", "buf_count", "output", "type", "r")


def answer(chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.1:
        return chance.randbytes(chance.randint(0, 40))
    if kind < 0.2:
        return cbor2.dumps(chance.choice(ODD))
    return cbor2.dumps({key: chance.choice(ODD) for key in chance.sample(KEYS, chance.randint(0, 6))})


@contextmanager
def hostile(folder: Path, seed: int) -> Iterator[str]:
    chance, stop = random.Random(seed), threading.Event()
    with SerialCable(folder) as cable:
        descriptor = open_raw(Path(cable.device))

        def serve() -> None:
            reader = FrameReader(1 << 14)
            while not stop.wait(0.002):
                with suppress(BlockingIOError):
                    reader.receive(os.read(descriptor, 4096))
                for message in messages(reader):
                    if not isinstance(message, bytes):
                        continue
                    asked, body = parse_header(message), answer(chance)
                    op = Op.READ_RESPONSE if asked.op is Op.READ else Op.WRITE_RESPONSE
                    header = SmpHeader(op, asked.version, 0, asked.group, asked.sequence, asked.command)
                    packed = bytearray(message[:8])
                    packed[0] = (message[0] & ~7) | int(header.op)
                    packed[2:4] = len(body).to_bytes(2, "big")
                    with suppress(BlockingIOError):
                        os.write(descriptor, encode_frame(bytes(packed) + body, 12288))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield str(cable.host)
        finally:
            stop.set()
            thread.join()
            os.close(descriptor)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_device_answers_the_pull_ends_in_one_printable_line(tmp_path: Path, seed: int) -> None:
    shown = io.StringIO()
    with hostile(tmp_path, seed) as port, pytest.raises(HostError) as ended:
        pull(tmp_path / "copies", port, patience=HURRIED, screen=PullScreen(shown))
    assert printable(str(ended.value))
    assert all(line.isprintable() for line in shown.getvalue().splitlines())
    assert not (tmp_path / "copies").exists()
