import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.level import FreeMinute
from dsp.state.spread import OwnSpread, Spread, personal

USUAL = Spread(0.045, 0.045)
wanders = st.floats(0.001, 0.2) | st.just(math.nan)


def days(differences: list[float], sensor: str = "ecg") -> list[FreeMinute]:
    out = []
    for day, difference in enumerate(differences, 1):
        out += [FreeMinute(day, 9.0, sensor, "sitting", 4.2 + d, 3.5) for d in (0.0, difference)]
    return out


def own(minutes: list[FreeMinute]) -> OwnSpread:
    return OwnSpread.from_minutes(minutes, sensor="ecg", posture="sitting", usual=USUAL.within_session)


def test_a_usual_rest_and_no_days_give_the_usual_spread() -> None:
    assert personal(USUAL, math.nan, OwnSpread()).sd(60.0) == pytest.approx(USUAL.sd(60.0))
    assert personal(USUAL, math.nan, OwnSpread()).sd(7200.0) == pytest.approx(USUAL.sd(7200.0))


def test_a_faint_rest_whose_wander_is_unknown_is_no_even_one() -> None:
    faint = personal(USUAL, math.nan, OwnSpread(), faint=True)
    assert faint.within_session > 1.2 * USUAL.within_session
    assert personal(USUAL, 0.01, OwnSpread(), faint=True) == personal(USUAL, 0.01, OwnSpread())


@given(wanders, wanders)
def test_a_livelier_rest_has_no_smaller_spread(one: float, other: float) -> None:
    found = [personal(USUAL, w, OwnSpread()).within_session for w in (one, other)]
    low, high = found if not one > other else found[::-1]
    assert low <= high or math.isnan(one) or math.isnan(other)
    assert 0.5 * USUAL.within_session < low < 2 * USUAL.within_session


@pytest.mark.parametrize("true_sd", [0.015, 0.045, 0.08])
def test_the_wearers_own_days_move_the_spread_towards_theirs(true_sd: float) -> None:
    random = np.random.default_rng(3)
    differences = [float(d) for d in random.normal(-0.03, true_sd, 60)]
    off = [abs(math.log(personal(USUAL, math.nan, own(days(differences[:n]))).within_session / true_sd))
           for n in (0, 8, 60)]  # fmt: skip
    assert off[2] <= off[0] + 0.15
    assert off[2] < 0.4


def test_minutes_of_another_sensor_or_session_say_nothing() -> None:
    assert own(days([0.1, -0.1, 0.2], "ppg")) == OwnSpread()
    apart = [FreeMinute(day, hour, "ecg", "sitting", 4.2, 3.5) for day in (1, 2, 3) for hour in (9.0, 15.0)]
    assert own(apart) == OwnSpread()
