"""The wall clock of a device that has none: unknown until a host, or the system, tells the time."""

import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from device.system.wall_clock import EARLIEST_YEAR, WallClock, boot_id, boottime_s

log = logging.getLogger(__name__)
_EARLIEST = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def parse_utc(text: str) -> datetime | None:
    """An ISO 8601 time as UTC (a time without a zone is taken as UTC), None if it is none or implausible."""
    if len(text) > 40:
        return None
    try:
        told = datetime.fromisoformat(text)
        told = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return told if _EARLIEST <= told < _LATEST else None


def format_utc(at: datetime) -> str:
    """ISO 8601 to the second, with a Z, as in the recording's summary."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def set_system_clock(now: datetime) -> None:
    """Set the machine's clock, unless the network keeps it already. Where that is not permitted, the log says so."""
    try:
        WallClock().set(now)
    except (OSError, OverflowError) as error:  # after 2038 a 32-bit Pi has no number for it
        log.warning("the system clock stays as it was: %s", error)


class DeviceClock:
    """Wall time as an offset to the boot clock. A time that is not believed is passed over. `set_system`, if given, is
    called with the time too."""

    def __init__(
        self,
        now_s: Callable[[], float] = boottime_s,
        boot: str | None = None,
        set_system: Callable[[datetime], None] | None = None,
        believes: Callable[[datetime], bool] = lambda _: True,
    ) -> None:
        self._now_s = now_s
        self._boot = boot_id() if boot is None else boot
        self._set_system = set_system
        self._believes = believes
        self._booted: datetime | None = None

    def tell(self, now: datetime) -> None:
        """Learn what time it is. `now` carries a zone."""
        if not self._believes(now):
            return
        self._booted = now.astimezone(UTC) - timedelta(seconds=self._now_s())
        if self._set_system is not None:
            self._set_system(now)

    def now(self) -> datetime | None:
        """The time in UTC, None until told."""
        return None if self._booted is None else self._booted + timedelta(seconds=self._now_s())

    def utc_of(self, boot: object, at_s: object) -> str | None:
        """When it was `at_s` seconds into `boot`; None if that is not this boot, or the time is not known."""
        if self._booted is None or not self._boot or boot != self._boot:
            return None
        if not isinstance(at_s, int | float) or not math.isfinite(at_s) or not 0 <= at_s <= self._now_s():
            return None
        return format_utc(self._booted + timedelta(seconds=at_s))
