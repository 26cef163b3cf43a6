from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from device.usb.interlock import RISK_WHEN_OFF, UNPLUGGED_AFTER_S, UsbInterlock
from drivers.errors import BusError
from drivers.usb_port import UsbPort


class Port:
    """A cable in somebody's hand."""

    def __init__(self) -> None:
        self.cable: bool | None = False

    def connected(self) -> bool:
        if self.cable is None:
            raise BusError("VBUS pin: gone")
        return self.cable


def test_a_cable_counts_at_once_and_its_absence_after_a_while() -> None:
    port = Port()
    interlock = UsbInterlock(port)
    assert interlock.poll(0.0) is False
    port.cable = True
    assert interlock.poll(0.2) is True
    port.cable = False
    assert interlock.poll(0.4) is True
    assert interlock.poll(0.4 + UNPLUGGED_AFTER_S) is False


def test_a_loose_plug_never_counts_as_out() -> None:
    port = Port()
    interlock = UsbInterlock(port)
    for i in range(100):
        port.cable = i % 3 == 0
        assert interlock.poll(0.25 * i) is True


def test_what_cannot_be_read_counts_as_in() -> None:
    port = Port()
    port.cable = None
    interlock = UsbInterlock(port)
    assert interlock.connected is True
    assert interlock.poll(0.0) is True
    port.cable = False
    interlock.poll(1.0)
    assert interlock.poll(2.0) is False


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=60))
def test_whenever_the_port_says_in_the_interlock_does(readings: list[bool | None]) -> None:
    port = Port()
    interlock = UsbInterlock(port)
    for i, port.cable in enumerate(readings):
        believed = interlock.poll(0.25 * i)
        assert believed or port.cable is False
        assert believed == interlock.connected


def test_it_reads_the_real_port(tmp_path: Path) -> None:
    state = tmp_path / "fe980000.usb" / "state"
    state.parent.mkdir()
    state.write_text("not attached\n", encoding="ascii")
    interlock = UsbInterlock(UsbPort(tmp_path))
    assert interlock.poll(0.0) is False
    state.write_text("configured\n", encoding="ascii")
    assert interlock.poll(0.25) is True


def test_the_risk_of_switching_it_off_is_in_words() -> None:
    assert "electrodes" in RISK_WHEN_OFF
    assert "current" in RISK_WHEN_OFF
