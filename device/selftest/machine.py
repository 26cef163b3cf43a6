"""The machine around the sensor: its card, its clock, its battery's gauge, its header."""

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from device.recording.format.session_info import ClockTrust
from device.selftest.checks import Check, Verdict
from device.system.battery import charge_pct
from device.system.clocks import Clock
from device.system.wall_clock import DatingClock

_RECORDS: Final = 20
_RECORD_BYTES: Final = 4096  # more than a second of a session
_SLOWEST_MS: Final = 500.0  # a record a second must reach the card, and the summary beside it
_TRUST: Final = {
    ClockTrust.SYNCHRONISED: "kept by the network",
    ClockTrust.SET: "told by a host, or kept by a clock with a battery",
    ClockTrust.SAVED: "as it was at the last shutdown: sessions are dated once a host tells the time",
    ClockTrust.UNKNOWN: "never set: sessions are dated once a host tells the time",
}


def card(folder: Path, clock: Clock) -> Check:
    """How long a record takes to be on the card for certain."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            took_ms = [_write(file.fileno(), clock) for _ in range(_RECORDS)]
    except OSError as error:
        return Check("card", Verdict.FAULT, f"{folder}: {error.strerror or error}")
    usual, slowest = sorted(took_ms)[_RECORDS // 2], max(took_ms)
    text = f"{folder}: a record takes {usual:.0f} ms, the slowest of {_RECORDS} {slowest:.0f} ms"
    return Check("card", Verdict.OK if slowest <= _SLOWEST_MS else Verdict.FAULT, text)


def _write(fd: int, clock: Clock) -> float:
    before_ns = clock.monotonic_ns()
    os.write(fd, os.urandom(_RECORD_BYTES))
    os.fdatasync(fd)
    return (clock.monotonic_ns() - before_ns) / 1e6


def wall_clock(dating: DatingClock) -> Check:
    now, trust = dating.read()
    shown = now.strftime("%Y-%m-%d %H:%M %z") if isinstance(now, datetime) else "no time"
    return Check("clock", Verdict.OK if trust.gives_the_day else Verdict.LOOK, f"{shown}, {_TRUST[trust]}")


def gauge(path: str | None) -> Check:
    if path is None:
        return Check("battery gauge", Verdict.NOT_FITTED, "none in the configuration")
    try:
        pct = charge_pct(Path(path))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no share in per cent"
        return Check("battery gauge", Verdict.FAULT, f"{path}: {why}")
    return Check("battery gauge", Verdict.OK, f"{path}: {pct:g} %")


def header(number: int | None) -> Check:
    if number is None:
        return Check("header", Verdict.MISSING, "no GPIO chip of a Raspberry Pi's header, by its label")
    return Check("header", Verdict.OK, f"gpiochip{number}")
