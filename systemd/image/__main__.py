"""A card for the Zero 2 W, 3 and 4 (arm64) to flash: `make image`, which writes dist/rolig_VERSION_arm64.img.

From Debian's own packages and the project's, with everything set: buses, gadget, a system that is never written to, a
partition for the sessions, no radios, no login. Needs root and the tools below; exit code 2 where one is missing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import disk
import pins
import recipe
import root

PROJECT = Path(__file__).parents[2]
TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "arch-test": "arch-test",
    "qemu-aarch64-static": "qemu-user-static",
    "mkfs.vfat": "dosfstools",
    "mcopy": "mtools",
    "mkfs.ext4": "e2fsprogs",
    "sfdisk": "fdisk",
    "dtc": "device-tree-compiler",
    "dpkg-buildpackage": "dpkg-dev",
    "dh": "debhelper",
    "swig": "swig",
    "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu",
}
BINFMT = Path("/proc/sys/fs/binfmt_misc")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make image", description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=PROJECT / "build" / "card", help="where Debian's part is kept")
    parser.add_argument("--xz", action="store_true", help="compress it, too")
    arguments = parser.parse_args()
    if missing := [package for tool, package in TOOLS.items() if shutil.which(tool) is None]:
        return _refused(f"make image needs {', '.join(missing)}: sudo apt install {' '.join(missing)}")
    if os.geteuid() != 0:
        return _refused("make image needs root: the files on the card belong to it")
    if not _runs_arm64():
        return _refused("make image needs binfmt_misc with qemu-aarch64: update-binfmts --enable qemu-aarch64")
    arguments.cache.mkdir(parents=True, exist_ok=True)
    built = subprocess.run([PROJECT / "systemd/build-deb"], check=True, stdout=subprocess.PIPE, text=True).stdout
    package = PROJECT / built.strip()
    image = package.with_name(package.name.replace("_all.deb", "_arm64.img"))
    try:
        system, lgpio = root.debian(arguments.cache), pins.lgpio(arguments.cache)
    except subprocess.CalledProcessError:
        return _refused(f"Debian's packages for arm64 ({recipe.SUITE}), or lgpio, cannot be had or set up: see above")
    with tempfile.TemporaryDirectory(dir=arguments.cache, prefix="run-") as scratch:
        folder, new = Path(scratch) / "root", Path(scratch) / "new.img"
        root.ours(system, package, folder)
        pins.install(lgpio, folder)
        disk.assemble(folder, Path(scratch), new)
        shutil.move(new, image)
    print(f"{image.relative_to(PROJECT)}: {image.stat().st_size >> 20} MiB", flush=True)
    if arguments.xz:
        subprocess.run(["xz", "-T0", "-3", "-k", "-f", image], check=True)
        print(f"{image.relative_to(PROJECT)}.xz: {image.with_suffix('.img.xz').stat().st_size >> 20} MiB", flush=True)
    return 0


def _runs_arm64() -> bool:
    if not (BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT], check=False)
    if not (BINFMT / "qemu-aarch64").exists():
        subprocess.run(["update-binfmts", "--enable", "qemu-aarch64"], check=False)
    return (BINFMT / "qemu-aarch64").exists()


def _refused(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
