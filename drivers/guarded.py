"""Open buses and pins behind a boundary: a driver is given OSError or DriverError, whatever a library raises.

spidev, smbus2 and gpiozero raise TypeError, ValueError, IndexError and errors of their own where a wire or a kernel
does something that they did not expect. Out of the boundary these come as BusError, with their cause.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from drivers.errors import BusError, DriverError


@contextmanager
def boundary(name: str) -> Iterator[None]:
    """BusError in place of what no driver expects."""
    try:
        yield
    except (OSError, DriverError):
        raise
    except Exception as error:
        raise BusError(f"{name}: {type(error).__name__}: {error}") from error


class GuardedSpi:
    """One chip select, as `drivers.buses.SpiDevice`."""

    def __init__(self, spi: Any, name: str) -> None:
        self._spi, self._name = spi, name

    def xfer2(self, data: list[int], /) -> list[int]:
        with boundary(self._name):
            answer = self._spi.xfer2(data)
            if len(answer) != len(data):
                raise BusError(f"{self._name}: {len(answer)} of {len(data)} bytes came back")
            return [int(byte) for byte in answer]

    def close(self) -> None:
        with boundary(self._name):
            self._spi.close()


class GuardedI2c:
    """A bus, as `drivers.buses.I2cBus`."""

    def __init__(self, bus: Any, name: str) -> None:
        self._bus, self._name = bus, name

    def read_byte(self, i2c_addr: int, /) -> int:
        with boundary(self._name):
            return int(self._bus.read_byte(i2c_addr))

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        with boundary(self._name):
            return int(self._bus.read_byte_data(i2c_addr, register))

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        with boundary(self._name):
            self._bus.write_byte_data(i2c_addr, register, value)

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        with boundary(self._name):
            block = self._bus.read_i2c_block_data(i2c_addr, register, length)
            if len(block) != length:
                raise BusError(f"{self._name}: {len(block)} of {length} bytes came back")
            return [int(byte) for byte in block]

    def close(self) -> None:
        with boundary(self._name):
            self._bus.close()


class GuardedPin:
    """A gpiozero device, with what drivers use of it."""

    def __init__(self, pin: Any, name: str) -> None:
        self._pin, self._name = pin, name

    @property
    def value(self) -> float:
        with boundary(self._name):
            return float(self._pin.value)

    @value.setter
    def value(self, value: float) -> None:
        with boundary(self._name):
            self._pin.value = value

    def on(self) -> None:
        with boundary(self._name):
            self._pin.on()

    def off(self) -> None:
        with boundary(self._name):
            self._pin.off()

    def close(self) -> None:
        with boundary(self._name):
            self._pin.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pin, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_pin", "_name") or isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, value)
        else:
            with boundary(self._name):  # the edges' callbacks
                setattr(self._pin, name, value)
