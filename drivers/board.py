"""Opens the hardware: the only module that does. Everything else is handed open buses and pins.

Libraries for hardware are imported when something is opened, so this module loads on a laptop without them.
"""

import abc
import contextlib
import errno
import os
import warnings
from collections.abc import Callable
from typing import Any, Final

from luma.core.interface import serial as luma_serial

from drivers.buses import I2cBus, InputPin, OutputPin, SpiDevice
from drivers.button import Button
from drivers.cues import PwmCue
from drivers.errors import BusError, DriverError
from drivers.frontend import FrontEnd
from drivers.guarded import GuardedI2c, GuardedPin, GuardedSpi
from drivers.header_chip import header_chip, pins_of_chip
from drivers.oled import CONTROLLERS, Oled
from drivers.power_boards import POWER_BOARDS, PowerBoard
from drivers.sensors import sensor
from drivers.usb_port import UsbPort
from drivers.wiring import Wiring

_DISPLAY_SPI_HZ: Final = 8_000_000


class WiredBoard(abc.ABC):
    """Puts the drivers together from buses and pins; what those are, a subclass says. Every method may raise
    DriverError. The device asks for drivers only, the rows of `drivers.sensors` for buses and pins."""

    def __init__(self, wiring: Wiring, now_s: Callable[[], float], pin_factory: Any = None) -> None:
        self.wiring = wiring
        self.now_s = now_s
        self._pin_factory = pin_factory
        self._pins: list[Any] = []
        self._held: dict[int, OutputPin] = {}

    @abc.abstractmethod
    def open_spi(self, bus: int, device: int, speed_hz: int) -> SpiDevice:
        """An SPI device in mode 0."""

    @abc.abstractmethod
    def open_i2c(self, bus: int) -> I2cBus:
        """An I2C bus."""

    @abc.abstractmethod
    def open_display_link(self) -> Any:
        """luma's serial interface to the panel, known to answer where the link can tell."""

    @abc.abstractmethod
    def usb_port(self) -> UsbPort:
        """The gadget port."""

    def open_front_end(self, name: str) -> FrontEnd:
        """A sensor by its name in `drivers.sensors`, not yet started. ValueError for another name."""
        return sensor(name).open(self)

    def open_display(self) -> Oled:
        """A panel that has been set up and cleared. Close the former one before opening it again."""
        link = self.open_display_link()
        try:
            wiring = self.wiring
            beside = {"column_offset": wiring.display_column_offset} if wiring.display == "sh1106" else {}
            return Oled(CONTROLLERS[wiring.display](link, rotate=wiring.display_rotate, **beside))
        except Exception as error:  # luma's own, and whatever is beneath it
            link.cleanup()
            raise BusError(f"display: {error}") from error

    def open_power_board(self) -> PowerBoard:
        """The battery board, not asked anything yet. ValueError where none is wired."""
        if (row := POWER_BOARDS.get(self.wiring.power_board)) is None:
            raise ValueError("no battery board is wired")
        return row.open(self.open_i2c(row.i2c_bus))

    def open_button(self) -> Button:
        """Wired from the pin to ground; the Pi pulls it up."""
        pin = self._gpio("DigitalInputDevice", self.wiring.button_gpio, pull_up=True)
        return Button(pin, self.now_s)

    def open_led(self) -> PwmCue | None:
        """None where no LED is wired."""
        return self._cue("PWMLED", self.wiring.led_gpio, "LED")

    def open_vibration(self) -> PwmCue | None:
        """None where no motor is wired."""
        return self._cue("PWMOutputDevice", self.wiring.vibration_gpio, "vibration motor")

    def _cue(self, kind: str, gpio: int | None, name: str) -> PwmCue | None:
        return None if gpio is None else PwmCue(self._gpio(kind, gpio), name)

    def input_pin(self, gpio: int | None, active_high: bool = True) -> InputPin | None:
        """A line that something else drives, or an open-drain one that the Pi pulls up. It is only asked, and so opened
        without alerts: a pin that chatters would call back at each of its edges."""
        pin: InputPin | None = None
        if gpio is not None:
            pull = {"pull_up": None, "active_state": True} if active_high else {"pull_up": True}
            pin = self._gpio("InputDevice", gpio, **pull)
        return pin

    def output_pin(self, gpio: int | None) -> OutputPin | None:
        pin: OutputPin | None = None
        if gpio is not None:
            pin = self._gpio("DigitalOutputDevice", gpio)
        return pin

    def held_output(self, gpio: int | None) -> OutputPin | None:
        """An output that keeps its level until the board is closed, and is the same one each time it is asked for."""
        if gpio is not None and gpio not in self._held:
            self._held[gpio] = self._gpio("DigitalOutputDevice", gpio)
        return None if gpio is None else self._held[gpio]

    def _gpio(self, kind: str, gpio: int, **options: Any) -> Any:
        """A gpiozero device; BusError says which pin and why not."""
        import gpiozero

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", gpiozero.PinFactoryFallback)  # told below if none is left
                opened = getattr(gpiozero, kind)(gpio, pin_factory=self._header_pins(), **options)
        except Exception as error:  # each pin library that gpiozero may find raises errors of its own
            raise BusError(f"GPIO {gpio}: {error}") from error
        pin = GuardedPin(opened, f"GPIO {gpio}")
        self._pins.append(pin)
        return pin

    def _header_pins(self) -> Any:
        """gpiozero's pin factory, None for its own choice."""
        return self._pin_factory

    def close(self) -> None:
        """Let go of every pin that was opened; whoever holds one can no longer use it."""
        self._held.clear()
        while self._pins:
            self._pins.pop().close()


class RealBoard(WiredBoard):
    """A Raspberry Pi. `now_s` is the clock that edges and chip gaps are timed with (CLOCK_MONOTONIC)."""

    def __init__(self, wiring: Wiring, now_s: Callable[[], float]) -> None:
        super().__init__(wiring, now_s)

    def _header_pins(self) -> Any:
        """lgpio's pins on the header's chip; gpiozero's own choice where it is told one, or lgpio is not there."""
        if self._pin_factory is None and "GPIOZERO_PIN_FACTORY" not in os.environ:
            number = header_chip()
            with contextlib.suppress(ImportError):
                self._pin_factory = None if number is None else pins_of_chip(number)
        return self._pin_factory

    def open_spi(self, bus: int, device: int, speed_hz: int) -> SpiDevice:
        spi = _spidev()
        path = f"/dev/spidev{bus}.{device}"
        try:
            spi.open(bus, device)
            spi.mode = 0
            spi.max_speed_hz = speed_hz
        except Exception as error:
            raise BusError(_opening_failed(path, error, "dtparam=spi=on", "spi")) from error
        return GuardedSpi(spi, path)

    def open_i2c(self, bus: int) -> I2cBus:
        import smbus2

        try:
            opened = smbus2.SMBus(bus)
        except Exception as error:
            raise BusError(_opening_failed(f"/dev/i2c-{bus}", error, "dtparam=i2c_arm=on", "i2c")) from error
        return GuardedI2c(opened, f"I2C {bus}")

    def open_display_link(self) -> Any:
        return self._display_on_i2c() if self.wiring.display_link == "i2c" else self._display_on_spi()

    def _display_on_i2c(self) -> Any:
        port, address = self.wiring.i2c_bus, self.wiring.display_i2c_address
        bus: Any = self.open_i2c(port)
        try:
            # luma's device objects live until the process ends, so none is made while nothing answers.
            bus.read_byte(address)
        except OSError as error:
            raise BusError(f"no display answers on I2C {port} at {address:#x}: {error}") from error
        finally:
            with contextlib.suppress(OSError, DriverError):
                bus.close()
        try:
            return luma_serial.i2c(port=port, address=address)
        except Exception as error:
            raise BusError(f"display on I2C {port} at {address:#x}: {error}") from error

    def _display_on_spi(self) -> Any:
        wiring = self.wiring
        bus, device = wiring.display_spi_bus, wiring.display_spi_device
        lines = [g for g in (wiring.display_dc_gpio, wiring.display_reset_gpio) if g is not None]
        try:
            return SpiLink(
                spi=_spidev(),
                gpio=LumaPins({gpio: self._gpio("DigitalOutputDevice", gpio) for gpio in lines}),
                port=bus,
                device=device,
                bus_speed_hz=_DISPLAY_SPI_HZ,
                gpio_DC=wiring.display_dc_gpio,
                gpio_RST=wiring.display_reset_gpio,
                reset_hold_time=0.001,
                reset_release_time=0.01,
            )
        except DriverError:
            raise
        except Exception as error:
            raise BusError(f"display on /dev/spidev{bus}.{device}: {error}") from error

    def usb_port(self) -> UsbPort:
        return UsbPort(vbus=self.input_pin(self.wiring.vbus_gpio))


class LumaPins:
    """The part of RPi.GPIO that luma's SPI link uses, over gpiozero: RPi.GPIO does not run on a Pi 5."""

    LOW: Final = 0
    HIGH: Final = 1
    OUT: Final = 0

    def __init__(self, pins: dict[int, Any]) -> None:
        self._pins = pins

    def setup(self, pin: int, direction: int) -> None:
        """The pins are outputs already."""

    def output(self, pin: int, value: int) -> None:
        self._pins[pin].value = value

    def close(self) -> None:
        for pin in self._pins.values():
            pin.close()


class SpiLink(luma_serial.spi):  # type: ignore[misc]  # luma has no types
    """luma's SPI link, which by itself leaves pins that it was handed open."""

    def cleanup(self) -> None:
        super().cleanup()
        self._gpio.close()


def _spidev() -> Any:
    try:
        import spidev
    except ImportError as error:
        raise DriverError("SPI needs python3-spidev, which is not installed") from error
    return spidev.SpiDev()


def _opening_failed(path: str, error: Exception, overlay: str, group: str) -> str:
    """What went wrong and what usually helps, in one line."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        return f"{path} is missing: is {overlay} in config.txt?"
    if number in (errno.EACCES, errno.EPERM):
        return f"no permission for {path}: is the user in the group {group}?"
    return f"{path}: {error}"
