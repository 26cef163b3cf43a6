"""Which of the kernel's GPIO chips is the header's, by its label: the numbers have changed and will again.

A Pi 5 had its header on gpiochip4 until kernel 6.6.45 and has it on gpiochip0 since (raspberrypi/linux pull request
6144), and gpiozero takes 4 or 0 by the board's revision, whatever it is asked for (gpiozero issues 1162 and 1166). The
numbers in /sys/class/gpio are others again (gpiozero pull request 1216): the character devices are asked themselves.
"""

import fcntl
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

LABELS: Final = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")  # Pi 5; 4; all before and the Zeros
_INFO: Final = struct.Struct("=32s32sI")  # struct gpiochip_info of include/uapi/linux/gpio.h: name, label, lines
_GET_CHIPINFO: Final = 2 << 30 | _INFO.size << 16 | 0xB4 << 8 | 0x01  # _IOR(0xB4, 0x01, struct gpiochip_info)


def label_in(info: bytes) -> str:
    """The label in the kernel's answer about a chip."""
    label: bytes = _INFO.unpack(info)[1]
    return label.split(b"\0")[0].decode("ascii", "replace")


def ask_chip(device: Path) -> bytes:
    """What the kernel says of a GPIO character device. OSError where it may not be opened or is none."""
    fd = os.open(device, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return fcntl.ioctl(fd, _GET_CHIPINFO, bytes(_INFO.size))
    finally:
        os.close(fd)


def header_chip(folder: Path = Path("/dev"), ask: Callable[[Path], bytes] = ask_chip) -> int | None:
    """The number of the header's chip among `folder`'s devices, None where none has a header's label."""
    for device in sorted(folder.glob("gpiochip*")):
        number = device.resolve().name.removeprefix("gpiochip")  # gpiochip4 may be a link to gpiochip0
        try:
            if number.isdigit() and label_in(ask(device)) in LABELS:
                return int(number)
        except OSError:
            continue
    return None


def pins_of_chip(number: int) -> Any:
    """gpiozero's lgpio pins on a chip of our choosing; ImportError where there is no lgpio, lgpio's error otherwise.

    `LGPIOFactory(chip=...)` opens what it thinks best, so its own beginning is left out.
    """
    import lgpio
    from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin
    from gpiozero.pins.local import LocalPiFactory

    class HeaderPins(LGPIOFactory):  # type: ignore[misc]  # gpiozero has no types
        def __init__(self) -> None:
            LocalPiFactory.__init__(self)
            self._handle = lgpio.gpiochip_open(number)
            self._chip = number
            self.pin_class = LGPIOPin

    return HeaderPins()
