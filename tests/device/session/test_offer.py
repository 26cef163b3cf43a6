"""A computer at the cable offers an update: the wearer is asked, by name, and may say no by doing nothing."""

from collections.abc import Callable

import pytest

from device.session.commands import ShareAllowed, UpdateAllowed
from device.session.showing.hints import Hint
from device.session.showing.views import UsbState, UsbView
from device.session.state import Step
from tests.session_driver import Driver

NEW = "0.3.0"


@pytest.fixture
def driver() -> Driver:
    driver = Driver()
    driver.session.on_usb(0.0, True)
    return driver.run(1.0)


def offer(driver: Driver, version: str = NEW) -> None:
    driver.session.on_offer(driver.t_s, version)
    driver.run(0.2)


def view(driver: Driver) -> UsbView:
    shown = driver.session.view(driver.t_s)
    assert isinstance(shown, UsbView)
    return shown


def allowed(driver: Driver) -> list[bool]:
    return [order.allowed for order in driver.out if isinstance(order, UpdateAllowed)]


def test_the_question_names_the_version_and_a_hold_allows_that_and_no_logs(driver: Driver) -> None:
    offer(driver)
    assert (view(driver).state, view(driver).version) == (UsbState.OFFERED, NEW)
    assert view(driver).hint is Hint.SHARE
    driver.long()
    assert allowed(driver) == [True]
    assert view(driver).state is UsbState.UPDATING
    assert not [order for order in driver.out if isinstance(order, ShareAllowed)]


def test_the_yes_to_one_is_no_yes_to_another(driver: Driver) -> None:
    offer(driver)
    driver.long()
    offer(driver, "0.4.0")
    assert allowed(driver) == [True, False]
    assert (view(driver).state, view(driver).version) == (UsbState.OFFERED, "0.4.0")


def test_it_ends_with_the_offer_a_press_and_the_cable(driver: Driver) -> None:
    ends: list[Callable[[], object]] = [
        lambda: offer(driver, ""),
        driver.short,
        lambda: driver.session.on_usb(driver.t_s, False),
    ]
    for number, end in enumerate(ends, 1):
        offer(driver)
        driver.long()
        end()
        driver.run(1.0)
        assert allowed(driver) == [True, False] * number
        offer(driver, "")
        driver.session.on_usb(driver.t_s, True)


def test_a_hold_without_an_offer_shares_the_logs_as_before(driver: Driver) -> None:
    driver.long()
    assert not allowed(driver)
    offer(driver)
    assert view(driver).state is UsbState.OFFERED
    offer(driver, "")
    assert view(driver).state is UsbState.SHARING


def test_a_dark_screen_shows_the_question(driver: Driver) -> None:
    driver.run(200.0)
    offer(driver)
    driver.run(0.2)
    driver.long()
    assert allowed(driver) == [True]


def test_in_a_session_nobody_is_asked() -> None:
    driver = Driver().run(1.0)
    offer(driver)
    assert driver.session.step is Step.WELCOME
    assert not isinstance(driver.session.view(driver.t_s), UsbView)
    driver.long()
    assert not allowed(driver)
