"""`rolig run` with gpiozero's mock pins in place of the header's, and a finger: a line "0.2" in the FIFO given as the
first argument holds the button for that many seconds. Everything else is as installed.
"""

import os
import sys
import threading
import time
from pathlib import Path

from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from device.cli import main
from drivers.wiring import Wiring


def finger(fifo: Path) -> None:
    button = Device.pin_factory.pin(Wiring().button_gpio)
    while True:
        with fifo.open(encoding="ascii") as lines:
            for line in lines:
                button.drive_low()
                time.sleep(float(line))
                button.drive_high()
                time.sleep(0.2)


if __name__ == "__main__":
    fifo = Path(sys.argv[1])
    if not fifo.exists():
        os.mkfifo(fifo, 0o600)
    Device.pin_factory = MockFactory(pin_class=MockPWMPin)
    threading.Thread(target=finger, args=(fifo,), daemon=True).start()
    sys.exit(main(["run"]))
