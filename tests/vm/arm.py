"""The tests on the Pi's instruction sets: `make arm64-test`, `make armhf-test`.

Debian's own Python, numpy and the rest for that machine, unpacked, and run by qemu-user: all tests that need no more, a
whole simulated session, and (arm64) what the firmware executes a second. It takes minutes, for every instruction is
translated, and is for a change of what runs there, not for CI. Skipped with a word, exit code 0, where it cannot run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.vm import load
from tests.vm.image import UnreachableError, cache_folder, check_reachable

ROOT = Path(__file__).parents[2]
SUITE = "trixie"
PACKAGES = (
    "python3,python3-numpy,python3-spidev,python3-gpiozero,python3-luma.oled,python3-serial,python3-smbus2,"
    "python3-cbor2,python3-cryptography,python3-pil,python3-pytest,python3-hypothesis,coreutils,dash"
)
# Updates of rare architectures are missing from mirrors at times, and nothing here needs them.
RELEASE_ALONE = r'sed -i "/-security\|-updates/d" "$1/etc/apt/sources.list"'
SUBSET = ("tests/dsp", "tests/drivers", "tests/device")
LEFT_OUT = (
    # They need packages of a laptop's.
    *(f"tests/dsp/hrv/test_{name}.py" for name in ("breathing", "coherence", "time_domain", "rsa", "spectrum")),
    "tests/dsp/pulse/test_detector.py",
    "tests/dsp/state/test_estimator.py",
    *(f"tests/device/cli/test_{name}.py" for name in ("replay", "resonance")),
    *(f"tests/device/recording/test_{name}.py" for name in ("power_cuts", "recorder")),
    "tests/device/recording/ending/test_exports.py",
    "tests/device/recording/edf/test_reader.py",
    "tests/device/test_appliance.py",
    "tests/device/usb/test_smp.py",
    # The root has no terminals.
    "tests/device/usb/test_link.py",
    # The simulated wearer is no part of the device.
    "tests/drivers/test_body.py",
)
TESTS = [*SUBSET, *(f"--ignore={path}" for path in LEFT_OUT), "-k", "'not in_a_terminal'"]
DEMO = ("demo", "--minutes", "0.5", "--speed", "max", "--store")
SAME_MS = 0.01
COMMANDS = (
    "uname -m",
    "rolig --version",
    "cd /src && python3 -m pytest -q -p no:cacheprovider " + " ".join(TESTS),
    " ".join(["rolig", *DEMO, "/tmp/sessions"]),
    "cd /tmp/sessions/0001-* && sha256sum -c SHA256SUMS && rolig sessions --store ..",
)
BINFMT = Path("/proc/sys/fs/binfmt_misc")


@dataclass(frozen=True, slots=True)
class Machine:
    """`emulator` names qemu's program and its entry in binfmt_misc; `libraries` is Debian's name for the place.

    The processor is an old one: the default has pointer authentication, whose emulation took nine tenths of the time.
    """

    emulator: str
    libraries: str
    processor: str


MACHINES = {
    "arm64": Machine("qemu-aarch64", "aarch64-linux-gnu", load.PROCESSOR),
    "armhf": Machine("qemu-arm", "arm-linux-gnueabihf", "cortex-a7"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("architecture", choices=MACHINES, nargs="?", default="arm64")
    architecture = parser.parse_args().architecture
    machine = MACHINES[architecture]
    tools = ("mmdebstrap", "arch-test", f"{machine.emulator}-static", "dpkg-buildpackage", "dh")
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        return _skipped(architecture, f"{', '.join(missing)} not installed")
    if os.geteuid() != 0 or not _is_emulated(machine):
        why = f"needs root, and binfmt_misc with {machine.emulator} (update-binfmts --enable {machine.emulator})"
        return _skipped(architecture, why)
    chroot = cache_folder() / f"{SUITE}-{architecture}"
    if not chroot.exists():
        try:
            check_reachable(SUITE)
        except UnreachableError as error:
            return _skipped(architecture, str(error))
        _unpack(architecture, chroot)
    return _test(architecture, machine, chroot)


def _unpack(architecture: str, chroot: Path) -> None:
    """Without the packages' own scripts, which would take most of an hour in translation."""
    with tempfile.TemporaryDirectory(dir=chroot.parent, prefix=".new-") as scratch:
        fresh = Path(scratch) / "root"
        options = ["--mode=root", "--variant=extract", f"--arch={architecture}", "--format=directory"]
        options += [f"--include={PACKAGES}", f"--setup-hook={RELEASE_ALONE}"]
        subprocess.run(["mmdebstrap", *options, SUITE, fresh], check=True)
        for name in ("bin", "sbin", "lib"):
            (fresh / name).symlink_to(f"usr/{name}")
        fresh.rename(chroot)


def _is_emulated(machine: Machine) -> bool:
    if not (BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT], check=False)
    if not (BINFMT / machine.emulator).exists():
        subprocess.run(["update-binfmts", "--enable", machine.emulator], check=False)
    return (BINFMT / machine.emulator).exists()


def _test(architecture: str, machine: Machine, chroot: Path) -> int:
    package = subprocess.run([ROOT / "systemd" / "build-deb"], check=True, stdout=subprocess.PIPE, text=True).stdout
    sources, sessions = chroot / "src", chroot / "tmp" / "sessions"
    for of_an_earlier_run in (chroot / "usr/lib/rolig", sources, sessions):
        shutil.rmtree(of_an_earlier_run, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-x", ROOT / package.strip(), chroot], check=True)
    sources.mkdir()
    for name in ("tests", "device", "drivers", "dsp", "host", "systemd", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, sources / name)
    results = [_inside(machine, chroot, command) for command in COMMANDS]
    results.append(_differs_from_here(sessions))
    if architecture == "arm64":
        results.append(load.report(chroot))
    print(f"{architecture}-test: {'failed' if any(results) else 'passed'}", flush=True)
    return int(any(results))


def _differs_from_here(sessions: Path) -> int:
    """The same session on this machine has the same intervals."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "device", *DEMO, folder], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        there, here = _intervals_ms(sessions), _intervals_ms(Path(folder))
    apart_ms = max((abs(one - other) for one, other in zip(there, here, strict=False)), default=0.0)
    print(f"{len(there)} intervals, here {len(here)}, at most {apart_ms:g} ms apart", flush=True)
    return int(not here or len(here) != len(there) or apart_ms > SAME_MS)


def _intervals_ms(sessions: Path) -> list[float]:
    return [float(line) for path in sessions.glob("*/rr.txt") for line in path.read_text("ascii").split()]


def _inside(machine: Machine, chroot: Path, command: str) -> int:
    print("$", command, flush=True)
    # libblas and liblapack are found by links that a script of theirs would make.
    libraries = ":".join(f"/usr/lib/{machine.libraries}/{name}" for name in ("blas", "lapack"))
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LD_LIBRARY_PATH": libraries,
        "QEMU_CPU": machine.processor,
    }
    begun_s = time.monotonic()
    code = subprocess.run(["chroot", chroot, "/bin/sh", "-c", command], check=False, env=environment).returncode
    print(f"  exit code {code} after {time.monotonic() - begun_s:.0f} s", flush=True)
    return code


def _skipped(architecture: str, why: str) -> int:
    print(f"{architecture}-test skipped: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
