"""The small menu: a short press goes to the next line, a long press changes it."""

import enum
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from device.session.choosing.preferences import CUE_LEVELS, MINUTES, Language, Preferences

Value = TypeVar("Value")


class MenuItem(enum.StrEnum):
    MINUTES = "minutes"
    LANGUAGE = "language"
    HIDE_STATE = "hide_state"
    HIDE_NUMBERS = "hide_numbers"
    FADE_GUIDE = "fade_guide"
    LED = "led"
    VIBRATION = "vibration"
    RESONANCE = "resonance"
    RECHECK = "recheck"
    BACK = "back"


ACTIONS = frozenset({MenuItem.RESONANCE, MenuItem.RECHECK, MenuItem.BACK})


def lines(recheck: bool) -> tuple[MenuItem, ...]:
    """The menu's lines in order; a recheck is offered only where there is a finding to check."""
    return tuple(item for item in MenuItem if recheck or item is not MenuItem.RECHECK)


class Menu:
    """Which line is selected. `recheck` as in `lines`."""

    def __init__(self) -> None:
        self._index = 0

    def begin(self) -> None:
        self._index = 0

    def move_on(self, steps: int, recheck: bool) -> None:
        self._index = (self._index + steps) % len(lines(recheck))

    def selected(self, recheck: bool) -> MenuItem:
        return lines(recheck)[self._index]


def changed(preferences: Preferences, item: MenuItem) -> Preferences:
    """`preferences` with the next value of `item`; unchanged for an item that is an action."""
    now = preferences
    following: dict[MenuItem, dict[str, Any]] = {
        MenuItem.MINUTES: {"minutes": _following(MINUTES, now.minutes)},
        MenuItem.LANGUAGE: {"language": _following(list(Language), now.language)},
        MenuItem.HIDE_STATE: {"hide_state": not now.hide_state},
        MenuItem.HIDE_NUMBERS: {"hide_numbers": not now.hide_numbers},
        MenuItem.FADE_GUIDE: {"fade_guide": not now.fade_guide},
        MenuItem.LED: {"led_level": (now.led_level + 1) % CUE_LEVELS},
        MenuItem.VIBRATION: {"vibration_level": (now.vibration_level + 1) % CUE_LEVELS},
    }
    return replace(now, **following.get(item, {}))


def _following(values: Sequence[Value], value: Value) -> Value:
    """The next of `values`, round and round."""
    return values[(values.index(value) + 1) % len(values)]
