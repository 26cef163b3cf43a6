"""The interlock on scripted cables: what the wire to the 5 V sees, and what the controller's state does or does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.usb.interlock import REBOUND_WITHIN_S, RISK_WHEN_OFF, UNPLUGGED_AFTER_S, UsbInterlock
from drivers.errors import BusError
from drivers.usb_port import DETACHED, UsbPort

UDC = "3f980000.usb"
STATES = [DETACHED, "attached", "powered", "default", "addressed", "configured", "suspended"]
STEP_S = 0.25


class Script:
    """A port in somebody's hand. `wire` is None where none is fitted; `anew` is what the controller comes to when the
    gadget is bound anew: nothing, or the way up to a computer that is there."""

    def __init__(self, wire: bool | None = False, state: str = DETACHED) -> None:
        self.wire, self.state = wire, state
        self.unreadable = False
        self.rebound = 0
        self.anew: list[str] = []
        self.t_s = 0.0
        self.interlock = UsbInterlock(self, self.rebind)

    def powered(self) -> bool | None:
        if self.unreadable:
            raise BusError("VBUS pin: gone")
        return self.wire

    def states(self) -> dict[str, str]:
        return {UDC: self.state}

    def rebind(self) -> None:
        self.rebound += 1
        self.state = DETACHED

    def run(self, seconds: float) -> bool:
        """Poll for so long; what is believed at the end."""
        for _ in range(round(seconds / STEP_S)):
            if self.rebound and self.anew:
                self.state = self.anew.pop(0)
            self.interlock.poll(self.t_s)
            self.t_s += STEP_S
        return self.interlock.connected


def test_a_cable_counts_at_once_and_its_absence_after_a_while() -> None:
    port = Script()
    assert port.run(STEP_S) is False
    port.wire = True
    assert port.run(STEP_S) is True
    port.wire = False
    assert port.run(UNPLUGGED_AFTER_S) is True
    assert port.run(2 * STEP_S) is False


def test_a_loose_plug_never_counts_as_out() -> None:
    port = Script()
    port.run(STEP_S)
    for i in range(100):
        port.wire = i % 3 == 0
        assert port.run(STEP_S) is True


def test_what_cannot_be_read_counts_as_in() -> None:
    port = Script()
    port.unreadable = True
    assert port.interlock.connected is True
    assert port.run(STEP_S) is True
    port.unreadable = False
    assert port.run(1.0 + UNPLUGGED_AFTER_S) is False


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.sampled_from(STATES), st.booleans()), max_size=60))
def test_5_v_that_are_seen_always_count_and_out_is_only_said_without_them(
    readings: list[tuple[bool | None, str, bool]],
) -> None:
    port = Script()
    for port.wire, port.state, port.unreadable in readings:
        believed = port.run(STEP_S)
        if port.wire or port.unreadable:
            assert believed
        if port.wire is None and port.state != DETACHED and not port.rebound:
            assert believed


@pytest.mark.parametrize("stale", ["configured", "suspended"])
def test_5532_a_state_that_stays_after_the_cable_was_pulled_is_left_over(stale: str) -> None:
    """raspberrypi/linux issue 5532: dwc2 sees an early suspend at best, and no disconnect."""
    port = Script()
    port.run(1.0)
    port.wire = True
    port.run(STEP_S)
    for state in ("default", "addressed", "configured"):
        port.state = state
        port.run(STEP_S)
    port.wire, port.state = False, stale
    assert port.run(UNPLUGGED_AFTER_S + 2 * STEP_S) is False
    assert port.rebound == 1, "and bound anew the controller knows it, too"
    assert port.run(60.0) is False
    assert port.rebound == 1


def test_5942_a_state_that_hangs_at_not_attached_hides_no_cable() -> None:
    """raspberrypi/linux issue 5942."""
    port = Script()
    port.run(1.0)
    port.wire = True
    assert port.run(600.0) is True


def test_a_charger_without_data_is_a_cable() -> None:
    port = Script()
    port.run(1.0)
    port.wire = True
    assert port.run(STEP_S) is True


def test_a_wire_that_is_broken_or_was_never_fitted_hides_no_computer() -> None:
    port = Script()
    port.run(1.0)
    for state in ("default", "addressed", "configured"):
        port.state = state
        assert port.run(STEP_S) is True
    assert port.run(600.0) is True
    port.state = "suspended"
    assert port.run(60.0) is True
    port.state = DETACHED
    assert port.run(2.0) is False


@pytest.mark.parametrize("there", [True, False])
def test_started_beside_a_state_that_the_wire_denies_it_binds_anew_to_see(there: bool) -> None:
    port = Script(wire=False, state="configured")
    port.anew = [DETACHED, DETACHED, "default", "addressed", "configured"] if there else []
    assert port.run(REBOUND_WITHIN_S) is True, "until it is known"
    assert port.rebound == 1
    assert port.run(REBOUND_WITHIN_S) is there
    assert port.rebound == 1


@pytest.mark.parametrize("there", [True, False])
def test_without_a_wire_the_wearer_says_that_the_cable_is_out_and_the_controller_is_asked_again(there: bool) -> None:
    port = Script(wire=None)
    port.run(1.0)
    assert not port.interlock.sure
    port.state = "configured"
    assert port.run(60.0) is True
    port.anew = [DETACHED, DETACHED, "default", "addressed", "configured"] if there else []
    port.interlock.look_again(port.t_s)
    port.interlock.look_again(port.t_s)
    assert port.run(REBOUND_WITHIN_S - 1.0) is True
    assert port.run(REBOUND_WITHIN_S) is there
    assert port.rebound == 1


def test_what_the_wire_sees_is_not_argued_with() -> None:
    port = Script(wire=True, state="configured")
    port.run(1.0)
    port.interlock.look_again(port.t_s)
    assert port.run(60.0) is True
    assert port.rebound == 0
    assert port.interlock.sure


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
