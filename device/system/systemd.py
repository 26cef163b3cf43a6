"""Telling systemd how the service is (sd_notify(3)): one datagram a message, and silence outside systemd.

Nothing here raises or waits: a session must not end because nobody listens.
"""

import contextlib
import math
import os
import socket
import time
from collections.abc import Callable, Mapping

POWER_OFF_STATUS = 10  # exit code on which rolig.service switches the Pi off: the process itself has no right to
RESTART_STATUS = 11  # exit code on which rolig.service starts anew: a version was installed
FEEDS_PER_TIMEOUT = 4  # the watchdog is fed this often in each WATCHDOG_USEC


class Notifier:
    """Sends to the datagram socket at `address` (a leading "@": abstract); to nobody where it is empty.

    `watchdog()` may be called in every turn of a loop: it sends at most `FEEDS_PER_TIMEOUT` times per
    `watchdog_timeout_s`, and nothing where that is None.
    """

    def __init__(
        self,
        address: str = "",
        watchdog_timeout_s: float | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._every_s = math.inf if watchdog_timeout_s is None else watchdog_timeout_s / FEEDS_PER_TIMEOUT
        self._now_s = now_s
        self._next_feed_s = math.inf if watchdog_timeout_s is None else -math.inf
        self._status = ""
        self._socket: socket.socket | None = None
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Notifier":
        """What systemd passed to this process: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID."""
        timeout_us = environment.get("WATCHDOG_USEC", "")
        meant_for = environment.get("WATCHDOG_PID", str(os.getpid()))
        fed = timeout_us.isdecimal() and int(timeout_us) > 0 and meant_for == str(os.getpid())
        return cls(environment.get("NOTIFY_SOCKET", ""), int(timeout_us) / 1e6 if fed else None)

    def ready(self) -> None:
        """The service does its work from here on."""
        self._send("READY=1")

    def watchdog(self) -> None:
        """Alive. To be called only while it is true."""
        now_s = self._now_s()
        if now_s >= self._next_feed_s:
            self._next_feed_s = now_s + self._every_s
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; the same line twice is sent once."""
        line = " ".join(text.split())
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(message.encode(), self._address)
