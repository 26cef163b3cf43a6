"""A board on which every chip and pin is simulated at the wire, around one simulated body."""

from collections.abc import Callable
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from drivers.board import WiredBoard
from drivers.buses import I2cBus, SpiDevice
from drivers.errors import BusError
from drivers.power_boards import POWER_BOARDS
from drivers.sensors import DEFAULT, Link, sensor
from drivers.sim.chips.display import SimDisplay
from drivers.sim.chips.pisugar3 import SimPiSugar3
from drivers.sim.person.body import Body
from drivers.sim.sensors import SIM_CHIPS, EmptyI2c, EmptySpi, Hookup
from drivers.usb_port import UsbPort
from drivers.wiring import Wiring


class _SimUsbPort(UsbPort):
    """A port without a controller of the machine that simulates."""

    def states(self) -> dict[str, str]:
        return {}


class SimBoard(WiredBoard):
    """The real drivers on simulated chips. One sensor of `drivers.sensors` is plugged in.

    `now_s` is a monotonic clock, whenever it counts from: the wearer's time is 0 when the board is made. `display`,
    `chip` (the sensor's), `battery` (its board, where one is wired) and the pins are there for tests and the demo to
    look at and to disturb: `press`, `release`, `plug_usb`.
    """

    def __init__(
        self,
        body: Body,
        now_s: Callable[[], float],
        plugged: str = DEFAULT,
        wiring: Wiring | None = None,
    ) -> None:
        """ValueError where no sensor is called `plugged`."""
        row = sensor(plugged)
        wiring = wiring or Wiring()
        super().__init__(wiring, now_s, MockFactory(pin_class=MockPWMPin))
        self.body = body
        self.display = SimDisplay(wiring.display)
        from_s = now_s()

        def lived_s() -> float:
            return now_s() - from_s

        self.chip = SIM_CHIPS[plugged](Hookup(body, lived_s, wiring, self._drive, self.holds_low))
        self.battery = SimPiSugar3(lived_s) if wiring.power_board == "pisugar3" else None
        self._on_i2c = row.link is Link.I2C

    def open_spi(self, bus: int, device: int, speed_hz: int) -> SpiDevice:
        if (bus, device) != (self.wiring.sensor_spi_bus, self.wiring.sensor_spi_device):
            raise BusError(f"nothing is simulated on SPI {bus}.{device}")
        chip: SpiDevice = EmptySpi() if self._on_i2c else self.chip
        return chip

    def open_i2c(self, bus: int) -> I2cBus:
        if self.battery is not None and bus == POWER_BOARDS[self.wiring.power_board].i2c_bus:
            return self.battery
        if bus != self.wiring.i2c_bus:
            raise BusError(f"nothing is simulated on I2C {bus}")
        chip: I2cBus = self.chip if self._on_i2c else EmptyI2c()
        return chip

    def open_display_link(self) -> Any:
        if self.display.unplugged:
            raise BusError("no display answers (simulated)")
        return self.display

    def usb_port(self) -> UsbPort:
        return _SimUsbPort(vbus=self.input_pin(self.wiring.vbus_gpio))

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

    def alerts(self, gpio: int | None) -> bool:
        """Whether an input pin's edges call back."""
        return self._pin_factory.pin(gpio).when_changed is not None

    def holds_low(self, gpio: int | None) -> bool:
        """Whether the device drives the pin low, which no pull-up overcomes."""
        if gpio is None:
            return False
        pin = self._pin_factory.pin(gpio)
        return pin.function == "output" and not pin.state

    def _drive(self, gpio: int | None, high: bool) -> None:
        if gpio is not None:
            pin = self._pin_factory.pin(gpio)
            pin.drive_high() if high else pin.drive_low()
