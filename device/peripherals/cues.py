"""LED and vibration motor as the appliance sees them: never waited for, and gone on without where they fail."""

import logging
import math
from collections.abc import Callable
from typing import Protocol

from device.peripherals.newest import Newest
from device.session.showing.cues import NO_CUES, CueDuty
from drivers.errors import DriverError

CLOSING_S = 1.0
log = logging.getLogger(__name__)


class Cue(Protocol):
    def set(self, strength: float) -> None: ...


class Cues:
    """What is fitted of the two. `background`: as in `Newest`."""

    def __init__(
        self, led: Cue | None, vibration: Cue | None, now_s: Callable[[], float], background: bool = True
    ) -> None:
        self._led, self._vibration = led, vibration
        self._duty = NO_CUES
        fitted = led is not None or vibration is not None
        self._hand = Newest("rolig-cues", self._set, now_s, background) if fitted else None

    def set(self, duty: CueDuty) -> None:
        if self._hand is not None and duty != self._duty:
            self._duty = duty
            self._hand.put(duty)

    def close(self) -> None:
        """Both off."""
        self.set(NO_CUES)
        if self._hand is not None:
            self._hand.close(CLOSING_S)

    def _set(self, duty: CueDuty) -> float:
        try:
            if self._led is not None:
                self._led.set(duty.led)
            if self._vibration is not None:
                self._vibration.set(duty.vibration)
        except DriverError as error:
            log.warning("going on without cues: %s", error)
            self._led = self._vibration = None
        return math.inf
