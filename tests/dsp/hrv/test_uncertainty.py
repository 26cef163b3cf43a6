import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.hrv.intervals import classify
from dsp.hrv.time_domain import hrv_snapshot
from dsp.hrv.uncertainty import LARGEST_SHARE, Window, kinds_variance, of_rmssd, of_sdnn, rmssd_ms, sdnn_ms, window_of
from dsp.types import NAN, Beat, IntervalKind, RRInterval


def heart(seed: int, count: int = 80, jitter_ms: float = 0.0) -> list[RRInterval]:
    """Intervals of a breathing heart whose beats are placed with that standard deviation."""
    rng = np.random.default_rng(seed)
    rr = 800 + 25 * np.sin(np.arange(count) / 0.9) + 12 * rng.standard_normal(count)
    times = np.concatenate(([0.0], np.cumsum(rr))) + jitter_ms * rng.standard_normal(count + 1)
    sd_ms = math.sqrt(2) * jitter_ms if jitter_ms else NAN
    return [
        RRInterval(times[n + 1] / 1000, times[n + 1] - times[n], IntervalKind.NORMAL, n, True, sd_ms)
        for n in range(count)
    ]


def sds(intervals: list[RRInterval]) -> tuple[float, float]:
    window = window_of(intervals)
    return of_rmssd(window).sd_ms, of_sdnn(window).sd_ms


intervals_in_doubt = st.lists(
    st.tuples(
        st.floats(300, 1500),
        st.sampled_from(list(IntervalKind)),
        st.booleans(),
        st.one_of(st.just(NAN), st.floats(0, 60)),
        st.floats(0, 1),
    ),
    min_size=30,
    max_size=120,
)


@settings(deadline=None)
@given(intervals_in_doubt)
def test_no_number_is_given_that_may_be_off_by_more_than_a_quarter(
    drawn: list[tuple[float, IntervalKind, bool, float, float]],
) -> None:
    end_s = np.cumsum([rr for rr, *_ in drawn]) / 1000
    intervals = [
        RRInterval(float(t), rr, kind, n, timed, sd, doubt)
        for n, (t, (rr, kind, timed, sd, doubt)) in enumerate(zip(end_s, drawn, strict=True))
    ]
    hrv = hrv_snapshot(intervals, float(end_s[-1]))
    for told, sd in ((hrv.rmssd_ms, hrv.rmssd_sd_ms), (hrv.sdnn_ms, hrv.sdnn_sd_ms)):
        assert math.isnan(told) == math.isnan(sd)
        assert math.isnan(told) or 0 < sd <= LARGEST_SHARE * told


@given(st.integers(0, 500), st.floats(0.1, 10), st.floats(1.1, 3))
def test_the_worse_the_places_the_larger(seed: int, sd_ms: float, times: float) -> None:
    placed = [replace(i, sd_ms=sd_ms) for i in heart(seed)]
    worse = [replace(i, sd_ms=times * sd_ms) for i in placed]
    assert all(a < b for a, b in zip(sds(placed), sds(worse), strict=True))


@given(st.integers(0, 500), st.integers(5, 70), st.floats(0.05, 0.5))
def test_a_doubtful_kind_adds_and_the_more_the_more_it_would_change(seed: int, at: int, doubt: float) -> None:
    def marked(by_ms: float) -> list[RRInterval]:
        intervals = heart(seed)
        odd = replace(intervals[at], rr_ms=intervals[at].rr_ms - by_ms, kind=IntervalKind.ECTOPIC, doubt=doubt)
        return [*intervals[:at], odd, *intervals[at + 1 :]]

    sure = [replace(i, doubt=0.0) for i in marked(300)]
    assert all(a < b < c for a, b, c in zip(sds(sure), sds(marked(150)), sds(marked(300)), strict=True))


@given(st.integers(0, 500), st.floats(0.02, 0.1))
def test_several_doubtful_kinds_err_the_same_way(seed: int, doubt: float) -> None:
    """The chance of each is small; that all of them are right is smaller."""

    def variance(places: list[int]) -> float:
        marked = [
            replace(i, rr_ms=i.rr_ms - 80, kind=IntervalKind.ECTOPIC, doubt=doubt) if i.number in places else i
            for i in (replace(i, sd_ms=1.0) for i in heart(seed))
        ]
        return kinds_variance(window_of(marked), rmssd_ms)

    places = [10, 30, 50, 70]
    assert variance(places) > sum(variance([place]) for place in places)


@given(st.integers(0, 500), st.integers(5, 70), st.floats(0.0, 1.0), st.sampled_from([rmssd_ms, sdnn_ms]))
def test_a_doubtful_interval_counts_by_its_chance(
    seed: int, at: int, doubt: float, measure: Callable[[Window], float]
) -> None:
    """Between what the measure is without it and with it, the nearer to the likelier; its kind's name is all one."""
    intervals = [replace(i, sd_ms=1.0) for i in heart(seed)]
    early = replace(intervals[at], rr_ms=intervals[at].rr_ms - 250)

    def told(kind: IntervalKind, doubt: float) -> float:
        odd = replace(early, kind=kind, doubt=doubt)
        return measure(window_of([*intervals[:at], odd, *intervals[at + 1 :]]))

    without, within = told(IntervalKind.ECTOPIC, 0.0), told(IntervalKind.NORMAL, 0.0)
    middle = told(IntervalKind.ECTOPIC, doubt)
    assert without - 1e-9 <= middle <= within + 1e-9
    assert middle == pytest.approx(told(IntervalKind.NORMAL, 1.0 - doubt))
    assert told(IntervalKind.ECTOPIC, doubt / 2) <= middle + 1e-9


@given(st.integers(0, 500), st.integers(5, 70), st.floats(0.05, 0.95), st.sampled_from([rmssd_ms, sdnn_ms]))
def test_without_shapes_a_doubt_moves_no_measure_and_its_uncertainty_whole(
    seed: int, at: int, doubt: float, measure: Callable[[Window], float]
) -> None:
    """Doubts told from intervals alone are no odds."""
    intervals = heart(seed)
    odd = replace(intervals[at], rr_ms=intervals[at].rr_ms - 250, kind=IntervalKind.ECTOPIC)
    sure = [*intervals[:at], odd, *intervals[at + 1 :]]
    unsure = [*intervals[:at], replace(odd, doubt=doubt), *intervals[at + 1 :]]
    assert measure(window_of(unsure)) == measure(window_of(sure))
    assert all(told == whole for told, whole in (of(window_of(unsure)) for of in (of_rmssd, of_sdnn)))


@given(st.integers(0, 500), st.integers(5, 70), st.floats(0.0, 1.0))
def test_what_is_told_is_never_more_than_the_whole(seed: int, at: int, doubt: float) -> None:
    odd = [replace(i, kind=IntervalKind.ECTOPIC, doubt=doubt) if i.number == at else i for i in heart(seed)]
    window = window_of(odd)
    for told, whole in (of_rmssd(window), of_sdnn(window)):
        assert 0.0 < told <= whole


@given(st.integers(0, 500), st.sets(st.integers(0, 79), min_size=1, max_size=15))
def test_what_could_not_be_read_adds(seed: int, unread: set[int]) -> None:
    intervals = heart(seed)
    left = [i for i in intervals if i.number not in unread]
    holes = [replace(i, kind=IntervalKind.UNREADABLE) if i.number in unread else i for i in intervals]
    assert all(a < b for a, b in zip(sds(left), sds(holes), strict=True))


@given(st.integers(0, 500), st.sets(st.integers(0, 79), min_size=1, max_size=15))
def test_what_was_read_and_poorly_placed_adds_less_to_rmssd(seed: int, untimed: set[int]) -> None:
    """Where beats lie on a template; of pulses it adds as much."""
    intervals = [replace(i, sd_ms=0.5) for i in heart(seed)]
    poor = [replace(i, timed=False) if i.number in untimed else i for i in intervals]
    unread = [replace(i, kind=IntervalKind.UNREADABLE) if i.number in untimed else i for i in intervals]
    left = [i for i in intervals if i.number not in untimed]
    without, with_poor, with_unread = (of_rmssd(window_of(those)).sd_ms for those in (left, poor, unread))
    assert without < with_poor < with_unread
    as_pulses = ([replace(i, sd_ms=NAN) for i in those] for those in (poor, unread))
    of_poor, of_unread = (of_rmssd(window_of(those)).sd_ms for those in as_pulses)
    assert of_poor == pytest.approx(of_unread)


@pytest.mark.parametrize("jitter_ms", [2.0, 4.0, 8.0])
def test_timing_noise_is_covered_about_as_often_as_one_standard_deviation_should_be(jitter_ms: float) -> None:
    inside = []
    for seed in range(200):
        true, noisy = hrv_snapshot(heart(seed), 60.0), heart(seed, jitter_ms=jitter_ms)
        window = window_of(noisy)
        told = float(np.sqrt(np.mean(window.differences_ms()[: true.nn_count - 1] ** 2)))
        inside.append(abs(told - true.rmssd_ms) <= of_rmssd(window).sd_ms)
    assert 0.5 <= np.mean(inside) <= 0.95


def test_the_length_of_an_interval_is_as_sure_as_the_places_of_its_beats() -> None:
    beats = [Beat(800.0 * n, 0.8 * n, 1.0, 1.0, 1.0, 0.6 if n % 2 else 0.8) for n in range(40)]
    assert {round(i.sd_ms, 9) for i in classify(beats)} == {1.0}
    unplaced = [replace(b, place_sd_ms=NAN) for b in beats]
    assert all(math.isnan(i.sd_ms) for i in classify(unplaced))


@given(st.lists(st.integers(1, 3), min_size=2, max_size=60))
def test_an_interval_is_timed_where_one_template_placed_both_its_beats(placed_by: list[int]) -> None:
    known = [1] * 30 + placed_by
    beats = [Beat(800.0 * n, 0.8 * n, 1.0, 1.0, 1.0, 0.6, placed_by=by) for n, by in enumerate(known)]
    assert [i.timed for i in classify(beats)] == [one == other for one, other in pairwise(known)]
