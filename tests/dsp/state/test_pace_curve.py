import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.pace_curve import PRIOR, PRIOR_SLOPE, PaceCurve, PacePoint

PACES = (4.5, 6.0, 8.0, 10.0, 12.0, 15.0)


def body(slope: float, tone: float) -> list[PacePoint]:
    """A body whose RSA halves from one corner frequency on with its own steepness; written without the curve's code."""
    return [PacePoint(f, math.exp(tone) * (1 + (f / 7.2) ** 2) ** (-slope / 2)) for f in PACES]


def test_a_session_over_many_paces_moves_the_slope_to_the_wearers_own() -> None:
    curve, slopes = PRIOR, [PRIOR_SLOPE]
    for tone in (3.0, 4.0, 3.5, 4.2, 3.1, 3.9, 3.3, 3.6, 3.7, 4.1):
        curve = curve.updated(body(1.8, tone))
        slopes.append(curve.slope)
    assert slopes == sorted(slopes)
    assert slopes[-1] == pytest.approx(1.8, abs=0.1)
    assert curve.fitted


def test_one_pace_teaches_nothing_about_the_shape() -> None:
    curve = PRIOR.updated([PacePoint(6.0, 80.0), PacePoint(6.0, 20.0), PacePoint(6.0, 50.0)])
    assert curve == PaceCurve(PRIOR_SLOPE, 0.0)
    assert not curve.fitted


@given(st.floats(0.4, 2.0), st.floats(2.0, 5.0), st.floats(-1.0, 1.0))
def test_the_offset_follows_tone_and_not_pace(slope: float, tone: float, step: float) -> None:
    curve = PaceCurve(slope, 50.0)
    before = [curve.offset(p.rsa_ms, p.breaths_per_min) for p in body(slope, tone)]
    after = [curve.offset(p.rsa_ms, p.breaths_per_min) for p in body(slope, tone + step)]
    assert max(before) - min(before) < 1e-9
    assert after[0] - before[-1] == pytest.approx(step, abs=1e-9)


@pytest.mark.parametrize(("rsa_ms", "rate"), [(math.nan, 6.0), (50.0, math.nan), (0.0, 6.0), (50.0, 0.0), (-1.0, 6.0)])
def test_no_support_no_offset(rsa_ms: float, rate: float) -> None:
    assert math.isnan(PRIOR.offset(rsa_ms, rate))
    assert PRIOR.updated([PacePoint(rate, rsa_ms), PacePoint(6.0, 50.0)]) == PRIOR
