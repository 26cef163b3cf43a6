"""What a session has to tell is told, whatever is plugged in meanwhile."""

import pytest

from device.session.showing.views import SensorView, UsbView
from device.session.state import Step
from tests.session_driver import Driver, bring_to, pages

TELLING = [Step.SUMMARY, Step.MORNING_WORD]


def _cable(driver: Driver, connected: bool) -> None:
    driver.session.on_usb(driver.t_s, connected)
    driver.run(1.0)


@pytest.mark.parametrize("step", TELLING)
def test_a_cable_leaves_what_is_told_and_shows_itself_after(step: Step) -> None:
    driver = Driver()
    bring_to(driver, step)
    told = driver.session.view(driver.t_s)
    _cable(driver, True)
    assert driver.session.view(driver.t_s) == told
    for _ in range(9):
        if driver.step() is step:
            driver.short()
    assert driver.step() is Step.USB
    assert not driver.session.recording


@pytest.mark.parametrize("step", TELLING)
def test_beside_a_cable_it_goes_by_itself_too(step: Step) -> None:
    driver = Driver()
    bring_to(driver, step)
    _cable(driver, True)
    assert driver.run(121.0).step() is Step.USB


@pytest.mark.parametrize("sensor_first", [False, True])
def test_a_summary_that_a_missing_sensor_put_off_survives_a_cable(sensor_first: bool) -> None:
    driver = Driver().to(Step.FREE).run(30.0)
    driver.session.on_sensor(driver.t_s, "no answer")
    driver.run(11.0)
    assert isinstance(driver.session.view(driver.t_s), SensorView)
    _cable(driver, True)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, UsbView)
    assert view.ended
    if sensor_first:
        driver.session.on_sensor(driver.t_s, None)
    _cable(driver, False)
    assert driver.step() is Step.SUMMARY
    assert pages(driver)
    driver.session.on_sensor(driver.t_s, None)
    assert driver.step() is Step.WELCOME


def test_nothing_is_owed_twice() -> None:
    driver = Driver().to(Step.FREE).run(30.0)
    _cable(driver, True)
    _cable(driver, False)
    assert driver.step() is Step.SUMMARY
    pages(driver)
    for _ in range(2):
        driver.session.on_sensor(driver.t_s, "no answer")
        _cable(driver, True)
        _cable(driver, False)
        driver.session.on_sensor(driver.t_s, None)
        assert driver.step() is Step.WELCOME
