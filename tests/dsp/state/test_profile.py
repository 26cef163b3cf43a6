import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsp.state.level import FreeMinute
from dsp.state.mornings import KEPT_DAYS, Morning
from dsp.state.profile import KEPT_LEVEL_DAYS, KEPT_RESTING_DAYS, LEVEL_DAYS, Profile


def minute(day: int, clock_h: float = 9.0) -> FreeMinute:
    return FreeMinute(day, clock_h, "ecg", "sitting", 4.2, 3.3)


@given(st.lists(st.integers(700_000, 700_100), min_size=1, max_size=60))
def test_the_level_has_all_minutes_of_28_days_in_order(days: list[int]) -> None:
    profile = Profile()
    for day in days:
        profile = profile.with_free_minute(minute(day))
    for today in (min(days), days[-1], max(days), max(days) + LEVEL_DAYS):
        used = [m.day for m in profile.level_minutes(today)]
        assert used == sorted(used)
        assert used == sorted(d for d in days if today - LEVEL_DAYS < d <= today)


@given(
    st.lists(st.integers(1, 3_652_059), max_size=20),
    st.lists(st.integers(0, 60), max_size=20),
)
@example([1, 1, 1, 2], [56, 0, 0, 58])
def test_sessions_under_a_wrong_clock_cost_no_level_and_no_rest_once_it_is_right(
    wrong: list[int], places: list[int]
) -> None:
    """Whatever day the clock told in between, by years to either side."""
    true_days = [800_000 + n for n in range(61)]
    sessions = list(true_days)
    for place, day in zip(places, wrong, strict=False):
        sessions.insert(place, day)
    profile = Profile()
    for day in sessions:
        profile = profile.with_free_minute(minute(day)).with_rest(day, "ecg", 3.0, 60.0)
    today = true_days[-1]
    used = {m.day for m in profile.level_minutes(today)}
    assert used >= set(true_days[-LEVEL_DAYS:])
    assert used <= {*true_days[-LEVEL_DAYS:], *wrong}
    assert {d.day for d in profile.resting_days} >= set(true_days)


def test_what_is_remembered_has_an_end() -> None:
    profile = Profile()
    for day in range(1, 2000):
        profile = profile.with_free_minute(minute(day)).with_rest(day, "ecg", 3.0, 60.0)
    for day in range(1, 2000, 3):
        profile = profile.with_free_minute(minute(day)).with_rest(day, "ecg", 3.0, 60.0)
    assert len({m.day for m in profile.free_minutes}) <= 2 * KEPT_LEVEL_DAYS
    assert len({d.day for d in profile.resting_days}) <= 2 * KEPT_RESTING_DAYS


def morning(day: int, ln_rmssd: float = 3.3) -> Morning:
    return Morning(day, "ecg", "lying", ln_rmssd, 4.1)


@given(st.lists(st.tuples(st.integers(700_000, 700_200), st.floats(1.0, 5.0)), min_size=1, max_size=60))
def test_the_first_morning_reading_of_a_day_counts_and_later_days_are_set_aside(taken: list[tuple[int, float]]) -> None:
    profile = Profile()
    first: dict[int, float] = {}
    for day, ln_rmssd in sorted(taken, key=lambda reading: reading[0]):
        profile = profile.with_morning(morning(day, ln_rmssd))
        first.setdefault(day, ln_rmssd)
    for today in (min(first), max(first), max(first) + 60):
        known = profile.known_mornings(today)
        assert [m.day for m in known] == sorted(day for day in first if today - KEPT_DAYS < day <= today)
        assert [m.ln_rmssd for m in known] == [first[m.day] for m in known]


def test_no_more_mornings_are_kept_than_are_used_and_none_that_no_heart_gives() -> None:
    profile = Profile()
    for day in range(700_000, 700_400):
        profile = profile.with_morning(morning(day))
    assert len(profile.mornings) == KEPT_DAYS
    assert profile.with_morning(morning(700_500, math.nan)) == profile


def test_rest_readings_of_one_day_are_averaged_by_sensor() -> None:
    profile = Profile()
    for ln_rmssd, hr in ((3.0, 60.0), (3.3, 66.0), (3.6, 72.0)):
        profile = profile.with_rest(700_000, "ecg", ln_rmssd, hr)
    profile = profile.with_rest(700_000, "ppg", 4.0, 90.0)
    ecg, ppg = profile.resting_days
    assert (ecg.ln_rmssd, ecg.mean_hr_bpm) == pytest.approx((3.3, 66.0))
    assert ecg.readings == 3
    assert (ppg.ln_rmssd, ppg.readings) == (4.0, 1)


def test_readings_without_support_are_not_remembered() -> None:
    assert Profile().with_rest(700_000, "ecg", math.nan, 60.0) == Profile()
    assert Profile().with_free_minute(FreeMinute(1, 9.0, "ecg", "sitting", 4.0, math.nan)) == Profile()


def test_what_no_heart_does_is_not_remembered() -> None:
    assert Profile().with_rest(700_000, "beats", math.log(1e-12), 75.0) == Profile()
    assert Profile().with_rest(700_000, "beats", 3.0, 600.0) == Profile()
    assert Profile().with_free_minute(FreeMinute(1, 9.0, "ecg", "sitting", 4.0, -28.0)) == Profile()
