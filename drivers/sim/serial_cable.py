"""A serial cable between two pseudo-terminals, with the damage that real ones do. Seeded: the same damage
each run.
"""

import os
import random
import select
import threading
import tty
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_LOOK_FOR_STOP_S = 0.05


@dataclass(frozen=True, slots=True)
class Damage:
    """What the cable does. `lines`: the share of lines in which one byte is flipped or lost.

    `pull_after`: how many bytes pass before the plug is pulled, drawn anew each time between half and one
    and a half of it; None leaves it in. Pulled, both ends hang up and what was under way is gone.
    """

    lines: float = 0.0
    pull_after: int | None = None
    seed: int = 0


class SerialCable:
    """Two terminals, each end at a path that stays the same when the plug is pulled and put back.

    Use as a context manager; `device` and `host` are symbolic links to the pseudo-terminals in `folder`.
    """

    def __init__(self, folder: Path, damage: Damage | None = None) -> None:
        self.device = folder / "tty-device"
        self.host = folder / "tty-host"
        self.damaged_lines = 0
        self.pulls = 0
        self._damage = damage or Damage()
        self._random = random.Random(self._damage.seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> "SerialCable":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            ends = [self._plug_in(path) for path in (self.device, self.host)]
            self._ready.set()
            try:
                self._carry(ends[0][0], ends[1][0])
            finally:
                for master, slave in ends:
                    os.close(master)
                    os.close(slave)

    @staticmethod
    def _plug_in(path: Path) -> tuple[int, int]:
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        fresh = path.with_suffix(".new")
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(path)
        return master, slave

    def _carry(self, device: int, host: int) -> None:
        """Pass bytes both ways until stopped or the plug is pulled."""
        other = {device: host, host: device}
        half_lines = {device: bytearray(), host: bytearray()}
        left = self._until_pulled()
        while not self._stop.is_set():
            for end in select.select([device, host], [], [], _LOOK_FOR_STOP_S)[0]:
                try:
                    data = os.read(end, 1 << 16)
                except BlockingIOError:
                    continue
                if left is not None:
                    left -= len(data)
                    if left <= 0:
                        self.pulls += 1
                        return
                self._pass_on(other[end], half_lines[end], data)

    def _until_pulled(self) -> int | None:
        most = self._damage.pull_after
        return None if most is None else int(most * self._random.uniform(0.5, 1.5))

    def _pass_on(self, end: int, half_line: bytearray, data: bytes) -> None:
        if not self._damage.lines:
            self._write(end, data)
            return
        half_line += data
        *lines, rest = bytes(half_line).split(b"\n")
        half_line[:] = rest
        for line in lines:
            self._write(end, self._perhaps_damaged(line + b"\n"))

    def _perhaps_damaged(self, line: bytes) -> bytes:
        if self._random.random() >= self._damage.lines:
            return line
        self.damaged_lines += 1
        at = self._random.randrange(len(line))
        flipped = bytes([line[at] ^ 1 << self._random.randrange(8)])
        return line[:at] + (flipped if self._random.random() < 0.5 else b"") + line[at + 1 :]

    def _write(self, end: int, data: bytes) -> None:
        """All of it, unless nobody reads for long: then the bytes are lost, as in a full receiver."""
        waited = 0
        while data and not self._stop.is_set() and waited < 100:
            if not select.select([], [end], [], _LOOK_FOR_STOP_S)[1]:
                waited += 1
                continue
            try:
                data = data[os.write(end, data) :]
            except BlockingIOError:
                waited += 1
