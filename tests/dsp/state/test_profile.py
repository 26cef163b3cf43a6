import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.level import FreeMinute
from dsp.state.profile import LEVEL_DAYS, Profile


def minute(day: int, clock_h: float = 9.0) -> FreeMinute:
    return FreeMinute(day, clock_h, "ecg", "sitting", 4.2, 3.3)


@given(st.lists(st.integers(700_000, 700_100), min_size=1, max_size=40))
def test_free_minutes_are_the_newest_28_days_in_order(days: list[int]) -> None:
    profile = Profile()
    for day in days:
        profile = profile.with_free_minute(minute(day))
    kept = [m.day for m in profile.free_minutes]
    assert kept == sorted(kept)
    assert kept == sorted(d for d in days if d > max(days) - LEVEL_DAYS)


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
