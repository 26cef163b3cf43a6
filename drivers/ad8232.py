"""AD8232 single-lead ECG front end, its output on a channel of an MCP3208 or MCP3008.

The output swings about mid-supply, which the centred counts take out. With three electrodes and DC leads-off
detection (AC/DC pin low) LOD+ and LOD- go high on their own electrode; with two electrodes and AC detection only LOD+
tells (AD8232 datasheet, Leads Off Detection). SDN low shuts the chip down.
"""

import math
from typing import Final

from drivers.buses import InputPin, OutputPin
from drivers.errors import BusError
from drivers.frontend import Burst, FrontEndInfo, HeartSignal, LeadsOff
from drivers.mcp3208 import AdcFrame, Mcp3208

_MAINS_HZ: Final = (50.0, 60.0)
_LOOKS: Final = 16
_SOONEST_S, _LATEST_S = 0.010, 0.026  # between looks at the pins, since a pin costs as much as a conversion


def front_end_info(frame: AdcFrame, vref_mv: float, fs_hz: float, gain: float) -> FrontEndInfo:
    """What the chip delivers through a converter with `frame` and a reference of `vref_mv`."""
    middle = frame.full_scale_counts // 2
    return FrontEndInfo(
        name="ad8232",
        kind=HeartSignal.ECG,
        fs_hz=fs_hz,
        clock="host",
        units_per_count=frame.mv_per_count(vref_mv) * 1000.0 / gain,
        min_count=-middle,
        max_count=middle - 1,
        reference=True,
    )


def leads_off_stride(fs_hz: float) -> int:
    """Samples from one look at the leads-off pins to the next: the stride by which few looks see the most of a cycle of
    the mains, of 50 and of 60 Hz. Looking at exactly 50 Hz, a pin that follows the mains is always or never high.
    """
    strides = range(max(1, math.ceil(_SOONEST_S * fs_hz)), max(1, math.floor(_LATEST_S * fs_hz)) + 1)
    return min(strides, key=lambda stride: max(_unseen(hz * stride / fs_hz) for hz in _MAINS_HZ))


def _unseen(step: float) -> float:
    """The longest part of a cycle that no look falls into, where each is `step` cycles after the one before."""
    phases = sorted(look * step % 1.0 for look in range(_LOOKS))
    return max(later - phase for phase, later in zip(phases, [*phases[1:], phases[0] + 1.0], strict=True))


class Ad8232Ecg:
    """ECG at the Pi's pace: each read() converts one sample. Implements `drivers.frontend.FrontEnd`.

    `gain` is that of chip and board together (100 in the chip, about 1100 on the common breakout board).
    `lo_plus`, `lo_minus` and `sdn` may be None where they are not wired.
    """

    def __init__(
        self,
        adc: Mcp3208,
        channel: int,
        *,
        lo_plus: InputPin | None,
        lo_minus: InputPin | None,
        sdn: OutputPin | None,
        fs_hz: float = 500.0,
        gain: float = 1100.0,
    ) -> None:
        self._adc = adc
        self._channel = channel
        self._lo_plus = lo_plus
        self._lo_minus = lo_minus
        self._sdn = sdn
        self._middle = adc.frame.full_scale_counts // 2
        self._leads_off = LeadsOff.NONE
        self._until_look = 0
        self._stride = leads_off_stride(fs_hz)
        self._info = front_end_info(adc.frame, adc.vref_mv, fs_hz, gain)

    @property
    def info(self) -> FrontEndInfo:
        return self._info

    def start(self) -> None:
        """Wake the chip and see that a signal arrives (else NotRespondingError or CorruptFrameError)."""
        if self._sdn is not None:
            try:
                self._sdn.on()
            except OSError as error:
                raise BusError(f"AD8232: cannot set SDN: {error}") from error
        self._until_look = 0
        self._adc.require_signal(self._channel)

    def read(self) -> Burst:
        counts = self._adc.read_counts(self._channel) - self._middle
        if self._until_look == 0:
            self._until_look = self._stride
            self._leads_off = self._look_at_leads()
        self._until_look -= 1
        return Burst((counts,), 0, self._leads_off)

    def _look_at_leads(self) -> LeadsOff:
        try:
            plus = self._lo_plus is not None and bool(self._lo_plus.value)
            minus = self._lo_minus is not None and bool(self._lo_minus.value)
        except OSError as error:
            raise BusError(f"AD8232: cannot read the leads-off pins: {error}") from error
        return (LeadsOff.POSITIVE if plus else LeadsOff.NONE) | (LeadsOff.NEGATIVE if minus else LeadsOff.NONE)

    def close(self) -> None:
        """Shut the chip down and release converter and leads-off pins. SDN is held low: let go, a board's pull-up would
        wake the chip, which takes 170 uA (AD8232 datasheet, Features)."""
        if self._sdn is not None:
            self._sdn.off()
        for pin in (self._lo_plus, self._lo_minus):
            if pin is not None:
                pin.close()
        self._adc.close()
