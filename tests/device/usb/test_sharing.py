"""The log server's thread: it goes on whatever happens."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from device.update.upload import Upload
from device.update.versions import AskFirstError
from device.usb.consent import Consent
from device.usb.images import Updates
from device.usb.link import LinkError
from device.usb.sharing import UsbSharing
from tests.update_helpers import Maker, versions_in


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


class Cable:
    """A controller's state."""

    def __init__(self) -> None:
        self.state = "configured"

    def states(self) -> dict[str, str]:
        return {"usb": self.state}


@pytest.fixture
def offering(tmp_path: Path) -> tuple[UsbSharing, Cable, Upload, bytes]:
    cable, maker, made = Cable(), Maker.new(tmp_path), []

    def updates(allowed: Callable[[str], bool]) -> Updates:
        versions = versions_in(tmp_path / "versions")
        made.append(Upload(versions, allowed, maker.key))
        return Updates(versions, made[0], allowed, lambda: None)

    sharing = UsbSharing(
        Path("tty"), tmp_path, consent=Consent(cable.states), to_update=Consent(cable.states), updates=updates
    )
    return sharing, cable, made[0], maker.update("0.3.0")


def test_the_yes_to_an_update_shares_no_logs_and_ends_with_the_cable(
    offering: tuple[UsbSharing, Cable, Upload, bytes],
) -> None:
    sharing, cable, upload, update = offering
    assert sharing.offered() == ""
    with pytest.raises(AskFirstError):
        upload.part(0, update[:600], len(update))
    assert sharing.offered() == "0.3.0"
    sharing.allow_update("0.3.0")
    assert not sharing.allowed()
    assert upload.part(0, update[:600], len(update)) == 600
    assert sharing.offered() == "0.3.0"
    cable.state = "suspended"
    with pytest.raises(AskFirstError):
        upload.part(600, update[600:], None)
    assert sharing.offered() == "", "once, so that the question is asked anew"
    assert sharing.offered() == "0.3.0"


def test_the_yes_to_share_installs_nothing(offering: tuple[UsbSharing, Cable, Upload, bytes]) -> None:
    sharing, _, upload, update = offering
    sharing.allow(True)
    with pytest.raises(AskFirstError):
        upload.part(0, update[:600], len(update))
    sharing.allow_update("0.3.0")
    sharing.allow_update("")
    with pytest.raises(AskFirstError):
        upload.part(0, update[:600], len(update))


def test_without_versions_nothing_is_offered(tmp_path: Path) -> None:
    assert UsbSharing(Path("tty"), tmp_path).offered() == ""
