"""Whether a time that a host tells is believed. One wrong computer must not date a wearer's weeks into another century.

The clock of this boot, where it is trusted, knows the time: a host may differ by a day. What was last trusted in an
earlier boot only says that time went on from there, by as long as a device lies in a drawer. Beyond that the wearer
decides: the same time is believed when it is told again after they allowed sharing once more.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from device.system.files import OsFileSystem, write_atomically

MOST_OFF = timedelta(days=1)
LONGEST_OFF_POWER = timedelta(days=366)
_SAME = timedelta(hours=1)
_MOST_BYTES = 64
log = logging.getLogger(__name__)


class TimeJudge:
    """`trusted_now` is the machine's clock where it is trusted; `kept` a file that outlives a boot; `consent` the
    number of times that the wearer has allowed sharing; `boottime_s` how long this boot is."""

    def __init__(
        self,
        kept: Path,
        trusted_now: Callable[[], datetime | None],
        consent: Callable[[], int],
        boottime_s: Callable[[], float],
    ) -> None:
        self._kept = kept
        self._trusted_now = trusted_now
        self._consent = consent
        self._boottime_s = boottime_s
        self._doubted: tuple[datetime, int] | None = None

    def believes(self, told: datetime) -> bool:
        """What is believed is the last trusted time from here on. `told` carries a zone."""
        if not self._plausible(told) and not self._confirmed(told):
            log.warning("a computer's time is not believed: it is too far from the last one that was trusted")
            return False
        self._doubted = None
        with suppress(OSError):
            write_atomically(OsFileSystem(), self._kept, f"{told.astimezone(UTC).isoformat()}\n".encode())
        return True

    def _plausible(self, told: datetime) -> bool:
        now = self._trusted_now()
        if now is not None:
            return abs(told - now) <= MOST_OFF
        last = self._last()
        return last is None or -MOST_OFF <= told - last <= LONGEST_OFF_POWER

    def _confirmed(self, told: datetime) -> bool:
        """Whether the wearer has allowed sharing again since this time was first told."""
        booted, consent = told - timedelta(seconds=self._boottime_s()), self._consent()
        if self._doubted is not None and abs(booted - self._doubted[0]) <= _SAME:
            return consent != self._doubted[1]
        self._doubted = booted, consent
        return False

    def _last(self) -> datetime | None:
        try:
            if not self._kept.is_file():
                return None
            with self._kept.open("rb") as file:
                last = datetime.fromisoformat(file.read(_MOST_BYTES).decode("ascii").strip())
        except (OSError, ValueError):
            return None
        return last if last.tzinfo is not None else None
