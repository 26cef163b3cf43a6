import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.guide import FASTEST_BREATHS_PER_MIN, SLOWEST_BREATHS_PER_MIN, BreathGuide, longest_way_s
from dsp.types import BreathKind, BreathPhase

INHALE_SHARE = 0.4


def cycle_fraction(phase: BreathPhase) -> float:
    if phase.kind is BreathKind.INHALE:
        return INHALE_SHARE * phase.progress
    return INHALE_SHARE + (1 - INHALE_SHARE) * phase.progress


def test_six_a_minute_breathes_in_for_four_seconds_and_out_for_six() -> None:
    guide = BreathGuide(0.0, 6.0, 6.0)
    kinds = [guide.phase(t / 2).kind for t in range(40)]
    one_breath = [BreathKind.INHALE] * 8 + [BreathKind.EXHALE] * 12
    assert kinds == one_breath * 2


def test_ramp_reaches_the_target_without_a_step_over_half_a_second_a_breath() -> None:
    guide = BreathGuide(10.0, 13.0, 6.0)
    guide.phase(200.0)
    cycles_s = [60.0 / c.breaths_per_min for c in guide.take_changes()]
    assert cycles_s[-1] == pytest.approx(10.0)
    assert all(0 < b - a <= 0.5 + 1e-9 for a, b in itertools.pairwise(cycles_s))


@given(st.floats(4.0, 15.0), st.floats(4.0, 15.0), st.sampled_from([0.5, 1.0]))
def test_the_longest_way_is_how_long_the_guide_takes(start: float, target: float, ramp_s_per_breath: float) -> None:
    guide = BreathGuide(0.0, start, start)
    guide.set_target(0.0, target, ramp_s_per_breath)
    way_s = longest_way_s(start, target, ramp_s_per_breath)
    guide.phase(way_s + 0.01)
    assert guide.arrived
    assert guide.take_changes()[-1].t_s == pytest.approx(way_s, abs=0.01)


def test_easier_acts_inside_the_breath_and_stays() -> None:
    guide = BreathGuide(0.0, 6.0, 6.0)
    before = guide.phase(5.0)
    assert guide.easier(5.0) == pytest.approx(60 / 9)
    after = guide.phase(5.0)
    assert (after.kind, after.progress) == (before.kind, before.progress)
    guide.phase(300.0)
    assert guide.breaths_per_min == pytest.approx(60 / 9)


def test_unknown_own_rate_starts_at_six() -> None:
    assert BreathGuide(0.0, math.nan, 5.5).breaths_per_min == 6.0


def test_time_may_not_run_backwards() -> None:
    guide = BreathGuide(0.0, 6.0, 6.0)
    guide.phase(3.0)
    with pytest.raises(ValueError, match=r"after 3\.000 s"):
        guide.phase(2.9)


@given(
    start=st.floats(1, 40),
    target=st.floats(1, 40),
    steps_s=st.lists(st.tuples(st.floats(0.01, 5.0), st.booleans()), min_size=1, max_size=80),
)
def test_the_phase_never_jumps_and_the_pace_stays_comfortable(
    start: float, target: float, steps_s: list[tuple[float, bool]]
) -> None:
    guide, t_s = BreathGuide(0.0, start, target), 0.0
    position = 0.0
    for step_s, press in steps_s:
        t_s += step_s
        if press:
            guide.easier(t_s)
        phase = guide.phase(t_s)
        assert SLOWEST_BREATHS_PER_MIN - 1e-9 <= phase.breaths_per_min <= FASTEST_BREATHS_PER_MIN + 1e-9
        now = guide.breaths + cycle_fraction(phase)
        assert -1e-9 <= now - position <= step_s * FASTEST_BREATHS_PER_MIN / 60 + 1e-9
        position = now


@given(cuts_s=st.lists(st.floats(0.0, 120.0), max_size=20))
def test_how_often_the_guide_is_asked_does_not_matter(cuts_s: list[float]) -> None:
    often, once = BreathGuide(0.0, 12.0, 5.5), BreathGuide(0.0, 12.0, 5.5)
    for t_s in sorted(cuts_s):
        often.phase(t_s)
    assert cycle_fraction(often.phase(120.0)) == pytest.approx(cycle_fraction(once.phase(120.0)), abs=1e-6)


@given(start=st.floats(4, 15), asked_s=st.floats(0.0, 120.0))
def test_the_turn_is_where_the_kind_changes(start: float, asked_s: float) -> None:
    guide = BreathGuide(0.0, start, 6.0)
    turn_s = guide.turn_s(asked_s)
    kind = guide.phase(asked_s).kind
    assert turn_s > asked_s
    assert guide.phase(max(asked_s, turn_s - 1e-6)).kind is kind or turn_s - asked_s <= 1e-6
    assert guide.phase(turn_s + 1e-6).kind is not kind
