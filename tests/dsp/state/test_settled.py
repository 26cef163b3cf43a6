"""Where heart rate has settled, against the definition, and what the state makes of it at a wrist."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dsp.state.estimator import StateEstimator, StateModel, arousal
from dsp.state.evidence import Evidence
from dsp.state.level import REMEMBERED_S, SETTLED_S, SETTLED_SHARE, SettledRate
from dsp.state.observer import Observed
from dsp.state.readings import Reading
from dsp.state.rest import RestReading
from dsp.types import StateKind

LN_REST = math.log(80.0)
WRIST = RestReading(30.0, LN_REST, math.nan)
stretches = st.lists(st.tuples(st.integers(1, 400), st.floats(4.0, 4.6) | st.just(math.nan)), min_size=1, max_size=8)


def seconds(parts: list[tuple[int, float]]) -> list[tuple[float, float]]:
    """Heart rate that stays for so long at so much; NaN where nothing is read."""
    values = [y for long_s, y in parts for _ in range(long_s)]
    return [(float(t_s), y) for t_s, y in enumerate(values) if not math.isnan(y)]


@given(stretches)
def test_it_is_the_lowest_level_that_was_held_of_late(parts: list[tuple[int, float]]) -> None:
    read = seconds(parts)
    settled = SettledRate()
    levels = []
    for t_s, ln_hr in read:
        settled.add(t_s, ln_hr)
        held = [y for at_s, y in read if t_s - SETTLED_S < at_s <= t_s]
        if len(held) >= SETTLED_SHARE * SETTLED_S:
            levels.append((t_s, max(held)))
    lowest = [y for at_s, y in levels if read and at_s > read[-1][0] - REMEMBERED_S]
    assert settled.ln_hr == min(lowest) if lowest else math.isnan(settled.ln_hr)


def judged(parts: list[tuple[int, float]], rest: RestReading, ln_rmssd: float = math.nan) -> list[StateKind]:
    """The words of free minutes that differ from the rest by so much in ln HR."""
    estimator = StateEstimator()
    found = []
    for t_s, change in seconds(parts):
        reading = Reading(60.0 + t_s, rest.ln_hr + change, ln_rmssd, 55.0, 0.0, trend=0.0)
        state = estimator.judge(Observed(60.0 + t_s, 1.0, False, True, reading, rest))
        assert state is not None
        found.append(state.kind)
    return found


@given(st.floats(-0.2, -0.02), st.floats(0.08, 0.15))
def test_at_a_wrist_a_rise_from_where_heart_rate_settled_is_on_guard_though_the_rest_was_higher(
    fallen: float, rise: float
) -> None:
    parts = [(200, fallen), (60, fallen + rise)]
    assert judged(parts, WRIST)[-1] is StateKind.ALARM
    assert StateKind.ALARM not in judged([(200, fallen)], WRIST)


@given(st.floats(-0.2, -0.02), st.floats(0.0, 0.1))
def test_where_the_rest_told_vagal_modulation_it_stays_what_the_session_is_held_against(
    fallen: float, rise: float
) -> None:
    with_rmssd = replace(WRIST, ln_rmssd=math.log(40.0))
    later = judged([(200, fallen), (60, min(0.0, fallen + rise))], with_rmssd)
    assert StateKind.ALARM not in later


@given(st.floats(-4, 4), st.floats(0, 4))
def test_arousal_is_no_lower_for_having_settled(z_hr: float, above: float) -> None:
    plain = Evidence(z_hr, math.nan, faint=True)
    assert arousal(replace(plain, z_settled=z_hr + above), StateModel()) >= arousal(plain, StateModel())
