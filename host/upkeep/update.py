"""`rolig update`: offers a signed update to the device, and waits until it is up with it.

The device decides: it checks the file before it asks its wearer, and before anything of it is used.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smp.image_management import ImageState
from smpclient.transport import SMPTransportDisconnected

from device.update.format import (
    MOST_ARCHIVE_BYTES,
    MOST_HEAD_BYTES,
    Head,
    NotAnUpdateError,
    parse_head,
)
from host.errors import HostError, complain
from host.link.device import Device, Patience, RefusedError
from host.link.finder import find_port
from host.link.line import Line
from host.pull_screen import PullScreen

UP_WITHIN_S = 900.0
"""Two tries, each as long as a slow card takes to start, and the way back."""
_PARTS_IN_VAIN = 100
_OFTEN = 60  # so long it takes a slow card to have hundreds of files unpacked and synced, or a version started


class CameBackError(HostError):
    """The new version did not come up, and the one before runs again."""


@dataclass(frozen=True, slots=True)
class UpdateFile:
    head: Head
    content: bytes

    @property
    def version(self) -> str:
        return self.head.manifest.version


def read_update(path: Path) -> UpdateFile:
    """Raises HostError for what no device would take, whatever its key is."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_ARCHIVE_BYTES + MOST_HEAD_BYTES + 1)
    except OSError as error:
        raise HostError(f"{path}: {error.strerror or error}") from error
    try:
        head = parse_head(content)
    except NotAnUpdateError as error:
        raise HostError(f"{path}: {error}") from error
    if head is None:
        raise HostError(f"{path}: it ends before its signature")
    size, told = len(content) - head.length, head.manifest.size
    if size != told:
        raise HostError(f"{path}: it has {size} bytes behind its head, and should have {told}: fetch it again")
    if hashlib.sha256(content[head.length :]).hexdigest() != head.manifest.sha256:
        raise HostError(f"{path}: its content is not what was signed: fetch it again")
    return UpdateFile(head, content)


class UpdateJob:
    """One update, over as many connections as it takes."""

    def __init__(self, file: UpdateFile, screen: PullScreen, patience: Patience, up_within_s: float) -> None:
        self.line = Line(screen.say, patience)
        self._file = file
        self._screen = screen
        self._up_within_s = up_within_s
        self._whole_sha256 = hashlib.sha256(file.content).digest()
        self._ours = bytes.fromhex(file.head.manifest.sha256)
        self._restarted_s: float | None = None
        self._told = self._restarts = False
        self._furthest = self._in_vain = 0
        self.before = ""

    async def work(self, device: Device) -> None:
        if self._restarted_s is None:
            await self._install(device)
        await self._until_up(device)

    async def _install(self, device: Device) -> None:
        if not self._told:
            self._screen.say(f"Device: {await device.about()}")
            self._told = True
        try:
            self.before = _running(await device.images())
        except RefusedError as error:
            raise HostError(
                "this device takes no updates over the cable: flash its card, or install its package"
            ) from error
        at = await self.line.until_allowed(
            lambda: self._part(device, 0),
            f'Answer "Install {self._file.version}?" on the device: hold its button.',
            f'version {self._file.version} was not allowed on the device ("Install?")',
        )
        self.line.begun = True
        total = len(self._file.content)
        self._screen.begin(f"version {self._file.version}", total, 0)
        self._screen.advance(at)
        while at < total:
            before, at = at, await self._part(device, at)
            self._screen.advance(max(0, at - before))
        self._screen.end()
        await device.patiently(_OFTEN).try_image(self._ours)
        self._screen.say("Checked and unpacked; the device starts it.")
        with contextlib.suppress(SMPTransportDisconnected):  # it may be gone before its answer is here
            await device.restart()
            self._restarts = True
        self._restarted_s = time.monotonic()

    async def _part(self, device: Device, at: int) -> int:
        """Where the next part begins. Lines and devices lose parts, but not so many one after the other."""
        following = await device.upload(at, self._file.content, self._whole_sha256)
        if following > self._furthest:
            self._furthest, self._in_vain = following, 0
        elif following <= at:
            self._in_vain += 1
        if self._in_vain > _PARTS_IN_VAIN:
            raise HostError(f"the device asks for the part at {following} again and again")
        self.line.heard(fruit=following > at)
        return following

    async def _until_up(self, device: Device) -> None:
        """Asked again by each new connection, as the device is away while it starts."""
        assert self._restarted_s is not None
        while True:
            if time.monotonic() > self._restarted_s + self._up_within_s:
                raise HostError(
                    f"version {self._file.version} was installed, and the device has not said yet that it is up"
                )
            images = await device.images()
            runs, (first, *others) = _running(images), images
            self.line.heard(fruit=True)
            if runs == self._file.version and first.confirmed:
                return
            waits = any(other.version == self._file.version and other.pending for other in others)
            if runs != self._file.version and not waits and not self._restarts:
                raise HostError(
                    f"the line was cut as version {self._file.version} was to start; {runs} runs: try again"
                )
            if runs != self._file.version and not waits:
                raise CameBackError(f"version {self._file.version} did not come up; {runs} runs again")
            await asyncio.sleep(self.line.patience.allow_poll_s)


def _running(images: list[ImageState]) -> str:
    if not images:
        raise HostError("the device does not tell which version it runs")
    return images[0].version


def update(
    path: Path,
    port: str | None = None,
    *,
    screen: PullScreen | None = None,
    patience: Patience | None = None,
    up_within_s: float = UP_WITHIN_S,
) -> str:
    """Install the update in `path`, and wait until the device is up with it; what was done, in words.

    `port` None finds the device. Raises HostError, CameBackError.
    """
    screen = screen or PullScreen()
    file = read_update(path)
    work = UpdateJob(file, screen, patience or Patience(gone_s=up_within_s, fruitless=_OFTEN), up_within_s)
    where: Callable[[], str] = find_port if port is None else lambda: port
    try:
        asyncio.run(work.line.run(where, work.work))
    finally:
        screen.clear()
    return f"Version {file.version} is up ({work.before} before)."


def run(path: Path, port: str | None = None) -> int:
    """The command: 0 where the device is up with the update, 2 where it was refused, 1 where the device went back."""
    try:
        print(update(path, port))
    except CameBackError as error:
        complain("update", str(error))
        return 1
    except HostError as error:
        complain("update", str(error))
        return 2
    except KeyboardInterrupt:
        complain("update", "stopped; the version before stays, unless the device was starting the new one already")
        return 130
    return 0
