"""Character devices served from user space: the kernel's CUSE, spoken directly.

    kernel -> us   fuse_in_header (40 bytes), then what the operation carries
    us -> kernel   fuse_out_header (16 bytes), then the answer

An ioctl whose argument points to memory is answered with "retry" and a list of what to fetch from the caller (and where
the answer will go), until all of it came along (include/uapi/linux/fuse.h; fs/fuse/ioctl.c).
"""

import errno
import os
import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass

IN_HEADER = struct.Struct("<IIQQIIIHH")
OUT_HEADER = struct.Struct("<IiQ")
INIT_IN = struct.Struct("<IIII")
INIT_OUT = struct.Struct("<IIIIIIII40x")
OPEN_OUT = struct.Struct("<QII")
IOCTL_IN = struct.Struct("<QIIQII")
IOCTL_OUT = struct.Struct("<iIII")
IOVEC = struct.Struct("<QQ")

OPEN, RELEASE, FLUSH, INTERRUPT, IOCTL, CUSE_INIT = 14, 18, 25, 36, 39, 4096
UNRESTRICTED_IOCTL = 1
RETRY = 1 << 2
MAX_IO = 1 << 16

Span = tuple[int, int]  # address and length in the caller's memory


@dataclass(frozen=True, slots=True)
class Action:
    """How an ioctl ends: `run()` gives the bytes for each of `writes`, in order. It is called once."""

    writes: tuple[Span, ...] = ()
    run: Callable[[], list[bytes]] = list


# Given what ioctl it is and its argument: yields the spans it needs, is sent their bytes, returns an Action.
IoctlPlan = Generator[Span, bytes, Action]


class CuseDevice:
    """`/dev/NAME`; `plan(file handle, command, argument)` says what an ioctl does, and may raise OSError."""

    def __init__(self, name: str, plan: Callable[[int, int, int], IoctlPlan]) -> None:
        self._plan = plan
        self._opened = 0
        self._fd = os.open("/dev/cuse", os.O_RDWR)
        unique, _, body = self._receive()
        major, minor, _, _ = INIT_IN.unpack_from(body)
        init = INIT_OUT.pack(major, minor, 0, UNRESTRICTED_IOCTL, MAX_IO, MAX_IO, 0, 0)
        self._answer(unique, init + f"DEVNAME={name}\0".encode())

    def serve(self) -> None:
        """Answer until the process ends."""
        while True:
            unique, opcode, body = self._receive()
            if opcode == INTERRUPT:
                continue
            try:
                self._answer(unique, self._handle(opcode, body))
            except OSError as error:
                self._answer(unique, b"", -(error.errno or errno.EIO))

    def _handle(self, opcode: int, body: bytes) -> bytes:
        if opcode == OPEN:
            self._opened += 1
            return OPEN_OUT.pack(self._opened, 0, 0)
        if opcode in (RELEASE, FLUSH):
            return b""
        if opcode == IOCTL:
            handle, _, command, argument, in_size, out_size = IOCTL_IN.unpack_from(body)
            return self._ioctl(self._plan(handle, command, argument), body[IOCTL_IN.size :][:in_size], out_size)
        raise OSError(errno.ENOSYS, "not served")

    @staticmethod
    def _ioctl(plan: IoctlPlan, fetched: bytes, room: int) -> bytes:
        reads: list[Span] = []
        at = 0
        data: bytes | None = None
        try:
            while True:
                span = plan.send(data) if data is not None else next(plan)
                reads.append(span)
                data = fetched[at : at + span[1]]
                at += span[1]
                if len(data) < span[1]:
                    return _retry(reads, ())
        except StopIteration as ended:
            action: Action = ended.value
        if room != sum(length for _, length in action.writes):
            return _retry(reads, action.writes)
        return IOCTL_OUT.pack(0, 0, 0, 0) + b"".join(action.run())

    def _receive(self) -> tuple[int, int, bytes]:
        message = os.read(self._fd, MAX_IO + 4096)
        length, opcode, unique, *_ = IN_HEADER.unpack_from(message)
        return unique, opcode, message[IN_HEADER.size : length]

    def _answer(self, unique: int, body: bytes, error: int = 0) -> None:
        os.write(self._fd, OUT_HEADER.pack(OUT_HEADER.size + len(body), error, unique) + body)


def _retry(reads: list[Span], writes: tuple[Span, ...]) -> bytes:
    spans = b"".join(IOVEC.pack(*span) for span in (*reads, *writes))
    return IOCTL_OUT.pack(0, RETRY, len(reads), len(writes)) + spans
