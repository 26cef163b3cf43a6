"""A fast subset of the tests on the Pi's instruction set: `make arm64-test`.

Debian for arm64 under qemu-user, with Debian's own Python, numpy and the package installed by apt as on a Pi: the
signal processing, the recording and a whole simulated session. Slow (every instruction is translated), so not in CI.
Skipped with a word, exit code 0, where it cannot run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.vm.image import MIRROR

ROOT = Path(__file__).parents[2]
CHROOT = ROOT / "build" / "arm64"
SUITE = "trixie"
PACKAGES = (
    "python3,python3-numpy,python3-spidev,python3-gpiozero,python3-luma.oled,python3-serial,python3-smbus2,"
    "python3-cbor2,python3-pil,python3-pytest,python3-hypothesis,adduser,kmod"
)
TOOLS = ("mmdebstrap", "qemu-aarch64-static", "dpkg-buildpackage", "dh")
SUBSET = ("tests/dsp/test_intervals.py", "tests/dsp/test_hrv.py", "tests/dsp/test_guide.py", "tests/drivers")
BINFMT = Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")


def main() -> int:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return _skipped(f"{', '.join(missing)} not installed")
    if os.geteuid() != 0 or not BINFMT.exists():
        return _skipped("needs root, and binfmt_misc with qemu-aarch64 enabled (update-binfmts --enable qemu-aarch64)")
    if not CHROOT.exists():
        fresh = CHROOT.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        options = ["--mode=root", "--variant=minbase", "--arch=arm64", "--format=directory", f"--include={PACKAGES}"]
        made = subprocess.run(["mmdebstrap", *options, SUITE, fresh, MIRROR], check=False)
        if made.returncode != 0:
            return _skipped("mmdebstrap failed; is the network there?")
        fresh.rename(CHROOT)
    return _test()


def _test() -> int:
    package = subprocess.run(
        [ROOT / "systemd" / "build-deb"], check=True, capture_output=True, text=True
    ).stdout.strip()
    shutil.copy(ROOT / package, CHROOT / "rolig.deb")
    sources = CHROOT / "src"
    shutil.rmtree(sources, ignore_errors=True)
    for name in ("tests", "device", "drivers", "dsp", "host", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        sources.mkdir(exist_ok=True)
        copy(ROOT / name, sources / name)
    results = [
        _inside("dpkg", "--force-depends", "-i", "/rolig.deb"),
        _inside("uname", "-m"),
        _inside("rolig", "--version"),
        _inside("sh", "-c", "cd /src && python3 -m pytest -q -p no:cacheprovider " + " ".join(SUBSET)),
        _inside("rolig", "demo", "--minutes", "0.5", "--speed", "max", "--store", "/tmp/sessions"),
    ]
    return int(any(results))


def _inside(*command: str) -> int:
    print("$", " ".join(command), flush=True)
    return subprocess.run(
        ["chroot", CHROOT, *command], check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    ).returncode


def _skipped(why: str) -> int:
    print(f"arm64-test skipped: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
