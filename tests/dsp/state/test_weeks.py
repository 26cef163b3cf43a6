import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.profile import RestingDay
from dsp.state.weeks import since_start, week_points

FIRST = 739_000


def days(values: dict[int, float], sensor: str = "ecg") -> list[RestingDay]:
    return [RestingDay(FIRST + d, sensor, v, 60 + v) for d, v in values.items()]


def test_a_weekly_mean_needs_three_days_within_seven() -> None:
    points = week_points(days({0: 3.0, 1: 3.2, 8: 3.0, 9: 3.3, 10: 3.6}), sensor="ecg")
    assert [math.isnan(p.ln_rmssd) for p in points] == [True, True, True, True, False]
    assert points[-1].ln_rmssd == pytest.approx(3.3)


def test_no_band_before_fourteen_earlier_days_and_then_two_sds_of_weekly_means() -> None:
    values = {d: 3.0 if d % 2 else 3.4 for d in range(22)}
    points = week_points(days(values), sensor="ecg")
    assert all(math.isnan(p.band_low) for p in points[:20])
    banded = points[20]
    earlier = [values[d] for d in range(14)]
    sd = math.sqrt(sum((v - 3.2) ** 2 for v in earlier) / 13) / math.sqrt(7)  # as weeks of these days hardly differ
    assert (banded.band_low, banded.band_high) == pytest.approx((3.2 - 2 * sd, 3.2 + 2 * sd))


def test_days_that_drift_together_widen_the_band() -> None:
    drifting = {d: 3.2 + 0.2 * (1 if d // 10 % 2 else -1) for d in range(60)}
    alternating = {d: 3.2 + 0.2 * (1 if d % 2 else -1) for d in range(60)}
    wide, narrow = (week_points(days(values), sensor="ecg")[-1] for values in (drifting, alternating))
    assert wide.band_high - wide.band_low > 1.5 * (narrow.band_high - narrow.band_low)


def test_other_sensors_stay_out() -> None:
    both = days(dict.fromkeys(range(5), 3.0)) + days(dict.fromkeys(range(5), 9.0), "ppg")
    assert [p.ln_rmssd for p in week_points(both, sensor="ecg")][-1] == pytest.approx(3.0)


@given(st.floats(-1, 1))
def test_progress_is_against_the_first_two_weeks_whatever_came_between(gain: float) -> None:
    values = dict.fromkeys(range(14), 3.0) | dict.fromkeys(range(14, 40), 7.0)
    values |= dict.fromkeys(range(60, 67), 3.0 + gain)
    change = since_start(days(values), sensor="ecg")
    assert change.ln_rmssd == pytest.approx(gain, abs=1e-9)
    assert change.mean_hr_bpm == pytest.approx(gain, abs=1e-9)


def test_no_progress_is_told_within_the_first_two_weeks() -> None:
    assert math.isnan(since_start(days(dict.fromkeys(range(14), 3.0)), sensor="ecg").ln_rmssd)
    assert math.isnan(since_start([], sensor="ecg").mean_hr_bpm)
