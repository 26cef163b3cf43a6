"""The machine to boot: Debian and the package's dependencies, as disk image, kernel and initrd, kept in build/."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SIZE = "1400M"
PACKAGES = (
    "systemd-sysv,udev,kmod,dbus,init,apt,adduser,linux-image-amd64,initramfs-tools,zstd,procps,"
    "python3,python3-numpy,python3-spidev,python3-gpiozero,python3-luma.oled,python3-serial,python3-smbus2,"
    "python3-cbor2,python3-cryptography,python3-pil"
)
# Only what finds the disk: a small initrd is unpacked sooner in emulation.
INITRD_MODULES = "virtio_pci\nvirtio_blk\next4\n"
START_CHECKS = """[Unit]
Description=Unpack what the host gave along, and run the checks
After=multi-user.target

[Service]
Type=exec
ExecStart=/bin/sh -c 'mkdir -p /vm && tar -xf /dev/vdb -C /vm && exec python3 -B /vm/guest/main.py > /dev/ttyS0 2>&1'

[Install]
WantedBy=multi-user.target
"""
# What Raspberry Pi OS has and Debian has not: the groups of the buses.
GROUPS = ("spi", "i2c", "gpio")


CACHE_VARIABLE = "ROLIG_VM_CACHE"


def cache_folder() -> Path:
    """Where what was fetched is kept between runs: build/vm, or what ROLIG_VM_CACHE names."""
    folder = Path(os.environ.get(CACHE_VARIABLE, Path(__file__).parents[2] / "build" / "vm"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class UnreachableError(Exception):
    """What is to be fetched is out of reach: no fault of what is tested."""


def check_reachable(suite: str) -> None:
    """Raises UnreachableError where Debian's package lists cannot be had."""
    command = ["mmdebstrap", "--simulate", "--mode=root", "--variant=custom", suite, "/dev/null"]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        raise UnreachableError("Debian's packages are out of reach")


@dataclass(frozen=True, slots=True)
class Image:
    disk: Path
    kernel: Path
    initrd: Path


def prepare(suite: str, folder: Path) -> Image:
    """The image of Debian `suite`, made if `folder` does not hold it yet. Raises UnreachableError where it is to be
    fetched and cannot, CalledProcessError where that or anything else failed.
    """
    recipe = "\n".join([suite, SIZE, PACKAGES, INITRD_MODULES, START_CHECKS, *GROUPS])
    made = folder / f"{suite}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    image = Image(made / "disk.ext4", made / "vmlinuz", made / "initrd")
    if not made.exists():
        check_reachable(suite)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as scratch:
            _build(suite, Path(scratch))
            (Path(scratch) / "made").rename(made)
    return image


def _build(suite: str, scratch: Path) -> None:
    root, made = scratch / "root", scratch / "made"
    made.mkdir()
    initramfs = "$1/etc/initramfs-tools"
    setup = f'mkdir -p "{initramfs}/conf.d"; echo MODULES=list > "{initramfs}/conf.d/vm"; '
    setup += "printf '" + INITRD_MODULES.replace("\n", "\\n") + f'\' > "{initramfs}/modules"'
    excluded = [f"--dpkgopt=path-exclude=/usr/share/{what}/*" for what in ("man", "doc", "locale")]
    options = ["--mode=root", "--variant=minbase", "--format=directory", f"--include={PACKAGES}"]
    command = ["mmdebstrap", *options, *excluded, f"--setup-hook={setup}", suite, str(root)]
    subprocess.run(command, check=True)
    systemd = root / "etc/systemd/system"
    (systemd / "rolig-vm.service").write_text(START_CHECKS, encoding="ascii")
    (systemd / "multi-user.target.wants/rolig-vm.service").symlink_to("../rolig-vm.service")
    (systemd / "serial-getty@ttyS0.service").symlink_to("/dev/null")
    (root / "etc/machine-id").write_text("", encoding="ascii")
    for group in GROUPS:
        subprocess.run(["chroot", root, "groupadd", "--system", group], check=True)
    for name, wanted in (("vmlinuz", "vmlinuz-*"), ("initrd", "initrd.img-*")):
        (found,) = (root / "boot").glob(wanted)
        shutil.copy(found, made / name)
    disk = made / "disk.ext4"
    subprocess.run(["mkfs.ext4", "-q", "-L", "root", "-d", root, disk, SIZE], check=True)
