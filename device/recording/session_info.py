"""What a session is told about itself before its first sample."""

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from drivers.frontend import FrontEndInfo, HeartSignal, SideSignal
from dsp.types import SignalKind

# The drivers know nothing of dsp, and dsp nothing of drivers: here one's word becomes the other's.
KINDS = {HeartSignal.ECG: SignalKind.ECG, HeartSignal.PPG: SignalKind.PPG}


class ClockTrust(enum.StrEnum):
    """How far the wall clock that dates a session can be trusted."""

    UNKNOWN = "unknown"  # the clock was never set: there is no date
    SAVED = "saved"  # what the system saved before it was switched off, so too early; nobody told better since
    SET = "set"  # a host told it since the device was switched on, or a clock with a battery did
    SYNCHRONISED = "synchronised"  # the network keeps it
    FILE = "file"  # the date stands in the file that was replayed

    @property
    def gives_the_day(self) -> bool:
        """Good enough for what is reckoned by days and hours."""
        return self not in (ClockTrust.UNKNOWN, ClockTrust.SAVED)


@dataclass(frozen=True, slots=True)
class SideInfo:
    """A signal recorded beside the heart's: values from `minimum` to `maximum` in `unit`."""

    label: str
    fs_hz: float
    unit: str
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class SignalInfo:
    """The heart's signal as it is recorded: values from `minimum` to `maximum` in `unit` ("uV" for ECG)."""

    kind: SignalKind
    fs_hz: float
    unit: str
    minimum: float
    maximum: float
    sensor: str = ""
    side: tuple[SideInfo, ...] = ()

    @classmethod
    def of_front_end(cls, info: FrontEndInfo) -> "SignalInfo":
        side = tuple(SideInfo(s.label, s.fs_hz, s.unit, *_ends(s)) for s in info.side)
        return cls(KINDS[info.kind], info.fs_hz, info.unit, *_ends(info), info.name, side)

    @property
    def label(self) -> str:
        return self.kind.label


def _ends(signal: FrontEndInfo | SideSignal) -> tuple[float, float]:
    ends = (signal.min_count * signal.units_per_count, signal.max_count * signal.units_per_count)
    return min(ends), max(ends)


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """`software` is Rolig's version, `algorithm` that of its numbers, `source` "sensor", "simulated" or "replay".

    `signal` is None where beats or intervals are replayed. `started` carries a zone and shows local time; None when
    the clock is unset. `boot_id` and `started_boottime_s` let it be dated later, in the same boot.
    """

    signal: SignalInfo | None
    software: str
    algorithm: str
    source: str = "sensor"
    started: datetime | None = None
    clock_trust: ClockTrust = ClockTrust.UNKNOWN
    boot_id: str = ""
    started_boottime_s: float | None = None

    def later(self, seconds: float) -> "SessionInfo":
        """The same session, begun so much later."""
        started = self.started and self.started + timedelta(seconds=seconds)
        boottime_s = None if self.started_boottime_s is None else self.started_boottime_s + seconds
        return replace(self, started=started, started_boottime_s=boottime_s)
