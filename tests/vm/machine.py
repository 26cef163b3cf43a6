"""A machine in an emulator, what it tells, and how a test of one begins and ends: the same for Debian and the card."""

import argparse
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tests.vm.image import Image

BOOT_LIMIT_S = 7200  # against an emulator that hangs; what waits in it waits for conditions
CUT_AFTER_RECORDS = 25
CARD_GIB = 2
Told = Generator[str, None, None]
"""What a booted machine tells, line by line."""
SECTOR = 512


# --- how a test begins


def arguments_of(
    parser: argparse.ArgumentParser, name: str, tools: Sequence[str], *, card: bool = False
) -> argparse.Namespace:
    """The command line; `name` is the test's. Ends the program where something is not there: a tool with exit code 0,
    the `card` to boot with 2."""
    if card:
        parser.add_argument("image", type=Path, help="dist/rolig_VERSION_arm64.img")
    parser.add_argument("--console", action="store_true", help="show everything that the machine says")
    arguments = parser.parse_args()
    if card and not arguments.image.is_file():
        print(f"{arguments.image} is not there: make image", file=sys.stderr)
        sys.exit(2)
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        skip(name, f"{', '.join(missing)} not installed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the emulator ends, too
    return arguments


def skip(name: str, why: str) -> NoReturn:
    print(f"{name} skipped: {why}")
    sys.exit(0)


# --- the machine


@dataclass(frozen=True, slots=True)
class Machine:
    """`image` is what it boots, `disk` what of it may be written to, `payload` what the host gives along."""

    image: Image
    disk: Path
    payload: Path
    console: bool

    def boot(self, boot: str, had: int, only: str = "") -> Told:
        """What the checks of this boot tell, until it goes off. Closing it cuts the power."""
        started_s = time.monotonic()
        emulator = subprocess.Popen(
            self.command(f"rolig.boot={boot} rolig.had={had}" + (f" rolig.only={only}" if only else "")),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        limit = threading.Timer(BOOT_LIMIT_S, emulator.kill)
        limit.start()
        try:
            assert emulator.stdout is not None
            for line in emulator.stdout:
                if self.console:
                    print(f"| {line.rstrip()}", flush=True)
                _, told, words = line.strip().partition("VM-")  # behind what the console's colours left
                if told and words:
                    yield words
        finally:
            limit.cancel()
            emulator.kill()
            emulator.wait()
            print(f"{boot} boot: {time.monotonic() - started_s:.0f} s", flush=True)

    def command(self, words: str) -> list[str]:
        """The emulator's, with `words` for the kernel."""
        raise NotImplementedError

    def kernel(self, options: str) -> list[str]:
        return ["-kernel", str(self.image.kernel), "-initrd", str(self.image.initrd), "-append", options]


def drive(path: Path, *, bus: str = "virtio", written: bool = True) -> list[str]:
    return ["-drive", f"file={path},if={bus},format=raw" + ("" if written else ",readonly=on")]


def unit(name: str, content: str) -> str:
    """For the kernel's line: the unit is handed to the booting system beside its own, and started
    (systemd.system-credentials(7))."""
    coded = base64.b64encode(content.encode()).decode()
    return f"systemd.set_credential_binary=systemd.extra-unit.{name}.service:{coded} systemd.wants={name}.service"


# --- the card


def flashed(image: Path, scratch: Path) -> Path:
    """The card's image, on a card that is larger."""
    card = scratch / "card.img"
    subprocess.run(["cp", "--sparse=always", image, card], check=True)
    os.truncate(card, CARD_GIB << 30)
    return card


def booted(card: Path, scratch: Path, *more: str) -> Image:
    """The kernel, the initrd and `more` of the card's first partition, copied out: it has no boot loader that a
    computer knows."""
    start = partitions(card)[0][0] * SECTOR
    for name in ("vmlinuz", "initrd.img", *more):
        subprocess.run(["mcopy", "-n", "-i", f"{card}@@{start}", f"::{name}", scratch], check=True)
    return Image(card, scratch / "vmlinuz", scratch / "initrd.img")


def partitions(card: Path) -> list[tuple[int, int]]:
    """Start and length of each, in sectors."""
    told = subprocess.run(["sfdisk", "--json", card], check=True, capture_output=True, text=True).stdout
    return [(part["start"], part["size"]) for part in json.loads(told)["partitiontable"]["partitions"]]


# --- what it tells


class Results:
    """What the machine told, printed as it comes."""

    def __init__(self) -> None:
        self.passed = self.failed = 0
        self.ended = False

    def take(self, line: str) -> None:
        kind = line.split(maxsplit=1)[0]
        self.passed += kind == "PASSED"
        self.failed += kind == "FAILED"
        self.ended = kind == "END"
        if kind not in ("RECORDS", "UPDATING", "END"):
            print(line, flush=True)

    def take_all(self, lines: Told, cut: Callable[[str], str] = lambda line: "") -> bool:
        """A boot, to its end or to the line at which `cut` tells why the power goes; whether it did."""
        with closing(lines):
            for line in lines:
                self.take(line)
                if why := cut(line):
                    self.take(f"PASSED {why}")
                    return True
        return False

    def take_until_recorded(self, lines: Told) -> int:
        """A boot, to where a session has enough to cut the power in: how many records there were."""
        had = 0

        def cut(line: str) -> str:
            nonlocal had
            if line.startswith("RECORDS ") and line.split()[1].isdecimal():
                had = int(line.split()[1])
            return f"power_cut: with {had} records seen" if had >= CUT_AFTER_RECORDS else ""

        self.take_all(lines, cut)
        return had

    def tell(self, of: str = "", more: str = "") -> bool:
        """The sum, in a line; whether all that was reached is well, and the last check was."""
        stopped = "" if self.ended else "; the machine stopped, or its time was up, before the last check"
        print(f"{of}{self.passed} passed, {self.failed} failed{more}{stopped}", flush=True)
        return self.ended and not self.failed
