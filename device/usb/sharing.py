"""The log server on the USB port, open only while the wearer allows it."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from device.recording.format.names import TRUSTED_TIME
from device.system.wall_clock import WallClock, boottime_s, trusted_now
from device.usb.clock import DeviceClock, set_system_clock
from device.usb.consent import Consent
from device.usb.images import Updates
from device.usb.link import LinkError, serve
from device.usb.told_time import TimeJudge
from drivers.usb_port import UsbPort

RETRY_S = 5.0
log = logging.getLogger(__name__)


class UsbSharing:
    """`serve` never returns and is run by a thread of its own; `allow` and `allowed` are called by the appliance's
    loop. `run_server` serves until the port goes, and `pause` waits between two tries. `updates` makes what takes in
    updates, of whether the wearer said yes to a version; None where there are none."""

    def __init__(
        self,
        port: Path,
        store: Path,
        run_server: Callable[..., None] = serve,
        pause: Callable[[float], None] = time.sleep,
        consent: Consent | None = None,
        *,
        to_update: Consent | None = None,
        updates: Callable[[Callable[[str], bool]], Updates] | None = None,
        diagnostics: Callable[[], bytes] | None = None,
    ) -> None:
        self._port = port
        self._store = store
        self._run_server = run_server
        self._pause = pause
        self._consent = consent or Consent(UsbPort().states)
        self._to_update = to_update or Consent(UsbPort().states)
        self._updating = False
        self._updates = None if updates is None else updates(self._to_update.asked)
        self._diagnostics = diagnostics

    def allow(self, allowed: bool) -> None:
        if allowed:
            self._consent.give()
        else:
            self._consent.end()

    def allowed(self) -> bool:
        """Consent also ends by itself."""
        return self._consent.given

    def offered(self) -> str:
        """The version that a computer offers, "" where none does, and once where the consent to it ended by itself."""
        if self._updates is None or (self._updating and not self._to_update.given):
            self._updating = False
            return ""
        return self._updates.upload.offered()

    def allow_update(self, version: str) -> None:
        """The wearer says yes to that version, which they saw, and to no other; "" is no more."""
        self._updating = bool(version)
        if version:
            self._to_update.give(version)
        else:
            self._to_update.end()

    def _look(self, line: bool) -> bool:
        """Both consents end with the cable."""
        shared, updating = self._consent.look(line), self._to_update.look(line)
        if self._updates is not None and not updating:
            self._updates.ended()
        return shared or updating

    def serve(self) -> None:
        """Waits for the port to be there, and serves on it."""
        told = False
        judge = TimeJudge(
            self._store / TRUSTED_TIME, lambda: trusted_now(WallClock()), lambda: self._consent.times, boottime_s
        )
        clock = DeviceClock(set_system=set_system_clock, believes=judge.believes)
        while True:
            try:
                self._run_server(
                    self._port,
                    self._store,
                    threading.Event(),
                    clock=clock,
                    allowed=self._consent.asked,
                    watch=self._look,
                    updates=self._updates,
                    diagnostics=self._diagnostics,
                )
            except LinkError as error:
                self._consent.end()
                self._to_update.end()
                if not told:
                    log.info("no USB port yet: %s", error)
                told = True
            except Exception:  # a fault of ours: it ends no thread unheard, and the logs stay within reach
                log.exception("the log server stopped and is started again")
            self._pause(RETRY_S)
