"""The networks that are fitted, and the score that the device makes of them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.rpeak_network import DEAF, beside, deaf, gradient, own_layers, read, score, write
from dsp.rpeak.features import FEATURES, SURROUNDINGS, Comparison, Surrounding
from dsp.rpeak.network import Layer, Network, fitted
from dsp.rpeak.score import BeatScore, Judge, ruling
from dsp.types import FloatArray

OWN = len(Surrounding)


def judge_of(network: Network, rows: FloatArray, least: float = -1e6) -> Judge:
    return BeatScore(network, least).judge(rows[:, :OWN], lambda number: rows[number, OWN:SURROUNDINGS])


def scores(network: Network, rows: FloatArray) -> list[float]:
    """As the device scores rows of FEATURES."""
    judge = judge_of(network, rows)
    return [judge(number, Comparison(*row[SURROUNDINGS:].tolist())).score for number, row in enumerate(rows)]


def layers(seed: int, *widths: int) -> tuple[Layer, ...]:
    rng = np.random.default_rng(seed)
    return tuple(Layer(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairwise(widths))


def test_the_device_scores_as_the_fitted_network_does() -> None:
    rows = np.random.default_rng(1).normal(size=(20, len(FEATURES)))
    found = scores(fitted(), rows)
    assert np.ptp(found) > 1.0
    assert found == pytest.approx([np.mean([score(each, row) for each in fitted().scores]) for row in rows])


@given(st.integers(0, 99), st.floats(-3.0, 0.0))
def test_where_nothing_is_heard_that_could_not_have_made_a_beat(seed: int, least: float) -> None:
    rows = np.random.default_rng(seed).normal(0.0, 2.0, (20, len(FEATURES)))
    asked = set()

    def hear(number: int) -> FloatArray:
        asked.add(number)
        return rows[number, OWN:SURROUNDINGS]

    judge = BeatScore(fitted(), least).judge(rows[:, :OWN], hear)
    for number, (row, score_of_all) in enumerate(zip(rows, scores(fitted(), rows), strict=True)):
        found = judge(number, Comparison(*row[SURROUNDINGS:].tolist())).score
        if number in asked:
            assert found == pytest.approx(score_of_all)
        else:
            assert max(found, score_of_all) < least


def test_what_hears_nothing_scores_by_a_candidates_own_features() -> None:
    own = layers(2, len(DEAF), 4, 3, 1)
    rows = np.random.default_rng(3).normal(size=(20, len(FEATURES)))
    assert scores(deaf(own), rows) == pytest.approx([score(own, row[DEAF]) for row in rows])
    for layer, back in zip(own, own_layers(deaf(own)), strict=True):
        assert np.array_equal(layer.weights, back.weights)


def test_two_scores_beside_each_other_score_as_their_mean() -> None:
    hearing, own = Network((), (layers(4, len(FEATURES), 4, 3, 1),)), layers(5, len(DEAF), 4, 3, 1)
    rows = np.random.default_rng(6).normal(size=(20, len(FEATURES)))
    both = np.mean([scores(hearing, rows), scores(deaf(own), rows)], axis=0)
    assert scores(beside(hearing, own), rows) == pytest.approx(both.tolist())


def test_the_fit_goes_down_its_own_slope() -> None:
    """Against differences of the loss, without the shrinkage, which is no part of it here."""
    rng = np.random.default_rng(2)
    some = layers(7, 5, 4, 3, 1)
    rows, target, weight = rng.normal(size=(30, 5)), rng.integers(0, 2, 30).astype(float), rng.uniform(0.5, 2.0, 30)

    def loss() -> float:
        found = np.array([score(some, row) for row in rows])
        return float(np.mean(weight * (np.logaddexp(0.0, found) - target * found)))

    slopes = gradient(some, rows, target, weight)
    for layer, of_weights, of_bias in zip(some, slopes[::2], slopes[1::2], strict=True):
        for values, slope in ((layer.weights, of_weights), (layer.bias, of_bias)):
            values.flat[0] += 1e-5
            above = loss()
            values.flat[0] -= 2e-5
            below = loss()
            values.flat[0] += 1e-5
            assert slope.flat[0] == pytest.approx((above - below) / 2e-5, abs=2e-3)


def test_networks_come_back_as_they_went(tmp_path: Path) -> None:
    networks = [
        Network(layers(seed, 6, 3), tuple(layers(seed + which, 5, 4, 1) for which in range(9, 20))) for seed in range(3)
    ]
    write(networks, tmp_path / "networks.npz")
    row = np.random.default_rng(3).normal(size=5)
    back = read(tmp_path / "networks.npz")
    assert [score(each, row) for network in back for each in network.scores] == pytest.approx(
        [score(each, row) for network in networks for each in network.scores], rel=1e-5
    )
    assert np.allclose(back[2].hearing[0].weights, networks[2].hearing[0].weights)


@given(st.lists(st.floats(-30.0, 30.0), min_size=1, max_size=4))
def test_doubt_is_never_less_than_what_the_scores_mean_says(found: list[float]) -> None:
    """As long as none of them is on the other side; and where one is, it is as large as that one's share at least."""
    score, doubt = ruling(found)
    assert score == pytest.approx(np.mean(found))
    against = sum((each > 0.0) != (score > 0.0) for each in found)
    assert doubt >= 0.5 * against / len(found) - 1e-9
    if not against:
        assert 1.0 / (1.0 + np.exp(abs(score))) - 1e-9 <= doubt <= 0.5
