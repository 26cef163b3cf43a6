"""Display and button as the appliance sees them: they may come late, be slow or go away without disturbing the rest."""

import contextlib
import logging
import math
from collections.abc import Callable
from typing import Protocol

from PIL import Image

from device.session.choosing.preferences import USUAL_BRIGHTNESS
from drivers.button import ButtonEvent
from drivers.errors import DriverError

DISPLAY_RETRY_S = 2.0
BUTTON_RETRY_S = 5.0
DIM_CONTRAST, MOST_CONTRAST = 1, 255
BRIGHTNESS = (0.0, 0.3, 1.0, 2.0)
"""Of the configured contrast, from night to brightest."""
log = logging.getLogger(__name__)


class Display(Protocol):
    def show(self, image: Image.Image) -> bool: ...

    def contrast(self, level: int) -> None: ...

    def close(self) -> None: ...


class Buttons(Protocol):
    def events(self) -> list[ButtonEvent]: ...


class Panel:
    """Opens the display by itself, tries again every two seconds after a fault, and never raises."""

    def __init__(self, open_display: Callable[[], Display], contrast: int) -> None:
        self._open_display = open_display
        self._contrast = contrast
        self._dimmed = False
        self._brightness = USUAL_BRIGHTNESS
        self._display: Display | None = None
        self._retry_s = -math.inf

    @property
    def there(self) -> bool:
        """Whether the display took the last picture."""
        return self._display is not None

    def show(self, image: Image.Image, now_s: float) -> bool:
        """Returns whether the picture is on the panel now."""
        try:
            if self._display is None:
                if now_s < self._retry_s:
                    return False
                self._display = self._open_display()
                self._apply_contrast()
                log.info("the display is there")
            self._display.show(image)
        except DriverError as error:
            self._lose(error, now_s)
            return False
        return True

    def dim(self, dimmed: bool, now_s: float) -> None:
        self._dimmed = dimmed
        self._light(now_s)

    def brighten(self, level: int, now_s: float) -> None:
        """To one of the menu's levels, 0 the night's."""
        if level != self._brightness:
            self._brightness = level
            self._light(now_s)

    def _light(self, now_s: float) -> None:
        try:
            self._apply_contrast()
        except DriverError as error:
            self._lose(error, now_s)

    def close(self) -> None:
        if self._display is not None:
            try:
                self._display.close()
            except DriverError as error:
                log.warning("the display could not be switched off: %s", error)

    def _apply_contrast(self) -> None:
        if self._display is not None:
            wanted = round(self._contrast * BRIGHTNESS[self._brightness])
            self._display.contrast(DIM_CONTRAST if self._dimmed else max(DIM_CONTRAST, min(MOST_CONTRAST, wanted)))

    def _lose(self, error: DriverError, now_s: float) -> None:
        if self._retry_s == -math.inf or self._display is not None:
            log.warning("going on without the display: %s", error)
        if self._display is not None:
            with contextlib.suppress(DriverError):
                self._display.close()
        self._display = None
        self._retry_s = now_s + DISPLAY_RETRY_S


class LateButton:
    """Tries to open the button every five seconds until it is there; no presses until then."""

    def __init__(self, open_button: Callable[[], Buttons], now_s: Callable[[], float]) -> None:
        self._open_button = open_button
        self._now_s = now_s
        self._button: Buttons | None = None
        self._next_s = 0.0
        self._told = False

    def events(self) -> list[ButtonEvent]:
        if self._button is None:
            if self._now_s() < self._next_s:
                return []
            self._open()
        return self._button.events() if self._button is not None else []

    def _open(self) -> None:
        try:
            self._button = self._open_button()
        except DriverError as error:
            self._next_s = self._now_s() + BUTTON_RETRY_S
            if not self._told:
                log.warning("no button yet: %s", error)
            self._told = True
