"""Puts data records on the card from a thread of its own, so that a slow card holds nothing else back."""

import errno
import queue
import threading
import time
from collections.abc import Callable

from device.errors import RecordingError
from device.recording.format.record_crc import CHECK_LINE_BYTES, check_line
from device.recording.store import RESERVE_BYTES, OpenSession, reason

SYNC_EVERY_S = 5.0
QUEUE_RECORDS = 120


class RecordWriter:
    """Appends records of one length after a header of `header_bytes`. It never raises: the first fault is kept in
    `fault`, and from then on records are taken and thrown away.

    A record is acknowledged once fdatasync returned for it; there is one at most every 5 s.
    """

    def __init__(
        self,
        session: OpenSession,
        header_bytes: int,
        free_bytes: Callable[[], int],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._end = header_bytes
        self._free_bytes = free_bytes
        self._monotonic_s = monotonic_s
        self._queue: queue.Queue[bytes | None] = queue.Queue()
        self._taken = threading.Condition()
        self._synced_at_s = monotonic_s()
        self.written_records = 0
        self.acknowledged_records = 0
        self.fault: RecordingError | None = None
        self._since_s: float | None = None
        self._last: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def has_room(self) -> bool:
        """Whether fewer than QUEUE_RECORDS wait to be written."""
        return self._queue.qsize() < QUEUE_RECORDS

    def wait_for_room(self) -> None:
        with self._taken:
            self._taken.wait_for(lambda: self.has_room)

    def put(self, record: bytes) -> None:
        """Hand over a record; never waits."""
        self._queue.put(record)

    def finish(self, last: Callable[[], None]) -> None:
        """No more records. `last` runs on the writer's thread when they are on the card, or the fault is known; it
        must not raise."""
        self._last = last
        self._queue.put(None)

    @property
    def stuck_s(self) -> float:
        """How long the card has been at one thing."""
        since_s = self._since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    @property
    def finished(self) -> bool:
        """Whether `last` has returned."""
        return not self._thread.is_alive()

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when `last` has, or the time is up."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (record := self._queue.get()) is not None:
            with self._taken:
                self._taken.notify()
            if self.fault is None:
                self.fault = self._attempt(self._append, record)
        if self.fault is None:
            self.fault = self._attempt(self._sync)
        self._since_s = time.monotonic()
        self._last()

    def _attempt(self, work: Callable[..., None], *arguments: bytes) -> RecordingError | None:
        self._since_s = time.monotonic()
        try:
            work(*arguments)
        except OSError as error:
            fault = RecordingError(f"{self._session.folder.name}: recording stopped: {reason(error)}")
            fault.__cause__ = error
            return fault
        finally:
            self._since_s = None
        return None

    def _append(self, record: bytes) -> None:
        self._session.edf.write_at(self._end, record)
        self._session.check.write_at(self.written_records * CHECK_LINE_BYTES, check_line(record))
        self._end += len(record)
        self.written_records += 1
        if self._monotonic_s() - self._synced_at_s >= SYNC_EVERY_S:
            self._sync()
            if self._free_bytes() < RESERVE_BYTES:
                raise OSError(errno.ENOSPC, "less than 1 MB is free")

    def _sync(self) -> None:
        written = self.written_records
        self._session.edf.sync()
        self._session.check.sync()
        self.acknowledged_records = written
        self._synced_at_s = self._monotonic_s()
