import math
from itertools import pairwise

import pytest

from device.session.choosing.menu import MenuItem, lines
from device.session.choosing.preferences import Language, Preferences
from device.session.commands import (
    KeepHistory,
    KeepPreferences,
    StartRecording,
    StopRecording,
)
from device.session.events import (
    CheckIn,
    ContactChanged,
    EndReason,
    Learned,
    PaceChanged,
    Phase,
    PhaseChanged,
    SessionEnded,
)
from device.session.showing.hints import Hint
from device.session.showing.views import (
    ContactView,
    GuideView,
    MenuView,
    SummaryPaceView,
    WelcomeView,
)
from device.session.state import SessionSettings, Step
from drivers.frontend import HeartSignal
from drivers.sensors import FRONT_ENDS, front_end_info
from drivers.wiring import Wiring
from dsp.resonance.finder import RECHECK_STEP_S, RUN_BREATHS_PER_MIN, STEP_S, recheck_paces, steps_of
from dsp.state.profile import Profile, Resonance
from dsp.types import Contact
from tests.session_driver import SEEN_TODAY, Driver, pages, phases, stops, to_line


def test_a_session_runs_to_its_end_untouched() -> None:
    driver = Driver(Preferences(minutes=3)).begin()
    driver.run_until(Step.SUMMARY)
    assert phases(driver) == [
        Phase.CONTACT,
        Phase.CHECK_IN,
        Phase.REST,
        Phase.GUIDED,
        Phase.FREE,
        Phase.CHECK_OUT,
        Phase.SUMMARY,
    ]
    assert stops(driver) == [EndReason.COMPLETED]
    driver.run_until(Step.WELCOME, 130.0)


@pytest.mark.parametrize("sensor", FRONT_ENDS)
def test_the_picture_has_the_electrodes_that_the_sensor_has(sensor: str) -> None:
    info = front_end_info(sensor, Wiring())
    settings = SessionSettings(finger=info.kind is HeartSignal.PPG, reference=info.reference)
    driver = Driver(settings=settings).run(1.0).short()
    view = driver.session.view(driver.t_s)
    assert isinstance(view, ContactView)
    assert (view.finger, view.reference) == (info.kind is HeartSignal.PPG, sensor == "ad8232")


def test_where_beats_are_long_in_coming_the_wearer_is_told_of_the_press_that_begins() -> None:
    driver = Driver()
    driver.beats = False
    driver.run(1.0).short()
    for loose, told in ((Contact.POSITIVE_OFF, False), (Contact.GOOD, True)):
        hints = []
        driver.touch(loose)
        for _ in range(40):
            view = driver.run(1.0).session.view(driver.t_s)
            assert isinstance(view, ContactView)
            hints.append(view.hint)
        assert set(hints[:15]) == {None}
        assert (Hint.ANYWAY in hints) is told
    driver.short()
    assert driver.step() is Step.CHECK_IN


@pytest.mark.parametrize("minutes", [3, 5, 10, 20])
def test_the_guide_lasts_as_long_as_chosen_and_ends_between_two_breaths(minutes: int) -> None:
    driver = Driver(Preferences(minutes=minutes)).to(Step.GUIDED)
    start_s = driver.t_s
    driver.run_until(Step.FREE)
    assert 60 * minutes <= driver.t_s - start_s <= 60 * minutes + 11
    paces = [item for item in driver.out if isinstance(item, PaceChanged)]
    assert paces[-1].cause == "stop"
    assert math.isnan(paces[-1].breaths_per_min)
    last = driver.session.step, driver.session.breath(driver.t_s)
    assert last == (Step.FREE, None)


def test_the_recording_holds_everything_from_the_check_in_to_the_second_one() -> None:
    driver = Driver().begin()
    driver.run_until(Step.SUMMARY)
    kinds = [type(item) for item in driver.out]
    started, stopped = kinds.index(StartRecording), kinds.index(StopRecording)
    inside = driver.out[started:stopped]
    assert [item.when for item in inside if isinstance(item, CheckIn)] == ["before", "after"]
    assert next(item.phase for item in inside if isinstance(item, PhaseChanged)) is Phase.CHECK_IN
    assert isinstance(driver.out[stopped - 1], SessionEnded)


def test_contact_has_to_be_good_for_a_while_with_beats() -> None:
    driver = Driver()
    driver.touch(Contact.NEGATIVE_OFF).run(1.0).short().run(20.0)
    assert driver.step() is Step.CONTACT
    view = driver.session.view(driver.t_s)
    assert isinstance(view, ContactView)
    assert view.contact is Contact.NEGATIVE_OFF
    assert view.steady == 0.0
    driver.touch(Contact.GOOD).run(4.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, ContactView)
    assert 0.0 < view.steady < 1.0
    driver.run(4.0)
    assert driver.step() is Step.CHECK_IN
    assert [item.contact for item in driver.out if isinstance(item, ContactChanged)] == [
        Contact.NEGATIVE_OFF,
        Contact.GOOD,
    ]


def test_without_beats_a_press_goes_on_but_not_with_a_loose_electrode() -> None:
    driver = Driver()
    driver.beats = False
    driver.run(1.0).short().run(20.0)
    assert driver.step() is Step.CONTACT
    driver.touch(Contact.POSITIVE_OFF).short()
    assert driver.step() is Step.CONTACT
    driver.touch(Contact.GOOD).short()
    assert driver.step() is Step.CHECK_IN


def test_nobody_there_brings_the_welcome_back_with_nothing_recorded() -> None:
    driver = Driver()
    driver.touch(Contact.POSITIVE_OFF).run(1.0).short()
    driver.run_until(Step.WELCOME, 310.0)
    assert not driver.got(StartRecording)


def test_quick_presses_walk_the_menu_and_never_leave_it() -> None:
    driver = Driver().run(1.0).long()
    for _ in range(5):
        driver.press(0.1).run(0.1)
    driver.run(0.6)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, MenuView)
    assert view.selected is lines(view.absent)[5]


def test_the_menu_changes_the_language_and_the_length_and_keeps_them() -> None:
    driver = Driver(Preferences(minutes=20)).run(1.0).long()
    assert isinstance(driver.session.view(driver.t_s), MenuView)
    driver.long().short().long().run_until(Step.WELCOME, 31.0)
    assert driver.session.view(driver.t_s) == WelcomeView(Language.EN, 3, hint=Hint.MENU)
    kept = [item.preferences for item in driver.out if isinstance(item, KeepPreferences)]
    assert kept[-1] == driver.session.preferences
    assert (kept[-1].minutes, kept[-1].language) == (3, Language.EN)


def test_the_menu_closes_by_itself() -> None:
    driver = Driver().run(1.0).long()
    driver.run(25.0).short().run(25.0)
    assert driver.step() is Step.MENU
    driver.run(6.0)
    assert driver.step() is Step.WELCOME


def test_the_menus_last_lines_begin_a_resonance_run_or_go_back() -> None:
    for item, step in ((MenuItem.RESONANCE, Step.CONTACT), (MenuItem.BACK, Step.WELCOME)):
        driver = to_line(Driver().run(1.0), item).long()
        assert driver.step() is step


def test_the_menu_hides_what_is_not_fitted() -> None:
    for led, vibration in ((False, False), (True, False), (False, True)):
        driver = Driver(settings=SessionSettings(led=led, vibration=vibration)).run(1.0).long()
        view = driver.session.view(driver.t_s)
        assert isinstance(view, MenuView)
        assert (MenuItem.LED in view.absent, MenuItem.VIBRATION in view.absent) == (not led, not vibration)


@pytest.mark.parametrize("known", [4.0, 4.2, 4.5, 5.2, 5.6, 6.5])
def test_an_earlier_finding_can_be_rechecked_from_the_menu(known: float) -> None:
    driver = Driver(history=SEEN_TODAY, known_breaths_per_min=known).run(1.0)
    view = to_line(driver, MenuItem.RECHECK).session.view(driver.t_s)
    assert isinstance(view, MenuView)
    assert view.selected is MenuItem.RECHECK
    driver.long().run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE)
    start_s = driver.t_s
    driver.session.on_learned(Learned(driver.t_s, Profile()))
    driver.run_until(Step.FREE)
    assert view.recheck_minutes in (7, 8)
    assert driver.t_s - start_s <= 60 * view.recheck_minutes
    assert Phase.RECHECK in [item.phase for item in driver.out if isinstance(item, PhaseChanged)]
    paces = [item.breaths_per_min for item in driver.out if isinstance(item, PaceChanged)]
    for wanted in recheck_paces(known):
        assert any(pace == pytest.approx(wanted) for pace in paces)
    assert _breathed_s(driver) == pytest.approx([RECHECK_STEP_S] * 3, abs=15.0)


def found(t_s: float, breaths_per_min: float) -> Learned:
    """What the learner tells after a session that found or refined the resonance."""
    return Learned(t_s, Profile(resonance=Resonance(breaths_per_min, 0.9, None)), breaths_per_min)


def _breathed_s(driver: Driver) -> list[float]:
    """How long each of a run's steps was breathed at its own pace."""
    paces = [(item.t_s, item.breaths_per_min) for item in driver.out if isinstance(item, PaceChanged)]
    return [step.end_s - step.start_s for step in steps_of(paces, driver.t_s)]


def test_without_a_finding_there_is_no_line_for_a_recheck() -> None:
    driver = Driver().run(1.0).long()
    seen = set()
    for _ in MenuItem:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, MenuView)
        seen.add(view.selected)
        driver.short()
    not_known = {MenuItem.RECHECK, MenuItem.POSTURE, MenuItem.LED, MenuItem.VIBRATION, MenuItem.PLAN, MenuItem.TRIAL}
    assert seen == set(MenuItem) - not_known


def test_the_resonance_run_walks_its_steps_and_tells_what_was_found() -> None:
    driver = Driver(history=SEEN_TODAY)
    driver.session.find_resonance(driver.t_s)
    driver.run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE)
    start_s = driver.t_s
    seen, done = set(), [0.0]
    while driver.step() is Step.RESONANCE:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, GuideView)
        seen.add(view.step)
        done.append(view.progress)
        driver.run(10.0)
    assert all(0.0 <= b - a <= 0.05 for a, b in pairwise(done))
    assert done[-1] > 0.95
    count = len(RUN_BREATHS_PER_MIN)
    assert seen == {(step, count) for step in range(1, count + 1)}
    assert driver.t_s - start_s <= 12 * 60
    assert _breathed_s(driver) == pytest.approx([STEP_S] * len(RUN_BREATHS_PER_MIN), abs=15.0)
    driver.session.on_learned(found(driver.t_s, 5.4))
    driver.run_until(Step.SUMMARY)
    assert SummaryPaceView(Language.NB, 5.4) in pages(driver)
    kept = driver.got(KeepHistory)[-1]
    assert isinstance(kept, KeepHistory)
    assert kept.history.target_breaths_per_min == 5.4


def test_a_refined_resonance_moves_the_target_without_a_word() -> None:
    driver = Driver(history=SEEN_TODAY).to(Step.FREE)
    driver.session.on_learned(found(driver.t_s, 5.7))
    driver.run_until(Step.SUMMARY)
    assert not [page for page in pages(driver) if isinstance(page, SummaryPaceView)]
    kept = driver.got(KeepHistory)[-1]
    assert isinstance(kept, KeepHistory)
    assert kept.history.target_breaths_per_min == 5.7


def test_an_inconclusive_run_changes_nothing_and_says_so() -> None:
    driver = Driver(history=SEEN_TODAY)
    driver.session.find_resonance(driver.t_s)
    driver.run_until(Step.CHECK_IN).skip().run_until(Step.FREE)
    driver.session.on_learned(Learned(driver.t_s, Profile(), math.nan))
    driver.run_until(Step.SUMMARY)
    assert SummaryPaceView(Language.NB, None) in pages(driver)
    targets = {item.history.target_breaths_per_min for item in driver.got(KeepHistory)}
    assert targets <= {SEEN_TODAY.target_breaths_per_min}


def test_easier_turns_a_resonance_run_into_an_ordinary_guide() -> None:
    driver = Driver()
    driver.session.find_resonance(driver.t_s)
    driver.run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE).run(60.0).long()
    assert driver.step() is Step.GUIDED
    assert driver.session.breath(driver.t_s) is not None
