"""Work that may be slow, done for the newest of what was asked: whatever came before it and still waits is dropped.

A panel whose bus hangs for seconds, or a pin that does, so costs frames and nothing else: the loop only ever puts
something down and goes on.
"""

import logging
import math
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
AFTER_A_FAULT_S = 2.0
log = logging.getLogger(__name__)


class Newest(Generic[Thing]):
    """`work` is called with the newest thing, once for each unless a newer one comes first, and answers in how many
    seconds it wants to be called with it again (infinity: not at all). `background`: by a thread of its own. Otherwise
    at once, in `put` and `poll`: for time that stands still meanwhile.
    """

    def __init__(
        self, name: str, work: Callable[[Thing], float], now_s: Callable[[], float], background: bool = True
    ) -> None:
        self._work = work
        self._now_s = now_s
        self._changed = threading.Condition()
        self._waiting: list[Thing] = []
        self._latest: list[Thing] = []
        self._again_s = math.inf
        self._since_s = math.inf
        self._over = False
        self._thread: threading.Thread | None = None
        if background:
            self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
            self._thread.start()

    def put(self, thing: Thing) -> None:
        with self._changed:
            self._waiting = [thing]
            self._changed.notify()
        if self._thread is None:
            self._do_next()

    def poll(self) -> None:
        """To be called now and then: without a thread, it is here that something is tried again."""
        if self._thread is None and self._now_s() >= self._again_s:
            self._do_next()

    def busy_s(self) -> float:
        """For how long the work at hand has been going on; 0 while there is none."""
        return max(0.0, self._now_s() - self._since_s)

    def close(self, within_s: float) -> None:
        """What was put last is still done, if that takes no longer than `within_s`."""
        with self._changed:
            self._over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(within_s)

    def _serve(self) -> None:
        while self._wait():
            self._do_next()

    def _wait(self) -> bool:
        """Until there is something to do; False when all is over."""
        with self._changed:
            while not self._waiting and not self._over:
                left_s = self._again_s - self._now_s()
                if left_s <= 0.0:
                    break
                self._changed.wait(None if math.isinf(left_s) else left_s)
            return bool(self._waiting) or not self._over

    def _do_next(self) -> None:
        with self._changed:
            self._latest = self._waiting or self._latest
            self._waiting = []
        self._since_s = self._now_s()
        try:
            wanted_s = self._work(self._latest[0])
        except Exception:  # a fault of ours: it ends no thread unheard, and a newer thing may go better
            log.exception("%s", self._thread.name if self._thread else "a peripheral")
            wanted_s = AFTER_A_FAULT_S
        self._since_s = math.inf
        self._again_s = self._now_s() + wanted_s
