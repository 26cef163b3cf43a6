"""The serial line under the SMP server: opens it, keeps it flowing, and survives the cable.

Linux only (the device, or `rolig serve`). The far end of a USB gadget's line cannot be seen: when a host
leaves, what we write is buffered, then blocks. So a write that is not taken in time empties the line's
buffer and forgets the host; and the next answer starts with a line end, so that the stale half line does
not spoil it.
"""

import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

from device.usb.about import About
from device.usb.clock import DeviceClock
from device.usb.images import Updates
from device.usb.server import SmpServer
from device.usb.smp import END
from device.usb.view import LogView

_READ = 4096
_LOOK_FOR_STOP_S = 0.05
_QUIET_TURNS = 200
_QUIET_S = 1.0
"""How long to wait for a request where nobody has allowed any and none has come for so many turns."""


class LinkError(OSError):
    """The serial port cannot be opened at all."""


class _GoneError(Exception):
    """The port closed under us."""


def _nobody(_: bool) -> bool:
    """Is told nothing, and wants to look again."""
    return True


class SerialLink:
    """Runs `server` on the terminal at `port`. `watch` is told whether the line is there, and tells whether it wants to
    be asked many times a second."""

    def __init__(
        self, port: Path, server: SmpServer, write_timeout_s: float = 2.0, watch: Callable[[bool], bool] = _nobody
    ) -> None:
        self._port = port
        self._server = server
        self._write_timeout_s = write_timeout_s
        self._watch = watch

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; a port that goes away is opened again when it is back.

        Raises LinkError if the port cannot be opened at the start.
        """
        try:
            descriptor = _open(self._port)
        except OSError as error:
            raise LinkError(error.errno, error.strerror, str(self._port)) from error
        while True:
            try:
                self._serve(descriptor, stop)
            except (_GoneError, OSError, termios.error):
                self._watch(False)
                self._server.reset()
            finally:
                os.close(descriptor)
            again = self._reopen(stop)
            if again is None:
                return
            descriptor = again

    def _reopen(self, stop: threading.Event) -> int | None:
        while not stop.wait(_LOOK_FOR_STOP_S):
            try:
                return _open(self._port)
            except OSError:
                continue
        return None

    def _serve(self, descriptor: int, stop: threading.Event) -> None:
        cut = True  # what an earlier host, or boot, left on the line
        quiet = 0
        while not stop.is_set():
            quiet = 0 if self._watch(True) else quiet + 1
            patience_s = _LOOK_FOR_STOP_S if quiet < _QUIET_TURNS else _QUIET_S
            if not select.select([descriptor], [], [], patience_s)[0]:
                self._server.idle()
                continue
            quiet = 0
            data = os.read(descriptor, _READ)
            if not data:
                raise _GoneError
            self._server.receive(data)
            while answer := self._server.data_to_send():
                cut = not self._write(descriptor, END + answer if cut else answer, stop)
                if cut:
                    termios.tcflush(descriptor, termios.TCOFLUSH)
                    self._server.reset()

    def _write(self, descriptor: int, data: bytes, stop: threading.Event) -> bool:
        """Whether all of it was taken before the time was up."""
        left = memoryview(data)
        deadline_s = time.monotonic() + self._write_timeout_s
        while left:
            self._watch(True)
            if stop.is_set() or time.monotonic() > deadline_s:
                return False
            if select.select([], [descriptor], [], _LOOK_FOR_STOP_S)[1]:
                try:
                    left = left[os.write(descriptor, left) :]
                except BlockingIOError:
                    continue
        return True


def _open(port: Path) -> int:
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        tty.setraw(descriptor)
        termios.tcflush(descriptor, termios.TCIOFLUSH)
    except termios.error as error:
        os.close(descriptor)
        raise OSError(error.args[0], f"not a terminal: {error.args[1]}") from error
    return descriptor


def serve(
    port: Path,
    store: Path,
    stop: threading.Event,
    *,
    device: str = "rolig",
    clock: DeviceClock | None = None,
    allowed: Callable[[], bool] = lambda: True,
    watch: Callable[[bool], bool] = _nobody,
    updates: Updates | None = None,
    diagnostics: Callable[[], bytes] | None = None,
) -> None:
    """Serve the finished sessions in `store` on `port` until `stop` is set. Raises LinkError."""
    view = LogView(store, device, diagnostics)
    server = SmpServer(view, clock or DeviceClock(), allowed=allowed, about=About(device), updates=updates)
    SerialLink(port, server, watch=watch).run(stop)
