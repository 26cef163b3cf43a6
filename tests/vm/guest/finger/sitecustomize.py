"""Python in the checks' service finds this by PYTHONPATH: gpiozero's mock pins in place of the header's, and a finger.

A line "0.2" in the FIFO named FINGER holds the button for so many seconds. Everything else is as installed, whichever
version was chosen.
"""

import os
import sys
import threading
import time
from pathlib import Path

from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin


def finger(fifo: Path) -> None:
    while True:
        with fifo.open(encoding="ascii") as lines:
            for line in lines:
                # Only here: by now the version's own folder is the first in which modules are looked for.
                from drivers.wiring import Wiring

                button = Device.pin_factory.pin(Wiring().button_gpio)
                button.drive_low()
                time.sleep(float(line))
                button.drive_high()
                time.sleep(0.2)


# The chosen version itself, and neither what chooses it nor the self-test that it asks for.
if "-c" in sys.orig_argv and sys.orig_argv[-1] == "run":
    place = Path(os.environ["FINGER"])
    if not place.exists():
        os.mkfifo(place, 0o600)
    Device.pin_factory = MockFactory(pin_class=MockPWMPin)
    threading.Thread(target=finger, args=(place,), daemon=True).start()
