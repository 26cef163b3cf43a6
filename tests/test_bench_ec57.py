"""Counting as EC57's programs do, and measures of agreement against published examples."""

import math

import numpy as np
import pytest
import wfdb.processing
from hypothesis import given
from hypothesis import strategies as st

from bench.agreement import icc_agreement, icc_one_way, limits_of_agreement, repeatability
from bench.beat_by_beat import LEARNING_S, average, compare, gross
from bench.recordings import AnnotatedEcg
from dsp.types import FloatArray

FS_HZ = 360.0


def recording(beats_s: FloatArray, flutter_s: tuple[tuple[float, float], ...] = ()) -> AnnotatedEcg:
    return AnnotatedEcg("made", np.zeros(1), FS_HZ, beats_s, flutter_s)


BEATS_S = np.arange(0.5, 400.0, 0.8)
COUNTED_S = BEATS_S[BEATS_S >= LEARNING_S]


def test_the_minutes_of_learning_do_not_count() -> None:
    tally = compare(COUNTED_S, recording(BEATS_S))
    assert (tally.hits, tally.missed, tally.false) == (len(COUNTED_S), 0, 0)
    assert tally.rms_rr_ms == 0.0
    early = np.array([10.0, 20.0])
    assert compare(np.concatenate([early, COUNTED_S]), recording(BEATS_S)) == tally


@given(st.sets(st.integers(0, 100), max_size=20), st.sets(st.integers(0, 100), max_size=20), st.floats(-0.1, 0.1))
def test_each_missed_and_each_false_beat_is_counted(missed: set[int], false: set[int], late_s: float) -> None:
    kept = [t_s + late_s for at, t_s in enumerate(COUNTED_S) if at not in missed and t_s + late_s >= LEARNING_S]
    extra = [COUNTED_S[at] + 0.4 for at in false]
    tally = compare(np.array([*kept, *extra]), recording(COUNTED_S))
    assert tally.hits == len(kept)
    assert tally.missed == len(COUNTED_S) - len(kept)
    assert tally.false == len(extra)
    assert math.isnan(tally.rms_rr_ms) or tally.rms_rr_ms == pytest.approx(0.0, abs=1e-6)
    hits, lost = tally.hits, tally.missed
    assert tally.sensitivity_pct == pytest.approx(100 * hits / (hits + lost))


@given(st.lists(st.integers(-30, 30), min_size=len(COUNTED_S), max_size=len(COUNTED_S)), st.sets(st.integers(0, 120)))
def test_it_counts_as_wfdb_does_where_no_beat_has_two_to_choose_from(moved: list[int], missed: set[int]) -> None:
    test_s = np.array(
        [t + m / FS_HZ for at, (t, m) in enumerate(zip(COUNTED_S[1:], moved, strict=False)) if at not in missed]
    )
    tally = compare(test_s, recording(COUNTED_S[1:]))
    theirs = wfdb.processing.compare_annotations(
        np.round(COUNTED_S[1:] * FS_HZ).astype(int), np.round(test_s * FS_HZ).astype(int), round(0.150 * FS_HZ)
    )
    assert (tally.hits, tally.missed, tally.false) == (theirs.tp, theirs.fn, theirs.fp)


def test_rr_errors_are_those_of_pairs_in_a_row() -> None:
    test_s = COUNTED_S[1:].copy()
    test_s[10] += 0.010  # two intervals off by 10 ms
    tally = compare(test_s, recording(COUNTED_S[1:]))
    assert tally.rr_errors == len(test_s) - 1
    assert tally.rms_rr_ms == pytest.approx(math.sqrt(2 * 10.0**2 / (len(test_s) - 1)))
    without = compare(np.delete(test_s, 10), recording(COUNTED_S[1:]))
    assert without.rr_errors == len(test_s) - 3
    assert without.rms_rr_ms == pytest.approx(0.0, abs=1e-6)


def test_flutter_does_not_count() -> None:
    flutter = ((320.0, 330.0),)
    beats_s = COUNTED_S[(COUNTED_S < 320.0) | (COUNTED_S > 330.0)]
    tally = compare(COUNTED_S, recording(beats_s, flutter))
    assert (tally.missed, tally.false) == (0, 0)


def test_gross_gives_beats_a_vote_and_average_records() -> None:
    whole = compare(COUNTED_S, recording(COUNTED_S))
    half = compare(COUNTED_S[:10], recording(COUNTED_S[:20]))
    assert gross([whole, half]).sensitivity_pct == pytest.approx(100 * (len(COUNTED_S) + 10) / (len(COUNTED_S) + 20))
    assert average([whole, half])[0] == pytest.approx(75.0)
    none = compare(np.empty(0), recording(np.empty(0)))
    assert average([whole, half, none])[0] == pytest.approx(75.0)


# Four judges of six targets: the example of Shrout and Fleiss 1979, table 2.
RATINGS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)


def test_icc_as_in_the_paper() -> None:
    assert icc_one_way(RATINGS) == pytest.approx(0.17, abs=0.005)
    assert icc_agreement(RATINGS) == pytest.approx(0.29, abs=0.005)
    assert math.isnan(icc_agreement(RATINGS[:2]))


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=30, unique=True), st.floats(-5, 5))
def test_what_is_only_shifted_agrees_but_for_the_bias(values: list[float], shift: float) -> None:
    pairs = np.column_stack([np.array(values) + shift, values])
    limits = limits_of_agreement(pairs)
    assert limits.bias == pytest.approx(shift, abs=1e-9)
    assert limits.high - limits.low == pytest.approx(0.0, abs=1e-9)
    assert repeatability(pairs) == pytest.approx(1.96 * abs(shift), abs=1e-9)


def test_limits_hold_95_of_100() -> None:
    differences = np.random.default_rng(1).normal(2.0, 3.0, 20_000)
    limits = limits_of_agreement(np.column_stack([differences, np.zeros(20_000)]))
    assert np.mean((differences > limits.low) & (differences < limits.high)) == pytest.approx(0.95, abs=0.01)
    assert math.isnan(limits_of_agreement(np.zeros((2, 2))).bias)
