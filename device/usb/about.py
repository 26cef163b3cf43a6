"""What the device is: SMP's "OS/Application info", answered before anything is allowed, as echo is."""

import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from device.usb.requests import UNKNOWN_ERROR, Fields, RefusedRequestError, text
from device.versions import rolig_version

INVALID_FORMAT = 2
_MODEL = Path("/proc/device-tree/model")
_ALL = "a"
_DEFAULT = "s"


def board_model(place: Path = _MODEL) -> str:
    """As the device tree has it, "unknown" where there is none."""
    with suppress(OSError):
        return place.read_bytes().rstrip(b"\0").decode("utf-8", "replace") or "unknown"
    return "unknown"


@dataclass(frozen=True, slots=True)
class About:
    """`name` is the device's, `version` the firmware's."""

    name: str = "rolig"
    version: str = rolig_version()
    model: Callable[[], str] = board_model

    def info(self, body: Fields) -> Fields:
        """The fields that `format` names, in the order of the standard's letters (Zephyr, "SMP Groups" 0): here the
        kernel and its release are the firmware's, the version of it the system's. There is no build time."""
        wanted = text(body, "format", 32) if "format" in body else _DEFAULT
        fields: dict[str, Callable[[], str]] = {
            "s": lambda: "Rolig",
            "n": lambda: self.name,
            "r": lambda: self.version,
            "v": platform.release,
            "m": platform.machine,
            "p": platform.machine,
            "i": self.model,
            "o": platform.system,
        }
        if not wanted or not set(wanted) <= {*fields, _ALL}:
            raise RefusedRequestError(UNKNOWN_ERROR, INVALID_FORMAT)
        return {"output": " ".join(told() for letter, told in fields.items() if letter in wanted or _ALL in wanted)}
