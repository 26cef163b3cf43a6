import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.kinds.alternation import FEWEST, mark_alternation
from dsp.hrv.kinds.raw import Raw
from dsp.types import FloatArray, IntervalKind, RRInterval

seeds = st.integers(0, 2**32 - 1)


def in_turn(count: int, rr_ms: float, early: float, seed: int) -> FloatArray:
    """Every other beat early by that share, breathing and chance besides."""
    number = np.arange(count)
    chance = np.random.default_rng(seed).normal(0.0, 0.008 * rr_ms, count)
    breath = 0.02 * rr_ms * np.sin(2.0 * np.pi * number / 5.3)
    return np.asarray(rr_ms * np.where(number % 2, 1.0 + early, 1.0 - early) + breath + chance)


def plain(count: int, rr_ms: float, seed: int) -> FloatArray:
    return in_turn(count, rr_ms, 0.0, seed)


def normal(intervals: list[RRInterval]) -> int:
    return sum(interval.kind is IntervalKind.NORMAL for interval in intervals)


@given(st.floats(600, 1100), st.floats(0.15, 0.4), seeds)
def test_no_interval_of_bigeminy_is_normal(rr_ms: float, early: float, seed: int) -> None:
    assert normal(classify(beats_of_rr(in_turn(80, rr_ms, early, seed)))) <= 2


@given(st.floats(600, 1100), st.floats(0.2, 0.4), st.integers(FEWEST + 3, 40), seeds)
def test_nor_where_it_comes_and_goes(rr_ms: float, early: float, count: int, seed: int) -> None:
    before, within, after = plain(60, rr_ms, seed), in_turn(count, rr_ms, early, seed), plain(40, rr_ms, seed + 1)
    intervals = classify(beats_of_rr(np.concatenate([before, within, after])))
    assert normal(intervals[60 : 60 + count]) <= 2
    assert normal(intervals[:58]) >= 55
    assert normal(intervals[-30:]) >= 28


@given(st.floats(500, 1200), st.floats(0.0, 0.05), seeds)
def test_breathing_at_half_the_heart_s_rate_is_no_alternation(rr_ms: float, swing: float, seed: int) -> None:
    run = [Raw(0.0, float(rr), number) for number, rr in enumerate(in_turn(80, rr_ms, swing, seed))]
    for at in range(len(run)):
        mark_alternation(run, at)
    assert all(raw.kind is IntervalKind.NORMAL for raw in run)


@given(
    st.floats(600, 1100),
    st.floats(0.15, 0.4),
    st.sampled_from([IntervalKind.ECTOPIC, IntervalKind.MISSED, IntervalKind.EXTRA, IntervalKind.LONG_SHORT]),
    st.floats(0.0, 0.5),
    seeds,
)
def test_what_is_none_already_stays_so_and_no_less_surely(
    rr_ms: float, early: float, kind: IntervalKind, doubt: float, seed: int
) -> None:
    run = [Raw(0.0, float(rr), number) for number, rr in enumerate(in_turn(20, rr_ms, early, seed))]
    for raw in run[::3]:
        raw.mark(kind, doubt)
    for at in range(len(run)):
        mark_alternation(run, at)
    assert all(raw.kind is kind and raw.doubt <= doubt for raw in run[::3])


@given(st.lists(st.floats(300, 2000), min_size=20, max_size=60))
def test_whatever_comes_the_interval_is_the_one_measured(rr_ms: list[float]) -> None:
    given_ms = [interval.rr_ms for interval in classify(beats_of_rr(rr_ms))]
    assert np.allclose(given_ms, rr_ms)
