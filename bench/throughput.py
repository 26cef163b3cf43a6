"""How fast sessions come over: `rolig pull` beside the stock `smpmgr`, from the same server, over the same
kind of line.

    python -m bench.throughput [MEGABYTES]

Pseudo-terminals have no wire: this compares clients, not cables.
"""

import hashlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from device.usb.clock import DeviceClock
from device.usb.link import serve
from drivers.sim.serial_cable import Damage, SerialCable

_PULL = "import sys, pathlib, host.pull; sys.exit(host.pull.run(pathlib.Path(sys.argv[1]), sys.argv[2]))"


def main() -> int:
    size = int(float(sys.argv[1]) * 1e6) if len(sys.argv) > 1 else 2_000_000
    rows: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        digest = _write_session(folder / "store", size)
        with served(folder, Damage()) as port:
            rows.append(("smpmgr download", _timed(lambda: _smpmgr(port, folder))))
            rows.append(("rolig pull, all files verified", _timed(lambda: _pull(port, folder / "clean", digest))))
        with served(folder, Damage(lines=0.01)) as port:
            rows.append(("the same, 1 % of lines damaged", _timed(lambda: _pull(port, folder / "noisy", digest))))
    print(f"{size / 1e6:.1f} MB; seconds and MB/s, start of the client included")
    for name, seconds in rows:
        print(f"{name:32} {seconds:6.2f} s {size / 1e6 / seconds:6.2f} MB/s")
    return 0


def _write_session(store: Path, size: int) -> str:
    folder = store / "0001"
    folder.mkdir(parents=True)
    content = random.Random(1).randbytes(size)
    digest = hashlib.sha256(content).hexdigest()
    (folder / "session.edf").write_bytes(content)
    (folder / "SHA256SUMS").write_text(f"{digest}  session.edf\n")
    return digest


@contextmanager
def served(folder: Path, damage: Damage | None = None) -> Iterator[str]:
    stop = threading.Event()
    with SerialCable(folder, damage or Damage()) as cable:
        server = threading.Thread(
            target=serve, args=(cable.device, folder / "store", stop), kwargs={"clock": DeviceClock()}
        )
        server.start()
        try:
            yield str(cable.host)
        finally:
            stop.set()
            server.join()


def _timed(work: Callable[[], None]) -> float:
    started_s = time.monotonic()
    work()
    return time.monotonic() - started_s


def _pull(port: str, copies: Path, digest: str) -> None:
    subprocess.run([sys.executable, "-c", _PULL, str(copies), port], check=True, capture_output=True)
    if hashlib.sha256((copies / "0001" / "session.edf").read_bytes()).hexdigest() != digest:
        raise SystemExit("rolig pull: the copy differs")


def _smpmgr(port: str, folder: Path) -> None:
    program = str(Path(sys.executable).with_name("smpmgr"))
    command = [program, "--port", port, "file", "download", "0001/session.edf", str(folder / "copy.edf")]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
