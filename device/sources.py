"""Where samples come from: the sampler's own process on the device, or the same sampler stepped in virtual time."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Protocol

from device.clocks import Clock
from device.realtime import become_realtime
from device.sampler_link import MessageReader, MessageWriter
from device.sampling import RETRY_NS, SampleMessage, Sampler
from drivers.frontend import FrontEnd


class SampleSource(Protocol):
    def wait(self, timeout_s: float) -> list[SampleMessage]:
        """Messages that are there or come within `timeout_s`; EOFError when no more can ever come."""
        ...

    def close(self) -> None: ...


class InlineSource:
    """The sampler in this process, on a clock that its own waiting moves: for simulation faster than life."""

    def __init__(self, open_front_end: Callable[[], FrontEnd], clock: Clock) -> None:
        self._sampler = Sampler(open_front_end, clock)

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        return [self._sampler.next_message()]

    def close(self) -> None:
        self._sampler.close()


class SamplerProcess:
    """The sampler in a process of its own, so that nothing the rest does can make a sample late.

    `open_front_end` is called in the child: only it touches the sensor. The first message notes what real-time
    treatment the kernel refused. The child is forked: make this before any thread is started. A child that died is
    forked again, and its samples stand on the same grid.
    """

    def __init__(self, open_front_end: Callable[[], FrontEnd], clock: Clock, realtime: bool = True) -> None:
        self._open_front_end = open_front_end
        self._clock = clock
        self._realtime = realtime
        self._origin_ns = clock.monotonic_ns()
        self._born_ns = 0
        self._spawn()

    @property
    def pid(self) -> int | None:
        """The child's process number."""
        return self._process.pid

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        try:
            return self._reader.wait(timeout_s)
        except EOFError:
            self.close()
            self._clock.sleep_until_ns(self._born_ns + RETRY_NS)
            self._spawn()
            return [SampleMessage(0, self._clock.monotonic_ns(), fault="the sampler had stopped and was started again")]

    def close(self) -> None:
        os.close(self._read_fd)
        self._process.join(2.0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _spawn(self) -> None:
        self._read_fd, write_fd = os.pipe()
        self._reader = MessageReader(self._read_fd)
        self._born_ns = self._clock.monotonic_ns()
        self._process = multiprocessing.get_context("fork").Process(
            target=self._sample, args=(write_fd,), name="rolig-sampler", daemon=True
        )
        self._process.start()
        os.close(write_fd)

    def _sample(self, write_fd: int) -> None:
        """The child: sample until the parent goes away or says stop."""
        os.close(self._read_fd)
        # A stop is sent to the whole group; the child ends when its parent closes the pipe.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        writer = MessageWriter(write_fd)
        sampler = Sampler(self._open_front_end, self._clock, self._origin_ns)
        refused = become_realtime() if self._realtime else ["not asked for"]
        note = "sampling in real time" if not refused else "sampling without real time: " + "; ".join(refused)
        try:
            writer.send(SampleMessage(0, 0, note=note))
            while True:
                writer.send(sampler.next_message())
        except BrokenPipeError:
            return
