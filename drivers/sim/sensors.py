"""The simulated sensors, one row each: how the chip of `drivers/sensors.py`'s row of that name hangs on the body."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from drivers.sim.chips.max30003 import SimMax30003
from drivers.sim.chips.max30102 import SimMax30102
from drivers.sim.chips.max86141 import SimMax86141
from drivers.sim.chips.mcp3208 import SimMcp3208
from drivers.sim.person.body import Body
from drivers.wiring import Wiring

_PULSE_REST_V: Final = 1.2
_PULSE_V: Final = 0.9
_CLOCK_ERROR: Final = 0.004  # the chips' oscillators against the Pi's
_CRYSTAL_ERROR: Final = 0.0001


@dataclass(frozen=True, slots=True)
class Hookup:
    """What a chip hangs on: the body, the time, the wiring, and for lines beside its bus `drive(gpio, high)` and
    `held_low(gpio)`, whether the Pi holds one low."""

    body: Body
    now_s: Callable[[], float]
    wiring: Wiring
    drive: Callable[[int | None, bool], None]
    held_low: Callable[[int | None], bool]


def _ad8232(hookup: Hookup) -> SimMcp3208:
    """The leads-off pins follow as the signal is asked for, as a side of the same chip."""
    body, wiring = hookup.body, hookup.wiring
    loose: frozenset[str] = frozenset()

    def drive_leads_off(t_s: float) -> None:
        nonlocal loose
        now_loose = body.loose(t_s)
        if now_loose != loose:
            loose = now_loose
            hookup.drive(wiring.lo_plus_gpio, "positive" in loose)
            hookup.drive(wiring.lo_minus_gpio, "negative" in loose)

    def volts(channel: int) -> float:
        if channel != wiring.ecg_channel or hookup.held_low(wiring.sdn_gpio):
            return 0.0  # shut down, the output is not driven
        t_s = hookup.now_s()
        if body.disturbances.leads_off:
            drive_leads_off(t_s)
        return 0.0005 * wiring.adc_vref_mv + 0.001 * wiring.ecg_gain * body.ecg_mv_at(t_s)

    return SimMcp3208(volts, wiring.adc_vref_mv, wiring.adc)


def _pulse(hookup: Hookup) -> SimMcp3208:
    wiring = hookup.wiring

    def volts(channel: int) -> float:
        if channel != wiring.pulse_channel:
            return 0.0
        pulse = hookup.body.ppg_at(hookup.now_s())
        return _PULSE_REST_V if math.isnan(pulse) else _PULSE_REST_V + _PULSE_V * pulse

    return SimMcp3208(volts, wiring.adc_vref_mv, wiring.adc)


# What is made speaks `xfer2` or SMBus, after its sensor's link.
SIM_CHIPS: Final[dict[str, Callable[[Hookup], Any]]] = {
    "ad8232": _ad8232,
    "pulse": _pulse,
    "max30102": lambda h: SimMax30102(h.body.ppg, h.now_s, _CLOCK_ERROR),
    "max30003": lambda h: SimMax30003(h.body.ecg_mv, h.now_s, h.body.loose, _CRYSTAL_ERROR),
    "max86141": lambda h: SimMax86141(h.body.ppg, h.now_s, _CLOCK_ERROR),
}


class EmptySpi:
    """A chip select on which nothing hangs: MISO floats high."""

    def xfer2(self, data: list[int]) -> list[int]:
        return [0xFF] * len(data)

    def close(self) -> None:
        """Nothing to release."""


class EmptyI2c:
    """A bus on which nothing answers."""

    def read_byte_data(self, address: int, register: int) -> int:
        raise _no_answer()

    def write_byte_data(self, address: int, register: int, value: int) -> None:
        raise _no_answer()

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        raise _no_answer()

    def close(self) -> None:
        """Nothing to release."""


def _no_answer() -> OSError:
    return OSError(121, "Remote I/O error")
