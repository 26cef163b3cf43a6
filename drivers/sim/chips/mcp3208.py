"""An MCP3208 or MCP3008 as seen from the SPI bus, clocked bit by bit.

Nothing here is the driver's, which packs three bytes after figure 6-1: this follows the chip's own state machine of
section 5 of DS21298 and DS21295, as Linux does (drivers/iio/adc/mcp320x.c).
"""

from collections.abc import Callable
from typing import Final

from drivers.sim.chips.errata import Erratum

ERRATA: Final = (
    Erratum("leading_zeros", "zeros before the start bit are ignored, however many", "DS21298 6.1"),
    Erratum("null_bit", "one clock ends the sampling, the next brings the null bit", "DS21298 figure 5-1"),
    Erratum("lsb_first_again", "more clocks bring the result once more, LSB first, then zeros", "DS21298 figure 5-2"),
    Erratum("floats_before_null", "DOUT floats until the null bit", "RobTillaart/MCP_ADC issue 3; DS21298 figure 5-1"),
)
_BITS: Final = {"mcp3208": 12, "mcp3008": 10}
_AFTER_D0: Final = 2  # clocks: one to finish sampling, one for the null bit (DS21298 figure 6-1)
_OPEN: Final = 1  # DOUT floats before the null bit; here a pull-up holds it


class SimMcp3208:
    """Speaks `xfer2`. `volts(channel)` gives the input at the moment of the conversion.

    `unplugged` makes every transfer read a floating MISO; `failing` makes the bus itself fail.
    """

    def __init__(self, volts: Callable[[int], float], vref_mv: float = 3300.0, part: str = "mcp3208") -> None:
        self.unplugged = False
        self.failing = False
        self.conversions = 0
        self._volts = volts
        self._counts_per_volt = (1 << _BITS[part]) * 1000.0 / vref_mv
        self._bits = _BITS[part]

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
        lead = d0 + _AFTER_D0
        tail = n_bits - 1 - lead - self._bits
        counts = self._convert(command)
        answer = counts << tail | self._again_from_bit_1(counts, tail) if tail >= 0 else counts >> -tail
        floating = ((1 << lead) - 1) * _OPEN
        return list((floating << (n_bits - lead) | answer).to_bytes(len(data), "big"))

    def _again_from_bit_1(self, counts: int, n: int) -> int:
        """Further clocks bring the result once more, LSB first, and then zeros (figure 5-2)."""
        reversed_bits = sum((counts >> i & 1) << (n - i) for i in range(1, min(self._bits, n + 1)))
        return reversed_bits if n else 0

    def _convert(self, command: int) -> int:
        """`command` is SGL/DIFF and D2-D0 (table 5-2); a differential pair is CH(d) against its neighbour."""
        self.conversions += 1
        channel = command & 0b111
        volts = self._volts(channel) if command & 0b1000 else self._volts(channel) - self._volts(channel ^ 1)
        counts = int(volts * self._counts_per_volt)
        top = (1 << self._bits) - 1
        return 0 if counts < 0 else top if counts > top else counts

    def close(self) -> None:
        """Nothing to release."""
