"""The log server's thread: it goes on whatever happens."""

import logging
from pathlib import Path

import pytest

from device.usb.link import LinkError
from device.usb.sharing import UsbSharing


class StoppedError(Exception):
    """Ends the thread's loop, which runs for good."""


def test_the_log_server_is_started_again_after_any_fault(caplog: pytest.LogCaptureFixture) -> None:
    faults = [
        LinkError(2, "No such file", "tty"),
        ZeroDivisionError("a fault of ours"),
        LinkError(2, "No such file", "tty"),
    ]
    served: list[Path] = []

    def run_server(port: Path, *_: object, **__: object) -> None:
        served.append(port)
        raise faults[len(served) - 1]

    def pause(_: float) -> None:
        if len(served) == len(faults):
            raise StoppedError

    with caplog.at_level(logging.INFO), pytest.raises(StoppedError):
        UsbSharing(Path("tty"), Path("store"), run_server, pause).serve()
    assert served == [Path("tty")] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "no USB port yet: [Errno 2] No such file: 'tty'",
        "the log server stopped and is started again",
    ]
