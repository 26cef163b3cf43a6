"""How many instructions of its own kind a Pi executes for a second of a session, and what that may mean on a Zero 2 W.

    python -m tests.vm.load CHROOT      (make arm64-test runs it at its end)

The counts are those of Debian's Python and numpy on arm64, from system calls' edge to edge: what the kernel does is in
none. How many instructions a Cortex-A53 ends in a cycle of such code is not known here: a range is assumed, and the
load is an estimate.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.vm.second import COUNTED_S, DRAWING, LOOP, PIPELINE, SAMPLING

EMULATOR, COMPILER = "qemu-aarch64", "cc"
PROCESSOR = "cortex-a53"  # that of a Zero 2 W
LIBRARIES = "usr/lib/aarch64-linux-gnu"
CLOCK_HZ = 1.0e9  # BCM2710A1 on the Zero 2 W
PER_CYCLE = (0.4, 0.8)  # interpreters on an in-order core of two ways
NAMES = {
    SAMPLING: "the sampler's process",
    LOOP: "the main process",
    PIPELINE: "- beats, metrics, state",
    DRAWING: "- drawing, 20 frames",
}
COUNTED = re.compile(r"^part (\d+) instructions (\d+)$", re.MULTILINE)


def report(chroot: Path) -> int:
    """Prints the table; the chroot holds the sources in /src. 0, or 1 where the counts could not be had."""
    if missing := [tool for tool in (EMULATOR, COMPILER) if shutil.which(tool) is None]:
        print(f"instruction counts skipped: {', '.join(missing)} not installed")
        return 0
    if "-plugin " not in subprocess.run([EMULATOR, "-h"], check=False, capture_output=True, text=True).stdout:
        print(f"instruction counts skipped: {EMULATOR} takes no plugins (Debian bookworm's does, trixie's does not)")
        return 0
    counts = _count(chroot)
    if counts.keys() < NAMES.keys():
        return 1
    print(f"{'a second of':24} | million instructions | share of a core at 1 GHz (estimate)")
    for part, name in NAMES.items():
        _print_row(name, counts[part] / COUNTED_S)
    _print_row("both processes", (counts[SAMPLING] + counts[LOOP]) / COUNTED_S)
    return 0


def _print_row(name: str, count: float) -> None:
    most, least = (100.0 * count / CLOCK_HZ / per_cycle for per_cycle in PER_CYCLE)
    print(f"{name:24} | {count / 1e6:20.1f} | {least:.0f} to {most:.0f} %", flush=True)


def _count(chroot: Path) -> dict[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        plugin = Path(folder) / "count.so"
        source = Path(__file__).with_name("count.c")
        subprocess.run([COMPILER, "-O2", "-shared", "-fPIC", "-o", plugin, source], check=True)
        options: list[str | Path] = ["-cpu", PROCESSOR, "-L", chroot, "-plugin", plugin]
        command = [EMULATOR, *options, chroot / "usr/bin/python3", "-m", "tests.vm.second"]
        libraries = (chroot / LIBRARIES / name for name in ("blas", "lapack"))  # as a script of theirs would link them
        environment = {
            "PATH": "/usr/bin:/bin",
            "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(chroot / "usr/lib/python3/dist-packages"),
        }
        done = subprocess.run(
            command, check=False, cwd=chroot / "src", env=environment, stderr=subprocess.PIPE, text=True
        )
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        return {}
    return {int(part): int(count) for part, count in COUNTED.findall(done.stderr)}


if __name__ == "__main__":
    sys.exit(report(Path(sys.argv[1])))
