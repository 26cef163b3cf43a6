"""The appliance as it runs: R-peak to pixels, the pacer's punctuality, the sampler's, memory, CPU and start.

    python -m bench.live [--minutes N] [--seconds N]

All in real time on the simulated board, which costs time of its own: drawing the simulated wearer in the sampler's
process, and the chips at the wire. Beats and breath are watched over N minutes of guided breathing (default 2; the
goal is stated for 20), the sampler over N seconds an arrangement.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import live_sampling
from bench.processes import CpuLoad, child_of, cpu_s, loaded, memory_mb, serve

FOREIGN = ("scipy", "pandas", "matplotlib")
STARTS = 3
SETTLE_S = 8.0
WATCH_S = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="of guided breathing (default 2)")
    parser.add_argument("--seconds", type=float, default=30.0, help="a sampling arrangement (default 30)")
    chosen = parser.parse_args()
    print(live_sampling.stolen_text())
    start_and_idle()
    session(chosen.minutes)
    return live_sampling.main(chosen.seconds)


def start_and_idle() -> None:
    """`rolig run --board sim` as a service would start it, up to the first frame and in the welcome screen."""
    print("\nrolig run --board sim: seconds from start to the splash and to READY; then idle in the welcome screen")
    print(
        "splash s (CPU s), ready s (CPU s) | main RSS, PSS MB | sampler RSS, PSS MB | CPU % of a core: main, sampler | "
        "foreign modules"
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "rolig.toml").write_text(f'[store]\nfolder = "{folder / "store"}"\n')
        for number in range(STARTS):
            print(_one_start(folder, watched=number == STARTS - 1), flush=True)


def _one_start(folder: Path, watched: bool) -> str:
    address = str(folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(address)
        notified.settimeout(60.0)
        start_s = time.monotonic()
        process = serve(
            [sys.executable, "-m", "device", "run", "--board", "sim", "--config", str(folder / "rolig.toml")],
            env={**os.environ, "NOTIFY_SOCKET": address, "PYTHONUNBUFFERED": "1"},
            stderr=subprocess.DEVNULL,
        )
        try:
            splash = ""
            while b"READY=1" not in (told := notified.recv(4096)):
                if b"STATUS=starting" in told:
                    splash = f"{time.monotonic() - start_s:4.2f} ({cpu_s(process.pid):4.2f}), "
            line = f"{splash}{time.monotonic() - start_s:4.2f} ({cpu_s(process.pid):4.2f})"
            return line + (_idle(process.pid) if watched else "")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30.0)
            Path(address).unlink()


def _idle(pid: int) -> str:
    time.sleep(SETTLE_S)
    pids = [pid, child_of(pid) or pid]
    loads = [CpuLoad(each) for each in pids]
    time.sleep(WATCH_S)
    cpu = ", ".join(f"{load.cpu_pct():4.1f}" for load in loads)
    memory = " | ".join("{:6.1f} {:6.1f}".format(*memory_mb(each)) for each in pids)
    foreign = sorted({name for each in pids for name in loaded(each, FOREIGN)})
    return f" | {memory} | {cpu} | {', '.join(foreign) or 'none'}"


def session(minutes: float) -> None:
    process = serve([sys.executable, "-m", "bench.live_session", str(minutes)], stdout=subprocess.PIPE)
    found = json.loads(process.communicate()[0])
    print(f"\nA session on the simulated board, {found['guided_s'] / 60:.1f} min of guided breathing")
    print("milliseconds                        | number |   p50 |   p95 |   p99 |   max | goal")
    _spread("R-peak to changed pixels", found["total_ms"], "p99 <= 500")
    _spread("of it, until its block is here", found["arrived_ms"], "")
    _spread("of it, everything after", found["after_detector_ms"], "p99 <= 100")
    _spread("breath's turn shown minus due", found["pacer_ms"], "max <= 20")
    print(f"turns due: {found['changes_due']}")
    memory = ", ".join(f"{name} {found[name + '_mb'][0]:.1f} ({found[name + '_mb'][1]:.1f})" for name in PROCESSES)
    print(f"memory MB, resident (its share of what is shared): {memory}; goal 80")
    cpu = ", ".join(f"{name} {found[name + '_cpu_pct']:.1f}" for name in PROCESSES)
    print(f"CPU, % of a core: {cpu} (the simulated wearer included)")
    print(f"samples {found['samples']}, late {found['late']}, lost {found['lost']} (beside a simulated wearer)")


PROCESSES = ("main", "sampler")


def _spread(name: str, values: Sequence[float], goal: str) -> None:
    if not values:
        print(f"{name:35} |      0 |")
        return
    marks = " | ".join(f"{value:5.1f}" for value in (*np.percentile(values, [50, 95, 99]), max(values)))
    print(f"{name:35} | {len(values):6d} | {marks} | {goal}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
