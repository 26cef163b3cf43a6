"""What the wall clock says, and how far it can be trusted: a Pi has no clock battery.

A clock that looks set right after the start may show the time of the last shutdown: fake-hwclock and systemd save it
and put it back. So it is the source that counts (docs/decisions/0012), not whether the year is plausible.
"""

import contextlib
import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from device.recording.format.session_info import ClockTrust

# A clock that was never set shows the time of the image or of the last shutdown's file; before this it shows 1970.
EARLIEST_YEAR = 2026
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
BATTERY_CLOCK_WITHIN_S = 60.0
TIME_ERROR = 5  # adjtimex(2): no daemon keeps this clock (STA_UNSYNC); setting it by hand gives this too


def kernel_is_synchronised() -> bool:
    """Whether the kernel says that a time daemon, whichever it is, keeps the clock."""
    longer_than_struct_timex = ctypes.create_string_buffer(512)  # all zero: only asks
    try:
        state = int(ctypes.CDLL(None).adjtimex(longer_than_struct_timex))
    except (OSError, AttributeError):
        return False
    return 0 <= state < TIME_ERROR


class DatingClock(Protocol):
    """What dates a session."""

    def read(self) -> tuple[datetime | None, ClockTrust]:
        """Local time with its zone, None where the clock was never set; and how far to trust it."""
        ...

    def boot(self) -> tuple[str, float | None]:
        """Which boot this is and how many seconds it is old, by which a session can be dated later; "" and None where
        that would tell nothing."""
        ...


def trusted_now(clock: DatingClock) -> datetime | None:
    """The time where it is good enough for what is reckoned by days and hours."""
    now, trust = clock.read()
    return now if trust.gives_the_day else None


def today(clock: DatingClock) -> date | None:
    now = trusted_now(clock)
    return now.date() if now is not None else None


@dataclass(frozen=True, slots=True)
class WallClock:
    """The system's clock and the witnesses to it: the mark of systemd-timesyncd, the kernel's word, a clock with a
    battery that agrees, and the file `told`, which does not outlive a boot."""

    synchronised: Path = Path("/run/systemd/timesync/synchronized")
    battery_clock: Path = Path("/sys/class/rtc/rtc0/since_epoch")
    told: Path = Path(os.environ.get("RUNTIME_DIRECTORY", "/run/rolig")) / "clock-told"
    kernel: Callable[[], bool] = kernel_is_synchronised

    def read(self) -> tuple[datetime | None, ClockTrust]:
        """Local time with its zone, None where the clock was never set."""
        now = datetime.now().astimezone()
        if self.synchronised.exists() or self.kernel():
            return now, ClockTrust.SYNCHRONISED
        if now.year < EARLIEST_YEAR:
            return None, ClockTrust.UNKNOWN
        if self.told.exists() or self._battery_clock_agrees(now):
            return now, ClockTrust.SET
        return now, ClockTrust.SAVED

    def boot(self) -> tuple[str, float | None]:
        return boot_id(), boottime_s()

    def set(self, now: datetime) -> None:
        """Set the system's clock as a host told it, unless the network keeps it already. Raises OSError."""
        if self.read()[1] is ClockTrust.SYNCHRONISED:
            return
        time.clock_settime(time.CLOCK_REALTIME, now.timestamp())
        with contextlib.suppress(OSError):  # then it is trusted less than it could be
            self.told.touch()

    def _battery_clock_agrees(self, now: datetime) -> bool:
        try:
            kept_s = float(self.battery_clock.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return False
        return abs(now.timestamp() - kept_s) <= BATTERY_CLOCK_WITHIN_S


def boot_id() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def boottime_s() -> float:
    """Seconds since this boot, time asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
