"""Whatever a library raises, a driver and the device hear of it as a DriverError with its cause."""

import sys
import types
from typing import Any

import pytest
from PIL import Image

from drivers.board import RealBoard
from drivers.errors import BusError, DriverError
from drivers.guarded import GuardedI2c, GuardedPin, GuardedSpi
from drivers.oled import Oled
from drivers.sensors import FRONT_ENDS
from drivers.wiring import Wiring

RAISED = [
    ValueError("invalid"),
    TypeError("an integer is required"),
    IndexError("list index out of range"),
    OverflowError("too large"),
    RuntimeError("closed"),
    OSError(121, "Remote I/O error"),
]


class Library:
    """spidev.SpiDev, smbus2.SMBus or a gpiozero device of which every use raises `error`."""

    def __init__(self, error: Exception) -> None:
        object.__setattr__(self, "error", error)

    def __getattr__(self, name: str) -> Any:
        raise self.error

    def __setattr__(self, name: str, value: Any) -> None:
        raise self.error


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A Pi whose libraries open, and then raise."""

    def with_libraries(error: Exception) -> RealBoard:
        for module, name in (("spidev", "SpiDev"), ("smbus2", "SMBus")):
            library = types.ModuleType(module)
            setattr(library, name, lambda *_: Library(error))
            monkeypatch.setitem(sys.modules, module, library)
        monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
        return RealBoard(Wiring(), lambda: 0.0)

    return with_libraries


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", FRONT_ENDS)
def test_a_sensor_whose_library_raises_anything_is_a_driver_error(machine: Any, name: str, error: Exception) -> None:
    with pytest.raises(DriverError) as caught:
        machine(error).open_front_end(name).start()
    causes = [caught.value.__cause__]
    while causes[-1] is not None:
        causes.append(causes[-1].__cause__)
    assert error in causes
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_display_whose_library_raises_anything_is_a_driver_error(machine: Any, error: Exception) -> None:
    with pytest.raises(DriverError):
        machine(error).open_display()
    oled = Oled(Library(error))
    for use in (lambda: oled.show(Image.new("1", oled.size)), lambda: oled.contrast(1), oled.off):
        with pytest.raises(BusError):
            use()


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_pin_whose_library_raises_anything(error: Exception) -> None:
    pin = GuardedPin(Library(error), "GPIO 4")
    wanted = type(error) if isinstance(error, OSError) else BusError
    for use in (lambda: pin.value, pin.on, pin.off, pin.close, lambda: setattr(pin, "value", 1.0)):
        with pytest.raises(wanted):
            use()


@pytest.mark.parametrize("answer", [[], [1, 2], [1, 2, 3, 4], None, 7, ["a", "b", "c"]])
def test_an_answer_of_another_length_or_kind_reaches_no_driver(answer: object) -> None:
    bus = types.SimpleNamespace(xfer2=lambda _: answer, read_i2c_block_data=lambda *_: answer)
    with pytest.raises(BusError):
        GuardedSpi(bus, "SPI").xfer2([1, 2, 3])
    with pytest.raises(BusError):
        GuardedI2c(bus, "I2C").read_i2c_block_data(0x57, 0, 3)
