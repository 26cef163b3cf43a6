import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.rate_course import STEP, StepWatch, course
from dsp.types import Contact, HrvSnapshot, IntervalKind, RRInterval, StateInputs


def beats(seconds: float, ln_hr: "dict[str, float]", start_s: float = 0.0) -> list[RRInterval]:
    """Intervals whose ln HR runs along a line, with a breath of `depth` at `pace` a minute upon it."""
    out: list[RRInterval] = []
    at_s = start_s
    while at_s < start_s + seconds:
        t_s = at_s - start_s
        swing = ln_hr.get("depth", 0.0) * math.sin(2 * math.pi * ln_hr.get("pace", 6.0) / 60 * t_s)
        rr_s = 60 / math.exp(ln_hr["at"] + ln_hr.get("slope", 0.0) * t_s / 60 + swing)
        at_s += rr_s
        out.append(RRInterval(at_s, 1000 * rr_s, IntervalKind.NORMAL, len(out)))
    return out


def seconds_of(intervals: list[RRInterval]) -> list[StateInputs]:
    last = int(intervals[-1].t_s)
    return [
        StateInputs(
            float(t), tuple(i for i in intervals if t - 1 < i.t_s <= t), HrvSnapshot(t, 60.0, 0, 0.0), 1.0,
            Contact.GOOD, False,
        )
        for t in range(1, last + 1)
    ]  # fmt: skip


@given(st.floats(3.9, 4.8), st.floats(-0.3, 0.3))
def test_the_trend_is_the_slope(at: float, slope: float) -> None:
    found = course(beats(60, {"at": at, "slope": slope}))
    assert found.trend == pytest.approx(slope, abs=0.005 + 0.03 * abs(slope))
    assert found.wander < 0.005


@given(st.floats(0.02, 0.15), st.sampled_from([5.0, 5.5, 6.0, 8.0, 12.0, 16.0]))
def test_breathing_is_no_trend(depth: float, pace: float) -> None:
    breathed = course(beats(60, {"at": 4.2, "depth": depth, "pace": pace}), pace)
    assert abs(breathed.trend) < 0.25 * depth


def test_little_tells_no_course() -> None:
    assert math.isnan(course([]).trend)
    assert math.isnan(course(beats(25, {"at": 4.2})).wander)


@given(st.floats(4.0, 4.4), st.floats(-0.3, 0.3))
def test_a_step_is_told_at_once_and_settles_within_40_s(at: float, step: float) -> None:
    if 0.75 * STEP < abs(step) < 1.25 * STEP:
        return
    first = beats(60, {"at": at})
    watch = StepWatch()
    moving = []
    for second in seconds_of(first + beats(90, {"at": at + step}, first[-1].t_s)):
        watch.update(second)
        moving.append(watch.moving)
    leaps = abs(step) >= STEP
    assert any(moving) is leaps
    assert not any(moving[:58])
    assert not any(moving[105:])


@given(st.floats(-0.07, 0.07))
def test_a_slow_change_is_no_step(slope: float) -> None:
    watch = StepWatch()
    for second in seconds_of(beats(200, {"at": 4.2, "slope": slope})):
        watch.update(second)
        assert not watch.moving


def test_wander_grows_with_slow_swings() -> None:
    wanders = [course(beats(60, {"at": 4.2, "depth": d, "pace": 2.0})).wander for d in (0.0, 0.01, 0.03)]
    assert np.all(np.diff(wanders) > 0)
