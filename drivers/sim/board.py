"""A board on which every chip and pin is simulated at the wire, around one simulated body."""

import math
from collections.abc import Callable
from typing import Any, Final

from gpiozero.pins.mock import MockFactory, MockPWMPin

from drivers.board import FRONT_ENDS, WiredBoard
from drivers.buses import I2cBus, SpiDevice
from drivers.errors import BusError
from drivers.mcp3208 import MCP3008, MCP3208
from drivers.sim.body import Body
from drivers.sim.display import SimDisplay
from drivers.sim.max30003 import SimMax30003
from drivers.sim.max30102 import SimMax30102
from drivers.sim.mcp3208 import SimMcp3208
from drivers.usb_port import UsbPort
from drivers.wiring import Wiring

_VBUS_GPIO: Final = 6
_PULSE_REST_V: Final = 1.2
_PULSE_V: Final = 0.9
_CLOCK_ERROR: Final = 0.004  # the chips' oscillators against the Pi's


class SimBoard(WiredBoard):
    """Implements `drivers.board.Board` with the real drivers. One sensor of FRONT_ENDS is plugged in.

    `now_s` is the time the wearer and the chips live in, from 0. `display`, `adc` and the pins are there for tests
    and the demo to look at and to disturb: `press`, `release`, `plug_usb`.
    """

    def __init__(
        self,
        body: Body,
        now_s: Callable[[], float],
        sensor: str = "ad8232",
        wiring: Wiring | None = None,
    ) -> None:
        if sensor not in FRONT_ENDS:
            raise ValueError(f"no sensor is called {sensor!r}; there are {', '.join(FRONT_ENDS)}")
        wiring = wiring or Wiring(vbus_gpio=_VBUS_GPIO)
        super().__init__(wiring, now_s, MockFactory(pin_class=MockPWMPin))
        self.body = body
        self.sensor = sensor
        self.display = SimDisplay(wiring.display)
        adc = MCP3008 if wiring.adc == "mcp3008" else MCP3208
        self.adc = SimMcp3208(self._volts, wiring.adc_vref_mv, adc)
        self.adc.unplugged = sensor not in ("ad8232", "pulse")
        self.max30102 = SimMax30102(body.ppg, now_s, _CLOCK_ERROR)
        self.max30102.unplugged = sensor != "max30102"
        self.max30003 = SimMax30003(body.ecg_mv, now_s, body.loose, _CLOCK_ERROR)
        self._loose: frozenset[str] = frozenset()

    def open_spi(self, bus: int, device: int, speed_hz: int) -> SpiDevice:
        if (bus, device) != (self.wiring.sensor_spi_bus, self.wiring.sensor_spi_device):
            raise BusError(f"nothing is simulated on SPI {bus}.{device}")
        return self.max30003 if self.sensor == "max30003" else self.adc

    def open_i2c(self, bus: int) -> I2cBus:
        if bus != self.wiring.i2c_bus:
            raise BusError(f"nothing is simulated on I2C {bus}")
        return self.max30102

    def open_display_link(self) -> Any:
        if self.display.unplugged:
            raise BusError("no display answers (simulated)")
        return self.display

    def usb_port(self) -> UsbPort:
        return UsbPort(vbus=self._input(self.wiring.vbus_gpio))

    def press(self) -> None:
        """Hold the button down."""
        self._drive(self.wiring.button_gpio, high=False)

    def release(self) -> None:
        self._drive(self.wiring.button_gpio, high=True)

    def plug_usb(self, connected: bool) -> None:
        """Put 5 V on the port's VBUS-sense pin, or take it away."""
        self._drive(self.wiring.vbus_gpio, high=connected)

    def level(self, gpio: int) -> float:
        """What an output pin carries, 0 to 1, as an oscilloscope would see it."""
        return float(self._pin_factory.pin(gpio).state)

    def _drive(self, gpio: int | None, high: bool) -> None:
        if gpio is not None:
            pin = self._pin_factory.pin(gpio)
            pin.drive_high() if high else pin.drive_low()

    def _volts(self, channel: int) -> float:
        """What the converter's inputs carry now; the leads-off pins follow as a side of the same chip."""
        t_s = self._now_s()
        wiring = self.wiring
        if channel == wiring.ecg_channel and self.sensor == "ad8232":
            self._drive_leads_off(t_s)
            return 0.0005 * wiring.adc_vref_mv + 0.001 * wiring.ecg_gain * self.body.ecg_mv_at(t_s)
        if channel == wiring.pulse_channel and self.sensor == "pulse":
            pulse = self.body.ppg_at(t_s)
            return _PULSE_REST_V if math.isnan(pulse) else _PULSE_REST_V + _PULSE_V * pulse
        return 0.0

    def _drive_leads_off(self, t_s: float) -> None:
        if not self.body.disturbances.leads_off:
            return
        loose = self.body.loose(t_s)
        if loose != self._loose:
            self._loose = loose
            self._drive(self.wiring.lo_plus_gpio, "positive" in loose)
            self._drive(self.wiring.lo_minus_gpio, "negative" in loose)
