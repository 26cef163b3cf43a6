"""Sensors with an analog output, behind an MCP3208 or MCP3008: the converter they hang on, and what a look at it tells.

A voltage has no name. A channel counts as a sensor's where it lies well inside the rails, as the outputs of the AD8232
and of pulse sensors do at rest.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from drivers.buses import SpiDevice
from drivers.frontend import Sighting
from drivers.mcp3208 import MCP3008, MCP3208, AdcFrame, Mcp3208
from drivers.wiring import Adc, Wiring

ADC_SPI_HZ: Final = 1_000_000  # the MCP3208's limit at 2.7 V (DS21298, 1.0 Electrical Characteristics)
ADC_FRAMES: Final[dict[Adc, AdcFrame]] = {"mcp3208": MCP3208, "mcp3008": MCP3008}
_LOOKS: Final = 64
_NEAR_A_RAIL: Final = 0.05  # of the reference


@dataclass(frozen=True, slots=True)
class _Channel:
    volts: float
    counts: list[int]


def look_at_channel(spi: SpiDevice, wiring: Wiring, wanted: int) -> Sighting:
    """Whether a sensor's output lies on channel `wanted`. Raises DriverError where no converter answers."""
    adc = Mcp3208(spi, wiring.adc_vref_mv)
    channels = {channel: _look(adc, channel) for channel in (wiring.ecg_channel, wiring.pulse_channel)}
    everything = [count for channel in channels.values() for count in channel.counts]
    if not any(everything):
        return Sighting("only zeros; nothing connected, or no signal on any channel")
    part = MCP3008.part if all(map(_repeats_low_bits, everything)) else MCP3208.part
    seen = ", ".join(f"channel {number} at {channel.volts:.2f} V" for number, channel in channels.items())
    share = 1000.0 * channels[wanted].volts / wiring.adc_vref_mv
    return Sighting(f"{part}, {seen}", answered=True, recognised=_NEAR_A_RAIL < share < 1.0 - _NEAR_A_RAIL)


class _Spi(Protocol):
    wiring: Wiring

    def open_spi(self, bus: int, device: int, speed_hz: int) -> SpiDevice: ...


def channel_volts(wires: _Spi, channel: int) -> float:
    """The mean of some conversions of `channel`. Raises DriverError."""
    wiring = wires.wiring
    spi = wires.open_spi(wiring.sensor_spi_bus, wiring.sensor_spi_device, ADC_SPI_HZ)
    try:
        return _look(Mcp3208(spi, wiring.adc_vref_mv, ADC_FRAMES[wiring.adc]), channel).volts
    finally:
        spi.close()


def _look(adc: Mcp3208, channel: int) -> _Channel:
    counts = [adc.read_counts(channel) for _ in range(_LOOKS)]
    return _Channel(sum(counts) / len(counts) * adc.frame.mv_per_count(adc.vref_mv) / 1000.0, counts)


def _repeats_low_bits(count: int) -> bool:
    """An MCP3008 asked like an MCP3208 sends its 10 bits and then bits 1 and 2 again, LSB first (figure 5-2)."""
    return count & 0b11 == (count >> 3 & 1) << 1 | count >> 4 & 1
