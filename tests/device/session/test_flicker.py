"""What comes and goes: a contact or a sensor that flickers neither keeps the guide for ever nor flickers itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.session.showing.views import PausedView
from device.session.state import SessionSettings, Step
from dsp.types import Contact
from tests.session_driver import Driver

GUIDED_S = 30.0
LONGEST_BREATH_S = 60.0 / 5.5
LATE_S = 0.3
MOMENTS = st.tuples(st.booleans(), st.integers(1, 30), st.integers(1, 120))


def _come_and_go(driver: Driver, by_sensor: bool, away_s: float, good_s: float) -> None:
    if by_sensor:
        driver.session.on_sensor(driver.t_s, "no answer")
        driver.run(away_s).session.on_sensor(driver.t_s, None)
    else:
        driver.touch(Contact.POSITIVE_OFF).run(away_s).touch(Contact.GOOD)
    for _ in range(round(10 * good_s)):
        driver.run(0.1)
        if driver.step() is Step.GUIDED:
            assert driver.session._s.elapsed_s <= GUIDED_S + LONGEST_BREATH_S + LATE_S


@settings(max_examples=40, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=5))
def test_however_contact_comes_and_goes_the_guide_lasts_a_breath_longer_at_most(
    moments: list[tuple[bool, int, int]],
) -> None:
    driver = Driver(settings=SessionSettings(guided_s=GUIDED_S, rest_s=5.0)).to(Step.GUIDED)
    end_s = driver.t_s + 250.0
    while driver.t_s < end_s and driver.step() is Step.GUIDED:
        for by_sensor, away, good in moments:
            _come_and_go(driver, by_sensor, away / 10, good / 10)


@pytest.mark.parametrize("by_sensor", [False, True])
@pytest.mark.parametrize("good_s", [2.5, 4.0, 6.0, 8.0, 10.0])
def test_a_guide_that_flickers_comes_to_its_end(good_s: float, by_sensor: bool) -> None:
    driver = Driver(settings=SessionSettings(guided_s=GUIDED_S, rest_s=5.0)).to(Step.GUIDED)
    from_s = driver.t_s
    while driver.step() is Step.GUIDED and driver.t_s < from_s + 200.0:
        _come_and_go(driver, by_sensor, 1.5, good_s)
    assert driver.step() is Step.FREE


def test_a_sensor_that_answers_for_a_moment_now_and_then_stays_in_one_pause() -> None:
    driver = Driver().to(Step.GUIDED).run(20.0)
    driver.session.on_sensor(driver.t_s, "no answer")
    driver.run(1.5)
    for _ in range(30):
        driver.session.on_sensor(driver.t_s, None)
        driver.run(1.0)
        driver.session.on_sensor(driver.t_s, "no answer")
        driver.run(1.0)
        assert isinstance(driver.session.view(driver.t_s), PausedView)
    driver.session.on_sensor(driver.t_s, None)
    assert not isinstance(driver.run(2.5).session.view(driver.t_s), PausedView)
