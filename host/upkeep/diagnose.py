"""`rolig diagnose`: a page about the device, for whoever looks for a fault; nothing of its wearer is in it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from device.recording.format.names import DIAGNOSTICS
from host.copies.whole_file import check_place, write_whole
from host.errors import HostError, complain
from host.link.device import Device, Patience, RefusedError
from host.link.finder import find_port
from host.link.line import NOT_SHARED, SHARE, Line
from host.pull_screen import PullScreen

BEGINS = b"Rolig diagnostics"
_OFTEN = 60  # the device tests itself before it answers


class _Fetch:
    def __init__(self, screen: PullScreen, patience: Patience) -> None:
        self.line = Line(screen.say, patience)
        self.page = b""

    async def work(self, device: Device) -> None:
        await self.line.until_allowed(lambda: device.tell_time(datetime.now(UTC)), SHARE, NOT_SHARED)
        self.line.begun = True
        try:
            self.page = await device.patiently(_OFTEN).whole(DIAGNOSTICS)
        except RefusedError as error:
            raise HostError("this device makes no diagnostics: its firmware is older") from error


def diagnose(port: str | None = None, *, screen: PullScreen | None = None, patience: Patience | None = None) -> bytes:
    """The page. `port` None finds the device. Raises HostError."""
    fetch = _Fetch(screen or PullScreen(), patience or Patience())
    where: Callable[[], str] = find_port if port is None else lambda: port
    asyncio.run(fetch.line.run(where, fetch.work))
    return fetch.page


def run(output: Path, port: str | None = None) -> int:
    """The command: fetches the page into `output`, says so, returns the exit code. What lies there is asked first."""
    try:
        check_place(output, BEGINS, "page of rolig diagnose")
        write_whole(output, diagnose(port))
    except OSError as error:
        complain("diagnose", f"{output}: {error.strerror or error}")
        return 2
    except HostError as error:
        complain("diagnose", str(error))
        return 2
    print(f"{output}: read it before you send it.")
    return 0
