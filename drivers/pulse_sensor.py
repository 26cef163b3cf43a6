"""Analog pulse sensor (photodiode and amplifier on a small board) on a channel of an MCP3208 or MCP3008.

Such boards have no contact pin: a missing finger shows only in the signal, so `leads_off` stays NONE.
"""

from drivers.frontend import Burst, FrontEndInfo, HeartSignal, LeadsOff
from drivers.mcp3208 import AdcFrame, Mcp3208


def front_end_info(frame: AdcFrame, fs_hz: float) -> FrontEndInfo:
    """What the sensor delivers through a converter with `frame`."""
    return FrontEndInfo(
        name="pulse",
        kind=HeartSignal.PPG,
        fs_hz=fs_hz,
        clock="host",
        units_per_count=1.0,
        min_count=0,
        max_count=frame.full_scale_counts - 1,
    )


class PulseSensor:
    """PPG in counts at the Pi's pace: each read() converts one sample. Implements `drivers.frontend.FrontEnd`."""

    def __init__(self, adc: Mcp3208, channel: int, fs_hz: float = 500.0) -> None:
        self._adc = adc
        self._channel = channel
        self._info = front_end_info(adc.frame, fs_hz)

    @property
    def info(self) -> FrontEndInfo:
        return self._info

    def start(self) -> None:
        """See that a signal arrives (else NotRespondingError or CorruptFrameError)."""
        self._adc.require_signal(self._channel)

    def read(self) -> Burst:
        return Burst((self._adc.read_counts(self._channel),), 0, LeadsOff.NONE)

    def close(self) -> None:
        self._adc.close()
