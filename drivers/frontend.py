"""The one interface of every heart sensor."""

import enum
from dataclasses import dataclass
from typing import Literal, Protocol


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
    """The heart's signal: `units_per_count` turns a count into `unit` (uV at the electrode for ECG; PPG stays in
    counts).

    `reference`: a third electrode belongs to it, of which it cannot tell whether it is loose. `pulses_fall`: with each
    pulse the counts fall, as reflected light does where blood takes it up.

    clock "host": each read() takes one sample now, and the caller keeps the rate; "chip": read() empties the FIFO.
    """

    name: str
    kind: HeartSignal
    fs_hz: float
    clock: Literal["host", "chip"]
    unit: str
    units_per_count: float
    min_count: int
    max_count: int
    reference: bool = False
    pulses_fall: bool = False
    side: tuple[SideSignal, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a look for a sensor told, in words. `answered`: something is there. `recognised`: it is the sensor."""

    text: str
    answered: bool = False
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class SideSample:
    """`count` of side signal number `signal` in `FrontEndInfo.side`, taken at the time of the heart sample
    `counts[beside]` of its burst: before it where negative, and then counted over lost samples too."""

    signal: int
    beside: int
    count: int


@dataclass(frozen=True, slots=True)
class Burst:
    """Samples in order. `lost` were overwritten in the chip before `counts[0]`. A burst with side samples has heart
    samples as well, to place them by."""

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
