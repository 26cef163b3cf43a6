import math
from dataclasses import replace

import neurokit2 as nk
import numpy as np
import pytest

from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.time_domain import hrv_all, hrv_nn, hrv_snapshot
from dsp.types import IntervalKind, RRInterval


def varied(count: int, rr_ms: float = 850.0) -> np.ndarray:
    beat = np.arange(count)
    rng = np.random.default_rng(1)
    return np.round(rr_ms + 40 * np.sin(2 * np.pi * beat / 5) + 15 * rng.standard_normal(count))


def intervals_of(rr_ms: np.ndarray, kinds: dict[int, IntervalKind] | None = None) -> list[RRInterval]:
    t_s = np.cumsum(rr_ms) / 1000
    kinds = kinds or {}
    return [
        RRInterval(float(t), float(rr), kinds.get(n, IntervalKind.NORMAL), n)
        for n, (t, rr) in enumerate(zip(t_s, rr_ms, strict=True))
    ]


def test_time_domain_agrees_with_neurokit() -> None:
    rr = varied(300)
    reference = nk.hrv_time(nk.intervals_to_peaks(rr, sampling_rate=1000), sampling_rate=1000).iloc[0]
    ours = hrv_all(classify(beats_of_rr(rr))).time
    assert ours.rmssd_ms == pytest.approx(reference["HRV_RMSSD"], abs=0.01)
    assert ours.sdnn_ms == pytest.approx(reference["HRV_SDNN"], abs=0.01)
    assert ours.mean_hr_bpm == pytest.approx(60_000 / reference["HRV_MeanNN"], abs=0.01)
    assert ours.pnn50_pct == pytest.approx(reference["HRV_pNN50"], abs=0.2)  # it divides by n
    assert ours.ln_rmssd == pytest.approx(math.log(reference["HRV_RMSSD"]), abs=1e-4)


def test_poincare_axes_agree_with_neurokit() -> None:
    rr = varied(2000)
    reference = nk.hrv_nonlinear(nk.intervals_to_peaks(rr, sampling_rate=1000), sampling_rate=1000).iloc[0]
    ours = hrv_all(intervals_of(rr)).time
    assert ours.sd1_ms == pytest.approx(reference["HRV_SD1"], rel=0.005)
    assert ours.sd2_ms == pytest.approx(reference["HRV_SD2"], rel=0.005)


def test_a_difference_of_50_ms_is_not_above_50_ms() -> None:
    rr = np.tile([581.0, 631.0], 50)
    assert hrv_all(classify(beats_of_rr(rr))).time.pnn50_pct == 0


def test_no_difference_is_taken_across_a_spoilt_interval() -> None:
    rr = np.array([800.0, 810.0, 1600.0, 900.0, 910.0, 900.0])
    nn = hrv_nn(intervals_of(rr, {2: IntervalKind.MISSED})).time
    assert nn.rmssd_ms == pytest.approx(10.0)
    assert nn.mean_hr_bpm == pytest.approx(60_000 / 864)


def test_all_counts_every_interval_whatever_its_kind() -> None:
    rr = varied(200)
    spoilt = dict.fromkeys(range(0, 200, 7), IntervalKind.ECTOPIC)
    assert hrv_all(intervals_of(rr, spoilt)) == hrv_all(intervals_of(rr))


def test_nothing_comes_from_nothing() -> None:
    summary = hrv_all([])
    assert math.isnan(summary.time.mean_hr_bpm)
    assert math.isnan(summary.lf_ms2)
    snapshot = hrv_snapshot([], 60.0)
    assert (snapshot.nn_count, math.isnan(snapshot.spoilt_pct)) == (0, True)


def test_a_snapshot_covers_its_window_and_no_more() -> None:
    intervals = intervals_of(np.concatenate((np.full(100, 500.0), varied(200))))
    t_s = intervals[-1].t_s
    inside = np.array([i.rr_ms for i in intervals if i.t_s > t_s - 60])
    snapshot = hrv_snapshot(intervals, t_s)
    assert snapshot.nn_count == len(inside)
    assert snapshot.mean_hr_bpm == pytest.approx(60_000 / inside.mean())
    assert snapshot.rmssd_ms == pytest.approx(np.sqrt(np.mean(np.diff(inside) ** 2)))
    assert snapshot.sdnn_ms == pytest.approx(inside.std(ddof=1))


@pytest.mark.parametrize(("count", "known"), [(29, False), (30, True)])
def test_a_snapshot_needs_30_s_of_normal_intervals(count: int, known: bool) -> None:
    snapshot = hrv_snapshot(intervals_of(np.tile([1010.0, 990.0], 20)[:count]), 60.0)
    assert [not math.isnan(v) for v in (snapshot.mean_hr_bpm, snapshot.rmssd_ms, snapshot.sdnn_ms)] == [known] * 3


@pytest.mark.parametrize(
    ("kind", "spoilt", "known"),
    [
        (IntervalKind.UNREADABLE, 19, True),
        (IntervalKind.UNREADABLE, 21, False),
        (IntervalKind.ECTOPIC, 10, True),
        (IntervalKind.ECTOPIC, 11, False),
    ],
)
def test_time_not_read_costs_heart_rate_less_than_artefacts_do(kind: IntervalKind, spoilt: int, known: bool) -> None:
    kinds = dict.fromkeys(range(5, 5 + spoilt), kind)
    snapshot = hrv_snapshot(intervals_of(np.tile([1010.0, 990.0], 25), kinds), 50.0)
    assert math.isnan(snapshot.mean_hr_bpm) is not known
    assert not known or snapshot.mean_hr_bpm == pytest.approx(60.0, abs=0.1)


def test_poorly_timed_intervals_tell_heart_rate_and_no_variability() -> None:
    intervals = [replace(i, timed=False) for i in intervals_of(np.tile([1010.0, 990.0], 25))]
    snapshot = hrv_snapshot(intervals, 50.0)
    assert snapshot.mean_hr_bpm == pytest.approx(60.0)
    assert math.isnan(snapshot.rmssd_ms + snapshot.sdnn_ms)
    assert math.isnan(hrv_nn(intervals).time.rmssd_ms)


def test_a_missed_beat_is_kept_out_of_the_heart_rate() -> None:
    rr = np.array([1000.0] * 35 + [2000.0] + [1000.0] * 14)
    snapshot = hrv_snapshot(intervals_of(rr, dict.fromkeys(range(15), IntervalKind.UNREADABLE)), 51.0)
    assert snapshot.mean_hr_bpm == pytest.approx(60.0)


@pytest.mark.parametrize(("spoilt", "known"), [(10, True), (11, False)])
def test_a_snapshot_stands_up_to_a_fifth_spoilt(spoilt: int, known: bool) -> None:
    kinds = dict.fromkeys(range(spoilt), IntervalKind.UNREADABLE)
    snapshot = hrv_snapshot(intervals_of(np.tile([1010.0, 990.0], 25), kinds), 50.0)
    assert snapshot.spoilt_pct == pytest.approx(2 * spoilt)
    assert math.isnan(snapshot.rmssd_ms) is not known


@pytest.mark.parametrize(("untimed", "placed", "known"), [(10, False, True), (11, False, False), (24, True, True)])
def test_a_beat_poorly_placed_is_missing_where_the_others_places_are_known(
    untimed: int, placed: bool, known: bool
) -> None:
    rng = np.random.default_rng(4)
    intervals = intervals_of(1200 + 30 * rng.standard_normal(50))
    some = [replace(i, timed=i.number % 2 == 1 or i.number >= 2 * untimed) for i in intervals]
    some = [replace(i, sd_ms=0.5) for i in some] if placed else some
    assert math.isnan(hrv_snapshot(some, 60.0, 60.0).rmssd_ms) is not known


def test_artefacts_do_not_look_like_calm() -> None:
    """A true RMSSD near 7.5 ms must not read as 60 or more for one missed and one ectopic beat."""
    rng = np.random.default_rng(0)
    rr = 700 + 5.3 * rng.standard_normal(90)
    true = hrv_all(intervals_of(rr)).time.rmssd_ms
    rr[60] -= 200
    rr[61] += 200
    beats = beats_of_rr(rr)
    del beats[75]
    intervals = classify(beats)
    assert hrv_all(intervals).time.rmssd_ms > 60
    assert hrv_snapshot(intervals, intervals[-1].t_s).rmssd_ms == pytest.approx(true, rel=0.15)
