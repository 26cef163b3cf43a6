"""What the wearer chose, and what earlier sessions tell the next one. The caller keeps both from start to start."""

import enum
from dataclasses import dataclass

MINUTES = (3, 5, 10, 20)
CUE_LEVELS = 4
FASTEST_TARGET = 8.0
"""Breaths/min: however often a wearer asks for easier, later sessions still slow the breath down."""


class Language(enum.StrEnum):
    NB = "nb"
    EN = "en"
    SV = "sv"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`minutes` is the guide's length, one of `MINUTES`. `led_level` and `vibration_level` run from 0 (off) to 3."""

    language: Language = Language.NB
    minutes: int = 5
    hide_state: bool = False
    hide_numbers: bool = False
    fade_guide: bool = False
    led_level: int = 0
    vibration_level: int = 0

    def __post_init__(self) -> None:
        if self.minutes not in MINUTES:
            raise ValueError(f"minutes must be one of {MINUTES}, not {self.minutes}")
        for name, level in (("led_level", self.led_level), ("vibration_level", self.vibration_level)):
            if not 0 <= level < CUE_LEVELS:
                raise ValueError(f"{name} must be 0 to {CUE_LEVELS - 1}, not {level}")


@dataclass(frozen=True, slots=True)
class History:
    """`target_breaths_per_min`: the own resonance rate once known, or the pace "easier" led to from near it; 6 before.

    `tension_rose`: in the last session that tells, tension rose by two or more. `rhythm_unreadable`: in the last that
    tells, the rhythm could not be read for a minute or more.
    """

    first_today: bool = True
    target_breaths_per_min: float = 6.0
    tension_rose: bool = False
    rhythm_unreadable: bool = False
