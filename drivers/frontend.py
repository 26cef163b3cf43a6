"""The one interface of every heart sensor."""

import enum
from dataclasses import dataclass
from typing import Final, Literal, Protocol

STUCK_S: Final = 0.5
"""A chip with a clock of its own that gives no sample for so long is stuck."""
LOST: Final = -(1 << 31)
"""Among counts: the place of a sample that could not be read."""


class LeadsOff(enum.Flag):
    """Which electrode (or finger) is off. `LeadsOff.NONE` means contact is good."""

    NONE = 0
    POSITIVE = enum.auto()
    NEGATIVE = enum.auto()
    FINGER = enum.auto()


class HeartSignal(enum.StrEnum):
    """What of the heart a sensor sees: its voltage, or its pulse in the skin."""

    ECG = "ecg"
    PPG = "ppg"

    @property
    def unit(self) -> str:
        """What its samples are in: microvolts at the electrode, or counts of light."""
        return "uV" if self is HeartSignal.ECG else "count"


@dataclass(frozen=True, slots=True)
class SideSignal:
    """What a sensor tells beside the heart's signal, at a rate of its own, less than half the heart signal's;
    `units_per_count` turns a count into `unit`."""

    label: str
    unit: str
    fs_hz: float
    units_per_count: float
    min_count: int
    max_count: int


@dataclass(frozen=True, slots=True)
class FrontEndInfo:
    """The heart's signal: `units_per_count` turns a count into its unit, 1 where that is the count itself.

    `reference`: the sensor has a third electrode, and cannot tell whether that one is loose. `pulses_fall`: the counts
    fall with each pulse, as reflected light does where blood takes it up.

    clock "host": each read() takes one sample now, and the caller keeps the rate; "chip": read() empties the FIFO,
    which holds `fifo_samples`.
    """

    name: str
    kind: HeartSignal
    fs_hz: float
    clock: Literal["host", "chip"]
    units_per_count: float
    min_count: int
    max_count: int
    reference: bool = False
    pulses_fall: bool = False
    fifo_samples: int = 0
    side: tuple[SideSignal, ...] = ()

    @property
    def unit(self) -> str:
        return self.kind.unit


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a look for a sensor found, in words. `answered`: something is there. `recognised`: it is the sensor."""

    text: str
    answered: bool = False
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class SideSample:
    """One sample of side signal number `signal` in `FrontEndInfo.side`. It was taken with the heart sample
    `counts[beside]` of its burst; a negative `beside` counts back from the burst's first, lost samples included."""

    signal: int
    beside: int
    count: int


@dataclass(frozen=True, slots=True)
class Burst:
    """Samples in order, `LOST` where one could not be read. `lost` were overwritten in the chip before `counts[0]`. A
    burst with side samples has heart samples as well, to place them by."""

    counts: tuple[int, ...]
    lost: int
    leads_off: LeadsOff
    side: tuple[SideSample, ...] = ()


class FrontEnd(Protocol):
    """A sensor on an already opened bus. start() may be called again after an error; all methods may raise
    DriverError."""

    @property
    def info(self) -> FrontEndInfo: ...

    def start(self) -> None: ...

    def read(self) -> Burst: ...

    def close(self) -> None: ...
