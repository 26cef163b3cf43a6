"""Recognises what is connected and says what it sees, one finding a line, for the self-test."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from drivers.board import WiredBoard
from drivers.errors import DriverError
from drivers.frontend import Sighting
from drivers.sensors import SENSORS, Link, Sensor


@dataclass(frozen=True, slots=True)
class Finding:
    """`front_end` is the sensor's name for open_front_end where one was recognised, else empty."""

    part: str
    seen: bool
    text: str
    front_end: str = ""


def probe(board: WiredBoard) -> list[Finding]:
    """Ask every bus and pin. Never raises DriverError: a failure is a finding with its text."""
    wiring = board.wiring
    spi = f"SPI {wiring.sensor_spi_bus}.{wiring.sensor_spi_device}: "
    asked: list[tuple[str, Callable[[WiredBoard], Finding]]] = [
        ("display", _display),
        ("button", _button),
        ("USB port", _usb),
    ]
    return [
        _sensor(board, "SPI sensor", spi, (Link.SPI, Link.ADC)),
        _sensor(board, "I2C sensor", f"I2C {wiring.i2c_bus}, ", (Link.I2C,)),
        *(_safely(part, ask, board) for part, ask in asked),
    ]


def _safely(part: str, ask: Callable[[WiredBoard], Finding], board: WiredBoard) -> Finding:
    try:
        return ask(board)
    except DriverError as error:
        return Finding(part, False, str(error))


def _sensor(board: WiredBoard, part: str, where: str, links: tuple[Link, ...]) -> Finding:
    """The first sensor that is recognised, else whatever answered last, else why nothing did."""
    text, answered = "", False
    for row in (row for link in links for row in SENSORS.values() if row.link is link):
        sighting = _look(row, board, where)
        if sighting.recognised:
            return Finding(part, True, sighting.text, row.name)
        if sighting.answered or not answered:
            text, answered = sighting.text, sighting.answered
    return Finding(part, answered, text)


def _look(row: Sensor, board: WiredBoard, where: str) -> Sighting:
    try:
        sighting = row.recognise(board)
    except OSError as error:
        return Sighting(f"{where}{error}")
    except DriverError as error:
        return Sighting(str(error))
    return replace(sighting, text=where + sighting.text)


def _display(board: WiredBoard) -> Finding:
    board.open_display_link().cleanup()
    wiring = board.wiring
    if wiring.display_link == "spi":
        return Finding("display", True, f"{wiring.display} on SPI {wiring.display_spi_bus}: cannot be asked, only seen")
    return Finding("display", True, f"I2C {wiring.i2c_bus}, {wiring.display_i2c_address:#x}: a display answers")


def _button(board: WiredBoard) -> Finding:
    button = board.open_button()
    try:
        state = "held down" if button.held else "released"
    finally:
        button.close()
    return Finding("button", True, f"GPIO {board.wiring.button_gpio}: {state}")


def _usb(board: WiredBoard) -> Finding:
    port = board.usb_port()
    try:
        connected = port.connected()
    finally:
        port.close()
    return Finding("USB port", True, "power is present" if connected else "no power seen")
