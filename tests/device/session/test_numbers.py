"""A number on the screen is of now: it goes where the sensor is gone, or where its metrics no longer come."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.session.choosing.preferences import Preferences
from device.session.showing.readings import ROW_HOLDS_S
from device.session.showing.views import GuideView, RingView
from device.session.state import Step
from dsp.types import Beat
from tests.session_driver import Driver, bring_to

SHOWN = [Step.REST, Step.HELP, Step.EVENING, Step.GUIDED, Step.RESONANCE, Step.FREE]


def _driver() -> Driver:
    driver = Driver(Preferences(minutes=3, hide_numbers=False))
    driver.coherence = 2.0
    return driver


def _tells_numbers(driver: Driver) -> bool:
    match driver.session.view(driver.t_s):
        case GuideView() as view:
            return (view.hr_bpm, view.coherence_level, view.rsa_ms, view.state) != (None, None, None, None)
        case RingView() as view:
            return view.state is not None
        case _:
            return False


def _silence(driver: Driver, seconds: float, beats: bool = False) -> None:
    """Time without metrics."""
    for _ in range(round(10 * seconds)):
        driver.t_s = round(driver.t_s + 0.1, 6)
        if beats:
            driver.session.on_beat(Beat(500 * driver.t_s, driver.t_s, 0.9))
        driver.session.tick(driver.t_s)


@pytest.mark.parametrize("step", [Step.HELP, Step.EVENING, Step.GUIDED, Step.RESONANCE])
def test_numbers_are_there_where_metrics_come(step: Step) -> None:
    driver = _driver()
    bring_to(driver, step)
    assert _tells_numbers(driver.run(10.0))


@settings(max_examples=60, deadline=None)
@given(step=st.sampled_from(SHOWN), before=st.integers(10, 250), after=st.integers(0, 300), fault=st.booleans())
def test_no_number_outlives_its_sensor(step: Step, before: int, after: int, fault: bool) -> None:
    driver = _driver()
    bring_to(driver, step)
    driver.run(before / 10)
    if fault:
        driver.session.on_sensor(driver.t_s, "no answer")
        assert not _tells_numbers(driver)
    else:
        _silence(driver, ROW_HOLDS_S + 0.1, beats=True)
    for _ in range(after):
        _silence(driver, 0.1, beats=not fault)
        assert not _tells_numbers(driver)


def test_numbers_come_back_with_the_sensor() -> None:
    driver = _driver()
    bring_to(driver, Step.HELP)
    driver.run(10.0).session.on_sensor(driver.t_s, "no answer")
    _silence(driver, 20.0)
    driver.session.on_sensor(driver.t_s, None)
    assert _tells_numbers(driver.run(1.5))
