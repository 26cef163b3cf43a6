"""Help now: the guide at once, whatever else is at fault, and nothing of it in what is learnt."""

import math

import pytest

from device.session.commands import KeepHistory, StartRecording
from device.session.events import CheckIn, EndReason, PaceChanged, Phase, SessionEnded
from device.session.showing.views import GuideView, RingKind, RingView, Storage
from device.session.state import SessionSettings, Step
from dsp.types import Contact
from tests.session_driver import Driver, phases, stops


def paces(driver: Driver) -> list[float]:
    told = [item.breaths_per_min for item in driver.out if isinstance(item, PaceChanged)]
    return [pace for pace in told if not math.isnan(pace)]


def test_it_starts_at_ten_and_gets_slower_gently() -> None:
    driver = Driver().run(1.0).double().run(120.0)
    told = paces(driver)
    assert told[0] == pytest.approx(10.0)
    assert told == sorted(told, reverse=True)
    assert told[-1] == pytest.approx(6.0)


def test_it_ends_by_itself_after_three_minutes_and_asks_nothing() -> None:
    driver = Driver().run(1.0).double()
    begun_s = driver.t_s
    driver.run_until(Step.WELCOME, 200.0)
    assert 175.0 <= driver.t_s - begun_s <= 192.0
    assert not driver.got(CheckIn)
    assert Phase.SUMMARY not in phases(driver)
    assert stops(driver) == [EndReason.COMPLETED]


def test_a_press_ends_it() -> None:
    driver = Driver().run(1.0).double().run(20.0).short()
    assert driver.session.step is Step.WELCOME
    assert stops(driver) == [EndReason.PRESSED]


def test_two_presses_stop_the_guide_here_too() -> None:
    driver = Driver().run(1.0).double().run(20.0).double()
    view = driver.session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.DIZZY
    assert stops(driver) == [EndReason.DIZZY]
    driver.run_until(Step.WELCOME, 70.0)


def test_with_contact_it_is_recorded_as_a_session_of_its_own_kind() -> None:
    driver = Driver().run(1.0).double().run(60.0).short()
    started = next(i for i, item in enumerate(driver.out) if isinstance(item, StartRecording))
    ended = next(i for i, item in enumerate(driver.out) if isinstance(item, SessionEnded))
    inside = Driver()
    inside.out = driver.out[started:ended]
    assert phases(inside) == [Phase.HELP]
    assert paces(inside)[0] == pytest.approx(10.0)


@pytest.mark.parametrize("finger_on_s", [0.0, 30.0])
def test_contact_may_come_later(finger_on_s: float) -> None:
    driver = Driver()
    driver.touch(Contact.FINGER_OFF).run(1.0).double().run(finger_on_s)
    assert not driver.got(StartRecording)
    driver.touch(Contact.GOOD).run(10.0)
    assert len(driver.got(StartRecording)) == 1


def test_it_keeps_nothing_not_even_a_wish_for_easier() -> None:
    driver = Driver().run(1.0).double().run(100.0).long().run(5.0).short()
    assert not driver.got(KeepHistory)


def test_with_everything_at_fault_and_a_cable_in_there_is_a_guide_and_no_recording() -> None:
    driver = Driver()
    driver.session.on_storage(0.0, Storage.READ_ONLY)
    driver.session.on_sensor(0.0, "no answer")
    driver.session.on_wall_clock(0.0, unset=True)
    driver.session.on_battery(0.0, low=True)
    driver.session.on_usb(0.0, True)
    driver.run(1.0)
    assert driver.session.step is Step.USB
    driver.double()
    view = driver.run(100.0).session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert (view.state, view.hr_bpm, view.caption) == (None, None, None)
    assert not driver.got(StartRecording)
    driver.short()
    assert driver.session.step is Step.USB


@pytest.mark.parametrize("blocks", [True, False])
def test_a_cable_that_comes_in_ends_the_recording_but_never_the_guide(blocks: bool) -> None:
    driver = Driver(settings=SessionSettings(usb_blocks=blocks)).run(1.0).double().run(20.0)
    assert driver.session.recording
    driver.session.on_usb(driver.t_s, True)
    driver.run(5.0)
    assert driver.session.step is Step.HELP
    assert driver.session.recording is not blocks
    assert isinstance(driver.session.view(driver.t_s), GuideView)


def test_help_out_of_a_session_ends_that_one_first() -> None:
    driver = Driver().to(Step.REST).run(5.0)
    driver.touch(Contact.POSITIVE_OFF).run(3.0).double()
    assert driver.session.step is Step.HELP
    assert stops(driver) == [EndReason.PRESSED]
    driver.touch(Contact.GOOD).run(10.0)
    assert len(driver.got(StartRecording)) == 2
