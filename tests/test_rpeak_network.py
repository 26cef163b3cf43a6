"""The network that is fitted, and the score that the device makes of it."""

from pathlib import Path

import numpy as np
import pytest

from bench.rpeak_network import Layer, Network, gradient, read_folds, write_folds
from dsp.rpeak import weights as fitted
from dsp.rpeak.features import FEATURES, SURROUNDINGS, Comparison
from dsp.rpeak.score import BeatScore


def test_the_device_scores_as_the_fitted_network_does() -> None:
    network = Network(
        tuple(
            Layer(np.array(weights), np.array(bias))
            for weights, bias in (
                (list(fitted.FIRST_WEIGHTS.values()), fitted.FIRST_BIAS),
                (fitted.SECOND_WEIGHTS, fitted.SECOND_BIAS),
                (fitted.OUT_WEIGHTS, fitted.OUT_BIAS),
            )
        )
    )
    rows = np.random.default_rng(1).normal(size=(20, len(FEATURES)))
    score = BeatScore(rows[:, :SURROUNDINGS])
    scores = [score(number, Comparison(*row[SURROUNDINGS:].tolist())) for number, row in enumerate(rows)]
    assert np.ptp(scores) > 1.0
    assert scores == pytest.approx([network(row, 0.0) for row in rows])


def test_the_fit_goes_down_its_own_slope() -> None:
    """Against differences of the loss, without the shrinkage, which is no part of it here."""
    rng = np.random.default_rng(2)
    layers = [Layer(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in ((5, 4), (4, 3), (3, 1))]
    rows, target, weight = rng.normal(size=(30, 5)), rng.integers(0, 2, 30).astype(float), rng.uniform(0.5, 2.0, 30)

    def loss() -> float:
        scores = np.array([Network(tuple(layers))(row, 0.0) for row in rows])
        return float(np.mean(weight * (np.logaddexp(0.0, scores) - target * scores)))

    slopes = gradient(layers, rows, target, weight)
    for layer, of_weights, of_bias in zip(layers, slopes[::2], slopes[1::2], strict=True):
        for values, slope in ((layer.weights, of_weights), (layer.bias, of_bias)):
            values.flat[0] += 1e-5
            above = loss()
            values.flat[0] -= 2e-5
            below = loss()
            values.flat[0] += 1e-5
            assert slope.flat[0] == pytest.approx((above - below) / 2e-5, abs=2e-3)


def test_the_networks_of_the_folds_come_back_as_they_went(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    networks = [
        Network(tuple(Layer(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in ((5, 4), (4, 1))))
        for _ in range(3)
    ]
    write_folds(networks, tmp_path / "folds.npz")
    row = rng.normal(size=5)
    back = [network(row, 0.0) for network in read_folds(tmp_path / "folds.npz")]
    assert back == pytest.approx([network(row, 0.0) for network in networks], rel=1e-5)
