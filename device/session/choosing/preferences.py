"""What the wearer chose, and what earlier sessions tell the next one. The caller keeps both from start to start."""

import enum
from dataclasses import dataclass

MINUTES = (3, 5, 10, 20)
CUE_LEVELS = 4
BRIGHTNESS_LEVELS = 4
USUAL_BRIGHTNESS = 2
FASTEST_TARGET = 8.0
"""Breaths/min: however often a wearer asks for easier, later sessions still slow the breath down."""


class Language(enum.StrEnum):
    NB = "nb"
    EN = "en"
    SV = "sv"


class GuideForm(enum.StrEnum):
    """How the guide is drawn: a line round the breath, a full disc, or the wave that the heart makes."""

    OUTLINE = "outline"
    DISC = "disc"
    WAVE = "wave"


class Posture(enum.StrEnum):
    """How the wearer takes their morning reading."""

    LYING = "lying"
    SITTING = "sitting"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`minutes` is the guide's length, one of `MINUTES`. `led_level` and `vibration_level` run from 0 (off) to 3,
    `brightness` of the screen from 0 (the night's) to 3. `ask_more`: a day's first check-in also asks for sleep, and
    for light and sound. `plan`: the weeks' plan gives the guide's length. `trial`: the experiment of one's own.
    `posture` is None until it is asked, before the first morning reading."""

    language: Language = Language.NB
    minutes: int = 5
    hide_state: bool = False
    hide_numbers: bool = True
    fade_guide: bool = False
    led_level: int = 0
    vibration_level: int = 0
    guide: GuideForm = GuideForm.OUTLINE
    brightness: int = USUAL_BRIGHTNESS
    ask_more: bool = False
    posture: Posture | None = None
    plan: bool = True
    trial: bool = False

    def __post_init__(self) -> None:
        if self.minutes not in MINUTES:
            raise ValueError(f"minutes must be one of {MINUTES}, not {self.minutes}")
        for name, level, levels in (
            ("led_level", self.led_level, CUE_LEVELS),
            ("vibration_level", self.vibration_level, CUE_LEVELS),
            ("brightness", self.brightness, BRIGHTNESS_LEVELS),
        ):
            if not 0 <= level < levels:
                raise ValueError(f"{name} must be 0 to {levels - 1}, not {level}")


@dataclass(frozen=True, slots=True)
class LastAnswers:
    """What the wearer last answered to each question, 1 to 5; None where they never did."""

    energy: int | None = None
    tension: int | None = None
    on_guard: int | None = None
    sleep: int | None = None
    tolerance: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """`target_breaths_per_min`: the own resonance rate once known, or the pace "easier" led to from near it; 6 before.

    `tension_rose`: in the last session that tells, tension rose by two or more. `rhythm_unreadable`: in the last that
    tells, the rhythm could not be read for a minute or more. `cards_seen`: the first-run cards were read to the end;
    `guess_seen`: the page with the guess beside the body has been explained.
    """

    first_today: bool = True
    target_breaths_per_min: float = 6.0
    tension_rose: bool = False
    rhythm_unreadable: bool = False
    cards_seen: bool = False
    guess_seen: bool = False
    answers: LastAnswers = LastAnswers()
