"""Boots Debian in an emulator, installs the package, and checks the service on a real kernel: `make vm-test`.

Correctness only: emulation tells nothing about timing. Prints one line a check; exit code 1 where one failed. Skipped
with a word, exit code 0, where the emulator or Debian's packages cannot be had.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.update_helpers import maker
from tests.vm import updates
from tests.vm.image import Image, UnreachableError, cache_folder, prepare
from tests.vm.machine import Machine, Results, arguments_of, drive, skip

ROOT = Path(__file__).parents[2]
GUEST = Path(__file__).parent / "guest"
NAME = "vm-test"
TOOLS = ("qemu-system-x86_64", "mmdebstrap", "mkfs.ext4", "dpkg-buildpackage", "dh")
PYTHON = {"trixie": "3.13", "bookworm": "3.11"}
# smpmgr over a serial port, and what it imports there: its Bluetooth stack has no wheels for every Python.
LAPTOP = (
    "smpmgr", "tqdm", "smpclient", "smp", "crcmod", "bleak", "dbus-fast", "cbor2", "click", "typer", "rich", "readchar",
    "pydantic", "pydantic-core", "annotated-types", "annotated-doc", "typing-extensions", "typing-inspection",
    "shellingham", "markdown-it-py", "mdurl", "pygments", "intelhex", "pyserial",
)  # fmt: skip
MANYLINUX = ("manylinux2010", "manylinux_2_12", "manylinux2014", "manylinux_2_17", "manylinux_2_28")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", choices=PYTHON, default="trixie", help="which Debian (default: trixie)")
    parser.add_argument("--only", metavar="CHECK,CHECK", default="", help="of the first boot, these alone")
    arguments = arguments_of(parser, NAME, TOOLS)
    if os.geteuid() != 0:
        skip(NAME, "making the image needs root")
    cache = cache_folder()
    try:
        image = prepare(arguments.suite, cache)
        site = laptop_packages(arguments.suite, cache)
    except UnreachableError as error:
        skip(NAME, str(error))
    with tempfile.TemporaryDirectory(dir=cache, prefix="run-") as scratch:
        return _check(image, pack_payload(site, Path(scratch)), Path(scratch), arguments.console, arguments.only)


def pack_payload(site: Path, scratch: Path) -> Path:
    """What goes along: the package, the checks, the laptop's Python packages, a session to pull, and updates."""
    package = subprocess.run([ROOT / "systemd" / "build-deb"], check=True, stdout=subprocess.PIPE, text=True).stdout
    sessions = scratch / "sessions"
    demo: list[str | Path] = ["demo", "--minutes", "0.5", "--speed", "max", "--store", sessions]
    subprocess.run([sys.executable, "-m", "device", *demo], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    updates.make(scratch / "updates", maker())
    path = scratch / "payload.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(ROOT / package.strip(), Path(package.strip()).name)
        tar.add(GUEST, "guest", filter=_as_root)
        tar.add(site, "site", filter=_as_root)
        tar.add(sessions, "sessions", filter=_as_root)
        tar.add(scratch / "updates", "updates", filter=_as_root)
    return path


def laptop_packages(suite: str, cache: Path, architecture: str = "x86_64") -> Path:
    """What `rolig pull` and the independent client need, as wheels for the machine's Python; made once."""
    site = cache / f"site-{suite}-{architecture}"
    if site.exists():
        return site
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    with tempfile.TemporaryDirectory(dir=cache, prefix=".new-") as scratch:
        wheels, fresh = Path(scratch) / "wheels", Path(scratch) / "site"
        # crcmod comes as source only; without its compiled part it falls back to Python, whichever that is.
        if subprocess.run([*pip, "wheel", "--no-deps", "-w", wheels, "crcmod"], check=False).returncode != 0:
            raise UnreachableError("PyPI is out of reach")
        (crcmod,) = wheels.glob("crcmod-*.whl")
        crcmod.rename(wheels / "crcmod-1.7-py3-none-any.whl")
        foreign = ["--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON[suite]}", "--platform=any"]
        foreign += [f"--platform={tag}_{architecture}" for tag in MANYLINUX]
        pins = Path(scratch) / "pins.txt"
        pins.write_text(without_hashes((ROOT / "requirements" / "dev.txt").read_text("utf-8")), "utf-8")
        pinned: list[str | Path] = ["-c", pins, "--find-links", wheels]
        subprocess.run([*pip, "install", "--no-deps", "--target", fresh, *foreign, *pinned, *LAPTOP], check=True)
        fresh.rename(site)
    return site


def without_hashes(requirements: str) -> str:
    """The pins alone: constraints with hashes would have pip ask for the hash of a wheel that was made here."""
    return re.sub(r" *\\\n *--hash=\S+", "", requirements)


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    entry.uid = entry.gid = 0
    entry.mode |= 0o444 if entry.isfile() else 0o555
    return None if entry.name.endswith("__pycache__") else entry


def _check(image: Image, payload: Path, scratch: Path, console: bool, only: str) -> int:
    machine = DebianMachine(image, scratch / "disk.ext4", payload, console)
    subprocess.run(["cp", "--sparse=always", image.disk, machine.disk], check=True)
    results = Results()
    had = results.take_until_recorded(machine.boot("first", 0, only))
    if had:
        results.take_all(machine.boot("second", had))
    if only:
        return 0 if results.tell(more=f", of these alone: {only}") else 1
    well = results.tell(more="" if had else "; no session to cut the power in")
    return 0 if had and well else 1


@dataclass(frozen=True, slots=True)
class DebianMachine(Machine):
    def command(self, words: str) -> list[str]:
        # systemd's own watchdog, 14 s on a Pi, would bite an emulator on a busy machine.
        options = "root=/dev/vda rw console=ttyS0 quiet mitigations=off systemd.watchdog_sec=off"
        machine = ["-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "640", "-no-reboot"]
        machine += ["-nographic", "-net", "none", *self.kernel(f"{options} {words}")]
        return ["qemu-system-x86_64", *machine, *drive(self.disk), *drive(self.payload, written=False)]


if __name__ == "__main__":
    sys.exit(main())
