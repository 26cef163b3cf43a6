import itertools
from dataclasses import replace

import pytest

from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import FASTEST_TARGET, Preferences
from device.session.commands import (
    KeepHistory,
)
from device.session.events import (
    EndReason,
    PaceChanged,
    Phase,
)
from device.session.showing.views import (
    GuideCaption,
    GuideView,
    PausedView,
    QuietView,
    RingKind,
    RingView,
    SummaryTimeView,
)
from device.session.state import Step
from dsp.types import BreathKind, Contact, IntervalKind, MetricsRow, RRInterval, StateKind
from tests.session_driver import CALM, ON_GUARD, SEEN_TODAY, Driver, pages, phases, stops, to_line

NUMBERS = Preferences(minutes=3, hide_numbers=False)


def test_the_guide_starts_near_the_wearers_own_pace_and_goes_gently_to_the_target() -> None:
    driver = Driver(history=replace(SEEN_TODAY, target_breaths_per_min=5.5)).begin()
    driver.breaths_per_min = 11.0
    driver.skip().run_until(Step.GUIDED).run(170.0)
    paces = [item.breaths_per_min for item in driver.out if isinstance(item, PaceChanged)]
    assert paces[0] == pytest.approx(11.0)
    assert paces[-1] == pytest.approx(5.5)
    cycles = [60.0 / pace for pace in paces]
    assert all(0.0 < b - a <= 0.5 + 1e-9 for a, b in itertools.pairwise(cycles))


def test_a_long_guide_rests_above_its_target_on_the_way() -> None:
    driver = Driver(Preferences(minutes=10), replace(SEEN_TODAY, target_breaths_per_min=5.5)).begin()
    driver.breaths_per_min = 11.0
    driver.skip().run_until(Step.GUIDED).run(98.0)
    assert _pace(driver) == pytest.approx(7.5)
    driver.run(80.0)
    assert _pace(driver) == pytest.approx(5.5)


def test_easier_on_the_landing_stays() -> None:
    driver = Driver(Preferences(minutes=10), replace(SEEN_TODAY, target_breaths_per_min=5.5)).begin()
    driver.breaths_per_min = 11.0
    driver.skip().run_until(Step.GUIDED).run(80.0).long()
    eased = _pace(driver)
    assert eased > 7.5
    driver.run(120.0)
    assert _pace(driver) == pytest.approx(eased)


def _pace(driver: Driver) -> float:
    breath = driver.session.breath(driver.t_s)
    assert breath is not None
    return breath.breaths_per_min


def test_the_guide_never_jumps() -> None:
    driver = Driver().to(Step.GUIDED)
    fill = None
    for _ in range(1200):
        driver.run(0.1)
        view = driver.session.view(driver.t_s)
        assert isinstance(view, GuideView)
        now = view.breath.progress if view.breath.kind is BreathKind.INHALE else 1.0 - view.breath.progress
        assert fill is None or abs(now - fill) < 0.07
        fill = now


def test_easier_shortens_the_breath_at_once_and_is_remembered() -> None:
    driver = Driver(history=SEEN_TODAY).to(Step.GUIDED).run(100.0)
    before = driver.session.breath(driver.t_s)
    driver.long()
    after = driver.session.breath(driver.t_s)
    assert before is not None
    assert after is not None
    assert 60.0 / after.breaths_per_min == pytest.approx(60.0 / before.breaths_per_min - 1.0)
    assert [item.cause for item in driver.out if isinstance(item, PaceChanged)][-1] == "easier"
    kept = driver.got(KeepHistory)[-1]
    assert isinstance(kept, KeepHistory)
    assert kept.history.target_breaths_per_min == pytest.approx(after.breaths_per_min)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert view.caption is GuideCaption.EASIER


def test_easier_on_the_way_to_the_target_is_not_remembered() -> None:
    driver = Driver(history=SEEN_TODAY).begin()
    driver.breaths_per_min = 10.0
    driver.skip().run_until(Step.GUIDED).run(2.0).long()
    assert _pace(driver) > 10.0
    assert not driver.got(KeepHistory)


def test_easier_many_times_is_remembered_as_a_slow_breath_still() -> None:
    driver = Driver(history=SEEN_TODAY).to(Step.GUIDED).run(100.0)
    for _ in range(6):
        driver.long()
    assert _pace(driver) == pytest.approx(15.0)
    assert _kept_target(driver) == FASTEST_TARGET
    driver.run_until(Step.SUMMARY)


def test_a_target_remembered_too_fast_is_not_gone_to() -> None:
    driver = Driver(history=replace(SEEN_TODAY, target_breaths_per_min=15.0)).to(Step.GUIDED).run(60.0)
    assert _pace(driver) == pytest.approx(FASTEST_TARGET)


@pytest.mark.parametrize("recheck", [False, True])
@pytest.mark.parametrize("target", [6.0, 5.0])
def test_easier_at_a_run_s_ordinary_rate_goes_on_towards_an_easier_target(target: float, recheck: bool) -> None:
    driver = _run(target, recheck).run(20.0)
    assert _pace(driver) == pytest.approx(12.0)
    driver.long()
    assert driver.session.step is Step.GUIDED
    assert _pace(driver) <= 12.0 + 1e-9
    driver.run(100.0)
    assert _pace(driver) == pytest.approx(60.0 / (60.0 / target - 1.0))
    assert not driver.got(KeepHistory)
    changes = [60.0 / item.breaths_per_min for item in driver.out if isinstance(item, PaceChanged)]
    assert all(abs(b - a) <= 0.5 + 1e-9 for a, b in itertools.pairwise(changes))


def test_easier_at_a_run_s_slow_step_shortens_at_once_and_goes_to_an_easier_target() -> None:
    driver = _run(6.0, False)
    while _pace(driver) > 4.51:
        driver.run(1.0)
    driver.long()
    assert _pace(driver) == pytest.approx(60.0 / (60.0 / 4.5 - 1.0))
    driver.run(150.0)
    assert _pace(driver) == pytest.approx(60.0 / 9.0)
    assert not driver.got(KeepHistory)


def test_easier_at_a_run_s_step_near_the_target_is_remembered() -> None:
    driver = _run(6.0, False)
    while _pace(driver) > 6.51:
        driver.run(1.0)
    driver.long().run(60.0)
    assert _pace(driver) == pytest.approx(60.0 / (60.0 / 6.5 - 1.0))
    assert _kept_target(driver) == pytest.approx(_pace(driver))


def _run(target: float, recheck: bool) -> Driver:
    history = replace(SEEN_TODAY, target_breaths_per_min=target)
    driver = Driver(history=history, known_breaths_per_min=target if recheck else None).run(1.0)
    if recheck:
        to_line(driver, MenuItem.RECHECK).long()
    else:
        driver.session.find_resonance(driver.t_s)
    return driver.run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE)


def _kept_target(driver: Driver) -> float:
    """What the next session would aim at."""
    return [item for item in driver.out if isinstance(item, KeepHistory)][-1].history.target_breaths_per_min


def test_small_breaths_are_asked_for_once() -> None:
    driver = Driver().to(Step.GUIDED)
    captions = []
    for _ in range(170):
        view = driver.run(1.0).session.view(driver.t_s)
        captions.append(view.caption if isinstance(view, GuideView) else None)
    shown = [caption is GuideCaption.SMALL_BREATHS for caption in captions]
    assert sum(shown) >= 10
    assert sum(a != b for a, b in itertools.pairwise(shown)) <= 2


def test_two_presses_stop_the_guide_and_let_the_wearer_breathe() -> None:
    driver = Driver().to(Step.GUIDED).run(20.0).double()
    assert driver.session.breath(driver.t_s) is None
    view = driver.session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.DIZZY
    driver.state = CALM
    driver.run_until(Step.SUMMARY)
    assert Phase.QUIET not in phases(driver)
    assert stops(driver) == [EndReason.DIZZY]


def test_a_press_ends_the_guide_and_the_free_minute_still_comes() -> None:
    driver = Driver().to(Step.GUIDED).run(20.0).short()
    view = driver.session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.FREE
    driver.run_until(Step.SUMMARY)
    assert stops(driver) == [EndReason.PRESSED]


def test_who_is_dizzy_reads_nothing_of_loose_electrodes() -> None:
    driver = Driver().to(Step.GUIDED).run(10.0).double()
    view = driver.touch(Contact.POSITIVE_OFF).run(10.0).session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.DIZZY
    driver.run_until(Step.CHECK_OUT, 60.0)


def test_the_way_out_of_a_pause_is_open_to_who_is_dizzy() -> None:
    driver = Driver().to(Step.GUIDED).run(10.0)
    view = driver.touch(Contact.POSITIVE_OFF).run(5.0).double().session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.DIZZY
    assert [item.cause for item in driver.out if isinstance(item, PaceChanged)][-1] == "dizzy"


def test_a_dizzy_end_stays_one_in_the_log_whatever_is_pressed_after() -> None:
    driver = Driver().to(Step.GUIDED).run(70.0).double().run(5.0).double()
    driver.run_until(Step.SUMMARY)
    assert stops(driver) == [EndReason.DIZZY]


def test_what_is_hidden_is_not_in_the_view() -> None:
    hidden = Preferences(minutes=3, hide_state=True, hide_numbers=True)
    driver = Driver(hidden)
    driver.coherence = 4.0
    driver.to(Step.GUIDED).run(60.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert (view.state, view.hr_bpm, view.coherence_level, view.rsa_ms) == (None, None, None, None)
    driver.run_until(Step.SUMMARY)
    assert {type(page) for page in pages(driver)} == {SummaryTimeView}


@pytest.mark.parametrize(("hide", "shown"), [(False, ON_GUARD.kind), (True, None)])
def test_the_state_stays_readable_through_the_free_minute(hide: bool, shown: StateKind | None) -> None:
    """Once it has been said that breathing is free, and what a press does."""
    driver = Driver(Preferences(minutes=3, hide_state=hide))
    driver.state = ON_GUARD
    view = driver.to(Step.FREE).run(5.0).session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.state is None
    view = driver.run(25.0).session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.state is shown


def test_the_swing_is_shown_only_beside_the_coherence_it_belongs_to() -> None:
    driver = Driver().to(Step.GUIDED).run(60.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert (view.coherence_level, view.rsa_ms) == (None, None)


def test_state_heart_rate_and_coherence_are_there_for_those_who_want_them() -> None:
    driver = Driver(NUMBERS)
    driver.state, driver.coherence = ON_GUARD, 4.0
    driver.to(Step.GUIDED).run(60.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert (view.state, view.hr_bpm, view.coherence_level, view.rsa_ms) == (ON_GUARD.kind, 60, 3, 120)


def test_a_pulse_whose_place_is_poor_tells_heart_rate_as_well() -> None:
    driver = Driver(NUMBERS).to(Step.GUIDED).run(10.0)
    poor = [RRInterval(driver.t_s, 800.0, IntervalKind.NORMAL, n, timed=False) for n in range(10)]
    driver.session.on_intervals(poor)
    driver.session.on_row(MetricsRow(driver.t_s, quality=0.9))  # no support for a mean yet
    view = driver.session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert view.hr_bpm == 75


def test_no_heart_rate_is_shown_of_beats_long_past() -> None:
    driver = Driver(NUMBERS).to(Step.GUIDED).run(10.0)
    driver.beats = False
    view = driver.run(10.0).session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert view.hr_bpm == 60
    view = driver.run(10.0).session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert view.hr_bpm is None


def test_no_heart_rate_is_shown_of_an_irregular_rhythm() -> None:
    driver = Driver(NUMBERS).to(Step.GUIDED).run(10.0)
    driver.session.on_row(MetricsRow(driver.t_s, quality=0.9, irregular_rhythm=True))
    view = driver.session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert view.hr_bpm is None


def test_the_guide_fades_only_where_wanted() -> None:
    for fade in (False, True):
        driver = Driver(Preferences(minutes=3, fade_guide=fade)).to(Step.GUIDED)
        view = driver.session.view(driver.t_s)
        assert isinstance(view, GuideView)
        assert view.fade == 0.0
        view = driver.run(160.0).session.view(driver.t_s)
        assert isinstance(view, GuideView)
        assert view.fade == float(fade)


def test_cues_follow_the_guide_and_are_off_unless_chosen() -> None:
    quiet = Driver().to(Step.GUIDED)
    cued = Driver(Preferences(minutes=3, led_level=3, vibration_level=2)).to(Step.GUIDED)
    for driver, expected in ((quiet, False), (cued, True)):
        duties = [driver.run(0.2).session.cues(driver.t_s) for _ in range(100)]
        assert any(duty.led > 0.5 for duty in duties) is expected
        assert any(duty.vibration > 0.3 for duty in duties) is expected
    cued.run_until(Step.FREE)
    assert cued.session.cues(cued.t_s).led == 0.0


@pytest.mark.parametrize("step", [Step.REST, Step.GUIDED, Step.FREE])
def test_lost_contact_pauses_and_its_time_is_not_counted(step: Step) -> None:
    driver = Driver().to(step).run(10.0)
    driver.touch(Contact.POSITIVE_OFF).run(30.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, PausedView)
    assert view.contact is Contact.POSITIVE_OFF
    assert driver.session.breath(driver.t_s) is None
    driver.touch(Contact.GOOD).run(3.0)
    assert not isinstance(driver.session.view(driver.t_s), PausedView)
    assert driver.session.step is step
    begun = {Step.REST: 60.0, Step.GUIDED: 180.0, Step.FREE: 60.0}[step]
    resumed_s = driver.t_s
    driver.run_until({Step.REST: Step.GUIDED, Step.GUIDED: Step.FREE, Step.FREE: Step.CHECK_OUT}[step])
    assert begun - 13.0 <= driver.t_s - resumed_s <= begun + 2.0


def test_a_short_flutter_of_contact_disturbs_nobody() -> None:
    driver = Driver().to(Step.GUIDED).run(10.0)
    driver.touch(Contact.POSITIVE_OFF).run(0.5)
    driver.touch(Contact.GOOD).run(1.0)
    assert not [item for item in driver.out if isinstance(item, PaceChanged) and item.cause == "stop"]


def test_after_a_pause_the_guide_goes_on_at_the_same_pace_with_an_inhale() -> None:
    driver = Driver().to(Step.GUIDED).run(100.0)
    before = driver.session.breath(driver.t_s)
    driver.touch(Contact.POSITIVE_OFF).run(20.0)
    driver.touch(Contact.GOOD)
    while (after := driver.session.breath(driver.t_s)) is None:
        driver.run(0.1)
    assert before is not None
    assert after.kind is BreathKind.INHALE
    assert after.progress < 0.1
    assert after.breaths_per_min == pytest.approx(before.breaths_per_min)


def test_quiet_rest_asks_for_nothing_not_even_contact() -> None:
    driver = Driver()
    driver.state = CALM
    driver.to(Step.QUIET).run(5.0)
    driver.touch(Contact.POSITIVE_OFF).run(20.0)
    assert isinstance(driver.session.view(driver.t_s), QuietView)


def test_a_pause_that_nobody_ends_ends_the_session_with_its_log() -> None:
    driver = Driver().to(Step.GUIDED).run(70.0)
    driver.touch(Contact.POSITIVE_OFF).run_until(Step.SUMMARY, 310.0)
    assert stops(driver) == [EndReason.SENSOR]


def test_a_press_in_a_pause_finishes() -> None:
    driver = Driver().to(Step.GUIDED).run(10.0)
    driver.touch(Contact.POSITIVE_OFF).run(5.0).short()
    assert driver.session.step is Step.CHECK_OUT
