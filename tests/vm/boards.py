"""Boots the card of `make image` with nothing beside it: `make image-test` runs this after tests.vm.card.

`virt`: with the sessions' partition destroyed, as a worn-out card has it. `raspi3b`: a Raspberry Pi 3B from its own SD
controller, with the board's device tree and the card's overlay laid over it as the Pi's firmware does, so that the
header's buses are those of a Pi. Neither has a sensor or a screen: what is checked is that the device starts, waits for
them and says so.
"""

import argparse
import base64
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.vm.card import VIRT
from tests.vm.image import cache_folder
from tests.vm.machine import SECTOR, Machine, Results, arguments_of, booted, drive, flashed, partitions, unit

TOOLS = ("qemu-system-aarch64", "mcopy", "sfdisk", "fdtoverlay")
BOARD = "bcm2837-rpi-3-b"
UNIT = """[Unit]
Description=Look at what came up
After=multi-user.target

[Service]
Type=exec
StandardOutput=tty
TTYPath=/dev/console
ExecStart=/bin/sh -c 'echo %s | base64 -d > /run/look; exec sh /run/look'
"""
LOOK = """
told() { name=$1; shift; if "$@"; then echo "VM-PASSED $name"; else echo "VM-FAILED $name"; fi; }
holds() { findmnt -n -o OPTIONS "$1" | tr , '\\n' | grep -qx "$2"; }
# On a machine that is busy with other things its watchdog may bite more than once before it is.
ready() { for _ in $(seq 900); do systemctl -q is-active rolig.service && return; sleep 1; done; return 1; }
told service_is_ready ready
told system_is_read_only holds / ro
"""
WITHOUT_SESSIONS = """
told sessions_partition_is_gone sh -c '! findmnt -n /var/lib/rolig'
"""
ON_A_PI = """
told sessions_partition_is_there holds /var/lib/rolig rw
told spi_of_the_header test -c /dev/spidev0.0 -a "$(stat -c %G /dev/spidev0.0)" = spi
told i2c_of_the_header test -c /dev/i2c-1 -a "$(stat -c %G /dev/i2c-1)" = i2c
told i2c_beside_a_battery_board test -c /dev/i2c-0 -a "$(stat -c %G /dev/i2c-0)" = i2c
told i2c_at_400_khz sh -c 'for bus in 7e205000 7e804000; do
    test "$(od -An -tx1 /proc/device-tree/soc/i2c@$bus/clock-frequency | tr -d " ")" = 00061a80 || exit 1; done'
told header_has_its_pins sh -c 'ls /sys/bus/platform/drivers/pinctrl-bcm2835 | grep -q gpio'
systemctl stop rolig.service
rolig selftest < /dev/null > /run/told 2>&1
sed 's/^/selftest: /' /run/told
told selftest_names_what_is_not_there grep -q 'MCP3208' /run/told
told selftest_has_no_traceback sh -c '! grep -q Traceback /run/told'
"""
END = "echo VM-END; systemctl --no-block poweroff\n"
PATIENT = "systemd.default_timeout_start_sec=1800 systemd.watchdog_sec=off"


@dataclass(frozen=True, slots=True)
class Board(Machine):
    """`machine` is QEMU's, `bus` where it has the card, `options` the kernel's, `look` the checks."""

    machine: tuple[str, ...]
    bus: str
    options: str
    look: str

    def command(self, words: str) -> list[str]:
        look = base64.b64encode((LOOK + self.look + END).encode()).decode()
        options = (
            f"root=LABEL=rolig-root ro rootwait {self.options} quiet {PATIENT} {unit('look', UNIT % look)} {words}"
        )
        machine = [*self.machine, "-no-reboot", "-nographic", "-net", "none", *self.kernel(options)]
        return ["qemu-system-aarch64", *machine, *drive(self.disk, bus=self.bus)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Boot the card on boards of its own.")
    parser.add_argument("--only", choices=("virt", "raspi3b"), help="of the two machines, this one")
    arguments = arguments_of(parser, "boards", TOOLS, card=True)
    failed = False
    for name in (arguments.only,) if arguments.only else ("virt", "raspi3b"):
        with tempfile.TemporaryDirectory(dir=cache_folder(), prefix="run-") as scratch:
            machine = _MACHINES[name](flashed(arguments.image, Path(scratch)), Path(scratch), arguments.console)
            results = Results()
            results.take_all(machine.boot(name, 0))
            failed |= not results.tell(f"{name}: ")
    return int(failed)


def _virt(card: Path, scratch: Path, console: bool) -> Board:
    image = booted(card, scratch)
    start, length = partitions(card)[2]
    with card.open("r+b") as disk:
        disk.seek(start * SECTOR)
        disk.write(bytes(min(length * SECTOR, 16 << 20)))
    # Long enough for the partitions that are there, and waited for in whole for the one that is not.
    options = "console=ttyAMA0 systemd.default_device_timeout_sec=300"
    return Board(image, card, card, console, VIRT, "virtio", options, WITHOUT_SESSIONS)


def _raspi3b(card: Path, scratch: Path, console: bool) -> Board:
    image = booted(card, scratch, f"{BOARD}.dtb", "overlays/rolig.dtbo")
    tree = scratch / "laid-over.dtb"
    overlaid: Sequence[str | Path] = ("-i", scratch / f"{BOARD}.dtb", "-o", tree, scratch / "rolig.dtbo")
    subprocess.run(["fdtoverlay", *overlaid], check=True)
    machine = ("-M", "raspi3b", "-dtb", str(tree))
    options = "console=ttyAMA0 systemd.default_device_timeout_sec=1800"
    return Board(image, card, card, console, machine, "sd", options, ON_A_PI)


_MACHINES = {"virt": _virt, "raspi3b": _raspi3b}


if __name__ == "__main__":
    sys.exit(main())
