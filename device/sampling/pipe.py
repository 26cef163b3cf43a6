"""The pipe from the sampler's process: whole messages, never blocking the sampler, what does not fit is dropped."""

import contextlib
import fcntl
import os
import select
import struct

import numpy as np

from device.sampling.sampler import SampleMessage
from drivers.frontend import LeadsOff, SideSample

PIPE_BYTES = 1 << 20
_HEADER = struct.Struct("<IQQIHHHH")
_SIDE_NUMBERS = 3  # signal, beside, count
_LONGEST_TEXT = 200
# A write of at most PIPE_BUF bytes is atomic (POSIX): it goes in whole or not at all.
_MOST_NUMBERS = (select.PIPE_BUF - _HEADER.size - _LONGEST_TEXT) // 4


def encode(message: SampleMessage) -> bytes:
    text = (message.fault or message.note).encode("utf-8", "replace")[:_LONGEST_TEXT]
    side = [number for sample in message.side for number in (sample.signal, sample.beside, sample.count)]
    numbers = message.counts.astype("<i4", copy=False).tobytes() + np.array(side, "<i4").tobytes()
    header = _HEADER.pack(
        _HEADER.size + len(numbers) + len(text),
        message.first_index,
        message.newest_ns,
        len(message.counts),
        message.leads_off.value,
        message.late,
        bool(message.fault),
        len(message.side),
    )
    return header + numbers + text


def decode(frame: bytes) -> SampleMessage:
    _, first_index, newest_ns, n, leads_off, late, is_fault, n_side = _HEADER.unpack_from(frame)
    numbers = np.frombuffer(frame, "<i4", n + _SIDE_NUMBERS * n_side, _HEADER.size).astype(np.int32)
    text = frame[_HEADER.size + numbers.nbytes :].decode("utf-8", "replace")
    fault, note = (text, "") if is_fault else ("", text)
    side = tuple(SideSample(*row) for row in numbers[n:].reshape(-1, _SIDE_NUMBERS).tolist())
    return SampleMessage(first_index, newest_ns, numbers[:n], LeadsOff(leads_off), late, fault, note, side)


class MessageWriter:
    """The sampler's end. `dropped` counts messages that found the pipe full."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.dropped = 0
        os.set_blocking(fd, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def send(self, message: SampleMessage) -> None:
        """Raises BrokenPipeError when the reader is gone."""
        numbers = len(message.counts) + _SIDE_NUMBERS * len(message.side)
        if numbers > _MOST_NUMBERS:
            raise ValueError(f"a message holds at most {_MOST_NUMBERS} numbers, not {numbers}")
        try:
            os.write(self._fd, encode(message))
        except BlockingIOError:
            self.dropped += 1


class MessageReader:
    """The pipeline's end."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = b""
        os.set_blocking(fd, False)

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        """The messages that are there, or that come within `timeout_s`. Raises EOFError when the sampler has gone."""
        if not select.select([self._fd], [], [], timeout_s)[0]:
            return []
        try:
            fresh = os.read(self._fd, PIPE_BYTES)
        except BlockingIOError:
            return []
        if not fresh:
            raise EOFError("the sampler's process has ended")
        self._buffer += fresh
        messages: list[SampleMessage] = []
        start = 0
        while len(self._buffer) - start >= _HEADER.size:
            (size,) = struct.unpack_from("<I", self._buffer, start)
            if len(self._buffer) - start < size:
                break
            messages.append(decode(self._buffer[start : start + size]))
            start += size
        self._buffer = self._buffer[start:]
        return messages
