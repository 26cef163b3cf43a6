"""Which pin and bus each part hangs on. GPIO numbers are Broadcom's, not those of the header."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, Literal

from drivers.power_boards import POWER_BOARDS

Adc = Literal["mcp3208", "mcp3008"]
DisplayController = Literal["ssd1306", "ssd1309", "sh1106"]

_SPI_PINS: Final = {  # (bus, device): clock, data out, data in, chip enable, on the 40-pin header
    (0, 0): (11, 10, 9, 8),
    (0, 1): (11, 10, 9, 7),
    (1, 0): (21, 20, 19, 18),
    (1, 1): (21, 20, 19, 17),
    (1, 2): (21, 20, 19, 16),
}
_I2C_PINS: Final = {0: (0, 1), 1: (2, 3)}  # other buses are not on the header's usual pins
_BOUNDS: Final = {
    "adc_vref_mv": (2000.0, 5500.0),
    "adc_fs_hz": (100.0, 1000.0),
    "ecg_channel": (0, 7),
    "ecg_gain": (1.0, 10000.0),
    "pulse_channel": (0, 7),
    "i2c_bus": (0, 22),
    "display_i2c_address": (0x08, 0x77),
    "display_column_offset": (0, 4),
}
_GPIO_SUFFIX: Final = "_gpio"


@dataclass(frozen=True, slots=True)
class Wiring:
    """Pins and buses; None where a line is not wired. Raises ValueError for a value out of bounds
    and where two parts claim one pin, or a battery board must share its bus.

    The display sits on I2C or SPI 1: on the sensor's own bus it may, but each frame then holds samples up by 1 ms.
    """

    sensor_spi_bus: int = 0
    sensor_spi_device: int = 0
    adc: Adc = "mcp3208"
    adc_vref_mv: float = 3300.0
    adc_fs_hz: float = 500.0
    ecg_channel: int = 0
    ecg_gain: float = 1042.0  # 1100 on the board, and what the leads' resistors leave of it (hardware/)
    pulse_channel: int = 1
    lo_plus_gpio: int | None = 17
    lo_minus_gpio: int | None = 27
    sdn_gpio: int | None = 22
    i2c_bus: int = 1
    max30102_int_gpio: int | None = None
    display: DisplayController = "ssd1306"
    display_link: Literal["i2c", "spi"] = "i2c"
    display_rotate: Literal[0, 2] = 0
    display_column_offset: int = 2
    display_i2c_address: int = 0x3C
    display_spi_bus: int = 1
    display_spi_device: int = 0
    display_dc_gpio: int = 24
    display_reset_gpio: int | None = 25
    button_gpio: int = 5
    led_gpio: int | None = 12
    vibration_gpio: int | None = 13
    vbus_gpio: int | None = 6
    power_board: Literal["none", "pisugar3"] = "none"

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} = {getattr(self, name)!r}: must be {low} to {high}")
        if (self.sensor_spi_bus, self.sensor_spi_device) not in _SPI_PINS:
            raise ValueError(f"there is no SPI {self.sensor_spi_bus}.{self.sensor_spi_device} on the header")
        if (self.display_spi_bus, self.display_spi_device) not in _SPI_PINS:
            raise ValueError(f"there is no SPI {self.display_spi_bus}.{self.display_spi_device} on the header")
        row = POWER_BOARDS.get(self.power_board)
        if row is not None and row.i2c_bus == self.i2c_bus:
            raise ValueError(f"i2c_bus = {self.i2c_bus}: the {row.title} wants that one for itself")
        users: dict[int, list[str]] = defaultdict(list)
        for name, gpio in self.pins().items():
            if not 0 <= gpio <= 27:
                raise ValueError(f"{name} = {gpio}: the header has GPIO 0 to 27")
            users[gpio].append(name)
        for gpio, names in users.items():
            if len(names) > 1:
                raise ValueError(f"GPIO {gpio} is claimed by {' and '.join(names)}")

    def pins(self) -> dict[str, int]:
        """GPIO of every line in use by name, buses included."""
        display_on_spi = self.display_link == "spi"
        lines: dict[str, int] = {}
        for name in self.__slots__:
            gpio = getattr(self, name)
            unused = name in ("display_dc_gpio", "display_reset_gpio") and not display_on_spi
            if name.endswith(_GPIO_SUFFIX) and gpio is not None and not unused:
                lines[name] = gpio
        sensor = (self.sensor_spi_bus, self.sensor_spi_device)
        lines |= _bus_lines("sensor_spi", ("clock", "mosi", "miso", "enable"), _SPI_PINS[sensor])
        lines |= _bus_lines("i2c", ("sda", "scl"), _I2C_PINS.get(self.i2c_bus, ()))
        if (row := POWER_BOARDS.get(self.power_board)) is not None:
            lines |= _bus_lines("power", ("sda", "scl"), _I2C_PINS[row.i2c_bus])
        if display_on_spi:
            display = (self.display_spi_bus, self.display_spi_device)
            display_lines = _bus_lines("display_spi", ("clock", "mosi", "miso", "enable"), _SPI_PINS[display])
            if display[0] == sensor[0]:  # one bus, told apart by its enable line
                display_lines = {"display_spi_enable": display_lines["display_spi_enable"]}
            lines |= display_lines
        return lines


def _bus_lines(bus: str, names: tuple[str, ...], gpios: tuple[int, ...]) -> dict[str, int]:
    return {f"{bus}_{name}": gpio for name, gpio in zip(names, gpios, strict=False)}
