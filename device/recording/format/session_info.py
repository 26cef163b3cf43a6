"""What is known about a session before its first sample."""

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dsp.types import SignalKind


class ClockTrust(enum.StrEnum):
    """How far the wall clock that dates a session can be trusted."""

    UNKNOWN = "unknown"  # the clock was never set: there is no date
    SAVED = "saved"  # the time saved at the last shutdown, so too early; not corrected since
    SET = "set"  # set since power-on by a host, or by a clock with a battery
    SYNCHRONISED = "synchronised"  # kept by the network
    FILE = "file"  # the date in the file that was replayed

    @property
    def gives_the_day(self) -> bool:
        """Whether the day and the hour can be relied on."""
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

    @property
    def label(self) -> str:
        return self.kind.label


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
