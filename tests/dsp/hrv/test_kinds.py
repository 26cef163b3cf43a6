"""Kinds where the beats' shapes are known: hearts with ectopic beats drawn at random, and hearts without."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.beat_pipeline import BeatPipeline
from dsp.hrv.intervals import beats_of_rr, classify
from dsp.types import Beat, FloatArray, IntervalKind, MetricsRow, RRInterval

NORMAL = IntervalKind.NORMAL
seeds = st.integers(0, 10_000)


def sinus(rng: np.random.Generator, count: int, level_ms: float = 850.0) -> FloatArray:
    beat = np.arange(count)
    breath: FloatArray = np.sin(2 * np.pi * beat / 5.3 + rng.uniform(0, 6))
    return level_ms + rng.uniform(10, 40) * breath + rng.uniform(2, 8) * rng.standard_normal(count)


def beats_of(rr_ms: np.ndarray, likeness: np.ndarray) -> list[Beat]:
    """As a detector gives them: the beat that closes interval n has likeness n + 1."""
    times_ms = np.concatenate(([0.0], np.cumsum(rr_ms)))
    return [Beat(t, t / 1000, 1.0, 1.0, a, 0.3) for t, a in zip(times_ms.tolist(), likeness.tolist(), strict=True)]


def with_ventricular(rng: np.random.Generator, rr_ms: np.ndarray, at: list[int]) -> list[Beat]:
    """The beats numbered `at` come early, look different, and the heart waits for its next turn."""
    times_ms = np.concatenate(([0.0], np.cumsum(rr_ms)))
    likeness = rng.uniform(0.97, 1.0, len(times_ms))
    for n in at:
        times_ms[n] -= rng.uniform(0.2, 0.4) * rr_ms[n - 1]
        likeness[n] = rng.uniform(0.0, 0.7)
    return beats_of(np.diff(times_ms), likeness)


def touching(intervals: list[RRInterval], at: set[int]) -> tuple[list[RRInterval], list[RRInterval]]:
    """Those with an end among the beats `at`, and the rest."""
    spoilt = [i for i in intervals if i.number in at or i.number + 1 in at]
    return spoilt, [i for i in intervals if i not in spoilt]


@settings(max_examples=30, deadline=None)
@given(st.integers(40, 90), st.floats(0.10, 0.16), st.floats(0.0, 0.2), seeds)
def test_the_longer_the_pause_behind_an_early_beat_the_less_doubt(
    at: int, early: float, pause: float, seed: int
) -> None:
    """A premature beat makes the heart wait; a sinus heart's own leap does not."""
    rr = sinus(np.random.default_rng(seed), 120)

    def doubt(pause: float) -> float:
        changed = rr.copy()
        changed[at] = (1.0 - early) * min(changed[at - 1], float(np.median(rr)))
        changed[at + 1] = (1.0 + pause) * float(np.median(rr))
        told = classify(beats_of(changed, np.ones(len(rr) + 1)))[at]
        return told.doubt if told.kind is IntervalKind.ECTOPIC else 1.0

    assert doubt(pause + 0.1) < doubt(pause) or doubt(pause) in (1.0, doubt(0.3))


PATTERNS = {"bigeminy": (2, (0,)), "trigeminy": (3, (0,)), "quadrigeminy": (4, (0,)), "couplets": (7, (0, 1))}


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(PATTERNS)), seeds)
def test_regular_ectopy_is_told_by_its_shape(pattern: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    every, places = PATTERNS[pattern]
    at = [n + k for n in range(40, 180, every) for k in places]
    rr = sinus(rng, 200)
    spoilt, rest = touching(classify(with_ventricular(rng, rr, at)), set(at))
    assert all(i.kind is not NORMAL for i in spoilt)
    assert sum(i.kind is NORMAL for i in rest) >= 0.9 * len(rest)


@settings(max_examples=6, deadline=None)
@given(st.integers(3, 12), seeds)
def test_a_minute_with_ectopy_tells_the_rmssd_of_the_normal_intervals_or_none(every: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rr = sinus(rng, 220)
    differences = np.diff(rr)
    told = [r for r in rows_of(with_ventricular(rng, rr, list(range(5, 215, every)))) if not math.isnan(r.rmssd_ms)]
    true_ms = float(np.sqrt(np.mean(differences**2)))
    assert all(row.rmssd_ms < 1.6 * true_ms for row in told)


def rows_of(beats: list[Beat]) -> list[MetricsRow]:
    pipeline = BeatPipeline()
    return [row for beat in beats for row in pipeline.push(beat).rows]


@settings(max_examples=25, deadline=None)
@given(st.floats(0.2, 0.4), seeds)
def test_premature_beats_of_the_usual_shape_are_told_by_their_timing(early: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rr = sinus(rng, 200)
    at = list(range(50, 190, 17))
    for n in at:
        rr[n - 1], rr[n] = (1 - early) * rr[n - 1], rr[n] + 0.5 * early * rr[n - 1]
    spoilt, rest = touching(classify(beats_of(rr, np.ones(201))), set(at))
    assert all(i.kind is not NORMAL for i in spoilt)
    assert sum(i.kind is NORMAL for i in rest) >= 0.97 * len(rest)


@pytest.mark.parametrize("swing_ms", [20, 100, 300, 500])
def test_deep_slow_breathing_is_normal(swing_ms: float) -> None:
    rr, t_s = [], 0.0
    for _ in range(400):
        rr.append(800 + swing_ms / 2 * np.sin(2 * np.pi * t_s / 10))
        t_s += rr[-1] / 1000
    assert all(i.kind is NORMAL for i in classify(beats_of(np.array(rr), np.ones(401))))


@settings(max_examples=30, deadline=None)
@given(st.floats(1.15, 1.39), st.integers(30, 90))
def test_a_long_interval_between_two_usual_beats_is_the_heart_s_own(times: float, at: int) -> None:
    rr = sinus(np.random.default_rng(1), 120)
    rr[at] *= times
    assert classify(beats_of(rr, np.ones(121)))[at].kind is NORMAL


@settings(max_examples=30, deadline=None)
@given(st.floats(1.5, 2.4), st.integers(40, 90), seeds)
def test_a_leap_far_beyond_what_a_steady_heart_does_is_a_dropped_beat(times: float, at: int, seed: int) -> None:
    rr = 830 + 8 * np.random.default_rng(seed).standard_normal(120)
    rr[at] *= times
    kinds = [i.kind for i in classify(beats_of(rr, np.ones(121)))]
    assert [n for n, kind in enumerate(kinds) if kind is not NORMAL] == [at]


@settings(max_examples=20, deadline=None)
@given(st.integers(40, 60), st.integers(2, 12), seeds)
def test_beats_that_noise_changes_one_after_the_other_spoil_nothing_while_they_keep_time(
    at: int, count: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    alike = np.full(121, 0.99)
    alike[at : at + count] = rng.uniform(0.2, 0.7, count)
    rr = 900 + 5 * rng.standard_normal(120)
    assert all(i.kind is NORMAL for i in classify(beats_of(rr, alike)))
    rr[at - 1 : at + count] *= 0.7
    assert all(i.kind is not NORMAL for i in classify(beats_of(rr, alike))[at - 1 : at + count])


@settings(max_examples=20, deadline=None)
@given(st.floats(0.83, 0.9), seeds)
def test_a_heart_that_has_become_a_little_faster_is_soon_normal_again(share: float, seed: int) -> None:
    rr = 900 + 8 * np.random.default_rng(seed).standard_normal(150)
    rr[60:] *= share
    assert all(i.kind is NORMAL for i in classify(beats_of(rr, np.ones(151)))[70:])


@pytest.mark.parametrize("usual_ms", [3.0, 8.0])
def test_of_a_steady_heart_s_intervals_alone_what_is_marked_is_no_matter_of_doubt(usual_ms: float) -> None:
    rr = 850 + usual_ms * np.random.default_rng(3).standard_normal(200)
    rr[60], rr[61], rr[120] = 700.0, 1000.0, 1700.0
    intervals = classify(beats_of_rr(rr.tolist()))
    assert [i.kind is NORMAL for i in intervals] == [n not in {60, 61, 120} for n in range(200)]
    assert max(i.doubt for i in intervals) < 0.01


@settings(max_examples=30, deadline=None)
@given(st.floats(0.3, 0.7), st.integers(30, 90))
def test_a_beat_of_another_shape_on_time_spoils_nothing(likeness: float, at: int) -> None:
    alike = np.full(121, 0.99)
    alike[at] = likeness
    assert all(i.kind is NORMAL for i in classify(beats_of(np.full(120, 800.0), alike)))


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 10), st.floats(0.4, 0.6))
def test_the_first_intervals_are_judged_by_the_level_that_comes_after_them(at: int, share: float) -> None:
    """An extra beat in the first dozen: two short intervals that 150 ms of tolerance let pass."""
    rr = sinus(np.random.default_rng(2), 100)
    rr = np.concatenate((rr[:at], [share * rr[at], (1 - share) * rr[at]], rr[at + 1 :]))
    kinds = [i.kind for i in classify(beats_of(rr, np.ones(len(rr) + 1)))]
    assert NORMAL not in kinds[at : at + 2]
    assert sum(kind is NORMAL for kind in kinds) >= len(kinds) - 3


@settings(max_examples=5, deadline=None)
@given(st.floats(0.0, 0.3), seeds)
def test_where_no_beat_is_the_wearer_s_usual_one_nothing_is_told(likeness: float, seed: int) -> None:
    rr = sinus(np.random.default_rng(seed), 150)
    rows = rows_of(beats_of(rr, np.concatenate((np.ones(20), np.full(131, likeness)))))
    assert all(math.isnan(row.rmssd_ms) for row in rows[-20:])


@settings(max_examples=6, deadline=None)
@given(st.integers(25, 90), st.floats(500, 900), seeds)
def test_no_variability_is_told_of_a_minute_partly_in_fibrillation(count: int, mean_ms: float, seed: int) -> None:
    """Fibrillation that begins slowly and with little scatter is known after 24 s at the latest that was ever drawn."""
    rng = np.random.default_rng(seed)
    fibrillating = np.clip(rng.gamma(22, mean_ms / 22, count), 320, None)
    before, after = sinus(rng, 120), sinus(rng, 120)
    rr = np.concatenate((before, fibrillating, after))
    begin_s, end_s = before.sum() / 1000, (before.sum() + fibrillating.sum()) / 1000
    rows = rows_of(beats_of(rr, np.ones(len(rr) + 1)))
    part = [row for row in rows if begin_s + 30 < row.t_s < end_s + 60]
    assert all(math.isnan(row.rmssd_ms + row.sdnn_ms + row.rsa_ms) for row in part)
    assert not any(math.isnan(row.rmssd_ms) for row in rows if 45 < row.t_s < begin_s)
