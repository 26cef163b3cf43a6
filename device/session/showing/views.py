"""Everything each screen shows, and nothing else. The session makes a view; `device.screens.draw` turns it into pixels.

All carry `language`, and where a press does something, `hint`: the one of its hints that is said now. Values that are
unknown, or that the wearer hid, are None (never 0).
"""

import enum
from dataclasses import dataclass

from device.session.choosing.cards import Card
from device.session.choosing.check_in import Choice, Question
from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import GuideForm, Language, Posture, Preferences
from device.session.showing.hints import Hint
from device.session.showing.trace import TraceColumn
from dsp.state.mornings import Standing
from dsp.types import BreathPhase, Contact, StateKind


class Notice(enum.StrEnum):
    """One quiet line on the welcome screen."""

    LOW_STORAGE = "low_storage"
    FULL_STORAGE = "full_storage"
    READ_ONLY_STORAGE = "read_only_storage"
    NO_BATTERY = "no_battery"
    LOW_BATTERY = "low_battery"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_UNSET = "clock_unset"
    BUTTON = "button"
    BATTERY_ONLY = "battery_only"
    ENOUGH = "enough"


class Storage(enum.StrEnum):
    OK = "ok"
    LOW = "low"
    FULL = "full"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class WelcomeView:
    """`hint` stands below the press that begins, in turn with the `notice`."""

    language: Language
    minutes: int
    notice: Notice | None = None
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class MenuView:
    """`absent` lines are left out; `recheck_minutes` is None where there is no finding to check."""

    language: Language
    selected: MenuItem
    preferences: Preferences
    absent: frozenset[MenuItem] = frozenset()
    resonance_minutes: int = 12
    recheck_minutes: int | None = None
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class CardView:
    """`number` of `count`, from 1."""

    language: Language
    card: Card
    number: int
    count: int
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class ContactView:
    """`finger`: the sensor is a finger's pulse sensor, else electrodes, with `reference` three of them. `steady` runs
    from 0 to 1: how much of the wait for good contact is over. A `hint` takes the place of the words on contact for a
    while."""

    language: Language
    contact: Contact
    finger: bool
    trace: tuple[TraceColumn | None, ...]
    steady: float
    beat: bool = False
    reference: bool = False
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """`number` of `count`, from 1."""

    language: Language
    question: Question
    selected: Choice
    number: int
    count: int
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class LastAnswersView:
    """The last answers, 1 to 5, offered all at once."""

    language: Language
    answers: tuple[tuple[Question, int], ...]
    hint: Hint | None = None


class RingKind(enum.StrEnum):
    MORNING = "morning"
    REST_BEGINS = "rest_begins"
    REST = "rest"
    REST_LONGER = "rest_longer"
    FREE = "free"
    DIZZY = "dizzy"


@dataclass(frozen=True, slots=True)
class RingView:
    """A minute of free breathing; `progress` runs from 0 to 1. A `hint` or a `state` takes the note's place."""

    language: Language
    kind: RingKind
    progress: float
    state: StateKind | None = None
    settling: bool = False
    hint: Hint | None = None


class GuideCaption(enum.StrEnum):
    """The few words that are said once beside the guide."""

    SMALL_BREATHS = "small_breaths"
    EASIER = "easier"
    SLOWER = "slower"
    NOT_SAVED = "not_saved"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class GuideView:
    """`coherence_level` runs from 0 to 3; it is blind to how far heart rate swings, so `rsa_ms` comes with it. `fade`
    runs from 0 (the whole guide) to 1 (almost none). `step` is the resonance run's step and the number of steps, None
    in an ordinary session. `wave` is the heart rate of the last seconds, oldest first, each from 0 (slowest) to 1; only
    where the guide's `form` shows it."""

    language: Language
    breath: BreathPhase
    progress: float
    state: StateKind | None = None
    settling: bool = False
    hr_bpm: int | None = None
    coherence_level: int | None = None
    rsa_ms: int | None = None
    beat: bool = False
    caption: GuideCaption | None = None
    fade: float = 0.0
    step: tuple[int, int] | None = None
    form: GuideForm = GuideForm.OUTLINE
    wave: tuple[float, ...] = ()
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class UnguidedView:
    """Breathing on at the same pace without the guide, for a minute or a stretch; `said` while the screen says so."""

    language: Language
    progress: float
    said: bool = False
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class LiveView:
    """A recording that is replayed, without a guide."""

    language: Language
    trace: tuple[TraceColumn | None, ...]
    state: StateKind | None = None
    settling: bool = False
    hr_bpm: int | None = None
    coherence_level: int | None = None
    rsa_ms: int | None = None
    beat: bool = False


@dataclass(frozen=True, slots=True)
class PausedView:
    """Without a `hint` it says that it goes on by itself."""

    language: Language
    contact: Contact
    finger: bool
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """`minutes` is what is selected, None for no thanks; `progress` runs to 1, where the selected rest begins."""

    language: Language
    minutes: int | None
    progress: float
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class DarkView:
    """Nothing, so that it may be night."""

    language: Language


@dataclass(frozen=True, slots=True)
class QuietView:
    language: Language
    progress: float
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class PostureView:
    """How the wearer takes their morning reading: lying, sitting or standing."""

    language: Language
    selected: Posture
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class MorningView:
    """What a morning reading tells; `mornings` is how many it is about, or that are still to come."""

    language: Language
    standing: Standing
    mornings: int = 0
    rmssd_ms: int | None = None
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class SummaryTimeView:
    """`minutes` practised; `calm_minutes` None where unknown or hidden. What is 0 is not held up to the wearer."""

    language: Language
    minutes: int
    calm_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class SummarySettledView:
    """`after_minutes` None where the body did not settle in sight, or it is hidden; `rest_minutes` are those after."""

    language: Language
    after_minutes: int | None
    rest_minutes: int


@dataclass(frozen=True, slots=True)
class GuessMeaningView:
    """What the page with guess and body means; told once."""

    language: Language


@dataclass(frozen=True, slots=True)
class SummaryGuessView:
    """On guard, 1 to 5: the wearer's guess beside what the body showed; `body` may lie between whole numbers."""

    language: Language
    guess_before: int | None
    body_before: float | None
    guess_after: int | None
    body_after: float | None


@dataclass(frozen=True, slots=True)
class SummaryNumbersView:
    language: Language
    hr_bpm: int | None
    rmssd_ms: int | None
    rsa_ms: int | None


@dataclass(frozen=True, slots=True)
class SummaryPaceView:
    """What the resonance run found; None when it could not tell."""

    language: Language
    breaths_per_min: float | None


class Advice(enum.StrEnum):
    TENSION = "tension"
    RHYTHM = "rhythm"
    PACED = "paced"
    PARTLY_SAVED = "partly_saved"
    NOT_SAVED = "not_saved"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class AdviceView:
    language: Language
    advice: Advice


class UsbState(enum.StrEnum):
    ASKING = "asking"
    SHARING = "sharing"
    OFFERED = "offered"
    UPDATING = "updating"


@dataclass(frozen=True, slots=True)
class UsbView:
    """`ended`: a session was ended and saved because the cable came in. `blocks`: no session while it is in. `version`:
    the one that is offered or installed."""

    language: Language
    state: UsbState
    ended: bool
    blocks: bool = True
    hint: Hint | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class StorageView:
    language: Language
    storage: Storage
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class SensorView:
    """`ended`: a session was ended and saved because the sensor stayed away."""

    language: Language
    ended: bool
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class GoodbyeView:
    language: Language


SummaryView = (
    SummaryTimeView
    | SummarySettledView
    | GuessMeaningView
    | SummaryGuessView
    | SummaryNumbersView
    | SummaryPaceView
    | AdviceView
)


@dataclass(frozen=True, slots=True)
class PageView:
    """A page of the summary, `number` of `count` from 1."""

    language: Language
    page: SummaryView
    number: int
    count: int
    hint: Hint | None = None


View = (
    WelcomeView
    | MenuView
    | CardView
    | ContactView
    | QuestionView
    | LastAnswersView
    | RingView
    | GuideView
    | UnguidedView
    | LiveView
    | PausedView
    | OfferView
    | QuietView
    | DarkView
    | PostureView
    | MorningView
    | PageView
    | UsbView
    | StorageView
    | SensorView
    | GoodbyeView
)
