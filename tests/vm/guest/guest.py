"""What the checks share: commands, waiting, and telling the host over the console."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PAYLOAD = Path("/vm")
STORE = Path("/var/lib/rolig")
BENCH = Path("/run/bench")
FIFO = Path("/run/rolig/finger")
DROP_IN = Path("/etc/systemd/system/rolig.service.d/bench.conf")
UNIT = "rolig.service"


def tell(line: str) -> None:
    print(f"VM-{line}", flush=True)


def run(*command: str, timeout_s: float = 240.0, ok: bool = True, **options) -> str:
    """What the command printed, both streams. AssertionError where it fails and should not."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout_s, check=False, **options
    )
    assert not ok or done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}: {done.stdout[-1500:]}"
    return done.stdout


def wait_for(what: str, holds: Callable[[], object], timeout_s: float) -> float:
    """How long it took, in seconds. AssertionError when the time is up."""
    started_s = time.monotonic()
    while not holds():
        assert time.monotonic() < started_s + timeout_s, f"not within {timeout_s:.0f} s: {what}; {journal()}"
        time.sleep(0.25)
    return time.monotonic() - started_s


def show(key: str, unit: str = UNIT) -> str:
    return run("systemctl", "show", "--value", "-p", key, unit).strip()


def is_active(unit: str = UNIT) -> bool:
    return show("ActiveState", unit) == "active"


def main_pid() -> int:
    return int(show("MainPID"))


def active_anew(pid: int) -> bool:
    """Ready with another main process than `pid`."""
    return is_active() and main_pid() not in (0, pid)


def journal(lines: int = 12) -> str:
    return run("journalctl", "-u", UNIT, "-n", str(lines), "--no-pager", "-o", "short-monotonic", ok=False)


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def press(held_s: float) -> None:
    """A finger on the button of the service that runs under pressed.py."""
    with FIFO.open("w", encoding="ascii") as fifo:
        fifo.write(f"{held_s}\n")


def picture() -> str:
    """What the panel shows, two rows a line."""
    from PIL import Image

    try:
        with Image.open(BENCH / "screen.pbm") as shown:
            pixels = list(shown.convert("L").getdata())
    except OSError:
        return "no picture"
    rows = [pixels[at : at + 128] for at in range(0, len(pixels), 128)]
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(" '.:"[2 * bool(b) + bool(a)] for a, b in zip(*pair, strict=True)) for pair in pairs)


def python(*arguments: str) -> str:
    """Python with the laptop's packages, as after pipx."""
    process = start_python(*arguments)
    told, _ = process.communicate(timeout=240)
    assert process.returncode == 0, told[-1500:]
    return told


def start_python(*arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": f"{PAYLOAD / 'site'}:/usr/lib/rolig"}
    return subprocess.Popen(
        ["python3", *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
