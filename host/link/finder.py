"""Which serial port the device is on."""

from collections.abc import Callable, Iterable
from typing import Protocol

from serial.tools import list_ports

from host.errors import HostError

NAME = "rolig"
VID_PID = (0x1D6B, 0x0104)  # the Linux Foundation's composite gadget, which a Pi shows as


class PortInfo(Protocol):
    """What pyserial tells about a port; None where the system does not know."""

    device: str
    product: str | None
    serial_number: str | None
    vid: int | None
    pid: int | None


def find_port(ports: Callable[[], Iterable[PortInfo]] = list_ports.comports) -> str:
    """The port of the one device that is plugged in.

    By the product's name, or the serial number's (Windows tells no product); failing these, by vendor and
    product number. Raises HostError when there is none, or more than one.
    """
    found = list(ports())
    named = [p for p in found if _named(p.product) or _named(p.serial_number)]
    matching = named or [p for p in found if (p.vid, p.pid) == VID_PID]
    if not matching:
        raise HostError("no device found: plug it in with a cable that carries data (or give --port)")
    if len(matching) > 1:
        listed = ", ".join(sorted(p.device for p in matching))
        raise HostError(f"more than one device found: give --port, one of {listed}")
    return matching[0].device


def _named(text: str | None) -> bool:
    return text is not None and NAME in text.lower()
