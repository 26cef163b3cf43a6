"""A store with years of sessions: what starting, listing, the index, the pull of one new session and the report take.

    python -m bench.many_sessions [SESSIONS] [REPORTED]

All sessions are one short recording under other names. CPU seconds and the largest memory are those of the process that
does it; the pull's are the laptop's, the index's the device's. The report reads REPORTED of them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.throughput import served
from device.recording.format.session_info import ClockTrust, SessionInfo, SignalInfo
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.session.events import EndReason
from dsp.types import MetricsRow, Output, SampleBlock, SignalKind

SESSIONS, REPORTED = 10_000, 1000
_FS_HZ = 50.0
_FIRST = datetime(2026, 1, 1, 18, tzinfo=UTC)
_INDEX = """
import sys, time
from pathlib import Path
from device.usb.clock import DeviceClock
from device.usb.view import LogView
from datetime import UTC, datetime
view, clock = LogView(Path(sys.argv[1])), DeviceClock()
clock.tell(datetime(2026, 5, 1, tzinfo=UTC))
view.date_sessions(clock)
for _ in range(int(sys.argv[2])):
    view.refresh()
    view.find("index.json")
"""


def main() -> int:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    reported = min(sessions, int(sys.argv[2]) if len(sys.argv) > 2 else REPORTED)
    rolig = ["-m", "device"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        store, copies, few = folder / "store", folder / "copies", folder / "few"
        names = _make(store, sessions)
        for into, count in ((copies, sessions - 1), (few, reported)):
            for name in names[:count]:
                shutil.copytree(store / name, into / name, copy_function=os.link)
        print(f"{sessions} sessions of {_size(store / names[0]) / 1e3:.0f} kB")
        print(f"{'':34} {'CPU':>8} {'elapsed':>8} {'memory':>8}")
        _row("rolig sessions --recover (start)", [*rolig, "sessions", "--store", str(store), "--recover"])
        _row("rolig sessions", [*rolig, "sessions", "--store", str(store)])
        _row("the index, asked for once", ["-c", _INDEX, str(store), "1"])
        _row("the index, asked for eight times", ["-c", _INDEX, str(store), "8"])
        with served(folder) as port:
            _row("rolig pull, one new session", [*rolig, "pull", str(copies), "--port", port])
        _row(f"rolig report of {reported}", [*rolig, "report", str(few), "-o", str(folder / "report.html")])
    return 0


def _make(store: Path, count: int) -> list[str]:
    signal = SignalInfo(SignalKind.ECG, _FS_HZ, "uV", -1500.0, 1500.0, "AD8232")
    info = SessionInfo(signal, "bench", "1", "simulated", _FIRST, ClockTrust.SET, "boot", 12.5)
    recorder = SessionRecorder(Store(store), info, live=False)
    for second in range(20):
        recorder.block(SampleBlock(int(second * _FS_HZ), _FS_HZ, np.full(int(_FS_HZ), 100.0)))
        recorder.output(Output(rows=[MetricsRow(second + 1.0, 70.0, 30.0, 40.0, quality=0.9)]))
    first = recorder.close(EndReason.COMPLETED)
    names = [first.name]
    for number in range(2, count + 1):
        names.append(f"{number:04d}-{_FIRST + timedelta(hours=12 * number):%Y%m%d-%H%M}")
        shutil.copytree(first, store / names[-1], copy_function=os.link)
    return names


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _row(what: str, arguments: list[str]) -> None:
    cpu_s, elapsed_s, memory_bytes = _measured(arguments)
    print(f"{what:34} {cpu_s:6.2f} s {elapsed_s:6.2f} s {memory_bytes / 1e6:5.0f} MB", flush=True)


def _measured(arguments: list[str]) -> tuple[float, float, float]:
    started_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments[:4])} failed: {said}")
    return used.ru_utime + used.ru_stime, time.monotonic() - started_s, used.ru_maxrss * 1024.0


if __name__ == "__main__":
    sys.exit(main())
