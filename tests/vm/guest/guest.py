"""What the checks share: commands, waiting, and telling the host over the console."""

import contextlib
import os
import pty
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PAYLOAD = Path(__file__).parents[1]
STORE = Path("/var/lib/rolig")
BENCH = Path("/run/bench")
FIFO = Path("/run/rolig/finger")
DROP_IN = Path("/etc/systemd/system/rolig.service.d/bench.conf")
UNIT = "rolig.service"
SLOW = Path("/etc/systemd/system/rolig.service.d/slow.conf")
# What a unit may take on a Pi says nothing of an emulator on a busy machine; that the watchdog bites is a check.
SLOW_UNIT = "[Service]\nTimeoutStartSec=infinity\nTimeoutStopSec=300\nWatchdogSec=60\n"
LIT = BENCH / "lit"


def patience() -> float:
    """How many times longer than on a machine with nothing else to do something may take: at least three times, and
    more where booting, which takes a minute at most, took longer."""
    booted_s = float(os.environ.get("BOOTED_S", "0"))
    return max(3.0, booted_s / 15.0)


def be_patient(booted_s: float) -> None:
    os.environ["BOOTED_S"] = str(booted_s)
    SLOW.parent.mkdir(parents=True, exist_ok=True)
    SLOW.write_text(SLOW_UNIT, encoding="ascii")
    subprocess.run(["systemctl", "daemon-reload"], check=True)


def tell(line: str) -> None:
    print(f"VM-{line}", flush=True)


def run(*command: str, timeout_s: float = 600.0, ok: bool = True, cwd: Path | None = None) -> str:
    """What the command printed, both streams. AssertionError where it fails and should not."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s * patience(),
        check=False,
        cwd=cwd,
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
    assert process.wait(600 * patience()) == 0, said
    return said.decode()


def wait_for(what: str, holds: Callable[[], object], timeout_s: float) -> float:
    """How long it took, in seconds. AssertionError when the time is up: `timeout_s` for a machine with nothing else to
    do, and as many times that as patience() says.
    """
    timeout_s *= patience()
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
    """A finger on the button of the service, as finger/sitecustomize.py has it."""

    def told() -> bool:
        try:
            fifo = os.open(FIFO, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody there to read it
            return False
        os.write(fifo, f"{held_s}\n".encode())
        os.close(fifo)
        return True

    wait_for("somebody at the button", told, 90)


def light_up() -> None:
    """A dark screen is lit by a press that means nothing: too long for a short one, too short for a long one."""

    def lit() -> bool:
        if not LIT.exists():
            press(0.7)
        return LIT.exists()

    wait_for("a lit screen", lit, 120)


def samples_come() -> bool:
    """The sampler does something: at rest it waits for a single byte."""

    def switches(pid: int) -> int:
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        return sum(int(line.split()[1]) for line in status.splitlines() if "ctxt_switches" in line)

    before = {pid: switches(pid) for pid in samplers()}
    time.sleep(0.5)
    return any(switches(pid) > count + 5 for pid, count in before.items())


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
    told, _ = process.communicate(timeout=600 * patience())
    assert process.returncode == 0, told[-1500:]
    return told


def start_python(*arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": f"{PAYLOAD / 'site'}:/usr/lib/rolig"}
    return subprocess.Popen(
        ["python3", *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


PRESS_EVERY_S = 10.0  # while nothing comes of the press before


def press_until(what: str, holds: Callable[[], bool], timeout_s: float, held_s: float = 0.2) -> float:
    """Like wait_for, with a press now and then."""
    pressed_s = -PRESS_EVERY_S

    def held() -> bool:
        nonlocal pressed_s
        if not holds() and time.monotonic() >= pressed_s + PRESS_EVERY_S:
            press(held_s)
            pressed_s = time.monotonic()
        return holds()

    return wait_for(what, held, timeout_s)


def begin_session() -> str:
    """Presses like somebody who does not want to wait for a better signal."""
    try:
        return f"after {press_until('a session', lambda: records() is not None, 300):.0f} s"
    except AssertionError as error:
        raise AssertionError(f"{error}\n{picture()}") from None


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
