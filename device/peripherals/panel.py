"""The display as the appliance sees it: it may come late, be slow or go away without disturbing the rest."""

import contextlib
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from PIL import Image

from device.peripherals.newest import Newest
from device.session.choosing.preferences import USUAL_BRIGHTNESS
from drivers.errors import DriverError

DISPLAY_RETRY_S = 2.0
LEAST_CONTRAST, MOST_CONTRAST = 1, 255
BRIGHTNESS = (0.0, 0.3, 1.0, 2.0)
"""Of the configured contrast, from night to brightest."""
STUCK_S = 3.0
CLOSING_S = 2.0
log = logging.getLogger(__name__)


class Display(Protocol):
    def show(self, image: Image.Image) -> bool: ...

    def contrast(self, level: int) -> None: ...

    def on(self) -> None: ...

    def off(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """How the display should be: this picture on it, lit so brightly or dark, or switched off for good."""

    picture: Image.Image | None = None
    lit: bool = True
    brightness: int = USUAL_BRIGHTNESS
    over: bool = False


class Panel:
    """Opens the display by itself, brings it to what was wanted last, tries again every two seconds after a fault, and
    never raises. A dark one is not written to. `background`: as in `Newest`."""

    def __init__(
        self, open_display: Callable[[], Display], contrast: int, now_s: Callable[[], float], background: bool = True
    ) -> None:
        self._open_display = open_display
        self._contrast = contrast
        self._now_s = now_s
        self._display: Display | None = None
        self._lit = True
        self._brightness: int | None = None
        self._told = False
        self._retry_s = -math.inf
        self._wanted = Wanted()
        self._hand = Newest("rolig-panel", self._bring, now_s, background)

    @property
    def there(self) -> bool:
        """Whether the display took the last picture and is lit."""
        return self._display is not None and self._lit and self._hand.busy_s() < STUCK_S

    def show(self, picture: Image.Image) -> None:
        """In place of the picture before, which is dropped if it is not on the panel yet."""
        self._want(replace(self._wanted, picture=picture))

    def light(self, on: bool) -> None:
        """Whether the panel shines at all."""
        self._want(replace(self._wanted, lit=on))

    def brighten(self, level: int) -> None:
        """To one of the menu's levels, 0 the night's."""
        self._want(replace(self._wanted, brightness=level))

    def poll(self) -> None:
        self._hand.poll()

    def close(self) -> None:
        self._want(Wanted(over=True))
        self._hand.close(CLOSING_S)

    def _want(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._hand.put(wanted)

    def _bring(self, wanted: Wanted) -> float:
        """In how many seconds to try again."""
        now_s = self._now_s()
        if now_s < self._retry_s and not wanted.over:
            return self._retry_s - now_s
        try:
            self._apply(wanted)
        except DriverError as error:
            self._lose(error)
            return DISPLAY_RETRY_S
        return math.inf

    def _apply(self, wanted: Wanted) -> None:
        if wanted.over or not wanted.lit:
            self._darken(wanted.over)
            return
        if self._display is None:
            self._display = self._open_display()
            self._brightness = None
            self._lit = True
            log.info("the display is there")
        if self._brightness != wanted.brightness:
            self._display.contrast(_contrast(self._contrast, wanted.brightness))
            self._brightness = wanted.brightness
        if wanted.picture is not None:
            self._display.show(wanted.picture)
        if not self._lit:
            self._display.on()
            self._lit = True

    def _darken(self, over: bool) -> None:
        if self._display is not None and over:
            self._display.close()
            self._display = None
        elif self._display is not None and self._lit:
            self._display.off()
        self._lit = False

    def _lose(self, error: DriverError) -> None:
        if not self._told or self._display is not None:
            log.warning("going on without the display: %s", error)
        self._told = True
        if self._display is not None:
            with contextlib.suppress(DriverError):
                self._display.close()
        self._display = None
        self._retry_s = self._now_s() + DISPLAY_RETRY_S


def _contrast(usual: int, brightness: int) -> int:
    return max(LEAST_CONTRAST, min(MOST_CONTRAST, round(usual * BRIGHTNESS[brightness])))
