"""An MCP3208 or MCP3008 as seen from the SPI bus, clocked bit by bit."""

from collections.abc import Callable
from typing import Final

from drivers.mcp3208 import MCP3208, AdcFrame

_AFTER_D0: Final = 2  # clocks: one to finish sampling, one for the null bit (DS21298 figure 6-1)
_OPEN: Final = 1  # DOUT floats before the null bit; here a pull-up holds it


class SimMcp3208:
    """Speaks `xfer2`. `volts(channel)` gives the input at the moment of the conversion.

    `unplugged` makes every transfer read a floating MISO; `failing` makes the bus itself fail.
    """

    def __init__(self, volts: Callable[[int], float], vref_mv: float = 3300.0, frame: AdcFrame = MCP3208) -> None:
        self.unplugged = False
        self.failing = False
        self.conversions = 0
        self._volts = volts
        self._counts_per_volt = (1 << frame.bits) * 1000.0 / vref_mv
        self._bits = frame.bits

    def xfer2(self, data: list[int]) -> list[int]:
        """Shift the bytes in and the answer out, as long as chip select stays low."""
        if self.failing:
            raise OSError(5, "Input/output error")
        if self.unplugged:
            return [0xFF] * len(data)
        n_bits = 8 * len(data)
        sent = int.from_bytes(bytes(data), "big")
        start = n_bits - sent.bit_length()  # leading zeros come before the start bit
        d0 = start + 4
        if d0 >= n_bits:
            return [0xFF] * len(data)
        command = sent >> (n_bits - 1 - d0) & 0b1111
        if not command & 0b1000:
            raise NotImplementedError("differential conversions are not modelled")
        lead = d0 + _AFTER_D0
        tail = n_bits - 1 - lead - self._bits
        answer = self._convert(command & 0b111) << tail if tail >= 0 else self._convert(command & 0b111) >> -tail
        floating = ((1 << lead) - 1) * _OPEN
        return list((floating << (n_bits - lead) | answer).to_bytes(len(data), "big"))

    def _convert(self, channel: int) -> int:
        self.conversions += 1
        counts = int(self._volts(channel) * self._counts_per_volt)
        top = (1 << self._bits) - 1
        return 0 if counts < 0 else top if counts > top else counts

    def close(self) -> None:
        """Nothing to release."""
