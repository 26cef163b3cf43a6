"""A contact that bounces for ever, from the raw edges to the session: it ends nothing, and is told."""

from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.session.commands import ShareAllowed, ShutDown
from device.session.presses import MOST_IN_A_ROW
from device.session.showing.views import GoodbyeView, GuideCaption, GuideView, Notice, WelcomeView
from device.session.state import Step
from drivers.button import STUCK_S, Debouncer
from tests.session_driver import Driver

BREATHING = (Step.REST, Step.GUIDED, Step.FREE)


class ChatteringDriver(Driver):
    """A contact that does as it likes, and time beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.debouncer = Debouncer()

    def chatter(self, gaps_s: list[float], seconds: float) -> None:
        end_s, closed = self.t_s + seconds, False
        for gap_s in cycle(gaps_s):
            if self.t_s >= end_s:
                break
            closed = not closed
            self._tell(closed)
            next_s = self.t_s + gap_s
            while self.t_s + 0.05 < next_s:
                self._pass(self.t_s + 0.05, closed)
            self._pass(next_s, closed)

    def hold(self, seconds: float) -> None:
        end_s = self.t_s + seconds
        while self.t_s < end_s:
            self._tell(True)
            self._pass(self.t_s + 0.05, True)

    def let_go(self) -> None:
        self._tell(False)

    def _pass(self, t_s: float, closed: bool) -> None:
        self.t_s = t_s
        self._tell(closed)
        self.session.tick(t_s)
        self._drain()

    def _tell(self, closed: bool) -> None:
        for event in self.debouncer.edge(self.t_s, closed):
            if event.fault:
                self.session.on_button_fault(event.t_s)
            else:
                self.session.on_button(event.t_s, event.pressed)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0005, 0.19), min_size=2, max_size=30), st.sampled_from(BREATHING))
def test_a_button_that_bounces_for_ever_ends_no_session_and_leads_nowhere(gaps_s: list[float], step: Step) -> None:
    driver = ChatteringDriver()
    driver.to(step).run(1.0)
    driver.chatter(gaps_s, 25.0)
    assert driver.session.step is step
    assert driver.session.recording
    assert not driver.got(ShutDown)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.0005, 0.19), min_size=2, max_size=30))
def test_nor_does_it_share_logs(gaps_s: list[float]) -> None:
    driver = ChatteringDriver()
    driver.run(1.0)
    driver.session.on_usb(driver.t_s, True)
    driver.chatter(gaps_s, 15.0)
    assert not driver.got(ShareAllowed)
    assert not driver.got(ShutDown)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.06, 0.19), min_size=2, max_size=30), st.integers(MOST_IN_A_ROW + 1, 60))
def test_a_slow_chatter_that_comes_to_rest_called_for_no_help(gaps_s: list[float], closures: int) -> None:
    driver = ChatteringDriver()
    driver.to(Step.REST).run(1.0)
    gaps = cycle(gaps_s)
    for _ in range(closures):
        driver.hold(next(gaps))
        driver.let_go()
        driver._pass(driver.t_s + next(gaps), False)
    driver.run(2.0)
    assert driver.session.step is Step.REST


def test_it_is_told_and_once_it_is_quiet_the_button_works_again() -> None:
    driver = ChatteringDriver()
    driver.run(1.0)
    driver.chatter([0.003, 0.004], 3.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, WelcomeView)
    assert view.notice is Notice.BUTTON
    driver.let_go()
    driver._pass(driver.t_s + 2.0, False)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, WelcomeView)
    assert view.notice is None
    driver.chatter([0.2], 0.1)
    driver.let_go()
    driver._pass(driver.t_s + 1.0, False)
    assert driver.session.step is Step.CONTACT


def test_beside_the_guide_it_is_told_in_words() -> None:
    driver = ChatteringDriver()
    driver.to(Step.GUIDED).run(30.0)
    driver.chatter([0.003], 3.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert view.caption is GuideCaption.BUTTON


@pytest.mark.parametrize("step", BREATHING)
def test_something_that_lies_on_the_button_switches_nothing_off(step: Step) -> None:
    driver = ChatteringDriver()
    driver.to(step).run(1.0)
    target = driver.session._s.history.target_breaths_per_min
    driver.hold(STUCK_S - 1.0)
    assert isinstance(driver.session.view(driver.t_s), GoodbyeView), "let go now, and it is off"
    driver.hold(5.0)
    assert driver.session.step is step
    driver.let_go()
    driver._pass(driver.t_s + 2.0, False)
    assert not driver.got(ShutDown)
    assert driver.session.step is step
    assert driver.session._s.history.target_breaths_per_min == target
