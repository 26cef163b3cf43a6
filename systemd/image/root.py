"""The system's folder: Debian's packages unpacked and set up, the project's package and the card's files on top."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from recipe import COMPONENTS, FILES, GROUPS, LEFT_OUT, MASKED, PACKAGES, SUITE

# qemu-user runs the packages' scripts. The default processor has pointer authentication, which is ten times slower.
EMULATED = os.environ | {"QEMU_CPU": "cortex-a53", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def debian(cache: Path) -> Path:
    """The packages alone, made if `cache` does not hold them yet. CalledProcessError where Debian is out of reach."""
    recipe = "\n".join([SUITE, COMPONENTS, *PACKAGES, *LEFT_OUT])
    made = cache / f"card-{SUITE}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if not made.exists():
        with tempfile.TemporaryDirectory(dir=cache, prefix=".new-") as scratch:
            fresh = Path(scratch) / "root"
            options = ["--mode=root", "--variant=minbase", "--architectures=arm64", "--format=directory"]
            options += [f"--components={COMPONENTS}", f"--include={','.join(PACKAGES)}"]
            options += [f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT]
            subprocess.run(["mmdebstrap", *options, SUITE, fresh], check=True, env=EMULATED)
            fresh.rename(made)
    return made


def ours(debian_root: Path, package: Path, root: Path) -> None:
    """Into `root`, which must not exist: a copy of `debian_root` with `package` and the card's own files."""
    subprocess.run(["cp", "-a", "--reflink=auto", debian_root, root], check=True)
    for group in GROUPS:
        _inside(root, "groupadd", "--system", group)
    _put(root, "61-rolig-bus.rules", "etc/udev/rules.d")
    _put(root, "fstab", "etc")
    shutil.copy(package, root / "tmp" / package.name)
    _inside(root, "dpkg", "-i", f"/tmp/{package.name}")
    (root / "tmp" / package.name).unlink()
    _put(root, "rolig-grow", "usr/lib/rolig")
    _put(root, "rolig-grow.service", "etc/systemd/system")
    _put(root, "card.conf", "etc/systemd/system/rolig.service.d")
    wanted = root / "etc/systemd/system/local-fs-pre.target.wants"
    wanted.mkdir(parents=True, exist_ok=True)
    (wanted / "rolig-grow.service").symlink_to("../rolig-grow.service")
    for unit in MASKED:
        (root / "etc/systemd/system" / unit).unlink(missing_ok=True)
        (root / "etc/systemd/system" / unit).symlink_to("/dev/null")
    # In the card's first partition any computer can change it.
    config = root / "etc/rolig/rolig.toml"
    shutil.move(config, root / "boot/firmware/rolig.toml")
    config.symlink_to("/boot/firmware/rolig.toml")
    _write(root / "etc/systemd/journald.conf.d/card.conf", "[Journal]\nStorage=volatile\nRuntimeMaxUse=8M\n")
    _write(root / "etc/hostname", "rolig\n")
    _write(root / "etc/hosts", "127.0.0.1 localhost rolig\n")
    _write(root / "etc/machine-id", "")  # a new one at each start, kept nowhere
    _write(root / "etc/resolv.conf", "")


def _inside(root: Path, *command: str) -> None:
    subprocess.run(["chroot", root, *command], check=True, env=EMULATED, stdout=subprocess.DEVNULL)


def _put(root: Path, name: str, folder: str) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(FILES / name, root / folder / name)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="ascii")
