"""Boots the card of `make image` in an emulator, as it is flashed: `make image-test`.

The `virt` machine with the card's own kernel and initrd (its first partition has no boot loader that a computer knows):
to the first screen, a session pulled over USB, one recorded, the power cut in it, and up again; updates refused,
installed, gone back from, and the power cut in one. The checks come in on a
disk of their own and lie over /etc; the card's system partition is compared byte for byte at the end.
"""

import argparse
import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.vm import load
from tests.vm.image import Image, UnreachableError, cache_folder
from tests.vm.run import CUT_AFTER_RECORDS, Machine, Results, laptop_packages, pack_payload

TOOLS = ("qemu-system-aarch64", "mcopy", "sfdisk", "dpkg-buildpackage", "dh")
SUITE = "trixie"
CARD_GIB = 2
SECTOR = 512
# Handed to the booting system beside its own units (systemd.system-credentials(7)).
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
        unit = base64.b64encode(UNIT.encode()).decode()
        checks = (
            f"systemd.set_credential_binary=systemd.extra-unit.rolig-vm.service:{unit} systemd.wants=rolig-vm.service"
        )
        # What a device or a unit may take on a Pi says nothing of an emulator on a busy machine.
        checks += " systemd.default_device_timeout_sec=1800 systemd.default_timeout_start_sec=1800"
        kernel = ["-kernel", str(self.image.kernel), "-initrd", str(self.image.initrd)]
        kernel += ["-append", f"root=LABEL=rolig-root ro console=ttyAMA0 quiet {checks} {words}"]
        machine = ["-M", "virt", "-accel", "tcg,thread=multi", "-cpu", load.PROCESSOR, "-smp", "2", "-m", "512"]
        disks = ["-drive", f"file={self.disk},if=virtio,format=raw"]
        disks += ["-drive", f"file={self.payload},if=virtio,format=raw,readonly=on"]
        return ["qemu-system-aarch64", *machine, "-no-reboot", "-nographic", "-net", "none", *kernel, *disks]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path, help="dist/rolig_VERSION_arm64.img")
    parser.add_argument("--only", metavar="CHECK,CHECK", default="", help="of the first boot, these alone")
    parser.add_argument("--console", action="store_true", help="show everything that the machine says")
    arguments = parser.parse_args()
    if not arguments.image.is_file():
        print(f"{arguments.image} is not there: make image", file=sys.stderr)
        return 2
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        print(f"image-test skipped: {', '.join(missing)} not installed")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the emulator ends, too
    cache = cache_folder()
    try:
        site = laptop_packages(SUITE, cache, "aarch64")
    except UnreachableError as error:
        print(f"image-test skipped: {error}")
        return 0
    with tempfile.TemporaryDirectory(dir=cache, prefix="run-") as folder:
        scratch = Path(folder)
        card = scratch / "card.img"
        subprocess.run(["cp", "--sparse=always", arguments.image, card], check=True)
        os.truncate(card, CARD_GIB << 30)
        return _check(card, pack_payload(site, scratch), scratch, arguments.console, arguments.only)


def _check(card: Path, payload: Path, scratch: Path, console: bool, only: str) -> int:
    boot_part, system_part, _ = partitions(card)
    for name in ("vmlinuz", "initrd.img"):
        start = boot_part[0] * SECTOR
        subprocess.run(["mcopy", "-n", "-i", f"{card}@@{start}", f"::{name}", scratch / name], check=True)
    machine = CardMachine(Image(card, scratch / "vmlinuz", scratch / "initrd.img"), card, payload, console)
    system = _sum(card, system_part)
    results, had = Results(), 0
    for line in machine.boot("card", 0, only):
        results.take(line)
        if line.startswith("RECORDS ") and line.split()[1].isdecimal():
            had = int(line.split()[1])
            if had >= CUT_AFTER_RECORDS:
                results.take(f"PASSED power_cut: with {had} records seen")
                break
    updating = False
    if had or "updating" in only:
        for line in machine.boot("after-the-cut", had, "" if had else only):
            results.take(line)
            if line.startswith("UPDATING "):
                updating = True
                results.take(f"PASSED power_cut_in_an_update: {line.split()[1]} bytes of it on the card")
                break
    if updating:
        for line in machine.boot("after-the-update", had):
            results.take(line)
    ended, same = results.ended, "PASSED" if _sum(card, system_part) == system else "FAILED"
    results.take(f"{same} the_system_is_as_it_was_flashed")
    told = f"{results.passed} passed, {results.failed} failed"
    print(told + ("" if ended else "; the machine stopped, or its time was up, before the last check"))
    return 0 if (updating or only) and not results.failed and ended else 1


def partitions(card: Path) -> list[tuple[int, int]]:
    """Start and length of each, in sectors."""
    told = subprocess.run(["sfdisk", "--json", card], check=True, capture_output=True, text=True).stdout
    return [(part["start"], part["size"]) for part in json.loads(told)["partitiontable"]["partitions"]]


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
