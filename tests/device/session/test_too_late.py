"""A press that began at a screen which time took away before the press counted is none of the next screen's."""

import math
from functools import cache

import pytest

from device.session.choosing.preferences import History, LastAnswers
from device.session.commands import Rest
from device.session.events import CheckIn
from device.session.state import Step
from device.session.steps import STEPS
from dsp.types import Contact
from tests.session_driver import Driver, bring_to

ANSWERED = History(cards_seen=True, answers=LastAnswers(4, 5, 4))


def _at(step: Step) -> Driver:
    driver = Driver(history=ANSWERED)
    bring_to(driver, step)
    return driver


def _is_limited(step: Step) -> bool:
    state = _at(step).session._s
    return math.isfinite(state.rules.lasts_s(state))


LIMITED = [step for step in Step if _is_limited(step)]


@cache
def _end_s(step: Step) -> float:
    driver = _at(step)
    while driver.step() is step:
        driver.run(0.1)
    return driver.t_s


def _told(driver: Driver) -> list[str]:
    """All that came out, but for that a sensor at rest is woken by any press."""
    return [repr(item) for item in driver.out if not isinstance(item, Rest)]


def test_most_steps_have_an_end() -> None:
    assert {Step.CONTACT, Step.CHECK_IN, Step.REST, Step.GUIDED, Step.HELP, Step.SUMMARY, Step.MENU} <= set(LIMITED)


@pytest.mark.parametrize(("held_s", "before_s"), [(0.1, 0.2), (0.1, 0.4), (0.5, 0.3), (1.0, 0.2), (1.0, 0.6)])
@pytest.mark.parametrize("step", LIMITED)
def test_a_press_that_its_step_did_not_wait_for_does_nothing(step: Step, held_s: float, before_s: float) -> None:
    pressed, left_alone = _at(step), _at(step)
    for driver in (pressed, left_alone):
        driver.run(_end_s(step) - before_s - driver.t_s)
        assert driver.step() is step
    pressed.session.on_button(pressed.t_s, True)
    pressed.run(held_s).session.on_button(pressed.t_s, False)
    pressed.run(1.0)
    left_alone.run(held_s + 1.0)
    assert pressed.step() is left_alone.step() is not step
    assert _told(pressed) == _told(left_alone)
    assert pressed.session._s.offer.minutes == left_alone.session._s.offer.minutes
    assert pressed.session._s.pages.progress == left_alone.session._s.pages.progress


def test_a_hold_for_back_answers_no_question_that_came_meanwhile() -> None:
    driver = Driver(history=ANSWERED).run(1.0).short()
    driver.run_until(Step.CHECK_IN)
    found_s, driver = driver.t_s, Driver(history=ANSWERED).run(1.0).short()
    driver.run(found_s - 0.5 - driver.t_s)
    assert driver.step() is Step.CONTACT
    driver.session.on_button(driver.t_s, True)
    driver.run(1.2).session.on_button(driver.t_s, False)
    assert driver.run(0.6).step() is Step.CHECK_IN
    assert not driver.got(CheckIn)


@pytest.mark.parametrize("step", [Step.REST, Step.GUIDED, Step.FREE])
def test_a_press_that_finishes_a_pause_is_none_once_contact_is_back(step: Step) -> None:
    driver = _at(step).touch(Contact.POSITIVE_OFF).run(3.0).touch(Contact.GOOD).run(1.8)
    driver.press().run(0.6)
    assert driver.step() is step


def test_a_press_that_its_step_waited_for_counts() -> None:
    for step in LIMITED:
        if STEPS[step].short is not None and step is not Step.CONTACT:  # where contact is good it has none
            driver = _at(step)
            before = repr(driver.session.view(driver.t_s))
            driver.press().run(0.6)
            assert driver.step() is not step or repr(driver.session.view(driver.t_s)) != before
