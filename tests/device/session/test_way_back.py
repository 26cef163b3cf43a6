"""An update that was left again is told by a card before the welcome, until somebody has read it."""

from device.session.choosing.cards import Card
from device.session.commands import WayBackRead
from device.session.showing.hints import Hint
from device.session.showing.views import CardView
from device.session.state import Step
from tests.session_driver import Driver


def started() -> Driver:
    driver = Driver()
    driver.session.on_way_back()
    return driver


def test_it_stands_before_the_welcome_and_is_gone_with_a_press() -> None:
    driver = started().run(0.5)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, CardView)
    assert (view.card, view.count, view.hint) == (Card.WENT_BACK, 1, Hint.GO_ON)
    assert not driver.got(WayBackRead)
    assert driver.short().step() is Step.WELCOME
    assert len(driver.got(WayBackRead)) == 1
    assert driver.short().step() is Step.CONTACT
    assert driver.long().step() is Step.WELCOME
    assert len(driver.got(WayBackRead)) == 1


def test_left_alone_it_waits_dark_and_the_press_that_lights_it_reads_nothing() -> None:
    driver = started().run(600.0)
    assert driver.step() is Step.WENT_BACK
    assert driver.short().step() is Step.WENT_BACK
    assert driver.short().step() is Step.WELCOME


def test_help_and_the_cable_of_the_update_come_before_it() -> None:
    driver = started().run(1.0).double()
    assert driver.step() is Step.HELP
    assert driver.short().step() is Step.WENT_BACK
    driver.session.on_usb(driver.t_s, True)
    assert driver.run(1.0).step() is Step.USB
    driver.session.on_usb(driver.t_s, False)
    assert driver.run(1.0).step() is Step.WENT_BACK
    driver.session.on_sensor(driver.t_s, "no answer")
    assert driver.run(60.0).short().short().step() is Step.SENSOR
