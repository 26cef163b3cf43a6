"""The card: an old partition table, which every Pi's boot ROM reads, the firmware's FAT partition, the system's and the
wearer's ext4 partitions.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from recipe import ALIGNED_MIB, BOARDS, BOOT_MIB, DATA_MIB, FILES, FIRMWARE, ROOT_SPARE_MIB

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    path: Path
    kind: str  # in the partition table: c is FAT32, 83 is Linux


def boot_folder(root: Path, folder: Path) -> None:
    """Into `folder`: what the Pi's firmware reads, and the configuration."""
    (folder / "overlays").mkdir(parents=True)
    for name in FIRMWARE:
        shutil.copy(root / "usr/lib/raspi-firmware" / name, folder / name)
    (kernel,) = root.glob("boot/vmlinuz-*")
    version = kernel.name.partition("-")[2]
    shutil.copy(kernel, folder / "vmlinuz")
    shutil.copy(root / "boot" / f"initrd.img-{version}", folder / "initrd.img")
    overlay = folder / "overlays" / "rolig.dtbo"
    subprocess.run(["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", overlay, FILES / "rolig.dts"], check=True)
    for board in BOARDS:
        tree = root / f"usr/lib/linux-image-{version}/broadcom/{board}.dtb"
        # A board that the overlay does not fit would start without buses: found out here instead.
        subprocess.run(["fdtoverlay", "-i", tree, "-o", "/dev/null", overlay], check=True)
        shutil.copy(tree, folder)
    for name in ("config.txt", "cmdline.txt"):
        shutil.copy(FILES / name, folder / name)
    shutil.copy(root / "boot/firmware/rolig.toml", folder / "rolig.toml")


def assemble(root: Path, scratch: Path, image: Path) -> None:
    """`image` from the system's folder. The system's own /boot stays empty: its files are in the first partition."""
    boot = scratch / "boot"
    boot_folder(root, boot)
    for place in (root / "boot").iterdir():
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    (root / "boot/firmware").mkdir()
    parts = [_fat(boot, scratch / "p1"), _ext4(root, scratch / "p2"), _empty(root, scratch / "p3")]
    table, at_mib = ["label: dos", "label-id: 0x726f6c69"], ALIGNED_MIB
    with image.open("wb") as disk:
        for part in parts:
            size_mib = part.path.stat().st_size // MIB
            table.append(f"start={at_mib}MiB, size={size_mib}MiB, type={part.kind}")
            at_mib += size_mib
        disk.truncate(at_mib * MIB)
    subprocess.run(["sfdisk", "-q", image], input="\n".join(table), text=True, check=True)
    at_mib = ALIGNED_MIB
    for part in parts:
        copy = ["dd", f"if={part.path}", f"of={image}", "bs=1M", f"seek={at_mib}", "conv=notrunc,sparse", "status=none"]
        subprocess.run(copy, check=True)
        at_mib += part.path.stat().st_size // MIB


def _fat(folder: Path, path: Path) -> Part:
    path.touch()
    with path.open("r+b") as file:
        file.truncate(BOOT_MIB * MIB)
    subprocess.run(["mkfs.vfat", "-F", "32", "-n", "ROLIG-BOOT", path], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mcopy", "-s", "-i", path, *sorted(folder.iterdir()), "::"], check=True)
    return Part(path, "c")


def _ext4(root: Path, path: Path) -> Part:
    used = subprocess.run(["du", "-s", "--block-size=1M", root], check=True, capture_output=True, text=True).stdout
    size_mib = int(used.split()[0]) * 9 // 8 + ROOT_SPARE_MIB
    options = ["-q", "-L", "rolig-root", "-m", "0", "-O", "^has_journal"]
    subprocess.run(["mkfs.ext4", *options, "-d", root, path, f"{size_mib}M"], check=True)
    return Part(path, "83")


def _empty(root: Path, path: Path) -> Part:
    """The sessions' partition, which belongs to whom the folder belongs that it is mounted on."""
    owner = (root / "var/lib/rolig").stat()
    options = ["-q", "-L", "rolig-data", "-m", "1", "-E", f"root_owner={owner.st_uid}:{owner.st_gid}"]
    subprocess.run(["mkfs.ext4", *options, path, f"{DATA_MIB}M"], check=True)
    # As StateDirectoryMode= has it where the folder is systemd's. mkfs's own root_perms= is too new to count on.
    _debugfs(path, "-w", "-R", "set_inode_field <2> mode 040700")
    if "Mode:  0700" not in _debugfs(path, "-R", "stat <2>"):
        raise SystemExit("debugfs did not close the sessions' partition to others")
    return Part(path, "83")


def _debugfs(path: Path, *arguments: str) -> str:
    """What it prints; it ends with 0 whatever happens."""
    told = subprocess.run(["debugfs", *arguments, path], check=True, capture_output=True, text=True)
    return told.stdout
