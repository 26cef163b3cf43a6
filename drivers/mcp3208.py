"""MCP3208 (12 bit) and MCP3008 (10 bit) analog-to-digital converters over SPI, mode 0,0 or 1,1.

Three bytes a conversion, as in figure 6-1 of DS21298 (MCP3204/3208) and of DS21295 (MCP3004/3008):

    MCP3208  Tx  0 0 0 0 0 1 S D2 | D1 D0 x x  x   x   x  x  | x  x  x  x  x  x  x  x
             Rx  ? ? ? ? ? ? ? ?  | ?  ?  ? 0  B11 B10 B9 B8 | B7 B6 B5 B4 B3 B2 B1 B0

    MCP3008  Tx  0 0 0 0 0 0 0 1  | S  D2 D1 D0 x  x  x  x   | x  x  x  x  x  x  x  x
             Rx  ? ? ? ? ? ? ? ?  | ?  ?  ?  ?  ?  0  B9 B8  | B7 B6 B5 B4 B3 B2 B1 B0

The start bit is 1, S (SGL/DIFF) is 1 for single-ended, and the 0 in the answer is the null bit.
"""

from dataclasses import dataclass
from typing import Final

from drivers.buses import SpiDevice
from drivers.errors import BusError, CorruptFrameError, NotRespondingError

CHANNELS: Final = 8
_LOOKS: Final = 8


@dataclass(frozen=True, slots=True)
class AdcFrame:
    """Where the bits of one conversion lie. `channel_shift` places start, SGL and D2-D0 in the 16 bits sent first."""

    part: str
    bits: int
    channel_shift: int

    @property
    def full_scale_counts(self) -> int:
        """Number of codes: counts run from 0 to one less."""
        return 1 << self.bits

    def mv_per_count(self, vref_mv: float) -> float:
        return vref_mv / self.full_scale_counts


MCP3208: Final = AdcFrame(part="MCP3208", bits=12, channel_shift=6)
MCP3008: Final = AdcFrame(part="MCP3008", bits=10, channel_shift=4)
_START_AND_SGL: Final = 0b11000


def request(frame: AdcFrame, channel: int) -> tuple[int, int, int]:
    """The three bytes that ask for a single-ended conversion of `channel` (0 to 7)."""
    if not 0 <= channel < CHANNELS:
        raise ValueError(f"{frame.part} has channels 0 to {CHANNELS - 1}, not {channel}")
    word = (_START_AND_SGL | channel) << frame.channel_shift
    return word >> 8, word & 0xFF, 0


def decode(frame: AdcFrame, answer: list[int]) -> int:
    """The count in three received bytes.

    Raises CorruptFrameError when the answer has another length or its null bit is 1, as when nothing drives MISO
    and a pull-up holds it high.
    """
    if len(answer) != 3:
        raise CorruptFrameError(f"{frame.part} answered {len(answer)} bytes instead of 3")
    word = answer[1] << 8 | answer[2]
    if word >> frame.bits & 1:
        raise CorruptFrameError(f"{frame.part} sent no null bit (received {bytes(answer).hex(' ')}): is it connected?")
    return word & ((1 << frame.bits) - 1)


class Mcp3208:
    """An MCP3208, or with `frame=MCP3008` an MCP3008, on an open SPI device with a reference of `vref_mv`."""

    def __init__(self, spi: SpiDevice, vref_mv: float, frame: AdcFrame = MCP3208) -> None:
        self.vref_mv = vref_mv
        self.frame = frame
        self._spi = spi
        self._requests = [request(frame, channel) for channel in range(CHANNELS)]

    def read_counts(self, channel: int) -> int:
        """Convert `channel` now. Raises BusError or CorruptFrameError."""
        try:
            answer = self._spi.xfer2(list(self._requests[channel]))
        except OSError as error:
            raise BusError(f"{self.frame.part}: SPI transfer failed: {error}") from error
        return decode(self.frame, answer)

    def require_signal(self, channel: int) -> None:
        """Raise NotRespondingError when `channel` reads nothing but zeros, as with MISO held low.

        An amplifier's output does not reach its rail exactly, so a sensor that has power is not refused.
        """
        if not any(self.read_counts(channel) for _ in range(_LOOKS)):
            raise NotRespondingError(f"{self.frame.part}: channel {channel} reads exactly 0 V: no sensor there?")

    def close(self) -> None:
        self._spi.close()
