import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.level import FreeMinute, LevelAnchor, RecordingLevel


def minutes(days: int, per_day: int = 2, clock_h: float = 9.0, ln_hr: float = 4.2) -> list[FreeMinute]:
    return [
        FreeMinute(day, clock_h, "ecg", "sitting", ln_hr + 0.05 * math.sin(day + m), 3.4 + 0.2 * math.cos(3 * day + m))
        for day in range(days)
        for m in range(per_day)
    ]


def anchor(some: list[FreeMinute], **given_: Any) -> LevelAnchor | None:
    return LevelAnchor.from_minutes(some, **{"clock_h": 9.0, "sensor": "ecg", "posture": "sitting", **given_})


def known(some: list[FreeMinute], **given_: Any) -> LevelAnchor:
    found = anchor(some, **given_)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("days", "per_day", "is_known"), [(6, 5, False), (7, 1, False), (7, 2, True), (13, 1, False), (14, 1, True)]
)
def test_a_level_needs_seven_days_and_fourteen_minutes(days: int, per_day: int, is_known: bool) -> None:
    assert (anchor(minutes(days, per_day)) is not None) is is_known


def test_only_like_is_compared_with_like() -> None:
    some = minutes(10)
    assert anchor(some, sensor="ppg") is None
    assert anchor(some, posture="lying") is None


def test_the_same_time_of_day_is_used_alone_where_it_suffices_and_around_midnight() -> None:
    morning, evening = minutes(10, clock_h=9.0, ln_hr=4.0), minutes(10, clock_h=23.0, ln_hr=4.4)
    assert known(morning + evening).centre_ln_hr == pytest.approx(4.0, abs=0.05)
    assert known(morning + evening, clock_h=1.0).centre_ln_hr == pytest.approx(4.4, abs=0.05)
    assert known(morning + evening, clock_h=16.0).centre_ln_hr == pytest.approx(4.2, abs=0.1)
    assert known(morning + evening, clock_h=math.nan).centre_ln_hr == pytest.approx(4.2, abs=0.1)


@given(st.floats(3.5, 5.0), st.floats(1.5, 5.0), st.floats(0.01, 0.5))
def test_rank_rises_with_heart_rate_and_falls_with_rmssd(ln_hr: float, ln_rmssd: float, more: float) -> None:
    level = known(minutes(14))
    here = level.rank(ln_hr, ln_rmssd)
    assert 0 < here < 1
    assert level.rank(ln_hr + more, ln_rmssd) >= here
    assert level.rank(ln_hr, ln_rmssd + more) <= here


def test_minutes_and_values_without_support_say_nothing() -> None:
    broken = [FreeMinute(day, 9.0, "ecg", "sitting", 4.0, math.nan) for day in range(30)]
    assert anchor(broken) is None
    assert math.isnan(known(minutes(14)).rank(4.2, math.nan))


def test_a_recording_speaks_of_itself_after_an_hour_of_minutes() -> None:
    level = RecordingLevel()
    for t_s in range(3540):
        level.add(float(t_s), 4.0 + t_s / 36_000)
    assert math.isnan(level.rank(4.05))
    level.add(3540.0, 4.1)
    assert level.rank(3.9) == 0.0
    assert level.rank(4.05) == pytest.approx(0.5, abs=0.02)
    assert level.rank(4.2) == 1.0


def test_a_long_recording_forgets_after_six_hours() -> None:
    level = RecordingLevel()
    for minute in range(360 * 2):
        level.add(60.0 * minute, 4.0 if minute < 360 else 4.5)
    assert level.rank(4.2) == 0.0
