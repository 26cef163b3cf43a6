"""A serial transport for smpclient that keeps several requests under way and expects damage.

smpclient's own transport waits for each answer and looks for it every 5 ms, so the line idles most of the
time. Here a thread reads as bytes come, and answers find their request by its sequence number. A damaged
answer is dropped. Since a server answers in the order it was asked, an answer also tells that every request
sent before it, and still waiting, was lost: those are told at once, without waiting for a time-out.
"""

import asyncio
import binascii
import contextlib
import errno
import re
import struct
import threading
from collections.abc import Generator
from dataclasses import dataclass

import serial
from smp import packet
from smp.exceptions import SMPDecodeError
from smp.header import Header
from smpclient.transport import SMPTransport, SMPTransportDisconnected

_ERROR_TUPLE = re.compile(r"\(\d+, ['\"]([^'\"]*)['\"]\)")
_LINE_LENGTH = 128
_LONGEST_LINE = 1 << 17
_READ_TIMEOUT_S = 0.05
_WRITE_TIMEOUT_S = 2.0
_RETRY_OPEN_S = 0.1
_HELD = (errno.EBUSY, errno.EAGAIN)  # opened for itself alone (TIOCEXCL), or locked


def _sentence(error: Exception) -> str:
    """pyserial tells some of the system's errors as a number and a text in brackets."""
    return _ERROR_TUPLE.sub(r"\1", str(error))


class PortBusyError(SMPTransportDisconnected):
    """Another program holds the port, as ModemManager does for some seconds after a plug went in."""


class AnswerLostError(Exception):
    """A request's answer, or the request itself, was damaged on the line."""


@dataclass(slots=True)
class _Waiting:
    sequence: int
    kind: bytes  # group and command
    order: int
    answer: "asyncio.Future[bytes]"


class PipelinedSerial(SMPTransport):
    """Use from one event loop. `damaged` counts what came in but could not be read."""

    def __init__(self) -> None:
        self.damaged = 0
        self._port: serial.Serial | None = None
        self._reader: threading.Thread | None = None
        self._closing = threading.Event()
        self._waiting: dict[int, _Waiting] = {}
        self._latest: _Waiting | None = None
        self._sent = 0

    async def connect(self, address: str, timeout_s: float) -> None:
        """Open the port. Raises SMPTransportDisconnected if it cannot be opened in time."""
        loop = asyncio.get_running_loop()
        give_up_s = loop.time() + timeout_s
        while True:
            try:
                self._port = serial.Serial(
                    address, timeout=_READ_TIMEOUT_S, write_timeout=_WRITE_TIMEOUT_S, exclusive=True
                )
                self._port.reset_input_buffer()
                break
            except (OSError, ValueError) as error:
                if getattr(error, "errno", None) in _HELD:
                    raise PortBusyError(f"{address} is held by another program") from error
                if loop.time() > give_up_s:
                    raise SMPTransportDisconnected(_sentence(error)) from error
            await asyncio.sleep(_RETRY_OPEN_S)
        self._closing.clear()
        self._reader = threading.Thread(target=self._read, args=(self._port, loop), daemon=True)
        self._reader.start()

    async def disconnect(self) -> None:
        """Close the port; requests that still wait fail."""
        self._closing.set()
        if self._reader is not None:
            await asyncio.to_thread(self._reader.join)
            self._reader = None
        if self._port is not None:
            with contextlib.suppress(OSError):
                self._port.close()
            self._port = None
        self._fail_all()

    async def send_and_receive(self, data: bytes) -> bytes:
        """The answer to the request in `data`. Raises AnswerLostError, SMPTransportDisconnected."""
        return await self._answer_to(self._send(data))

    async def send(self, data: bytes) -> None:
        """Send a request whose answer `receive` will wait for. Raises SMPTransportDisconnected."""
        self._latest = self._send(data)

    async def receive(self) -> bytes:
        """The answer to the request sent last. Raises AnswerLostError, SMPTransportDisconnected."""
        if self._latest is None:
            raise SMPTransportDisconnected("nothing was sent")
        return await self._answer_to(self._latest)

    def _send(self, data: bytes) -> _Waiting:
        if self._port is None:
            raise SMPTransportDisconnected("the port is closed")
        self._sent += 1
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(data[6], data[4:6] + data[7:8], self._sent, answer)
        try:
            # The leading line end closes what damage, or an earlier host, may have left open.
            self._port.write(b"\n" + b"".join(packet.encode(data, line_length=_LINE_LENGTH)))
        except OSError as error:
            raise SMPTransportDisconnected(_sentence(error)) from error
        self._waiting[waiting.sequence] = waiting
        return waiting

    async def _answer_to(self, waiting: _Waiting) -> bytes:
        try:
            return await waiting.answer
        finally:
            if self._waiting.get(waiting.sequence) is waiting:
                del self._waiting[waiting.sequence]

    @property
    def mtu(self) -> int:
        return self.max_unencoded_size

    @property
    def max_unencoded_size(self) -> int:
        return 256

    def _read(self, port: serial.Serial, loop: asyncio.AbstractEventLoop) -> None:
        frames = _Frames()
        try:
            while not self._closing.is_set():
                data = port.read(max(1, port.in_waiting))
                for frame in frames.receive(data):
                    loop.call_soon_threadsafe(self._deliver, frame)
                self.damaged = frames.damaged
        except (OSError, TypeError):  # pyserial lets a TypeError through when the port closes under it
            loop.call_soon_threadsafe(self._fail_all)

    def _deliver(self, frame: bytes) -> None:
        waiting = self._waiting.get(frame[6])
        if waiting is None or waiting.kind != frame[4:6] + frame[7:8] or waiting.answer.done():
            return
        waiting.answer.set_result(frame)
        for earlier in self._waiting.values():
            if earlier.order < waiting.order and not earlier.answer.done():
                earlier.answer.set_exception(AnswerLostError())

    def _fail_all(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(SMPTransportDisconnected("the port closed"))


class _Frames:
    """Finds whole frames among lines; the stock library takes them apart."""

    def __init__(self) -> None:
        self.damaged = 0
        self._buffer = b""
        self._decoder: Generator[None, bytes, bytes] | None = None

    def receive(self, data: bytes) -> list[bytes]:
        *lines, self._buffer = (self._buffer + data).split(packet.END_DELIMITER)
        self._buffer = self._buffer[-_LONGEST_LINE:]
        return [frame for line in lines if (frame := self._take(line)) is not None]

    def _take(self, line: bytes) -> bytes | None:
        at = max(line.rfind(packet.START_DELIMITER), line.rfind(packet.CONTINUE_DELIMITER))
        if at < 0:
            self.damaged += bool(line)
            return None
        if line[at : at + 2] == packet.START_DELIMITER:
            self._decoder = packet.decode()
            next(self._decoder)
        try:
            if self._decoder is not None:
                self._decoder.send(line[at:] + packet.END_DELIMITER)
        except StopIteration as whole:
            self._decoder = None
            return whole.value if len(whole.value) >= Header.SIZE else None
        except (SMPDecodeError, binascii.Error, struct.error):
            self._decoder = None
            self.damaged += 1
        return None
