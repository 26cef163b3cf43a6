"""Takes a profile's content apart, so that nothing is used unchecked."""

import math
from collections.abc import Callable
from typing import Any

MAX_ORDINAL = 3_652_059  # 9999-12-31


class BadContentError(ValueError):
    """Names what in the file is not a profile."""


def as_object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadContentError(f"{where} is not an object")
    return dict(value)


class CheckedFields:
    """Takes an object's fields one by one, each with its type and range, so that nothing is used unchecked."""

    def __init__(self, value: Any, where: str) -> None:
        self._left = as_object(value, where)
        self._where = where

    def value(self, name: str) -> Any:
        if name not in self._left:
            raise BadContentError(f"{self._where} has no {name}")
        return self._left.pop(name)

    def has(self, name: str) -> bool:
        """Whether it is there: a profile of an earlier version lacks what came later."""
        return name in self._left

    def is_null(self, name: str) -> bool:
        """Whether it is there and null, which takes it."""
        return name in self._left and self._left[name] is None and self._left.pop(name) is None

    def items(self, name: str) -> list[Any]:
        value = self.value(name)
        if not isinstance(value, list):
            raise BadContentError(f"{name} is not a list")
        return value

    def number(self, name: str, low: float, high: float) -> float:
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise BadContentError(f"{self._where}.{name} is not a number from {low:g} to {high:g}")
        return float(value)

    def whole(self, name: str, low: int, high: int) -> int:
        number = self.number(name, low, high)
        if number != math.floor(number):
            raise BadContentError(f"{self._where}.{name} is not a whole number")
        return int(number)

    def day_or_none(self, name: str) -> int | None:
        value = self.value(name)
        if value is not None and not (type(value) is int and 1 <= value <= MAX_ORDINAL):
            raise BadContentError(f"{self._where}.{name} is not a day's number")
        return value

    def text(self, name: str, allowed: Callable[[str], bool]) -> str:
        value = self.value(name)
        if not isinstance(value, str) or not allowed(value):
            raise BadContentError(f"{self._where}.{name} is not one of the words allowed")
        return value

    def flag(self, name: str) -> bool:
        value = self.value(name)
        if not isinstance(value, bool):
            raise BadContentError(f"{self._where}.{name} is not true or false")
        return value

    def nothing_left(self) -> None:
        if self._left:
            raise BadContentError(f"{self._where} has an unknown {min(self._left)}")
