"""Boots the card of `make image` in an emulator, as it is flashed: `make image-test`.

The `virt` machine with the card's own kernel and initrd (its first partition has no boot loader that a computer knows):
to the first screen, a session pulled over USB, one recorded, the power cut in it, and up again; updates refused,
installed, gone back from, and the power cut in one. The checks come in on a
disk of their own and lie over /etc; the card's system partition is compared byte for byte at the end.
"""

import argparse
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.vm import load
from tests.vm.image import UnreachableError, cache_folder
from tests.vm.machine import (
    SECTOR,
    Machine,
    Results,
    arguments_of,
    booted,
    drive,
    flashed,
    partitions,
    skip,
    unit,
)
from tests.vm.run import laptop_packages, pack_payload

NAME = "image-test"
TOOLS = ("qemu-system-aarch64", "mcopy", "sfdisk", "dpkg-buildpackage", "dh")
SUITE = "trixie"
VIRT = ("-M", "virt", "-accel", "tcg,thread=multi", "-cpu", load.PROCESSOR, "-smp", "2", "-m", "512")
UNIT = """[Unit]
Description=Lay the checks over /etc, and run them
After=multi-user.target

[Service]
Type=exec
ExecStart=/bin/sh -c 'mount -t tmpfs tmpfs /mnt && tar -xf /dev/vdb -C /mnt && mkdir /run/etc /run/work && \
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work /etc && \
exec python3 -B /mnt/guest/main.py > /dev/ttyAMA0 2>&1'
"""


@dataclass(frozen=True, slots=True)
class CardMachine(Machine):
    def command(self, words: str) -> list[str]:
        # What a device or a unit may take on a Pi says nothing of an emulator on a busy machine.
        patient = "systemd.default_device_timeout_sec=1800 systemd.default_timeout_start_sec=1800"
        options = f"root=LABEL=rolig-root ro console=ttyAMA0 quiet {unit('rolig-vm', UNIT)} {patient} {words}"
        machine = [*VIRT, "-no-reboot", "-nographic", "-net", "none", *self.kernel(options)]
        return ["qemu-system-aarch64", *machine, *drive(self.disk), *drive(self.payload, written=False)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="CHECK,CHECK", default="", help="of the first boot, these alone")
    arguments = arguments_of(parser, NAME, TOOLS, card=True)
    cache = cache_folder()
    try:
        site = laptop_packages(SUITE, cache, "aarch64")
    except UnreachableError as error:
        skip(NAME, str(error))
    with tempfile.TemporaryDirectory(dir=cache, prefix="run-") as folder:
        scratch = Path(folder)
        card = flashed(arguments.image, scratch)
        machine = CardMachine(booted(card, scratch), card, pack_payload(site, scratch), arguments.console)
        return _check(machine, arguments.only)


def _check(machine: CardMachine, only: str) -> int:
    card = machine.disk
    _, system_part, _ = partitions(card)
    system = _sum(card, system_part)
    results = Results()
    had = results.take_until_recorded(machine.boot("card", 0, only))
    updating = False
    if had or "updating" in only:
        updating = results.take_all(machine.boot("after-the-cut", had, "" if had else only), _in_an_update)
    if updating:
        results.take_all(machine.boot("after-the-update", had))
    ended, same = results.ended, "PASSED" if _sum(card, system_part) == system else "FAILED"
    results.take(f"{same} the_system_is_as_it_was_flashed")
    results.ended = ended
    return 0 if results.tell() and (updating or only) else 1


def _in_an_update(line: str) -> str:
    return f"power_cut_in_an_update: {line.split()[1]} bytes of it on the card" if line.startswith("UPDATING ") else ""


def _sum(card: Path, part: tuple[int, int]) -> str:
    """The checksum of a partition's content."""
    start, length = part
    digest, left = hashlib.sha256(), length * SECTOR
    with card.open("rb") as file:
        file.seek(start * SECTOR)
        while left and (data := file.read(min(left, 1 << 20))):
            digest.update(data)
            left -= len(data)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
