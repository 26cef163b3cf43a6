"""What the weeks hold, in a session: its length, a guide that fades, a minute without one, and what was drawn."""

import math
from collections.abc import Callable
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.format.experiment import BLOCK_DAYS
from device.screens.texts import TEXTS
from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import MINUTES, Language, Preferences
from device.session.commands import KeepHistory, Practised
from device.session.events import ArmDrawn, PaceChanged, Phase, PlanFollowed
from device.session.practice import Practice
from device.session.showing.views import (
    Advice,
    AdviceView,
    GuideView,
    MenuView,
    Notice,
    QuietView,
    UnguidedView,
    View,
    WelcomeView,
)
from device.session.state import SessionSettings, Step
from device.session.weeks.fading import FADINGS, fade_at, is_away
from device.session.weeks.today import FAST_BREATHS_PER_MIN, Draw, Guidance, PlanRow, Today, dose_of
from device.session.weeks.transfer import READ_OVER_S, TRANSFER_S
from dsp.types import Contact, MetricsRow
from host.report.own.trial import LOOKS
from tests.session_driver import CALM, SEEN_TODAY, Driver, pages, phases, to_line

TRYING = Preferences(minutes=3, trial=True, led_level=3, vibration_level=3)


def planned(plan: PlanRow, *, done_minutes: float = 0.0, chosen: Preferences | None = None) -> Driver:
    return Driver(chosen, SEEN_TODAY, today=Today(plan, done_minutes))


def tried(guidance: Guidance, plan: PlanRow | None = None) -> Driver:
    return Driver(TRYING, SEEN_TODAY, today=Today(plan, draw=Draw(5, 4, guidance, 3), can_try=True))


def welcome(driver: Driver) -> WelcomeView:
    view = driver.session.view(driver.t_s)
    assert isinstance(view, WelcomeView)
    return view


def through(driver: Driver, step: Step) -> list[View]:
    """What is shown until the step is over, each second."""
    shown: list[View] = []
    while driver.session.step is step:
        shown.append(driver.session.view(driver.t_s))
        driver.run(1.0)
    return shown


# --- the length


@given(
    st.none() | st.builds(PlanRow, st.integers(1, 9), st.sampled_from([3, 5, 10]), st.integers(0, 3), st.booleans()),
    st.none() | st.builds(Draw, st.integers(0), st.integers(0, 90), st.sampled_from(Guidance), st.none() | st.just(5)),
    st.builds(Preferences, minutes=st.sampled_from(MINUTES), plan=st.booleans(), trial=st.booleans()),
)
def test_a_dose_is_the_plan_s_or_the_wearer_s_own(plan: PlanRow | None, draw: Draw | None, chosen: Preferences) -> None:
    dose = dose_of(Today(plan, draw=draw), chosen)
    own = chosen.minutes if plan is None or not chosen.plan else plan.minutes
    drawn = draw if chosen.trial else None
    assert dose.draw == drawn
    assert dose.minutes == ((drawn.minutes if drawn else None) or own)
    assert (dose.week is None) == (plan is None or not chosen.plan)
    # An experiment's days differ in what was drawn alone, and the minute without a guide is held beside a whole one.
    assert not (dose.fade and (drawn or dose.transfer))


@pytest.mark.parametrize("minutes", [3, 5])
def test_the_guide_is_as_long_as_the_plan_says_and_the_log_is_told(minutes: int) -> None:
    driver = planned(PlanRow(2, minutes), chosen=Preferences(minutes=10))
    assert welcome(driver.run(1.0)).minutes == minutes
    driver.to(Step.GUIDED)
    begun_s = driver.t_s
    driver.session.on_weeks(driver.t_s, Today(PlanRow(3, 10)))  # not for the session at hand
    driver.run_until(Step.FREE)
    assert driver.t_s - begun_s == pytest.approx(60 * minutes, abs=12)
    (told,) = driver.got(PlanFollowed)
    assert (told.week, told.minutes, told.fade) == (2, minutes, 0)


def test_the_plan_can_be_off_and_then_the_length_is_in_the_menu() -> None:
    driver = planned(PlanRow(1, 3), chosen=Preferences(minutes=10)).run(1.0)
    to_line(driver, MenuItem.PLAN)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, MenuView)
    assert MenuItem.MINUTES in view.absent
    driver.long()
    view = driver.session.view(driver.t_s)
    assert isinstance(view, MenuView)
    assert MenuItem.MINUTES not in view.absent
    assert view.selected is MenuItem.PLAN
    driver.run_until(Step.WELCOME)
    assert welcome(driver).minutes == 10
    driver.to(Step.GUIDED)
    assert not driver.got(PlanFollowed)


# --- enough for today


def test_after_the_dose_it_says_that_it_is_enough_and_a_session_can_still_begin() -> None:
    driver = planned(PlanRow(1, 3), done_minutes=1.0)
    driver.to(Step.CHECK_OUT).skip()
    assert AdviceView(driver.session.preferences.language, Advice.ENOUGH) in pages(driver)
    driver.session.on_weeks(driver.t_s, Today(PlanRow(1, 3), done_minutes=5.0))
    seen = {welcome(driver.run(1.0)).notice for _ in range(15)}
    assert seen == {None, Notice.ENOUGH}
    driver.to(Step.GUIDED)


def test_before_the_dose_is_done_nothing_is_said() -> None:
    driver = planned(PlanRow(1, 10))
    assert {welcome(driver.run(1.0)).notice for _ in range(15)} == {None}
    driver.to(Step.GUIDED).run(60.0).short().run_until(Step.CHECK_OUT).skip()
    assert Advice.ENOUGH not in [page.advice for page in pages(driver) if isinstance(page, AdviceView)]


def test_a_session_that_a_cable_ended_is_not_counted_twice() -> None:
    driver = planned(PlanRow(1, 3))
    driver.to(Step.GUIDED).run(110.0)
    driver.session.on_usb(driver.t_s, True)
    driver.run(1.0)
    (told,) = driver.got(Practised)
    driver.session.on_weeks(driver.t_s, Today(PlanRow(1, 3), told.minutes))
    driver.session.on_usb(driver.t_s, False)
    assert driver.run(1.0).session.step is Step.SUMMARY
    assert Advice.ENOUGH not in [page.advice for page in pages(driver) if isinstance(page, AdviceView)]


# --- how a session ends


def _completed(driver: Driver) -> None:
    driver.run_until(Step.CHECK_OUT).skip()


def _sensor_gone(driver: Driver) -> None:
    driver.session.on_sensor(driver.t_s, "gone")
    driver.run(12.0)


ENDS: dict[str, Callable[[Driver], object]] = {
    "completed": _completed,
    "left": lambda driver: driver.run_until(Step.FREE).double().double(),
    "cable": lambda driver: driver.session.on_usb(driver.t_s, True),
    "switched off": lambda driver: driver.press(7.0),
    "help": lambda driver: driver.run_until(Step.FREE).touch(Contact.POSITIVE_OFF).run(3.0).double(),
    "sensor": _sensor_gone,
}


@pytest.mark.parametrize("end", ENDS)
def test_however_a_session_ends_its_practice_is_told_once(end: str) -> None:
    driver = planned(PlanRow(1, 3))
    driver.to(Step.GUIDED).run(45.0)
    ENDS[end](driver)
    driver.session.on_usb(driver.t_s, False)
    driver.session.on_sensor(driver.t_s, None)
    driver.run(20.0)
    (told,) = driver.got(Practised)
    assert told.minutes >= 0.7
    assert told.held is None


def test_a_session_that_was_left_before_the_guide_is_no_practice() -> None:
    driver = planned(PlanRow(1, 3))
    driver.to(Step.REST).run(5.0).double().double().run(5.0)
    assert not driver.got(Practised)


# --- fading


@given(st.sampled_from(range(len(FADINGS))), st.floats(0, 1))
def test_a_guide_that_fades_further_is_never_more_to_be_seen(level: int, progress: float) -> None:
    assert 0.0 <= fade_at(level, progress) <= 1.0
    if level and progress < FADINGS[level].away_to:
        assert fade_at(level, progress) >= fade_at(level - 1, progress)
    assert is_away(level, progress) <= is_away(max(2, level), progress)
    assert not is_away(level, 0.0)
    assert not is_away(level, 1.0)


@pytest.mark.parametrize("level", [2, 3])
def test_the_guide_thins_is_away_for_a_stretch_and_comes_back(level: int) -> None:
    driver = planned(PlanRow(8, 5, fade=level), chosen=TRYING)
    shown = through(driver.to(Step.GUIDED), Step.GUIDED)
    kinds = [kind for kind, _ in groupby(type(view) for view in shown)]
    assert kinds == [GuideView, UnguidedView, GuideView]
    away = [view for view in shown if isinstance(view, UnguidedView)]
    share = FADINGS[level].away_to - FADINGS[level].away_from
    assert len(away) == pytest.approx(300 * share, abs=3)
    assert [said for said, _ in groupby(view.said for view in away)] == [True, False]
    guide = [view.fade for view in shown if isinstance(view, GuideView)]
    assert guide[0] == 0.0
    assert max(guide) > 0.9
    changes = [(change.cause, math.isnan(change.breaths_per_min)) for change in driver.got(PaceChanged)]
    fades = [n for n, change in enumerate(changes) if change == ("fade", True)]
    assert len(fades) == 1
    assert changes[fades[0] + 1] == ("ramp", False)


def test_while_it_is_away_nothing_leads_and_a_long_press_brings_it_back() -> None:
    driver = planned(PlanRow(8, 5, fade=2), chosen=TRYING)
    driver.to(Step.GUIDED).run(300 * 0.65)
    cues = driver.session.cues(driver.t_s)
    assert (cues.led, cues.vibration) == (0.0, 0.0)
    assert driver.session.breath(driver.t_s) is None
    driver.touch(Contact.POSITIVE_OFF).run(3.0).touch(Contact.GOOD).run(4.0)
    assert isinstance(driver.session.view(driver.t_s), UnguidedView)
    driver.long()
    shown = through(driver, Step.GUIDED)
    assert all(isinstance(view, GuideView) and view.fade == 0.0 for view in shown)


def test_three_presses_bring_help_where_the_guide_is_away_and_two_end_it_as_ever() -> None:
    for presses, leads_to in ((2, Step.FREE), (3, Step.HELP), (4, Step.HELP)):
        driver = planned(PlanRow(8, 5, fade=2), chosen=TRYING)
        driver.to(Step.GUIDED).run(300 * 0.65)
        for _ in range(presses):
            driver.press().run(0.1)
        assert driver.run(1.0).step() is leads_to


def test_what_cues_do_fades_with_the_guide() -> None:
    def strongest(fade: int) -> float:
        driver = planned(PlanRow(8, 5, fade=fade), chosen=TRYING)
        driver.to(Step.GUIDED).run(300 * 0.55)
        return max(driver.run(0.2).session.cues(driver.t_s).led for _ in range(80))

    assert strongest(2) < 0.5 * strongest(0)


# --- the minute without a guide


def test_the_minute_without_a_guide_comes_after_a_whole_one_and_shows_no_state() -> None:
    driver = planned(PlanRow(8, 3, fade=3, transfer=True))
    driver.state = CALM
    guided = through(driver.to(Step.GUIDED), Step.GUIDED)
    assert all(isinstance(view, GuideView) and view.fade == 0.0 for view in guided)
    alone = through(driver, Step.TRANSFER)
    assert all(isinstance(view, UnguidedView) for view in alone)
    assert len(alone) == pytest.approx(TRANSFER_S, abs=2)
    driver.run_until(Step.CHECK_OUT).skip()
    assert phases(driver)[3:6] == [Phase.GUIDED, Phase.TRANSFER, Phase.FREE]
    (told,) = driver.got(Practised)
    assert told.held == pytest.approx(1.0)  # the body of the driver swings the same all the time


def test_who_ended_the_guide_early_is_asked_for_no_more() -> None:
    driver = planned(PlanRow(4, 3, transfer=True))
    assert driver.to(Step.GUIDED).run(30.0).short().session.step is Step.FREE


@given(
    st.lists(st.floats(1, 300) | st.just(math.nan), min_size=READ_OVER_S, max_size=30),
    st.lists(st.floats(1, 300) | st.just(math.nan), min_size=0, max_size=65),
)
def test_the_score_is_the_share_of_the_swing_that_is_held(guided: list[float], alone: list[float]) -> None:
    practice = Practice()
    for phase, values in ((Phase.GUIDED, guided), (Phase.TRANSFER, alone)):
        for rsa_ms in values:
            practice.add(phase, MetricsRow(1.0, rsa_ms=rsa_ms, quality=0.9))
    known = [[value for value in values[-READ_OVER_S:] if not math.isnan(value)] for values in (guided, alone)]
    held = practice.transfer.held
    if len(alone) < 55 or min(map(len, known)) < 5:
        assert math.isnan(held)
    else:
        assert held == pytest.approx((sum(known[1]) / len(known[1])) / (sum(known[0]) / len(known[0])))


# --- the experiment


def test_every_arm_begins_alike_and_lasts_as_long() -> None:
    seen, lasted = set(), []
    for guidance in Guidance:
        driver = tried(guidance, PlanRow(3, 5)).run(1.0)
        seen.add(welcome(driver))
        driver.to(Step.REST)
        driver.run_until(Step.SITTING if guidance is Guidance.QUIET else Step.GUIDED)
        begun_s = driver.t_s
        driver.run_until(Step.FREE)
        lasted.append(driver.t_s - begun_s)
        (told,) = driver.got(ArmDrawn)
        assert (told.seed, told.day, told.arm, told.minutes) == (5, 4, guidance.value, 3)
    assert len(seen) == 1
    assert max(lasted) - min(lasted) < 12
    assert min(lasted) > 179


def test_the_fast_arm_looks_the_same_and_leaves_the_wearer_s_own_pace_alone() -> None:
    driver = tried(Guidance.FAST)
    driver.to(Step.GUIDED).run(100.0)
    breath = driver.session.breath(driver.t_s)
    assert breath is not None
    assert breath.breaths_per_min == pytest.approx(FAST_BREATHS_PER_MIN)
    assert isinstance(driver.session.view(driver.t_s), GuideView)
    driver.long().run_until(Step.CHECK_OUT)
    assert {kept.history.target_breaths_per_min for kept in driver.got(KeepHistory)} <= {6.0}
    helped = driver.skip().run_until(Step.WELCOME).double().run(60.0).session.breath(driver.t_s)
    assert helped is not None
    assert helped.breaths_per_min < 10.0


def test_quiet_sitting_has_no_guide() -> None:
    driver = tried(Guidance.QUIET)
    driver.to(Step.REST).run_until(Step.SITTING)
    assert all(isinstance(view, QuietView) for view in through(driver, Step.SITTING))
    assert not driver.got(PaceChanged)


def test_a_resonance_run_is_no_day_of_it() -> None:
    driver = tried(Guidance.QUIET)
    driver.session.find_resonance(driver.t_s)
    driver.run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE)
    assert not driver.got(ArmDrawn)


def test_a_resonance_run_takes_its_own_time_and_logs_no_plan() -> None:
    driver = planned(PlanRow(3, 3))
    driver.session.find_resonance(driver.t_s)
    driver.run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE)
    assert not driver.got(PlanFollowed)


def test_the_welcome_says_how_long_the_guide_will_be() -> None:
    assert welcome(planned(PlanRow(2, 3))).minutes == 3
    assert welcome(Driver(settings=SessionSettings(guided_s=300.0), today=Today(PlanRow(2, 3)))).minutes == 5


# --- an experiment is chosen by who has read what it is


def at_the_cards() -> Driver:
    driver = Driver(Preferences(minutes=3), SEEN_TODAY, today=Today(can_try=True)).run(1.0)
    return to_line(driver, MenuItem.TRIAL).long()


def tries(driver: Driver) -> bool:
    return driver.session.preferences.trial


def test_the_experiment_begins_only_from_the_last_of_its_cards() -> None:
    driver = at_the_cards()
    assert driver.step() is Step.OWN_TRIAL
    assert driver.long().step() is Step.OWN_TRIAL
    assert not tries(driver)
    assert driver.short().long().step() is Step.MENU
    assert tries(driver)
    assert driver.long().step() is Step.MENU  # to leave it takes no card
    assert not tries(driver)


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("leave", [Driver.short, Driver.double, lambda driver: driver.run(61.0)])
def test_whoever_does_not_choose_it_is_in_none(leave: Callable[[Driver], Driver], read: bool) -> None:
    driver = at_the_cards()
    if read:
        driver.short()
    leave(driver)
    assert not tries(driver)


def test_the_card_says_how_long_it_takes_at_least() -> None:
    for language in Language:
        said = " ".join(TEXTS["card.trial_told"].lines(language))
        assert f" {min(LOOKS) * BLOCK_DAYS} " in said
