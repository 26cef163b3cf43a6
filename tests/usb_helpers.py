"""Stores to serve, and a server running on a cable."""

import hashlib
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from device.usb.clock import DeviceClock
from device.usb.images import Updates
from device.usb.link import serve
from drivers.sim.serial_cable import Damage, SerialCable

BOOT = "boot-a"


def write_session(store: Path, name: str, *, size: int = 20_000, summary: dict[str, object] | None = None) -> Path:
    """A finished session whose files hold seeded noise."""
    folder = store / name
    folder.mkdir(parents=True)
    noise = random.Random(name)
    (folder / "session.edf").write_bytes(noise.randbytes(size))
    (folder / "rr.txt").write_text("812\n798\n")
    (folder / "rr.csv").write_text("t_s,rr_ms,kind\n0.812,812,normal\n")
    (folder / "summary.json").write_text(json.dumps(summary or {"started_utc": "2026-03-01T10:00:00Z"}))
    names = sorted(p.name for p in folder.iterdir())
    sums = "".join(f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names)
    (folder / "SHA256SUMS").write_text(sums)
    return folder


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@contextmanager
def served(
    store: Path,
    folder: Path,
    *,
    damage: Damage | None = None,
    allowed: Callable[[], bool] = lambda: True,
    updates: Updates | None = None,
    diagnostics: Callable[[], bytes] | None = None,
) -> Iterator[SerialCable]:
    """The server of the device on one end of a cable; the other is for the host under test."""
    stop = threading.Event()
    with SerialCable(folder, damage) as cable:
        clock = DeviceClock(now_s=lambda: 1000.0, boot=BOOT)
        how = {"clock": clock, "allowed": allowed, "updates": updates, "diagnostics": diagnostics}
        thread = threading.Thread(target=serve, args=(cable.device, store, stop), kwargs=how)
        thread.start()
        try:
            yield cable
        finally:
            stop.set()
            thread.join()
