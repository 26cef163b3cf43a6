"""What the session asks the appliance to do. Times are on the session clock."""

from dataclasses import dataclass

from device.session.choosing.preferences import History, Preferences
from device.session.events import EndReason


@dataclass(frozen=True, slots=True)
class StartRecording:
    t_s: float


@dataclass(frozen=True, slots=True)
class StopRecording:
    t_s: float
    reason: EndReason


@dataclass(frozen=True, slots=True)
class ShareAllowed:
    """The logs may, or may no longer, be pulled over USB."""

    t_s: float
    allowed: bool


@dataclass(frozen=True, slots=True)
class UpdateAllowed:
    """The version that was on the screen may be installed, and no other; "" where none may any more."""

    t_s: float
    version: str


@dataclass(frozen=True, slots=True)
class WayBackRead:
    """The wearer knows that the update before this start was left again."""

    t_s: float


@dataclass(frozen=True, slots=True)
class LookForCable:
    """The wearer says that the cable is out: see whether it is."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Blank:
    """Switch the display off, or on again. Never off during a session, nor while logs are shared
    or the wearer is asked about an update."""

    t_s: float
    on: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """Nobody needs samples: stop sensor and reckoning, or go on. Never stopped during a session."""

    t_s: float
    on: bool


@dataclass(frozen=True, slots=True)
class KeepPreferences:
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class KeepHistory:
    history: History


@dataclass(frozen=True, slots=True)
class Practised:
    """A session is over. Tension before and after, 1 to 5, None where not told; `held` is the score of its minute
    without a guide, None where there was none, NaN where it could not be told."""

    t_s: float
    minutes: float
    tension_before: int | None
    tension_after: int | None
    held: float | None


@dataclass(frozen=True, slots=True)
class ShutDown:
    t_s: float


Command = (
    StartRecording
    | StopRecording
    | ShareAllowed
    | UpdateAllowed
    | WayBackRead
    | LookForCable
    | Blank
    | Rest
    | KeepPreferences
    | KeepHistory
    | Practised
    | ShutDown
)
