"""The button as the appliance sees it: it may come late."""

import logging
from collections.abc import Callable
from typing import Protocol

from drivers.button import ButtonEvent
from drivers.errors import DriverError

BUTTON_RETRY_S = 5.0
log = logging.getLogger(__name__)


class Buttons(Protocol):
    @property
    def settling(self) -> bool: ...

    def events(self) -> list[ButtonEvent]: ...


class EdgeButton(Buttons, Protocol):
    on_edge: Callable[[], None]


class LateButton:
    """Tries to open the button every five seconds until it is there; no presses until then. `on_edge` is called, by
    another thread, when there is something to look at."""

    def __init__(
        self, open_button: Callable[[], EdgeButton], now_s: Callable[[], float], on_edge: Callable[[], None]
    ) -> None:
        self._open_button = open_button
        self._now_s = now_s
        self._on_edge = on_edge
        self._button: EdgeButton | None = None
        self._next_s = 0.0
        self._told = False

    @property
    def settling(self) -> bool:
        return self._button is not None and self._button.settling

    def events(self) -> list[ButtonEvent]:
        if self._button is None:
            if self._now_s() < self._next_s:
                return []
            self._open()
        return self._button.events() if self._button is not None else []

    def _open(self) -> None:
        try:
            self._button = self._open_button()
            self._button.on_edge = self._on_edge
        except DriverError as error:
            self._next_s = self._now_s() + BUTTON_RETRY_S
            if not self._told:
                log.warning("no button yet: %s", error)
            self._told = True
