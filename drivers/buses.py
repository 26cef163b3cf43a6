"""What a driver asks of the open bus or pin it is handed. spidev, smbus2 and gpiozero satisfy these as they are."""

from typing import Protocol


class SpiDevice(Protocol):
    """One chip select of an SPI bus, as spidev.SpiDev."""

    def xfer2(self, data: list[int], /) -> list[int]: ...

    def close(self) -> None: ...


class I2cBus(Protocol):
    """An I2C bus, as smbus2.SMBus."""

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int: ...

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None: ...

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]: ...

    def close(self) -> None: ...


class InputPin(Protocol):
    """A digital input, as gpiozero.DigitalInputDevice: `value` is 1 when active."""

    @property
    def value(self) -> float: ...

    def close(self) -> None: ...


class OutputPin(Protocol):
    """A digital output, as gpiozero.DigitalOutputDevice."""

    def on(self) -> None: ...

    def off(self) -> None: ...

    def close(self) -> None: ...


class PwmPin(Protocol):
    """An output with a duty cycle of 0 to 1, as gpiozero.PWMOutputDevice and PWMLED."""

    value: float

    def close(self) -> None: ...
