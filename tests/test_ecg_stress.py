"""The stress bench: what it draws, and what it makes of a pipeline's answer."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench import ecg_hardships
from bench.ecg_stress import Tally, true_rmssd_ms
from bench.recordings import AnnotatedEcg
from bench.stressed_ecg import ROWS, Stressed, plain
from dsp.hrv.intervals import classify
from dsp.types import Beat, MetricsRow, Output
from tests import synthetic

HARDSHIPS = [
    ecg_hardships.with_steps,
    ecg_hardships.with_short_waves,
    ecg_hardships.on_a_rail,
    ecg_hardships.wandering_into_a_rail,
    ecg_hardships.with_tall_t_waves,
    ecg_hardships.with_angular_hum,
    ecg_hardships.with_lost_pieces,
]


def heart() -> Stressed:
    return plain(np.random.default_rng(1))


def answer(beats_s: np.ndarray, quality: float = 1.0) -> Output:
    beats = [Beat(250.0 * t_s, t_s, quality) for t_s in beats_s.tolist()]
    return Output(beats, classify(beats), [MetricsRow(60.0, rmssd_ms=30.0)])


def tally(ecg: Stressed, out: Output) -> Tally:
    tally = Tally()
    tally.add(ecg, out)
    return tally


@pytest.mark.parametrize("name", ROWS)
def test_every_row_draws_beats_in_order_within_the_signal(name: str) -> None:
    ecg = ROWS[name](np.random.default_rng(2))
    assert len(ecg.beats_s) == len(ecg.normal)
    assert np.all(np.diff(ecg.beats_s) > 0.2)
    assert np.all((ecg.beats_s >= 0.0) & (ecg.beats_s < len(ecg.ecg_uv) / ecg.fs_hz))
    assert np.isfinite(ecg.ecg_uv).mean() > 0.7


def test_a_perfect_answer_has_no_fault() -> None:
    found = tally(heart(), answer(heart().beats_s))
    assert (found.hits, found.wrong, found.false_normal) == (found.true, 0, 0)


def test_a_missed_and_a_false_beat_count_where_quality_is_not_low() -> None:
    beats_s = np.sort(np.append(np.delete(heart().beats_s, 50), heart().beats_s[90] + 0.3))
    trusted, doubted = tally(heart(), answer(beats_s)), tally(heart(), answer(beats_s, quality=0.2))
    assert trusted.true - trusted.hits == 1
    assert trusted.found - trusted.hits == 1
    assert trusted.wrong == trusted.wrong_trusted == 3  # beside the missed one, the false one and the one behind it
    assert (doubted.wrong, doubted.wrong_trusted) == (3, 0)


def test_an_interval_with_an_ectopic_end_is_no_normal_one() -> None:
    ecg = heart()
    ectopic = replace(ecg, normal=np.arange(len(ecg.normal)) != 40)
    assert tally(ectopic, answer(ecg.beats_s)).false_normal == 2


def test_an_interval_over_a_beat_that_cannot_be_seen_is_no_normal_one() -> None:
    ecg = heart()
    kept = np.arange(len(ecg.beats_s)) % 20 != 7
    lost = ecg.seen(ecg.ecg_uv, kept)
    beside = (~kept[:-1]).sum()
    assert tally(lost, answer(ecg.beats_s)).false_normal == 2 * beside  # both of its intervals
    assert true_rmssd_ms(lost, 60.0) == pytest.approx(true_rmssd_ms(ecg, 60.0), rel=0.2)


def test_the_true_rmssd_leaves_pauses_and_ectopics_out() -> None:
    ecg = heart()
    plain_ms = true_rmssd_ms(ecg, 60.0)
    assert 10.0 < plain_ms < 60.0
    moved_s = ecg.beats_s.copy()
    moved_s[30] -= 0.3
    moved_s[40:] += 4.0
    spoilt = replace(ecg, beats_s=moved_s, normal=np.arange(len(moved_s)) != 30)
    assert true_rmssd_ms(spoilt, 60.0) == pytest.approx(plain_ms, rel=0.3)
    assert math.isnan(true_rmssd_ms(replace(ecg, normal=np.zeros(len(ecg.normal), dtype=bool)), 60.0))


@pytest.mark.parametrize("make", HARDSHIPS)
@pytest.mark.parametrize("seed", range(4))
def test_a_hardship_keeps_to_what_can_still_be_read(
    make: Callable[[np.random.Generator, AnnotatedEcg], AnnotatedEcg], seed: int
) -> None:
    r_times_s = synthetic.regular_r_times(60.0)
    clean = AnnotatedEcg("synthetic", synthetic.ecg(r_times_s, 250.0, 60.0), 250.0, r_times_s, ())
    hard = make(np.random.default_rng(seed), clean)
    assert len(hard.ecg_uv) == len(clean.ecg_uv)
    assert not np.array_equal(hard.ecg_uv, clean.ecg_uv, equal_nan=True)
    assert set(hard.beats_s.tolist()) <= set(r_times_s.tolist())
    assert np.isfinite(hard.ecg_uv[np.round(hard.beats_s * 250.0).astype(int)]).all()
