"""Help now: the guide at once, whatever else is at fault, and nothing of it in what is learnt."""

import math

import pytest

from device.session.choosing.menu import lines
from device.session.commands import KeepHistory, StartRecording
from device.session.events import CheckIn, EndReason, PaceChanged, Phase, SessionEnded
from device.session.showing.views import GuideView, MenuView, RingKind, RingView, Storage
from device.session.state import DIZZY_S, SessionSettings, Step
from dsp.types import Contact
from tests.session_driver import Driver, bring_to, phases, stops


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


WITHIN_S = 2.0
GUIDE_SHOWN = (Step.HELP, Step.GUIDED, Step.RESONANCE)


def many(driver: Driver, count: int, gap_s: float = 0.2) -> Driver:
    for _ in range(count):
        driver.press().run(gap_s)
    return driver.run(0.5)


@pytest.mark.parametrize("count", [3, 4, 5])
@pytest.mark.parametrize("step", sorted(set(Step) - {*GUIDE_SHOWN, Step.MENU, Step.GOODBYE}))
def test_three_presses_or_more_bring_the_guide_from_everywhere(step: Step, count: int) -> None:
    driver = Driver()
    bring_to(driver, step)
    driver.run(DIZZY_S)
    begun_s = driver.t_s
    many(driver, count)
    assert driver.session.step is Step.HELP
    assert isinstance(driver.session.view(driver.t_s), GuideView)
    assert driver.t_s - begun_s <= WITHIN_S + 0.1
    assert not driver.session.recording


@pytest.mark.parametrize("count", [2, 3, 5, 8])
@pytest.mark.parametrize("step", GUIDE_SHOWN)
def test_in_the_guide_they_stop_it_and_pressing_on_begins_none(step: Step, count: int) -> None:
    driver = Driver()
    bring_to(driver, step)
    view = many(driver, count, gap_s=0.1).session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.DIZZY
    many(driver, count, gap_s=0.1)
    assert not isinstance(driver.session.view(driver.t_s), GuideView)


@pytest.mark.parametrize(("paused_s", "step"), [(1.0, Step.FREE), (10.0, Step.HELP)])
def test_a_guide_that_only_just_paused_is_stopped_for_dizziness(paused_s: float, step: Step) -> None:
    driver = Driver()
    driver.to(Step.GUIDED).run(20.0).touch(Contact.POSITIVE_OFF).run(1.0 + paused_s)
    many(driver, 3, gap_s=0.1)
    assert driver.session.step is step


def test_help_after_dizziness_leaves_that_in_the_log() -> None:
    driver = Driver()
    driver.to(Step.GUIDED).run(20.0).double().run(10.0)
    many(driver, 3)
    assert driver.session.step is Step.HELP
    assert stops(driver) == [EndReason.DIZZY]
    driver.run(10.0).short()
    assert stops(driver) == [EndReason.DIZZY, EndReason.PRESSED]


def test_presses_in_the_menu_are_steps_however_many() -> None:
    for count in range(1, 8):
        driver = Driver().run(1.0).long()
        for _ in range(count):
            driver.press().run(0.1)
        driver.run(0.6)
        view = driver.session.view(driver.t_s)
        assert isinstance(view, MenuView)
        absent = driver.session._s.menu_absent
        assert view.selected is lines(absent)[count % len(lines(absent))]
