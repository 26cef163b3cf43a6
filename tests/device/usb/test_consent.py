"""Consent is for the computer at the cable, and ends with it. The UDC states are scripted as controllers give them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.update.upload import OFFERED_S
from device.usb.consent import UNASKED_S, Consent
from drivers.errors import BusError

UDC = "fe980000.usb"
STATES = ("not attached", "attached", "powered", "default", "addressed", "configured", "suspended", "unreadable")


class Bench:
    """A controller whose state a script sets, and a clock."""

    def __init__(self, state: str = "configured") -> None:
        self.state, self.now_s = state, 0.0
        self.consent = Consent(self.states, lambda: self.now_s)

    def states(self) -> dict[str, str]:
        if self.state == "unreadable":
            raise BusError("no such device")
        return {UDC: self.state}

    def see(self, *script: str) -> None:
        for self.state in script:
            self.now_s += 0.05
            self.consent.look()


@pytest.mark.parametrize(
    "script",
    [
        ("not attached", "attached", "powered", "default", "addressed", "configured"),
        ("suspended", "default", "addressed", "configured"),  # dwc2, the cable taken out and put into another computer
        ("suspended", "configured"),
        ("default", "addressed", "configured"),  # dwc2 that says "configured" while the cable is out
        ("addressed", "configured"),
        ("unreadable", "configured"),
    ],
)
def test_another_computer_needs_another_press(script: tuple[str, ...]) -> None:
    bench = Bench()
    bench.consent.give()
    assert bench.consent.asked()
    bench.see(*script)
    assert not bench.consent.asked()
    bench.consent.give()
    assert bench.consent.asked()


@given(st.sampled_from(STATES[:-1]), st.lists(st.sampled_from(STATES), max_size=20))
def test_any_change_of_state_ends_it_for_good(first: str, script: list[str]) -> None:
    bench = Bench(first)
    bench.consent.give()
    bench.see(*script)
    assert bench.consent.asked() is (set(script) <= {first})


def test_a_line_that_hung_up_ends_it_though_the_state_stays() -> None:
    bench = Bench()
    bench.consent.give()
    bench.consent.look(line=False)
    assert not bench.consent.asked()


def test_a_time_without_requests_ends_it_and_requests_keep_it() -> None:
    bench = Bench()
    bench.consent.give()
    for _ in range(10):
        bench.now_s += UNASKED_S - 1.0
        assert bench.consent.asked()
    bench.now_s += UNASKED_S + 1.0
    assert not bench.consent.asked()
    assert not bench.consent.asked(), "a request that is refused does not bring it back"


def test_the_wearer_ends_it() -> None:
    bench = Bench()
    assert not bench.consent.asked()
    bench.consent.give()
    bench.consent.end()
    assert not bench.consent.asked()
    assert bench.consent.times == 1


def test_the_protocol_says_how_long_consent_and_an_offer_wait() -> None:
    told = " ".join((Path(__file__).parents[3] / "docs" / "usb-protocol.md").read_text().split())
    for seconds in (UNASKED_S, OFFERED_S):
        assert f" {seconds:.0f} s without a request" in told
