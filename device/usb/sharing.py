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
from device.usb.link import LinkError, serve
from device.usb.told_time import TimeJudge
from drivers.usb_port import UsbPort

RETRY_S = 5.0
log = logging.getLogger(__name__)


class UsbSharing:
    """`serve` never returns and is run by a thread of its own; `allow` and `allowed` are called by the appliance's
    loop. `run_server` serves until the port goes, and `pause` waits between two tries."""

    def __init__(
        self,
        port: Path,
        store: Path,
        run_server: Callable[..., None] = serve,
        pause: Callable[[float], None] = time.sleep,
        consent: Consent | None = None,
    ) -> None:
        self._port = port
        self._store = store
        self._run_server = run_server
        self._pause = pause
        self._consent = consent or Consent(UsbPort().states)

    def allow(self, allowed: bool) -> None:
        if allowed:
            self._consent.give()
        else:
            self._consent.end()

    def allowed(self) -> bool:
        """Consent also ends by itself."""
        return self._consent.given

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
                    watch=self._consent.look,
                )
            except LinkError as error:
                self._consent.end()
                if not told:
                    log.info("no USB port yet: %s", error)
                told = True
            except Exception:  # a fault of ours: it ends no thread unheard, and the logs stay within reach
                log.exception("the log server stopped and is started again")
            self._pause(RETRY_S)
