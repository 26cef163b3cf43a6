"""Recognises what is connected and says what it sees, one finding a line, for the self-test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers import max30003, max30102
from drivers.board import WiredBoard
from drivers.errors import DriverError
from drivers.mcp3208 import MCP3008, MCP3208, Mcp3208

_PROBE_SPI_HZ: Final = 1_000_000
_LOOKS: Final = 64


@dataclass(frozen=True, slots=True)
class Finding:
    """`front_end` is the sensor's name for open_front_end where one was recognised, else empty."""

    part: str
    seen: bool
    text: str
    front_end: str = ""


def probe(board: WiredBoard) -> list[Finding]:
    """Ask every bus and pin. Never raises DriverError: a failure is a finding with its text."""
    asked: list[tuple[str, Callable[[WiredBoard], Finding]]] = [
        ("SPI sensor", _spi_sensor),
        ("I2C sensor", _i2c_sensor),
        ("display", _display),
        ("button", _button),
        ("USB port", _usb),
    ]
    return [_safely(part, ask, board) for part, ask in asked]


def _safely(part: str, ask: Callable[[WiredBoard], Finding], board: WiredBoard) -> Finding:
    try:
        return ask(board)
    except DriverError as error:
        return Finding(part, False, str(error))


def _spi_sensor(board: WiredBoard) -> Finding:
    wiring = board.wiring
    bus, device = wiring.sensor_spi_bus, wiring.sensor_spi_device
    where = f"SPI {bus}.{device}"
    spi = board.open_spi(bus, device, _PROBE_SPI_HZ)
    try:
        answer = spi.xfer2(max30003.request(max30003.Reg.INFO))
        if answer[1] >> 4 == max30003.INFO_NIBBLE:
            return Finding("SPI sensor", True, f"{where}: MAX30003, revision {answer[1] & 0xF}", "max30003")
        adc = Mcp3208(spi, wiring.adc_vref_mv)
        channels = (wiring.ecg_channel, wiring.pulse_channel)
        looks = {channel: [adc.read_counts(channel) for _ in range(_LOOKS)] for channel in channels}
    except OSError as error:
        return Finding("SPI sensor", False, f"{where}: {error}")
    finally:
        spi.close()
    return _describe_adc(where, looks, channels, wiring.adc_vref_mv)


def _describe_adc(where: str, looks: dict[int, list[int]], channels: tuple[int, int], vref_mv: float) -> Finding:
    everything = [count for counts in looks.values() for count in counts]
    if not any(everything):
        return Finding("SPI sensor", False, f"{where}: only zeros; nothing connected, or no signal on any channel")
    part = MCP3008.part if all(map(_repeats_low_bits, everything)) else MCP3208.part
    volts = {channel: sum(counts) / len(counts) * vref_mv / 4.096e6 for channel, counts in looks.items()}
    ecg, pulse = channels
    alive = {channel: 0.05 * vref_mv < 1000.0 * volts[channel] < 0.95 * vref_mv for channel in channels}
    front_end = "ad8232" if alive[ecg] else "pulse" if alive[pulse] else ""
    seen = ", ".join(f"channel {channel} at {volts[channel]:.2f} V" for channel in channels)
    return Finding("SPI sensor", True, f"{where}: {part}, {seen}", front_end)


def _repeats_low_bits(count: int) -> bool:
    """An MCP3008 asked like an MCP3208 sends its 10 bits and then bits 1 and 2 again, LSB first (figure 5-2)."""
    return count & 0b11 == (count >> 3 & 1) << 1 | count >> 4 & 1


def _i2c_sensor(board: WiredBoard) -> Finding:
    number = board.wiring.i2c_bus
    where = f"I2C {number}, {max30102.ADDRESS:#x}"
    bus = board.open_i2c(number)
    try:
        part = bus.read_byte_data(max30102.ADDRESS, max30102.Reg.PART_ID)
        revision = bus.read_byte_data(max30102.ADDRESS, max30102.Reg.REVISION_ID)
    except OSError:
        return Finding("I2C sensor", False, f"{where}: nothing answers")
    finally:
        bus.close()
    if part != max30102.PART_ID:
        return Finding("I2C sensor", False, f"{where}: part {part:#04x}, which is no MAX30102")
    return Finding("I2C sensor", True, f"{where}: MAX30102, revision {revision}", "max30102")


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
