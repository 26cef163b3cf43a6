"""What every group of requests needs: how one is refused, and its fields, checked."""

from collections.abc import Callable, Mapping
from typing import Any

from device.usb.smp import Op

Fields = dict[str, Any]
Handlers = Mapping[tuple[int, Op, int], Callable[[Fields], Fields]]
"""By group, operation and command."""

# SMP's own codes (Zephyr, "SMP Protocol Specification")
UNKNOWN_ERROR, BAD_INPUT, NO_ENTRY, NOT_SUPPORTED, ACCESS_DENIED = 1, 3, 5, 8, 11
ALLOW_FIRST = "allow it on the device first"


class RefusedRequestError(Exception):
    """Ends a request with SMP's own `code`, or with a code of the request's group and SMP's nearest to it."""

    def __init__(self, code: int, group_code: int | None = None, why: str = "") -> None:
        super().__init__(why)
        self.code, self.group_code, self.why = code, group_code, why


def text(body: Fields, key: str, most: int) -> str:
    value = body.get(key)
    if not isinstance(value, str) or len(value) > most:
        raise RefusedRequestError(BAD_INPUT, why=f"{key} is missing or too long")
    return value


def count(body: Fields, key: str, default: int | None = None) -> int:
    value = body.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RefusedRequestError(BAD_INPUT, why=f"{key} is not a count")
    return value
