"""What the last seconds sounded like, at every grid point."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rpeak.features import QUIETEST
from dsp.rpeak.filters import BANDS, SILENCE, BandTrace, FilterBank
from dsp.rpeak.hearing import INPUTS, STEP, Hearing
from dsp.rpeak.network import fitted
from dsp.types import FloatArray

FS_HZ = 125.0
LEAD = 376  # silent grid points before the first
POINTS = 900


def traced(samples: FloatArray) -> BandTrace:
    """The filters' grid points of `samples`, behind LEAD silent ones."""
    trace = BandTrace.of(LEAD + POINTS)
    trace.bands[:LEAD] = trace.energy[:LEAD] = SILENCE
    trace.wave[:LEAD] = trace.signed[:LEAD] = 0.0
    FilterBank(FS_HZ, POINTS).fill(samples, trace, LEAD, LEAD + POINTS)
    return trace


def heard(samples: FloatArray, cuts: list[int]) -> FloatArray:
    trace, hearing = traced(samples), Hearing(FS_HZ)
    for begin, end in zip([0, *cuts], [*cuts, POINTS], strict=True):
        hearing.extend(trace, LEAD + begin, LEAD + end)
    return trace.heard[LEAD:]


def signal(seed: int) -> FloatArray:
    count = FilterBank(FS_HZ, POINTS).samples_for(POINTS)
    return np.random.default_rng(seed).normal(0.0, 100.0, count)


def as_it_is_fitted(inputs: FloatArray, silent_blocks: int) -> FloatArray:
    """The states of the convolution, all of it at once in double precision, behind some blocks of silence."""

    def earlier(states: FloatArray, by: int) -> FloatArray:
        return np.concatenate((np.zeros((by, states.shape[1])), states))[: len(states)]

    silence = np.zeros((STEP * silent_blocks, INPUTS))
    silence[:, 2 * len(BANDS) :] = QUIETEST
    blocks = np.concatenate((silence, inputs)).reshape(-1, STEP * INPUTS)
    first, *layers = fitted().hearing
    states = np.tanh(np.hstack((earlier(blocks, 1), blocks)) @ first.weights + first.bias)
    for number, layer in enumerate(layers):
        looked = np.hstack((earlier(states, 2 * 2**number), earlier(states, 2**number), states))
        states = states + np.tanh(looked @ layer.weights + layer.bias)
    return np.asarray(states[silent_blocks:])


def test_it_hears_what_was_fitted() -> None:
    trace, hearing = traced(signal(3)), Hearing(FS_HZ)
    for begin in range(0, POINTS, 7):
        hearing.extend(trace, LEAD + begin, LEAD + min(begin + 7, POINTS))
    inputs = Hearing(FS_HZ).inputs(trace, LEAD, LEAD + POINTS).astype(float)
    states = as_it_is_fitted(inputs, silent_blocks=125)
    complete = np.arange(STEP, POINTS + 1)
    found = trace.heard[LEAD + complete - 1]
    assert np.allclose(found[:, :-STEP], states[complete // STEP - 1], rtol=0.0, atol=1e-4)
    assert np.array_equal(found[:, -STEP:], np.eye(STEP)[complete % STEP])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.sets(st.integers(1, POINTS - 1), max_size=30))
def test_how_it_is_cut_changes_nothing(seed: int, cuts: set[int]) -> None:
    samples = signal(seed)
    assert np.allclose(heard(samples, sorted(cuts)), heard(samples, []), rtol=0.0, atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 99), st.integers(50, POINTS - 50))
def test_nothing_is_heard_before_it_sounds(seed: int, at: int) -> None:
    samples = signal(seed)
    other = samples.copy()
    other[at + 2 * FilterBank(FS_HZ, POINTS).delay + 1 :] *= -3.0
    before, after = heard(samples, []), heard(other, [])
    assert np.array_equal(before[: at + 1], after[: at + 1])
    assert not np.allclose(before, after)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 99), st.floats(1e-3, 1e3), st.floats(-1e4, 1e4))
def test_size_and_offset_are_not_heard(seed: int, size: float, offset_uv: float) -> None:
    samples = signal(seed)
    assert np.allclose(heard(samples, []), heard(size * samples + offset_uv, []), atol=1e-4)


def test_what_was_before_a_start_is_forgotten() -> None:
    samples, hearing = signal(1), Hearing(FS_HZ)
    first, again = traced(samples), traced(samples)
    hearing.extend(first, LEAD, LEAD + POINTS)
    hearing.forget()
    hearing.extend(again, LEAD, LEAD + POINTS)
    assert np.array_equal(first.heard[LEAD:], again.heard[LEAD:])
