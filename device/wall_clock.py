"""What the wall clock says, and how far it can be trusted: a Pi has no clock battery."""

import time
from datetime import datetime
from pathlib import Path

from device.recording.session_info import ClockTrust

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# A clock that was never set shows the time of the image or of the last shutdown's file; before this it shows 1970.
EARLIEST_YEAR = 2026


def read_wall_clock() -> tuple[datetime | None, ClockTrust]:
    """Local time with its zone, None where the clock was never set."""
    now = datetime.now().astimezone()
    if SYNCHRONISED.exists():
        return now, ClockTrust.SYNCHRONISED
    if now.year < EARLIEST_YEAR:
        return None, ClockTrust.UNKNOWN
    return now, ClockTrust.SET


def boot_id() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def boottime_s() -> float:
    """Seconds since this boot, time asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
