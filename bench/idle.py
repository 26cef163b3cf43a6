"""What the appliance costs while nobody does anything, and in a session: CPU, and how often it wakes the processor.

    python -m bench.idle [--seconds N] [--settle N]

`rolig run --board sim` on its welcome screen, watched for N seconds once it has settled; then the demo, in real time,
from where its guide begins. A wake-up is a switch of the kernel to one of the threads (proc_pid_status(5), both kinds),
over all processes. The simulated wearer, drawn in the sampler's process, is included in the session.
"""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.live_sampling import stolen_text
from bench.processes import cpu_s, serve

START_LIMIT_S = 120.0
INTO_THE_GUIDE_S = 75.0  # after the recording began: check-in, a minute of rest


@dataclass(frozen=True, slots=True)
class Spent:
    """Of one process, since it began."""

    cpu_s: float
    switches: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.idle", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="watched (default 30)")
    parser.add_argument("--settle", type=float, default=75.0, help="waited on the welcome screen (default 75)")
    chosen = parser.parse_args()
    print(stolen_text())
    print(f"{'':34} | wake-ups a second | CPU, % of a core   (main process; its keeper, its sampler)")
    with tempfile.TemporaryDirectory() as folder:
        with _welcome(Path(folder)) as pid:
            _settle(0.0)
            print(_line("idle, the first seconds", pid, min(5.0, chosen.seconds)), flush=True)
            _settle(chosen.settle)
            print(_line("idle, left alone", pid, chosen.seconds), flush=True)
        with _session(Path(folder)) as pid:
            print(_line("in a session, guided", pid, chosen.seconds), flush=True)
    return 0


def _settle(seconds: float) -> None:
    time.sleep(seconds)


@contextlib.contextmanager
def _welcome(folder: Path) -> Iterator[int]:
    """The appliance on its welcome screen."""
    (folder / "rolig.toml").write_text(f'[store]\nfolder = "{folder / "store"}"\n')
    address = str(folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(address)
        notified.settimeout(START_LIMIT_S)
        command = [sys.executable, "-m", "device", "run", "--board", "sim", "--config", str(folder / "rolig.toml")]
        with _running(command, {"NOTIFY_SOCKET": address}) as pid:
            while b"READY=1" not in notified.recv(4096):
                pass
            yield pid


@contextlib.contextmanager
def _session(folder: Path) -> Iterator[int]:
    """The demo, once its guide runs."""
    store = folder / "demo"
    command = [sys.executable, "-m", "device", "demo", "--speed", "1", "--minutes", "3", "--store", str(store)]
    with _running(command, {}) as pid:
        end_s = time.monotonic() + START_LIMIT_S
        while not list(store.glob("*/session.edf")):
            if time.monotonic() > end_s:
                raise RuntimeError("the demo began no session")
            _settle(0.5)
        _settle(INTO_THE_GUIDE_S)
        yield pid


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    process = serve(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30.0)


def _line(name: str, pid: int, seconds: float) -> str:
    before, from_s = {each: _spent(each) for each in _tree(pid)}, time.monotonic()
    _settle(seconds)
    took_s = time.monotonic() - from_s
    after = {each: _spent(each) for each in before}
    switches = [(after[each].switches - before[each].switches) / took_s for each in before]
    cpu_pct = [100.0 * (after[each].cpu_s - before[each].cpu_s) / took_s for each in before]
    parts = ", ".join(f"{each:.1f}" for each in switches), ", ".join(f"{each:.2f}" for each in cpu_pct)
    return f"{name:34} | {sum(switches):6.1f} ({parts[0]}) | {sum(cpu_pct):5.2f} ({parts[1]})"


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _tree(int(child)))]


def _spent(pid: int) -> Spent:
    """All threads' switches. One of them may end while they are counted."""
    switches = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        with contextlib.suppress(OSError):
            lines = status.read_text().splitlines()
            switches += sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
    return Spent(cpu_s(pid), switches)


if __name__ == "__main__":
    sys.exit(main())
