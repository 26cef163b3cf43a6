"""A computer at the cable offers an update: the wearer is asked, by name, and may say no by doing nothing."""

from collections.abc import Callable

import pytest

from device.session.commands import Blank, ShareAllowed, UpdateAllowed
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


def allowed(driver: Driver) -> list[str]:
    return [order.version for order in driver.out if isinstance(order, UpdateAllowed)]


def shared(driver: Driver) -> list[bool]:
    return [order.allowed for order in driver.out if isinstance(order, ShareAllowed)]


def test_the_question_names_the_version_and_a_hold_allows_that_and_no_logs(driver: Driver) -> None:
    offer(driver)
    assert (view(driver).state, view(driver).version) == (UsbState.OFFERED, NEW)
    assert view(driver).hint is Hint.SHARE
    driver.long()
    assert allowed(driver) == [NEW]
    assert view(driver).state is UsbState.UPDATING
    assert not [order for order in driver.out if isinstance(order, ShareAllowed)]


def test_the_yes_to_one_is_no_yes_to_another(driver: Driver) -> None:
    offer(driver)
    driver.long()
    offer(driver, "0.4.0")
    assert allowed(driver) == [NEW, ""]
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
        assert allowed(driver) == [NEW, ""] * number
        offer(driver, "")
        driver.session.on_usb(driver.t_s, True)


def test_a_hold_without_an_offer_shares_the_logs_and_an_offer_ends_that(driver: Driver) -> None:
    driver.long()
    assert not allowed(driver)
    assert shared(driver) == [True]
    offer(driver)
    assert view(driver).state is UsbState.OFFERED
    assert shared(driver) == [True, False]
    offer(driver, "")
    assert view(driver).state is UsbState.ASKING


@pytest.mark.parametrize("before_s", [0.1, 0.5, 0.75, 0.85, 1.5])
@pytest.mark.parametrize("first", ["", NEW, "sharing", "updating", "no cable"])
@pytest.mark.parametrize("then", ["", NEW, "0.4.0"])
def test_a_hold_answers_what_it_was_begun_on_or_nothing(before_s: float, first: str, then: str) -> None:
    driver = Driver()
    driver.session.on_usb(0.0, first != "no cable")
    driver.run(1.0)
    shown = NEW if first in (NEW, "updating") else ""
    offer(driver, shown)
    if first in ("sharing", "updating"):
        driver.long()
    driver.out.clear()
    driver.session.on_button(driver.t_s, True)
    driver.run(before_s)
    driver.session.on_usb(driver.t_s, True)
    driver.session.on_offer(driver.t_s, then)
    driver.run(1.0)
    driver.session.on_button(driver.t_s, False)
    driver.run(1.0)
    if then != shown or first == "no cable":
        assert not any(allowed(driver))
        assert not any(shared(driver))
    elif first in ("sharing", "updating"):
        assert (allowed(driver), shared(driver)) in (([""], []), ([], [False]))
    else:
        assert (allowed(driver), shared(driver)) == (([NEW], []) if shown else ([], [True]))
    driver.short()
    assert not any(shared(driver)[1:]), "and no later press answers for it"


def test_a_very_long_press_switches_off_whatever_is_offered_meanwhile(driver: Driver) -> None:
    driver.session.on_button(driver.t_s, True)
    for version in (NEW, "", "0.4.0", ""):
        driver.run(1.6)
        driver.session.on_offer(driver.t_s, version)
    driver.session.on_button(driver.t_s, False)
    driver.run(0.5)
    assert driver.session.step is Step.GOODBYE


def test_an_offer_keeps_no_screen_lit_that_does_not_ask_about_it() -> None:
    driver = Driver().run(1.0)
    offer(driver)
    driver.run(600.0)
    assert driver.got(Blank)[-1].on
    driver.session.on_usb(driver.t_s, True)
    driver.run(1.0)
    assert not driver.got(Blank)[-1].on


def test_a_dark_screen_shows_the_question(driver: Driver) -> None:
    driver.run(200.0)
    offer(driver)
    driver.run(0.2)
    driver.long()
    assert allowed(driver) == [NEW]


def test_in_a_session_nobody_is_asked() -> None:
    driver = Driver().run(1.0)
    offer(driver)
    assert driver.session.step is Step.WELCOME
    assert not isinstance(driver.session.view(driver.t_s), UsbView)
    driver.long()
    assert not allowed(driver)
