"""What the checks share: commands, waiting, and telling the host over the console."""

import contextlib
import os
import pty
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
PATIENCE = 3.0


def tell(line: str) -> None:
    print(f"VM-{line}", flush=True)


def run(*command: str, timeout_s: float = 600.0, ok: bool = True, cwd: Path | None = None) -> str:
    """What the command printed, both streams. AssertionError where it fails and should not."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout_s, check=False, cwd=cwd
    )
    assert not ok or done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}: {done.stdout[-1500:]}"
    return done.stdout


def in_terminal(answers: str, *command: str) -> str:
    """What the command said to somebody at a terminal who typed `answers` ahead."""
    theirs, ours = pty.openpty()
    process = subprocess.Popen(command, stdin=ours, stdout=ours, stderr=ours)
    os.close(ours)
    os.write(theirs, answers.encode())
    said = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody is on its other side
        while part := os.read(theirs, 4096):
            said += part
    os.close(theirs)
    assert process.wait(600) == 0, said
    return said.decode()


def wait_for(what: str, holds: Callable[[], object], timeout_s: float) -> float:
    """How long it took, in seconds. AssertionError when the time is up: `timeout_s` for a machine with nothing else to
    do, and three times that here.
    """
    timeout_s *= PATIENCE
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


def samplers() -> list[int]:
    """The sampler's processes: forked by a keeper, which is the service's one child."""
    return [sampler for keeper in children(main_pid()) for sampler in children(keeper)]


def press(held_s: float) -> None:
    """A finger on the button of the service that runs under pressed.py."""

    def told() -> bool:
        try:
            fifo = os.open(FIFO, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody there to read it
            return False
        os.write(fifo, f"{held_s}\n".encode())
        os.close(fifo)
        return True

    wait_for("somebody at the button", told, 90)


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
    told, _ = process.communicate(timeout=600)
    assert process.returncode == 0, told[-1500:]
    return told


def start_python(*arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": f"{PAYLOAD / 'site'}:/usr/lib/rolig"}
    return subprocess.Popen(
        ["python3", *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def begin_session() -> str:
    """Presses like somebody who does not want to wait for a better signal."""
    started_s = time.monotonic()
    while records() is None:
        assert time.monotonic() < started_s + 600, f"no session begun:\n{picture()}\n{journal()}"
        press(0.2)
        time.sleep(10)
    return f"after {time.monotonic() - started_s:.0f} s"


def records() -> int | None:
    """Whole records in the session being written, None where there is none."""
    for path in STORE.glob("[0-9]*/session.edf"):
        if not (path.parent / "SHA256SUMS").exists():
            with path.open("rb") as file:
                header = file.read(256)
                file.seek(256)
                signals = int(header[252:256])
                file.seek(256 + signals * 216)
                samples = sum(int(file.read(8)) for _ in range(signals))
            return (path.stat().st_size - int(header[184:192])) // (2 * samples)
    return None
