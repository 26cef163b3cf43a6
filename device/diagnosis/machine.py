"""What the machine under the firmware is, and how it is, from /proc and /sys; "not told" where there is nothing."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path

from device.usb.about import board_model

NOT_TOLD = "not told"
# The firmware's word since the start, a bit each: https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
THROTTLED = {
    0: "under-voltage now",
    1: "frequency capped now",
    2: "throttled now",
    3: "soft temperature limit now",
    16: "under-voltage since the start",
    17: "frequency capped since the start",
    18: "throttled since the start",
    19: "soft temperature limit since the start",
}
_THROTTLED_PLACE = "sys/devices/platform/soc/soc:firmware/get_throttled"
_TEMPERATURE_PLACE = "sys/class/thermal/thermal_zone0/temp"


def facts(root: Path, store: Path) -> Iterator[tuple[str, str]]:
    """Name and value each; `root` is where /proc and /sys are."""
    yield "board", board_model(root / "proc/device-tree/model")
    yield "machine", platform.machine()
    yield "system", _system(root)
    yield "kernel", platform.release()
    yield "python", platform.python_version()
    yield "up", _up(root)
    yield "free memory", _available(root)
    yield "free on the card", _free(store)
    yield "temperature", _temperature(root)
    yield "power", _throttled(root)
    yield "5 V", _alarm(root)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _system(root: Path) -> str:
    for line in _read(root / "etc/os-release").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return NOT_TOLD


def _up(root: Path) -> str:
    seconds = _read(root / "proc/uptime").partition(" ")[0].partition(".")[0]
    return f"{int(seconds) // 60} min" if seconds.isdecimal() else NOT_TOLD


def _available(root: Path) -> str:
    for line in _read(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return f"{int(line.split()[1]) >> 10} MB"
    return NOT_TOLD


def _free(store: Path) -> str:
    try:
        room = os.statvfs(store)
    except OSError as error:
        return error.strerror or NOT_TOLD
    free, whole = room.f_bavail * room.f_frsize >> 20, room.f_blocks * room.f_frsize >> 20
    return f"{free} of {whole} MB" + (", read-only" if room.f_flag & os.ST_RDONLY else "")


def _temperature(root: Path) -> str:
    thousandths = _read(root / _TEMPERATURE_PLACE)
    return f"{int(thousandths) // 1000} degrees" if thousandths.lstrip("-").isdecimal() else NOT_TOLD


def _throttled(root: Path) -> str:
    try:
        bits = int(_read(root / _THROTTLED_PLACE), 16)
    except ValueError:
        return NOT_TOLD
    return ", ".join(text for bit, text in THROTTLED.items() if bits >> bit & 1) or "as it should be"


def _alarm(root: Path) -> str:
    """The kernel's rpi_volt: whether the 5 V fell too low since the start."""
    for monitor in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if _read(monitor / "name") == "rpi_volt":
            return {"0": "none", "1": "the 5 V fell too low"}.get(_read(monitor / "in0_lcrit_alarm"), NOT_TOLD)
    return NOT_TOLD
