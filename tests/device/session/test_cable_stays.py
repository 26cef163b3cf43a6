"""A cable that stays in, told of again and again, as the interlock is asked four times a second."""

import pytest

from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import History
from device.session.state import SessionSettings, Step
from device.session.steps import STEPS
from tests.session_driver import WAYS, Driver, bring_to, to_line

UNBLOCKED = SessionSettings(usb_blocks=False)


class CableDriver(Driver):
    """The cable is in from `plug` on."""

    plugged = False

    def plug(self) -> "CableDriver":
        self.plugged = True
        self.run(0.1)
        return self

    def run(self, seconds: float) -> "CableDriver":
        for _ in range(round(10 * seconds)):
            if self.plugged:
                self.session.on_usb(self.t_s, True)
            super().run(0.1)
        return self


def test_a_new_device_begins_beside_a_cable_that_does_not_block() -> None:
    driver = CableDriver(history=History(), settings=UNBLOCKED).plug().run(1.0)
    assert driver.step() is Step.USB
    driver.short()
    while driver.run(1.0).step() is Step.CARDS:
        driver.short()
    assert driver.run_until(Step.CHECK_IN, 30.0).session.recording


def test_the_cards_stay_for_as_long_as_they_wait() -> None:
    driver = CableDriver(history=History(), settings=UNBLOCKED).plug().run(1.0)
    driver.short()
    assert driver.run(50.0).step() is Step.CARDS


def test_menu_and_posture_stay_beside_a_cable_that_does_not_block() -> None:
    driver = CableDriver(settings=UNBLOCKED).run(1.0)
    driver.session.on_sensor(driver.t_s, "no answer")
    driver.plugged = True
    to_line(driver.run(1.0), MenuItem.MORNING)
    assert driver.run(20.0).step() is Step.MENU
    assert driver.long().run(20.0).step() is Step.POSTURE


@pytest.mark.parametrize("step", [step for step in WAYS if STEPS[step].at_home])
def test_a_cable_that_comes_in_at_home_is_shown_once(step: Step) -> None:
    driver = CableDriver(settings=UNBLOCKED)
    bring_to(driver, step)
    assert driver.plug().step() is Step.USB
