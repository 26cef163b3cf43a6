"""When a version has shown that it comes up, and when one that was installed gets its turn."""

import logging
import math
import time
from collections.abc import Callable

from device.update.versions import Versions

UP_S = 10.0
"""So long it has to be ready, with samples or a sensor fault that it knows of."""
ANSWERED_S = 0.5
"""Until the answer to whoever asked for the restart is out."""
log = logging.getLogger(__name__)


class Proof:
    """`look` is called in every turn of the loop once the service is ready."""

    def __init__(self, versions: Versions | None, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._versions = versions
        self._monotonic_s = monotonic_s
        self._since_s = math.inf

    def look(self, alive: bool) -> None:
        if self._versions is None:
            return
        now_s = self._monotonic_s()
        self._since_s = min(self._since_s, now_s) if alive else math.inf
        if now_s - self._since_s < UP_S:
            return
        try:
            self._versions.prove()
        except OSError as error:  # it is on trial at the next start, too
            log.warning("that this version is up could not be kept: %s", error)
        self._versions = None


class Restart:
    """Asked for by the server's thread, seen by the loop."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._due_s = math.inf

    def ask(self) -> None:
        self._due_s = self._monotonic_s() + ANSWERED_S

    @property
    def due(self) -> bool:
        return self._monotonic_s() >= self._due_s
