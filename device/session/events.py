"""What happens in a session besides samples, beats, intervals and metrics rows. All onsets in recording time."""

import enum
from dataclasses import dataclass

from device.session.choosing.preferences import Posture
from dsp.state.mornings import MorningWord
from dsp.state.profile import Profile
from dsp.types import Contact, StateKind


class Phase(enum.StrEnum):
    """The parts of a session, in order. RESONANCE, or RECHECK for an earlier finding, takes GUIDED's place when
    the resonance finder runs, and SITTING where the experiment of one's own drew quiet sitting. TRANSFER is the minute
    without a guide. HELP and EVENING are sessions of their own: the guide at once, and nothing else. So is
    MORNING: three minutes without one."""

    CONTACT = "contact"
    CHECK_IN = "check_in"
    REST = "rest"
    GUIDED = "guided"
    RESONANCE = "resonance"
    RECHECK = "recheck"
    SITTING = "sitting"
    TRANSFER = "transfer"
    FREE = "free"
    QUIET = "quiet"
    CHECK_OUT = "check_out"
    SUMMARY = "summary"
    HELP = "help"
    EVENING = "evening"
    MORNING = "morning"


GUIDED_PHASES = (Phase.GUIDED, Phase.RESONANCE, Phase.RECHECK)
ALONE_PHASES = (Phase.HELP, Phase.EVENING)
"""The guide alone: nothing is learnt from these."""
PRACTICE_PHASES = (*GUIDED_PHASES, Phase.SITTING, Phase.TRANSFER, Phase.FREE, Phase.QUIET)


class EndReason(enum.StrEnum):
    COMPLETED = "completed"
    PRESSED = "pressed"
    DIZZY = "dizzy"
    SIGNAL = "signal"  # SIGTERM or Ctrl-C
    SENSOR = "sensor"
    STORAGE = "storage"
    USB = "usb"
    END_OF_FILE = "end_of_file"  # replay


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    t_s: float
    phase: Phase


@dataclass(frozen=True, slots=True)
class ContactChanged:
    t_s: float
    contact: Contact


@dataclass(frozen=True, slots=True)
class PaceChanged:
    """The guide's pace from here on, NaN when it stops. `cause`: "ramp", "easier", "step", "stop", "fade" (it is
    away for a stretch), "dizzy" (also while it is paused)."""

    t_s: float
    breaths_per_min: float
    cause: str


@dataclass(frozen=True, slots=True)
class CheckIn:
    """1 to 5 each, None where skipped; `on_guard_guess` None also stands for "don't know"."""

    t_s: float
    when: str  # "before" or "after"
    energy: int | None = None
    tension: int | None = None
    on_guard_guess: int | None = None
    sleep: int | None = None
    tolerance: int | None = None


@dataclass(frozen=True, slots=True)
class PostureTold:
    """How the wearer says that they take the morning reading that begins."""

    t_s: float
    posture: Posture


@dataclass(frozen=True, slots=True)
class PlanFollowed:
    """The guide that begins follows the plan: `week` from 1, `minutes` long, fading so far (0 to 3)."""

    t_s: float
    week: int
    minutes: int
    fade: int


@dataclass(frozen=True, slots=True)
class ArmDrawn:
    """What the experiment of one's own drew for its day number `day` (from 0), in the words of
    `recording.format.experiment`."""

    t_s: float
    seed: int
    day: int
    arm: str
    minutes: int


@dataclass(frozen=True, slots=True)
class SensorFault:
    t_s: float
    text: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    t_s: float
    state: StateKind
    settling: bool


@dataclass(frozen=True, slots=True)
class SessionEnded:
    t_s: float
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Learned:
    """What the learner made of the session so far; for the session, the memory and the estimator, not for the log.

    `profile` is the wearer's as it now stands. `found_breaths_per_min` is the resonance that this session found, NaN
    where its run could not tell, or refined; None where the session said nothing about it. `morning` is what a morning
    reading tells, None after any other session.
    """

    t_s: float
    profile: Profile
    found_breaths_per_min: float | None = None
    morning: MorningWord | None = None


Event = (
    PhaseChanged
    | ContactChanged
    | PaceChanged
    | CheckIn
    | PostureTold
    | PlanFollowed
    | ArmDrawn
    | SensorFault
    | StateChanged
    | SessionEnded
)
