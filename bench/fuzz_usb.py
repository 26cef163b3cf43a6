"""Fuzzes the SMP server: whatever comes, it answers in whole frames, reads only what it may, and lives.

    python -m bench.fuzz_usb [SECONDS]

Guided by coverage where atheris is installed, by seeded chance otherwise. Prints what it did; stops at the first fault
with the bytes that caused it.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cbor2

from device.usb.clock import DeviceClock
from device.usb.server import SmpServer
from device.usb.smp import FrameReader, Op, SmpHeader, build_message, encode_frame, messages, parse_header
from device.usb.view import LogView

_FILE, _DOWNLOAD = 8, 0
_NAMES = ("index.json", "0001/session.edf", "0001/SHA256SUMS", "../secret", "0001/../../secret", "0001", "/", "")
_SUMS = "0" * 64 + "  session.edf\n"


class Target:
    """A server over a store with one session, and a secret beside the store."""

    def __init__(self, folder: Path) -> None:
        (folder / "secret").write_bytes(b"SECRET")
        session = folder / "store" / "0001"
        session.mkdir(parents=True)
        self._content = random.Random(1).randbytes(3000)
        (session / "session.edf").write_bytes(self._content)
        (session / "SHA256SUMS").write_text(_SUMS)
        self._store = folder / "store"

    def feed(self, data: bytes) -> None:
        """`data` in portions, some framed; AssertionError if an answer is not as it must be."""
        server = SmpServer(LogView(self._store), DeviceClock(now_s=lambda: 9.0, boot="b"))
        for portion in _portions(data):
            server.receive(portion)
            while answer := server.data_to_send():
                self._check(answer)
        server.receive(b"\n")
        while server.data_to_send():
            continue
        server.receive(encode_frame(build_message(SmpHeader(Op.READ, 1, 0, 0, 1, 6), {}), 127))
        assert server.data_to_send(), "the server no longer answers"

    def _check(self, answer: bytes) -> None:
        reader = FrameReader(8188)
        reader.receive(answer)
        (message,) = messages(reader)
        assert isinstance(message, bytes), "an answer that is no frame"
        body, header = cbor2.loads(message[8:]), parse_header(message)
        if header.group == _FILE and header.command == _DOWNLOAD and "data" in body:
            own = (self._content, _SUMS.encode())
            at = body["off"]
            assert b"SECRET" not in body["data"]
            fits = any(whole[at : at + len(body["data"])] == body["data"] for whole in own)
            assert fits or b'"version":1' in body["data"] or at > 0, "a wrong byte"


def _portions(data: bytes) -> list[bytes]:
    """Fuzzed bytes as a line's traffic: raw, framed as they are, or as a request for one of the names."""
    portions = []
    while data:
        kind, size = data[0] % 3, data[0] // 3 + 1
        part, data = data[1 : size + 1], data[size + 1 :]
        if kind == 0:
            portions.append(part)
        elif kind == 1:
            portions.append(encode_frame(part.ljust(8, b"\0"), 127))
        elif part:
            body: dict[str, Any] = {"name": _NAMES[part[0] % len(_NAMES)], "off": int.from_bytes(part[1:4], "big")}
            header = SmpHeader(Op.READ, part[0] >> 7, 0, _FILE, 1, (part[0] >> 3) % 4)
            portions.append(encode_frame(build_message(header, body), 127))
    return portions


def by_chance(feed: Callable[[bytes], None], seconds: float) -> int:
    """How many inputs were fed in that time."""
    chance, count, end_s = random.Random(1), 0, time.monotonic() + seconds
    while time.monotonic() < end_s:
        data = chance.randbytes(chance.randrange(1, 400))
        try:
            feed(data)
        except Exception:
            print(f"input: {data.hex()}", file=sys.stderr)
            raise
        count += 1
    return count


def by_coverage(feed: Callable[[bytes], None], seconds: float) -> None:
    import atheris

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-max_total_time={int(seconds)}", "-max_len=400", "-print_final_stats=1"], feed)
    atheris.Fuzz()


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory() as folder:
        target = Target(Path(folder))
        try:
            by_coverage(target.feed, seconds)
        except ImportError:
            print(f"{by_chance(target.feed, seconds)} inputs in {seconds:.0f} s by chance (no atheris): no fault")
    return 0


if __name__ == "__main__":
    sys.exit(main())
