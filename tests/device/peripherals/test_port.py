import pytest

from device.peripherals.port import PORT_RETRY_S, LatePort
from device.usb.interlock import UsbInterlock
from drivers.errors import BusError
from tests.driver_helpers import Time


class Opened:
    def powered(self) -> bool | None:
        return False

    def states(self) -> dict[str, str]:
        return {}


def test_a_wire_that_cannot_be_read_yet_counts_as_a_cable_and_is_tried_again() -> None:
    time, tries = Time(), []

    def open_port() -> Opened:
        tries.append(time.s)
        if len(tries) < 3:
            raise BusError("GPIO 6: no pins here")
        return Opened()

    port = LatePort(open_port, time)
    interlock = UsbInterlock(port)
    believed = []
    while time.s < 3 * PORT_RETRY_S:
        believed.append(interlock.poll(time.s))
        time.pass_s(0.25)
    assert tries == pytest.approx([0.0, PORT_RETRY_S, 2 * PORT_RETRY_S])
    assert believed[: round(2 * PORT_RETRY_S / 0.25)] == [True] * round(2 * PORT_RETRY_S / 0.25)
    assert believed[-1] is False
