"""Ctrl-C and SIGTERM as a flag that loops look at, so that what is open is closed safely first."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType

BY_SIGNAL = 128


class StopRequest:
    """Within `with StopRequest() as stop:` the signals only set `stop.requested` and call `on_request`; the old
    handlers come back after. `status` is the exit code of a job that was stopped, as a shell has it (130, 143); 0 where
    nothing was requested."""

    def __init__(self, on_request: Callable[[], None] | None = None) -> None:
        self.requested = False
        self.status = 0
        self._on_request = on_request
        self._before: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> "StopRequest":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        self.status = BY_SIGNAL + number
        if self._on_request is not None:
            self._on_request()
