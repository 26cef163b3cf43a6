"""A resonance run in which the slowest pace wins goes one pace further, and says so."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.session.events import PaceChanged, Phase, PhaseChanged
from device.session.resonance_run import ResonanceRun
from device.session.showing.views import GuideCaption, GuideView
from device.session.state import Step
from dsp.guide import SLOWEST_BREATHS_PER_MIN
from dsp.resonance.finder import RUN_BREATHS_PER_MIN, STEP_S
from tests.session_driver import SEEN_TODAY, Driver

LAST = len(RUN_BREATHS_PER_MIN) - 1
swings = st.lists(st.floats(1, 400) | st.just(math.nan), min_size=LAST + 1, max_size=LAST + 1)


def breathed(run: ResonanceRun, swings_ms: list[float]) -> float:
    """The run from its first pace on, each reached at once; when the last of `swings_ms` is over."""
    run.begin()
    at_s = 0.0
    for swing_ms in swings_ms:
        run.pace_at(at_s)
        run.reached(at_s)
        end_s = at_s + STEP_S
        while at_s < end_s:
            run.swung(at_s, swing_ms)
            at_s += 1.0
    return at_s


@given(swings)
def test_one_more_step_comes_just_where_the_slowest_pace_swings_furthest(swings_ms: list[float]) -> None:
    run = ResonanceRun()
    run.choose(recheck=False)
    end_s = breathed(run, swings_ms)
    told = [swing for swing in swings_ms if not math.isnan(swing)]
    wins = len(told) > 1 and swings_ms[LAST] == max(told) > max(told[:-1])
    assert run.paces == RUN_BREATHS_PER_MIN + ((SLOWEST_BREATHS_PER_MIN,) if wins else ())
    assert (run.lasts_s() > end_s) == wins
    run.begin()
    assert run.paces == RUN_BREATHS_PER_MIN
    assert run.since_slower_s(end_s) == -math.inf


def test_nothing_is_slower_than_the_slowest_that_the_guide_may_ask_for() -> None:
    run = ResonanceRun((12.0, 6.0, SLOWEST_BREATHS_PER_MIN))
    run.choose(recheck=False)
    breathed(run, [50.0, 60.0, 90.0])
    assert run.paces == (12.0, 6.0, SLOWEST_BREATHS_PER_MIN)


def in_a_run() -> Driver:
    driver = Driver(history=SEEN_TODAY)
    driver.rsa_ms = lambda: 100.0 + driver.t_s / 10
    driver.session.find_resonance(driver.t_s)
    return driver.run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE)


def captions(driver: Driver) -> set[GuideCaption | None]:
    """Until something is said, or the run is over."""
    seen: set[GuideCaption | None] = set()
    while driver.step() is Step.RESONANCE and GuideCaption.SLOWER not in seen:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, GuideView)
        seen.add(view.caption)
        driver.run(5.0)
    return seen


def test_the_screen_says_so_and_the_guide_goes_there() -> None:
    driver = in_a_run()
    assert GuideCaption.SLOWER in captions(driver)
    driver.run_until(Step.FREE)
    paces = [item.breaths_per_min for item in driver.got(PaceChanged)]
    assert min(paces) == pytest.approx(SLOWEST_BREATHS_PER_MIN)
    phases = [item.phase for item in driver.got(PhaseChanged)]
    assert phases.count(Phase.RESONANCE) == 1


def test_a_press_declines_it() -> None:
    driver = in_a_run()
    captions(driver)
    assert driver.short().step() is Step.FREE


def test_an_even_swing_ends_the_run_as_planned() -> None:
    driver = in_a_run()
    driver.rsa_ms = lambda: 100.0
    assert GuideCaption.SLOWER not in captions(driver)
    assert driver.step() is Step.FREE
