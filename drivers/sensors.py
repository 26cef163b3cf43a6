"""The heart sensors, one row each: the board, the self-test, the configuration, the demo and the wiring check read
this table.

A row knows what its sensor will deliver when wired so (nothing is opened for that), how its driver is put on buses and
pins, and how to ask whether it is there. `drivers/sim/sensors.py` has the other end of the same wires.
"""

import contextlib
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from drivers import ad8232, max30003, max30102, max86141, pulse_sensor
from drivers.analog import ADC_FRAMES, ADC_SPI_HZ, look_at_channel
from drivers.buses import I2cBus, InputPin, OutputPin, SpiDevice
from drivers.frontend import FrontEnd, FrontEndInfo, Sighting
from drivers.mcp3208 import Mcp3208
from drivers.wiring import Wiring

_PROBE_SPI_HZ: Final = 1_000_000


class Wires(Protocol):
    """What a row is opened from: a board. `now_s` is a monotonic clock; the methods raise DriverError."""

    wiring: Wiring
    now_s: Callable[[], float]

    def open_spi(self, bus: int, device: int, speed_hz: int) -> SpiDevice: ...

    def open_i2c(self, bus: int) -> I2cBus: ...

    def input_pin(self, gpio: int | None, active_high: bool = True) -> InputPin | None: ...

    def held_output(self, gpio: int | None) -> OutputPin | None: ...


class Link(enum.Enum):
    """What a sensor is connected to. ADC: a converter on the SPI pins. Such a sensor cannot say which one it is, so the
    chips that can are asked first."""

    SPI = enum.auto()
    ADC = enum.auto()
    I2C = enum.auto()

    @property
    def bus(self) -> str:
        """The prefix of the bus's lines in `Wiring.pins`."""
        return "i2c" if self is Link.I2C else "sensor_spi"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A square wave that the chip makes and measures itself, instead of the electrodes."""

    open: Callable[[Wires], FrontEnd]
    peak_to_peak_uv: float
    hz: float


@dataclass(frozen=True, slots=True)
class Sensor:
    """`open` returns a driver that is not started yet. Both `open` and
    `recognise` may raise DriverError, `recognise` for an answer that makes no sense."""

    name: str
    link: Link
    info: Callable[[Wiring], FrontEndInfo]
    open: Callable[[Wires], FrontEnd]
    recognise: Callable[[Wires], Sighting]
    calibration: Calibration | None = None


def _sensor_spi(wires: Wires, speed_hz: int) -> SpiDevice:
    return wires.open_spi(wires.wiring.sensor_spi_bus, wires.wiring.sensor_spi_device, speed_hz)


def _ask_spi(ask: Callable[[SpiDevice, Wiring], Sighting]) -> Callable[[Wires], Sighting]:
    def recognise(wires: Wires) -> Sighting:
        with contextlib.closing(_sensor_spi(wires, _PROBE_SPI_HZ)) as spi:
            return ask(spi, wires.wiring)

    return recognise


def _ask_i2c(ask: Callable[[I2cBus], Sighting]) -> Callable[[Wires], Sighting]:
    def recognise(wires: Wires) -> Sighting:
        with contextlib.closing(wires.open_i2c(wires.wiring.i2c_bus)) as bus:
            return ask(bus)

    return recognise


def _open_adc(wires: Wires) -> Mcp3208:
    wiring = wires.wiring
    return Mcp3208(_sensor_spi(wires, ADC_SPI_HZ), wiring.adc_vref_mv, ADC_FRAMES[wiring.adc])


def _open_ad8232(wires: Wires) -> FrontEnd:
    wiring = wires.wiring
    return ad8232.Ad8232Ecg(
        _open_adc(wires),
        wiring.ecg_channel,
        lo_plus=wires.input_pin(wiring.lo_plus_gpio),
        lo_minus=wires.input_pin(wiring.lo_minus_gpio),
        sdn=wires.held_output(wiring.sdn_gpio),
        fs_hz=wiring.adc_fs_hz,
        gain=wiring.ecg_gain,
    )


def _open_max30102(wires: Wires) -> FrontEnd:
    interrupt = wires.input_pin(wires.wiring.max30102_int_gpio, active_high=False)
    return max30102.Max30102(wires.open_i2c(wires.wiring.i2c_bus), wires.now_s, interrupt=interrupt)


_ROWS: Final = (
    Sensor(
        "ad8232",
        Link.ADC,
        info=lambda w: ad8232.front_end_info(ADC_FRAMES[w.adc], w.adc_vref_mv, w.adc_fs_hz, w.ecg_gain),
        open=_open_ad8232,
        recognise=_ask_spi(lambda spi, wiring: look_at_channel(spi, wiring, wiring.ecg_channel)),
    ),
    Sensor(
        "pulse",
        Link.ADC,
        info=lambda w: pulse_sensor.front_end_info(ADC_FRAMES[w.adc], w.adc_fs_hz),
        open=lambda w: pulse_sensor.PulseSensor(_open_adc(w), w.wiring.pulse_channel, w.wiring.adc_fs_hz),
        recognise=_ask_spi(lambda spi, wiring: look_at_channel(spi, wiring, wiring.pulse_channel)),
    ),
    Sensor(
        "max30102",
        Link.I2C,
        info=lambda _: max30102.front_end_info(max30102.FS_HZ),
        open=_open_max30102,
        recognise=_ask_i2c(max30102.recognise),
    ),
    Sensor(
        "max30003",
        Link.SPI,
        info=lambda _: max30003.front_end_info(max30003.FS_HZ, max30003.CHIP_GAIN),
        open=lambda w: max30003.Max30003(_sensor_spi(w, max30003.SPI_HZ), w.now_s),
        recognise=_ask_spi(lambda spi, _: max30003.recognise(spi)),
        calibration=Calibration(
            lambda w: max30003.Max30003(_sensor_spi(w, max30003.SPI_HZ), w.now_s, calibrating=True),
            max30003.CALIBRATION_UV,
            max30003.CALIBRATION_HZ,
        ),
    ),
    Sensor(
        "max86141",
        Link.SPI,
        info=lambda _: max86141.front_end_info(max86141.FS_HZ),
        open=lambda w: max86141.Max86141(_sensor_spi(w, max86141.SPI_HZ), w.now_s),
        recognise=_ask_spi(lambda spi, _: max86141.recognise(spi)),
    ),
)
SENSORS: Final = {row.name: row for row in _ROWS}
FRONT_ENDS: Final = tuple(SENSORS)
DEFAULT: Final = "ad8232"


def sensor(name: str) -> Sensor:
    """The row called `name`. ValueError for another name."""
    if name not in SENSORS:
        raise ValueError(f"no sensor is called {name!r}; there are {', '.join(FRONT_ENDS)}")
    return SENSORS[name]


def front_end_info(name: str, wiring: Wiring) -> FrontEndInfo:
    """What the sensor called `name` delivers when it is wired so, without touching it. ValueError for other names."""
    return sensor(name).info(wiring)
