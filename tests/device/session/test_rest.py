import pytest

from device.session.showing.views import RingKind, RingView
from device.session.state import Step
from tests.session_driver import NEUTRAL, Driver


def test_a_rest_that_can_be_read_lasts_its_minute() -> None:
    driver = Driver().to(Step.REST)
    start_s = driver.t_s
    driver.run_until(Step.GUIDED)
    assert driver.t_s - start_s == pytest.approx(60.0, abs=1.5)


def test_it_first_asks_to_be_still_and_silent_and_then_for_nothing() -> None:
    driver = Driver().to(Step.REST)
    kinds = []
    for _ in range(14):
        driver.run(1.0)
        view = driver.session.view(driver.t_s)
        assert isinstance(view, RingView)
        kinds.append(view.kind)
    assert kinds[:6] == [RingKind.REST_BEGINS] * 6
    assert kinds[8:] == [RingKind.REST] * 6


def test_while_there_is_nothing_to_compare_with_the_rest_goes_on_and_says_why() -> None:
    driver = Driver()
    driver.state = None
    driver.to(Step.REST)
    start_s = driver.t_s
    driver.run(65.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.REST
    driver.run(30.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.REST_LONGER
    assert view.progress == 1.0
    driver.state = NEUTRAL
    driver.run_until(Step.GUIDED)
    assert driver.t_s - start_s == pytest.approx(96.0, abs=2.0)


def test_it_never_goes_on_for_longer_than_three_minutes() -> None:
    driver = Driver()
    driver.state = None
    driver.to(Step.REST)
    start_s = driver.t_s
    driver.run_until(Step.GUIDED)
    assert driver.t_s - start_s == pytest.approx(180.0, abs=2.0)


def test_a_press_ends_it_as_before() -> None:
    driver = Driver()
    driver.state = None
    driver.to(Step.REST).run(100.0).short()
    assert driver.session.step is Step.GUIDED


def test_what_cannot_be_read_is_not_waited_for() -> None:
    driver = Driver()
    driver.state = None
    driver.to(Step.REST)
    driver.beats = False
    start_s = driver.t_s
    driver.run_until(Step.GUIDED)
    assert driver.t_s - start_s == pytest.approx(60.0, abs=1.5)
