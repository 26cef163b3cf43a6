"""The SMP server, sans I/O: bytes in, bytes out. What it may read is a `LogView`; nothing else is within
its reach.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from device.recording.format.names import DIAGNOSTICS, INDEX
from device.usb.about import About
from device.usb.clock import DeviceClock, parse_utc
from device.usb.images import Updates
from device.usb.requests import (
    ACCESS_DENIED,
    ALLOW_FIRST,
    BAD_INPUT,
    NO_ENTRY,
    NOT_SUPPORTED,
    UNKNOWN_ERROR,
    Handlers,
    RefusedRequestError,
    count,
    text,
)
from device.usb.smp import (
    FRAME_OVERHEAD,
    HEADER,
    FrameReader,
    Op,
    RemoteProtocolError,
    SmpHeader,
    build_message,
    encode_frame,
    messages,
    parse_body,
    parse_header,
)
from device.usb.view import HashDiffersError, LogFile, LogView, NoSuchLogError

OS, FILE, ROLIG = 0, 8, 100
ECHO, DATE_TIME, PARAMETERS, INFO = 0, 4, 6, 7
DOWNLOAD, STATUS, CHECKSUM, CHECKSUM_KINDS = 0, 1, 2, 3
DELETE_SESSION = 0

# The groups' own codes (Zephyr, "SMP groups" 0 and 8; ours in docs/usb-protocol.md)
CLOCK_NOT_SET = 4
FILE_NOT_FOUND, READ_FAILED, OFFSET_BEYOND_FILE, NO_SUCH_CHECKSUM = 3, 7, 12, 13
NO_SUCH_SESSION, COPY_DIFFERS, NOT_DELETED = 1, 2, 3

_BODY_BESIDE_DATA = 48  # the map, its keys, an offset and a length, generously
_CHECKSUMS = {"sha256": {"format": 1, "size": 32}, "crc32": {"format": 0, "size": 4}}


@dataclass(frozen=True, slots=True)
class Buffers:
    """What the server can take: frames of `size` bytes (length and CRC included), `count` requests at once.

    Answers stay within `size` too and go out in lines of at most `line_length` bytes. One line for a frame
    is the default: damage costs a line, and lines cost time.
    """

    size: int = 8192
    count: int = 8
    line_length: int = 12288


class SmpServer:
    """Answers the requests it `receive`s, one at a time as `data_to_send` is called.

    `allowed` is asked at each request: while it says no, only echo, parameters and what the device is are answered and
    the rest is refused with SMP's "access denied"; `updates`, where there can be any, have a question of their own.
    Requests beyond `buffers.count` waiting ones are dropped, as a
    frame lost on the line would be; the host asks again.
    """

    def __init__(
        self,
        view: LogView,
        clock: DeviceClock,
        *,
        allowed: Callable[[], bool] = lambda: True,
        buffers: Buffers | None = None,
        about: About | None = None,
        updates: Updates | None = None,
    ) -> None:
        self._view = view
        self._clock = clock
        self._allowed = allowed
        self._buffers = buffers or Buffers()
        self._reader = FrameReader(self._buffers.size - FRAME_OVERHEAD)
        self._waiting: deque[bytes] = deque()
        self.bad_frames = 0
        self._open_handlers: Handlers = {
            (OS, Op.WRITE, ECHO): self._echo,
            (OS, Op.READ, PARAMETERS): self._parameters,
            (OS, Op.READ, INFO): (about or About()).info,
            **(updates.open_handlers() if updates else {}),
        }
        self._handlers = {
            (OS, Op.READ, DATE_TIME): self._get_date_time,
            (OS, Op.WRITE, DATE_TIME): self._set_date_time,
            (FILE, Op.READ, DOWNLOAD): self._download,
            (FILE, Op.READ, STATUS): self._status,
            (FILE, Op.READ, CHECKSUM): self._checksum,
            (FILE, Op.READ, CHECKSUM_KINDS): self._checksum_kinds,
            (ROLIG, Op.WRITE, DELETE_SESSION): self._delete_session,
        }

    def receive(self, data: bytes) -> None:
        """Take in what came over the line, in portions of any size and any content."""
        self._reader.receive(data)
        for message in messages(self._reader):
            if isinstance(message, RemoteProtocolError) or len(self._waiting) >= self._buffers.count:
                self.bad_frames += 1
            else:
                self._waiting.append(message)

    def data_to_send(self) -> bytes:
        """The answer to the next waiting request, in lines; b"" when none waits."""
        while self._waiting:
            try:
                return self._answer(self._waiting.popleft())
            except RemoteProtocolError:
                self.bad_frames += 1
        return b""

    def idle(self) -> None:
        """To be called while nothing comes over the line."""
        self._view.read_ahead()

    def reset(self) -> None:
        """Forget half a frame and waiting requests: the host is gone."""
        self._reader = FrameReader(self._buffers.size - FRAME_OVERHEAD)
        self._waiting.clear()
        self._view.refresh()

    def _answer(self, message: bytes) -> bytes:
        request = parse_header(message)
        if request.op not in (Op.READ, Op.WRITE):
            raise RemoteProtocolError("an answer where a request was due")
        try:
            body = self._handle(request, message)
        except RefusedRequestError as refused:
            body = _refusal(request, refused)
        answer_op = Op.READ_RESPONSE if request.op is Op.READ else Op.WRITE_RESPONSE
        header = SmpHeader(answer_op, min(request.version, 1), 0, request.group, request.sequence, request.command)
        return encode_frame(build_message(header, body), self._buffers.line_length)

    def _handle(self, request: SmpHeader, message: bytes) -> dict[str, Any]:
        key = (request.group, request.op, request.command)
        handler = self._open_handlers.get(key) or self._handlers.get(key)
        if handler is None:
            raise RefusedRequestError(NOT_SUPPORTED)
        if key not in self._open_handlers and not self._allowed():
            raise RefusedRequestError(ACCESS_DENIED, why=ALLOW_FIRST)
        try:
            body = parse_body(message)
        except RemoteProtocolError as error:
            raise RefusedRequestError(BAD_INPUT, why=str(error)) from error
        return handler(body)

    def _echo(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"r": text(body, "d", self._buffers.size)}

    def _parameters(self, _body: dict[str, Any]) -> dict[str, Any]:
        return {"buf_size": self._buffers.size, "buf_count": self._buffers.count}

    def _get_date_time(self, _body: dict[str, Any]) -> dict[str, Any]:
        now = self._clock.now()
        if now is None:
            raise RefusedRequestError(UNKNOWN_ERROR, CLOCK_NOT_SET)
        return {"datetime": now.strftime("%Y-%m-%dT%H:%M:%S.%f")}

    def _set_date_time(self, body: dict[str, Any]) -> dict[str, Any]:
        told = parse_utc(text(body, "datetime", 40))
        if told is None:
            raise RefusedRequestError(BAD_INPUT, why="datetime is not a time")
        self._clock.tell(told)
        try:
            self._view.date_sessions(self._clock)
        except OSError as error:
            raise RefusedRequestError(UNKNOWN_ERROR, why="the dates could not be kept") from error
        return {}

    def _download(self, body: dict[str, Any]) -> dict[str, Any]:
        offset = count(body, "off")
        file = self._find(body, offset, refresh=offset == 0)
        room = self._buffers.size - FRAME_OVERHEAD - HEADER.size - _BODY_BESIDE_DATA
        try:
            data = self._view.read(file, offset, min(room, max(1, count(body, "max", room))))
        except OSError as error:
            raise RefusedRequestError(UNKNOWN_ERROR, READ_FAILED) from error
        return {"off": offset, "data": data} | ({"len": file.size} if offset == 0 else {})

    def _status(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"len": self._find(body, refresh=True).size}

    def _checksum(self, body: dict[str, Any]) -> dict[str, Any]:
        kind, offset = body.get("type", "sha256"), count(body, "off", 0)
        if not isinstance(kind, str) or kind not in _CHECKSUMS:
            raise RefusedRequestError(BAD_INPUT, NO_SUCH_CHECKSUM)
        file = self._find(body, offset)
        try:
            summed, output = self._view.checksum(file, kind, offset, count(body, "len", file.size))
        except OSError as error:
            raise RefusedRequestError(UNKNOWN_ERROR, READ_FAILED) from error
        return {"type": kind, "len": summed, "output": output} | ({"off": offset} if offset else {})

    @staticmethod
    def _checksum_kinds(_body: dict[str, Any]) -> dict[str, Any]:
        return {"types": _CHECKSUMS}

    def _delete_session(self, body: dict[str, Any]) -> dict[str, Any]:
        digest = body.get("sha256")
        if not isinstance(digest, bytes):
            raise RefusedRequestError(BAD_INPUT, why="sha256 is missing")
        try:
            self._view.delete(text(body, "name", 255), digest)
        except NoSuchLogError as error:
            raise RefusedRequestError(NO_ENTRY, NO_SUCH_SESSION) from error
        except HashDiffersError as error:
            raise RefusedRequestError(BAD_INPUT, COPY_DIFFERS) from error
        except OSError as error:
            raise RefusedRequestError(UNKNOWN_ERROR, NOT_DELETED) from error
        return {}

    def _find(self, body: dict[str, Any], offset: int = 0, *, refresh: bool = False) -> LogFile:
        name = text(body, "name", 255)
        made = refresh and name in (INDEX, DIAGNOSTICS)
        if made:
            self._view.refresh()
        try:
            file = self._view.find(name)
        except NoSuchLogError as error:
            raise RefusedRequestError(NO_ENTRY, FILE_NOT_FOUND) from error
        if made and not self._allowed():  # that took long, and by now another computer may be at the cable
            raise RefusedRequestError(ACCESS_DENIED, why=ALLOW_FIRST)
        if offset > file.size:
            raise RefusedRequestError(BAD_INPUT, OFFSET_BEYOND_FILE)
        return file


def _refusal(request: SmpHeader, refused: RefusedRequestError) -> dict[str, Any]:
    """Version 1 knows SMP's codes only; version 2 names the group whose code it is."""
    if request.version and refused.group_code is not None:
        return {"err": {"group": request.group, "rc": refused.group_code}}
    return {"rc": refused.code} | ({"rsn": str(refused)} if str(refused) else {})
