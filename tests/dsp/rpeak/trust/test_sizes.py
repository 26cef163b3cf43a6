"""Sizes that jump from beat to beat are no heart's."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rpeak.trust.sizes import UnevenSizes

HALF = 0.18  # expected errors a beat at which quality is one half


def errors(ln_sizes: np.ndarray, likeness: float = 0.95) -> float:
    sizes = UnevenSizes()
    for ln_size in ln_sizes.tolist():
        sizes.push(ln_size, likeness)
    return sizes.errors_a_beat


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.floats(0.0, 0.05), st.floats(0.0, 0.4), st.floats(5.0, 12.0))
def test_a_heart_whose_sizes_swing_with_its_breath_is_not_doubted(
    seed: int, scatter: float, swing: float, beats_a_breath: float
) -> None:
    """By half at the most; one that swings by two thirds, five beats to a breath, is."""
    beat = np.arange(40)
    ln_sizes = scatter * np.random.default_rng(seed).normal(size=40)
    ln_sizes += swing / 2 * np.sin(2 * np.pi * beat / beats_a_breath)
    assert errors(ln_sizes) < 0.5 * HALF


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=3))
def test_nor_is_one_whose_beats_are_of_several_sizes_by_turns(seed: int, turns: list[float]) -> None:
    scatter = 0.03 * np.random.default_rng(seed).normal(size=40)
    assert errors(scatter + np.resize(turns, 40)) < 0.5 * HALF


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.floats(0.6, 1.5))
def test_steps_as_strong_as_they_happen_to_be_are(seed: int, scatter: float) -> None:
    assert errors(scatter * np.random.default_rng(seed).normal(size=40)) > HALF


@given(st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=40), st.floats(-1.0, 0.69))
def test_beats_of_other_shapes_may_have_any_size(ln_sizes: list[float], likeness: float) -> None:
    assert errors(np.array(ln_sizes), likeness) == 0.0


@given(st.integers(0, 999))
def test_beats_of_other_shapes_bring_forgetting(seed: int) -> None:
    sizes, rng = UnevenSizes(), np.random.default_rng(seed)
    for ln_size in rng.normal(size=40).tolist():
        sizes.push(ln_size, 0.9)
    assert sizes.errors_a_beat > HALF
    for ln_size in rng.normal(size=20).tolist():
        sizes.push(ln_size, math.nan)
    assert sizes.errors_a_beat == 0.0


def test_a_few_beats_prove_nothing() -> None:
    assert errors(np.array([0.0, 1.0, -2.0, 4.0, 0.5, 3.0, -1.0, 2.0])) == 0.0
