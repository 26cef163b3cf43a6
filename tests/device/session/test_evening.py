"""An evening: dark once it has begun, and nothing asked or told before the morning."""

import pytest

from device.screens import draw
from device.session.choosing.menu import EVENING_MINUTES, MenuItem
from device.session.commands import Blank, KeepHistory, StartRecording
from device.session.events import CheckIn, EndReason, Phase
from device.session.showing.views import DarkView, GuideView, PageView, Storage, SummaryTimeView
from device.session.state import Step
from tests.session_driver import Driver, phases, stops, to_line


def evening(driver: Driver) -> Driver:
    return to_line(driver.run(1.0), MenuItem.EVENING).long()


def test_it_is_dark_after_the_first_breaths_and_stays_dark() -> None:
    driver = evening(Driver())
    assert isinstance(driver.session.view(driver.t_s), GuideView)
    driver.run(60.0)
    while driver.session.step is Step.EVENING:
        view = driver.run(20.0).session.view(driver.t_s)
        assert view == DarkView(driver.session.preferences.language)
        assert draw(view).getbbox() is None
    assert driver.session.step is Step.NIGHT
    assert isinstance(driver.run(60.0).session.view(driver.t_s), DarkView)
    assert not driver.got(CheckIn)
    assert Phase.SUMMARY not in phases(driver)


def test_it_lasts_ten_to_fifteen_minutes_and_is_recorded_as_its_own_kind() -> None:
    driver = evening(Driver())
    begun_s = driver.t_s
    driver.run_until(Step.NIGHT)
    assert 600.0 <= driver.t_s - begun_s <= 900.0
    assert (driver.t_s - begun_s) / 60.0 == pytest.approx(EVENING_MINUTES, abs=0.3)
    assert phases(driver)[-1] is Phase.EVENING
    assert len(driver.got(StartRecording)) == 1
    assert stops(driver) == [EndReason.COMPLETED]
    assert not driver.got(KeepHistory)


@pytest.mark.parametrize(("hours", "step"), [(0.1, Step.WELCOME), (7.0, Step.AFTER_NIGHT)])
def test_its_summary_waits_for_the_morning(hours: float, step: Step) -> None:
    driver = evening(Driver()).run_until(Step.NIGHT)
    driver.t_s += 3600.0 * hours
    driver.run(1.0).short()
    assert driver.session.step is step
    view = driver.session.view(driver.t_s)
    if step is Step.AFTER_NIGHT:
        assert isinstance(view, PageView)
        assert view.page == SummaryTimeView(driver.session.preferences.language, EVENING_MINUTES)


def test_a_cable_put_in_at_night_lights_nothing() -> None:
    driver = evening(Driver()).run(100.0)
    driver.session.on_usb(driver.t_s, True)
    assert isinstance(driver.run(5.0).session.view(driver.t_s), DarkView)
    assert not driver.session.recording
    driver.run_until(Step.NIGHT)
    assert isinstance(driver.session.view(driver.t_s), DarkView)
    driver.short()
    assert driver.session.step is Step.USB


def test_a_night_with_the_cable_in_has_its_summary_too() -> None:
    driver = evening(Driver()).run_until(Step.NIGHT)
    driver.session.on_usb(driver.t_s, True)
    driver.t_s += 7 * 3600.0
    driver.run(1.0).short()
    for _ in range(8):
        driver.session.on_usb(driver.t_s, True)
        driver.run(0.5)
    assert driver.session.step is Step.AFTER_NIGHT
    assert Phase.SUMMARY not in phases(driver)  # nothing is learnt from an evening


def test_the_night_is_dark_for_the_panel_too_and_its_first_press_counts() -> None:
    driver = evening(Driver()).run_until(Step.NIGHT).run(90.0)
    assert [item.on for item in driver.out if isinstance(item, Blank)][-1]
    driver.t_s += 7 * 3600.0
    driver.run(1.0).short()
    assert driver.session.step is Step.AFTER_NIGHT


def test_a_card_that_comes_and_goes_begins_no_recording_anew() -> None:
    driver = evening(Driver()).run(40.0)
    assert len(driver.got(StartRecording)) == 1
    for _ in range(5):
        for storage in (Storage.FULL, Storage.OK):
            driver.session.on_storage(driver.t_s, storage)
            driver.run(6.0)
    assert len(driver.got(StartRecording)) == 1
