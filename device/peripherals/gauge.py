"""The battery's gauge as the appliance sees it: a chip on a bus behind a file of the kernel, which may take seconds."""

import math
from collections.abc import Callable

from device.peripherals.newest import Newest


class SlowGauge:
    """What the gauge last said. `read` is called in the `background`, as in `Newest`, each time somebody asks."""

    def __init__(self, read: Callable[[], bool], now_s: Callable[[], float], background: bool = True) -> None:
        self._read = read
        self._low = False
        self._hand = Newest("rolig-gauge", self._look, now_s, background)

    def is_low(self) -> bool:
        if self._hand.busy_s() == 0.0:
            self._hand.put(None)
        return self._low

    def _look(self, _: None) -> float:
        self._low = self._read()
        return math.inf
