"""The device as the host sees it: requests are repeated until they are answered, and files arrive whole.

Nothing here trusts the line: requests can be repeated, every part of a file is asked for by its offset, and
files are compared by their hashes in the end.
"""

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smp import message
from smp.error import MGMT_ERR
from smp.image_management import ImageState
from smpclient import SMPClient
from smpclient.requests.file_management import FileHashChecksum
from smpclient.requests.image_management import ImageStatesRead, ImageStatesWrite, ImageUploadWrite
from smpclient.requests.os_management import (
    DateTimeRead,
    DateTimeWrite,
    MCUMgrParametersRead,
    OSApplicationInfoRead,
    ResetWrite,
)
from smpclient.transport import SMPTransportDisconnected

from host.errors import HostError
from host.link.requests import DeleteSession, PartDownload, RoligGroupError
from host.link.smp_serial import PipelinedSerial

logging.getLogger("smpclient").setLevel(logging.CRITICAL)  # what it reports as errors is normal on this line

_SMALLEST_PART = 256
_LARGEST_PART = 8192
_LARGEST_UPLOAD, _SMALLEST_UPLOAD = 4096, 512  # the first has to hold the head of an update
_TRIES_OF_A_PART = 2
_LOSSES_BEFORE_SMALLER = 5  # of one request
_ANSWERS_BEFORE_LARGER = 4
_LONGEST_WAIT_S = 4.0
_LARGEST_INDEX = 1 << 27
_SAME_TIME = timedelta(minutes=5)


class NoAnswerError(SMPTransportDisconnected):
    """The line is there, and nothing comes of it."""


class NotAllowedError(Exception):
    """The wearer has not allowed sharing on the device yet."""


class RefusedError(HostError):
    """The device will not do what was asked; asking again would not help."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for one answer (doubled with each try), and for a device that went away."""

    answer_s: float = 0.4
    tries: int = 12
    reopen_s: float = 0.3
    first_contact_s: float = 5.0
    busy_s: float = 30.0
    fruitless: int = 10  # connections of which nothing came
    gone_s: float = 30.0
    allow_poll_s: float = 1.0
    allow_s: float = 300.0


class Device:
    """A connected device. Methods raise SMPTransportDisconnected when the line goes, NotAllowedError,
    RefusedError.
    """

    def __init__(self, client: SMPClient, patience: Patience) -> None:
        self.asked_again = 0
        self._client = client
        self._patience = patience
        self._window = 1
        self._part: int | None = None
        self._answers_in_a_row = 0
        self._upload_bytes = _LARGEST_UPLOAD

    async def greet(self) -> None:
        """Learn how many requests the device takes at once."""
        parameters = await self._ask(MCUMgrParametersRead)
        self._window = max(1, min(64, int(parameters.buf_count)))

    async def about(self) -> str:
        """The device's name and its firmware's version; "older than 0.3" where it does not tell."""
        try:
            name = (await self._ask(OSApplicationInfoRead, format="n")).output
            version = (await self._ask(OSApplicationInfoRead, format="r")).output
        except RefusedError:
            return "firmware older than 0.3"
        return f"{name[:60]}, firmware {version[:60]}"

    async def images(self) -> list[ImageState]:
        """The versions that run and wait. RefusedError where the device knows no updates."""
        return list((await self._ask(ImageStatesRead)).images)

    async def upload(self, offset: int, content: bytes, sha256: bytes) -> int:
        """Send the part of an update at `offset`; where the device would have the next one begin. Parts are smaller
        where the line loses frames."""
        first = {"len": len(content), "sha": sha256} if offset == 0 else {}
        while True:
            data = content[offset : offset + self._upload_bytes]
            try:
                answer = await self.patiently(_TRIES_OF_A_PART)._ask(ImageUploadWrite, off=offset, data=data, **first)
                break
            except NoAnswerError:
                if self._upload_bytes == _SMALLEST_UPLOAD:
                    raise
                self._upload_bytes //= 2
        at = answer.off
        if at is None or not 0 <= at <= len(content):
            raise RefusedError("the device asked for a part that no update has")
        return int(at)

    async def try_image(self, sha256: bytes) -> None:
        """Have the next start try what was uploaded. Takes as long as unpacking it on a slow card."""
        await self._ask(ImageStatesWrite, hash=sha256, confirm=False)

    async def restart(self) -> None:
        await self._ask(ResetWrite)

    async def tell_time(self, now: datetime) -> bool:
        """Set the device's clock; whether it took the time. `now` is in UTC."""
        await self._ask(DateTimeWrite, datetime=now.isoformat(timespec="microseconds"))
        try:
            there = datetime.fromisoformat((await self._ask(DateTimeRead)).datetime)
        except (RefusedError, ValueError):
            return False
        return abs(there.replace(tzinfo=UTC) - now) < _SAME_TIME

    def patiently(self, tries: int) -> "Device":
        """The same device, for a request that takes it long to answer: asked so often before it counts as gone."""
        patient = Device(self._client, replace(self._patience, tries=tries))
        patient._window = self._window
        return patient

    async def whole(self, name: str) -> bytes:
        """The content of a file that the device makes when it is asked for, as its own hash of it confirms."""
        for _ in range(self._patience.tries):
            first = await self._part_of(name, 0)
            content = bytearray(first.data)
            size = int(first.len or 0)
            if size > _LARGEST_INDEX:
                raise RefusedError(f"the device's {name} is said to have {size} bytes")
            await self.fetch(name, len(content), size, content.extend)
            answer = await self._ask(FileHashChecksum, name=name, type="crc32")
            if answer.output == zlib.crc32(content) and answer.len == len(content):
                return bytes(content)
        raise HostError(f"the device's {name} changes faster than it can be read")

    async def fetch(self, name: str, start: int, size: int, sink: Callable[[bytes], Any]) -> None:
        """Hand bytes `start` to `size` of a file to `sink`, in order; several parts are under way at once."""
        if start >= size:
            return
        first = await self._part_of(name, start, size - start)
        sink(first.data)
        step, at = max(1, len(first.data)), start + len(first.data)
        under_way: list[asyncio.Task[bytes]] = []
        try:
            while at < size or under_way:
                while at < size and len(under_way) < self._window:
                    end = min(size, at + step)
                    under_way.append(asyncio.create_task(self._range_of(name, at, end)))
                    at = end
                sink(await under_way.pop(0))
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def delete(self, session: str, sums_sha256: str) -> None:
        """Delete a session the host holds. One that is gone already counts as deleted."""
        try:
            await self._ask(DeleteSession, name=session, sha256=bytes.fromhex(sums_sha256))
        except RefusedError as refused:
            if refused.args[1:] != (RoligGroupError.NO_SUCH_SESSION,):
                raise

    async def _range_of(self, name: str, at: int, end: int) -> bytes:
        data = b""
        while at + len(data) < end:
            part = await self._part_of(name, at + len(data), end - at - len(data))
            data += part.data
        return data

    async def _part_of(self, name: str, offset: int, most: int | None = None) -> Any:
        if self._part is not None:
            most = min(self._part, most or self._part)
        wanted = {"name": name, "off": offset} | ({} if most is None else {"max": most})
        part = await self._ask(PartDownload, **wanted)
        if part.off != offset or not part.data or len(part.data) > (most or len(part.data)):
            raise RefusedError(f"{name}: the device sent something other than what lies at {offset}")
        return part

    async def _ask(self, request: Callable[..., Any], **fields: Any) -> Any:
        """The answer, however often it takes to get it."""
        asked = request(**fields)
        wait_s = self._patience.answer_s
        for attempt in range(self._patience.tries):
            try:
                answer = await self._client.request(asked, wait_s)
            except SMPTransportDisconnected:
                raise
            except Exception as error:  # damage, silence, and whatever the library makes of a strange answer
                self._note_loss(attempt)
                if isinstance(error, TimeoutError):
                    wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
                continue
            self._note_answer()
            if answer.RESPONSE_TYPE == message.ResponseType.SUCCESS:
                return answer
            raise _refusal(asked, answer)
        raise NoAnswerError(f"no answer in {self._patience.tries} tries")

    def _note_loss(self, attempt: int) -> None:
        """On a bad line smaller parts still get through where larger ones never do."""
        self.asked_again += 1
        self._answers_in_a_row = 0
        if attempt + 1 == _LOSSES_BEFORE_SMALLER:
            self._part = max(_SMALLEST_PART, (self._part or _LARGEST_PART) // 2)

    def _note_answer(self) -> None:
        self._answers_in_a_row += 1
        if self._part is not None and self._answers_in_a_row % _ANSWERS_BEFORE_LARGER == 0:
            self._part = 2 * self._part if self._part < _LARGEST_PART else None


def _refusal(asked: message.Request, answer: Any) -> Exception:
    what = f"{type(asked).__name__} {getattr(asked, 'name', '')}".strip()
    if answer.RESPONSE_TYPE == message.ResponseType.ERROR_V2:
        return RefusedError(f"the device refused {what}: {answer.err.rc.name}", answer.err.rc)
    if answer.rc == MGMT_ERR.EACCESSDENIED:
        return NotAllowedError(what)
    if answer.rsn and isinstance(asked, ImageUploadWrite | ImageStatesWrite):
        return RefusedError(answer.rsn[:200])
    return RefusedError(f"the device refused {what}: {answer.rc.name} {answer.rsn or ''}".rstrip())


@asynccontextmanager
async def connected(port: str, patience: Patience) -> AsyncIterator[Device]:
    """The device on `port`. Raises SMPTransportDisconnected."""
    transport = PipelinedSerial()
    device = Device(SMPClient(transport, port), patience)
    try:
        await transport.connect(port, patience.answer_s)
        await device.greet()
        yield device
    finally:
        await transport.disconnect()
