"""Where samples come from: the sampler's own process on the device, or the same sampler stepped in virtual time."""

import contextlib
import multiprocessing
import os
import select
import signal
import threading
import traceback
from collections.abc import Callable
from typing import NoReturn, Protocol

from device.sampling.pipe import MessageReader, MessageWriter
from device.sampling.sampler import RETRY_NS, SampleMessage, Sampler
from device.system.clocks import Clock
from device.system.realtime import become_realtime, end_with_parent
from drivers.frontend import FrontEnd

LAST_WORK_S = 2  # longer than a sampler waits before it tries a faulty sensor again


class SampleSource(Protocol):
    def wait(self, timeout_s: float) -> list[SampleMessage]:
        """Messages that are there or come within `timeout_s`; EOFError when no more can ever come."""
        ...

    def rest(self) -> None:
        """Switch the sensor off and let its process sleep, until `wake`."""
        ...

    def wake(self) -> None: ...

    def nudge(self) -> None:
        """Let `wait` return at once, now or the next time; from any thread."""
        ...

    def close(self) -> None: ...


class InlineSource:
    """The sampler in this process, on a clock that its own waiting moves: for simulation faster than life."""

    def __init__(self, open_front_end: Callable[[], FrontEnd], clock: Clock) -> None:
        self._sampler = Sampler(open_front_end, clock)
        self._clock = clock
        self._rests = self._nudged = False

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        nudged, self._nudged = self._nudged, False
        if not self._rests:
            return [self._sampler.next_message()]
        if not nudged:
            self._clock.sleep_until_ns(self._clock.monotonic_ns() + round(1e9 * timeout_s))
        return []

    def rest(self) -> None:
        self._rests = True
        self._sampler.close()

    def wake(self) -> None:
        self._rests = False

    def nudge(self) -> None:
        self._nudged = True

    def close(self) -> None:
        self._sampler.close()


class SamplerProcess:
    """The sampler in a process of its own, so that nothing the rest does can make a sample late.

        this process --fork--> keeper --fork--> sampler, again where it died
              ^------------------ pipe ------------'

    At rest the sampler waits for a byte in a second pipe, and for nothing else.
    `open_front_end` is called in the sampler: only it touches the sensor. Its first message notes what real-time
    treatment the kernel refused. Make this before any thread is started: a fork beside threads is not safe, which is
    why a sampler that died is forked anew by the keeper, and not from here. Its samples stand on the same grid.
    """

    def __init__(self, open_front_end: Callable[[], FrontEnd], clock: Clock, realtime: bool = True) -> None:
        self._open_front_end = open_front_end
        self._clock = clock
        self._realtime = realtime
        self._origin_ns = clock.monotonic_ns()
        self._read_fd, write_fd = os.pipe()
        self._reader = MessageReader(self._read_fd)
        forking = multiprocessing.get_context("fork")
        self._pid = forking.RawValue("i", 0)
        self._rests = forking.RawValue("b", 0)
        self._wake_fd, self._write_wake_fd = os.pipe()
        self._nudge_fd, self._write_nudge_fd = os.pipe()
        for fd in (self._write_wake_fd, self._nudge_fd, self._write_nudge_fd):
            os.set_blocking(fd, False)
        self._parent_pid = os.getpid()
        self._keeper = forking.Process(target=self._keep, args=(write_fd,), name="rolig-keeper", daemon=True)
        self._keeper.start()
        for theirs in (write_fd, self._wake_fd):
            os.close(theirs)
        self._nudging = threading.Lock()

    @property
    def pid(self) -> int:
        """The sampler's process number; 0 before it is there."""
        return int(self._pid.value)

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        ready = select.select([self._read_fd, self._nudge_fd], [], [], timeout_s)[0]
        if self._nudge_fd in ready:
            os.read(self._nudge_fd, 4096)
        return self._reader.wait(0.0) if self._read_fd in ready else []

    def rest(self) -> None:
        self._rests.value = 1

    def wake(self) -> None:
        self._rests.value = 0
        _write_one(self._write_wake_fd)

    def nudge(self) -> None:
        with self._nudging:
            _write_one(self._write_nudge_fd)

    def close(self) -> None:
        if self._read_fd < 0:
            return
        with self._nudging:
            for fd in (self._read_fd, self._write_wake_fd, self._nudge_fd, self._write_nudge_fd):
                os.close(fd)
            # A number that is free is soon another file's.
            self._read_fd = self._write_wake_fd = self._nudge_fd = self._write_nudge_fd = -1
        self._keeper.join(2.0)
        if self._keeper.is_alive():
            self._keeper.kill()
            self._keeper.join()
        self._keeper.close()

    def _keep(self, write_fd: int) -> None:
        """The keeper: one sampler after the other, until the parent goes away.

        The sampler then finds that nobody listens and switches its sensor off; one that hangs is killed with the
        keeper, which touches no sensor and so always comes to its end.
        """
        end_with_parent(self._parent_pid, LAST_WORK_S)
        os.close(self._read_fd)
        os.close(self._write_wake_fd)
        # A stop is sent to the whole group; these two end when the parent closes the pipe, or is no more.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        writer, own_pid = MessageWriter(write_fd), os.getpid()
        while True:
            born_ns = self._clock.monotonic_ns()
            pid = os.fork()
            if pid == 0:
                end_with_parent(own_pid)
                _exit_after(lambda: self._sample(writer))
            self._pid.value = pid
            if os.waitpid(pid, 0)[1] == 0:
                return
            self._clock.sleep_until_ns(born_ns + RETRY_NS)
            fault = "the sampler had stopped and was started again"
            try:
                writer.send(SampleMessage(0, self._clock.monotonic_ns(), fault=fault))
            except BrokenPipeError:
                return

    def _sample(self, writer: MessageWriter) -> None:
        """The sampler: until nobody listens any more."""
        sampler = Sampler(self._open_front_end, self._clock, self._origin_ns)
        refused = become_realtime() if self._realtime else ["not asked for"]
        note = "sampling in real time" if not refused else "sampling without real time: " + "; ".join(refused)
        try:
            writer.send(SampleMessage(0, 0, note=note))
            while True:
                while self._rests.value:
                    sampler.close()
                    if not os.read(self._wake_fd, 4096):
                        return
                writer.send(sampler.next_message())
        except BrokenPipeError:
            return
        finally:
            sampler.close()  # or a pulse sensor goes on shining


def _write_one(fd: int) -> None:
    """A byte into a pipe that somebody waits at; one that is full or closed needs none."""
    with contextlib.suppress(OSError):
        os.write(fd, b"\0")


def _exit_after(work: Callable[[], None]) -> NoReturn:
    """Do the work of a forked process and end it, without what the parent would do at its own end."""
    status = 1
    try:
        work()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)
