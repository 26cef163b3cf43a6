"""How many instructions of its own kind a Pi executes for a second of a session, and what that may mean on a Zero 2 W.

    python -m tests.vm.load CHROOT      (make arm64-test runs it at its end)

The counts are exact for Debian's Python and numpy on arm64. How many instructions a Cortex-A53 ends in a cycle of such
code is not known here: a range is assumed, and the load is an estimate.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.vm.second import PARTS

EMULATOR, COMPILER = "qemu-aarch64", "cc"
SHORT_S, LONG_S = 10, 30
CLOCK_HZ = 1.0e9  # BCM2710A1 on the Zero 2 W
PER_CYCLE = (0.4, 0.8)  # interpreters on an in-order core of two ways


def report(chroot: Path) -> None:
    """Prints the table; the chroot holds the sources in /src."""
    if missing := [tool for tool in (EMULATOR, COMPILER) if shutil.which(tool) is None]:
        print(f"instruction counts skipped: {', '.join(missing)} not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        plugin = Path(folder) / "count.so"
        source = Path(__file__).with_name("count.c")
        subprocess.run([COMPILER, "-O2", "-shared", "-fPIC", "-o", plugin, source], check=True)
        print(f"\n{'a second of':12} | million instructions | share of a core at 1 GHz (estimate)")
        counts = {part: _instructions_a_second(chroot, plugin, part) for part in PARTS}
    for part, count in (*counts.items(), ("all", sum(counts.values()))):
        most, least = (100.0 * count / CLOCK_HZ / per_cycle for per_cycle in PER_CYCLE)
        print(f"{part:12} | {count / 1e6:20.1f} | {least:.0f} to {most:.0f} %", flush=True)


def _instructions_a_second(chroot: Path, plugin: Path, part: str) -> float:
    _instructions(chroot, plugin, part, 0)  # leaves the byte code behind, which else the first count would hold
    short, long = (_instructions(chroot, plugin, part, seconds) for seconds in (SHORT_S, LONG_S))
    return (long - short) / (LONG_S - SHORT_S)


def _instructions(chroot: Path, plugin: Path, part: str, seconds: int) -> int:
    command = [EMULATOR, "-L", chroot, "-plugin", plugin, chroot / "usr/bin/python3", "-m", "tests.vm.second"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(chroot / "usr/lib/python3/dist-packages"),
    }
    done = subprocess.run(
        [*command, part, str(seconds)], check=False, cwd=chroot / "src", env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (counted,) = (line for line in done.stderr.splitlines() if line.startswith("instructions "))
    return int(counted.split()[1])


if __name__ == "__main__":
    report(Path(sys.argv[1]))
