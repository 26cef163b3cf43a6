"""What the kernel says of a process: CPU time, memory, and the compiled modules it has loaded."""

import contextlib
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NICE = -10  # as systemd/rolig.service has it


class CpuLoad:
    """CPU share of a process, its threads included, from the making of this on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu_s, self._at_s = cpu_s(pid), time.monotonic()

    def cpu_pct(self) -> float:
        return 100.0 * (cpu_s(self._pid) - self._cpu_s) / (time.monotonic() - self._at_s)


def cpu_s(pid: int) -> float:
    """User and system time so far (proc_pid_stat(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory, and that with shared pages divided among those who share them (VmRSS and Pss)."""
    return _kb(Path(f"/proc/{pid}/status"), "VmRSS:") / 1000, _kb(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") / 1000


def _kb(path: Path, key: str) -> int:
    return next(int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(key))


def loaded(pid: int, packages: tuple[str, ...]) -> list[str]:
    """Which of these packages the process has mapped a compiled module of."""
    maps = Path(f"/proc/{pid}/maps").read_text()
    return [package for package in packages if f"/{package}/" in maps]


def serve(command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
    """Start a program with the service's priority, where it may be had. Kernels that schedule by session
    (sched(7), autogroup) weigh sessions, so it gets one of its own and that the priority, too."""
    process = subprocess.Popen(["nice", "-n", str(NICE), *command], start_new_session=True, **options)
    with contextlib.suppress(OSError):
        Path(f"/proc/{process.pid}/autogroup").write_text(str(NICE))
    return process


def child_of(pid: int) -> int | None:
    """The first child process."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else None
