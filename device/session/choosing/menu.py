"""The small menu: a short press goes to the next line, a long press changes it."""

import enum
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from device.session.choosing.preferences import (
    BRIGHTNESS_LEVELS,
    CUE_LEVELS,
    MINUTES,
    GuideForm,
    Language,
    Posture,
    Preferences,
)

Value = TypeVar("Value")

EVENING_MINUTES = 12
MORNING_MINUTES = 3


class MenuItem(enum.StrEnum):
    PLAN = "plan"
    MINUTES = "minutes"
    LANGUAGE = "language"
    GUIDE = "guide"
    BRIGHTNESS = "brightness"
    HIDE_STATE = "hide_state"
    HIDE_NUMBERS = "hide_numbers"
    FADE_GUIDE = "fade_guide"
    ASK_MORE = "ask_more"
    TRIAL = "trial"
    LED = "led"
    VIBRATION = "vibration"
    MORNING = "morning"
    POSTURE = "posture"
    EVENING = "evening"
    RESONANCE = "resonance"
    RECHECK = "recheck"
    BACK = "back"


ACTIONS = frozenset({MenuItem.MORNING, MenuItem.EVENING, MenuItem.RESONANCE, MenuItem.RECHECK, MenuItem.BACK})


def lines(absent: frozenset[MenuItem] = frozenset()) -> tuple[MenuItem, ...]:
    """The menu's lines in order. `absent` are those of what is not fitted, or not known yet."""
    return tuple(item for item in MenuItem if item not in absent)


class Menu:
    """Which line is selected. `absent` as in `lines`."""

    def __init__(self) -> None:
        self._index = 0

    def begin(self) -> None:
        self._index = 0

    def move_on(self, absent: frozenset[MenuItem]) -> None:
        self._index = (self._index + 1) % len(lines(absent))

    def selected(self, absent: frozenset[MenuItem]) -> MenuItem:
        shown = lines(absent)  # a line may go away while the menu is open
        return shown[min(self._index, len(shown) - 1)]


def changed(preferences: Preferences, item: MenuItem) -> Preferences:
    """`preferences` with the next value of `item`; unchanged for an item that is an action."""
    now = preferences
    following: dict[MenuItem, dict[str, Any]] = {
        MenuItem.MINUTES: {"minutes": _following(MINUTES, now.minutes)},
        MenuItem.LANGUAGE: {"language": _following(list(Language), now.language)},
        MenuItem.GUIDE: {"guide": _following(list(GuideForm), now.guide)},
        MenuItem.BRIGHTNESS: {"brightness": (now.brightness + 1) % BRIGHTNESS_LEVELS},
        MenuItem.ASK_MORE: {"ask_more": not now.ask_more},
        MenuItem.PLAN: {"plan": not now.plan},
        MenuItem.TRIAL: {"trial": not now.trial},
        MenuItem.HIDE_STATE: {"hide_state": not now.hide_state},
        MenuItem.HIDE_NUMBERS: {"hide_numbers": not now.hide_numbers},
        MenuItem.FADE_GUIDE: {"fade_guide": not now.fade_guide},
        MenuItem.POSTURE: {"posture": _following(list(Posture), now.posture or Posture.STANDING)},
        MenuItem.LED: {"led_level": (now.led_level + 1) % CUE_LEVELS},
        MenuItem.VIBRATION: {"vibration_level": (now.vibration_level + 1) % CUE_LEVELS},
    }
    return replace(now, **following.get(item, {}))


def _following(values: Sequence[Value], value: Value) -> Value:
    """The next of `values`, round and round."""
    return values[(values.index(value) + 1) % len(values)]
