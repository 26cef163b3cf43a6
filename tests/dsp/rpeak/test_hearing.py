"""What the last seconds sounded like, at every grid point."""

from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dsp.rpeak.detector import RPeakDetector
from dsp.rpeak.features import QUIETEST
from dsp.rpeak.filters import BANDS, SILENCE, BandTrace, FilterBank
from dsp.rpeak.hearing import INPUTS, LOOK, STEP, Hearing, sliding_max
from dsp.rpeak.network import fitted
from dsp.types import FloatArray, SampleBlock

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


def hearing_of(trace: BandTrace, cuts: list[int]) -> Hearing:
    """That has heard all of it, cut into parts."""
    hearing = Hearing(FS_HZ)
    hearing.remember(POINTS)
    hearing.forget()
    for begin, end in zip([0, *cuts], [*cuts, POINTS], strict=True):
        hearing.extend(trace, LEAD + begin, LEAD + end)
    return hearing


def at_each_point(hearing: Hearing) -> FloatArray:
    """What had been heard by each of the points; a candidate is told of the point LOOK behind it."""
    return np.array([hearing.at(POINTS - 1 - point + LOOK) for point in range(POINTS)])


def heard(samples: FloatArray, cuts: list[int]) -> FloatArray:
    return at_each_point(hearing_of(traced(samples), cuts))


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
    trace = traced(signal(3))
    hearing = hearing_of(trace, list(range(7, POINTS, 7)))
    inputs = Hearing(FS_HZ).inputs(trace, LEAD, LEAD + POINTS).astype(float)
    states = as_it_is_fitted(inputs, silent_blocks=125)
    complete = np.arange(STEP, POINTS + 1)
    found = at_each_point(hearing)[complete - 1]
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
    trace = traced(signal(1))
    hearing = hearing_of(trace, [])
    first = at_each_point(hearing)
    hearing.forget()
    hearing.extend(trace, LEAD, LEAD + POINTS)
    assert np.array_equal(first, at_each_point(hearing))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 400), st.lists(st.integers(1, POINTS - 1), max_size=300, unique=True))
def test_as_much_is_remembered_as_was_asked_for(points: int, cuts: list[int]) -> None:
    trace = traced(signal(2))
    hearing = Hearing(FS_HZ)
    hearing.remember(points)
    hearing.forget()
    for begin, end in pairwise([0, *sorted(cuts), POINTS]):
        hearing.extend(trace, LEAD + begin, LEAD + end)
    whole = hearing_of(trace, [])
    for ago in range(LOOK, points + LOOK):
        assert np.allclose(hearing.at(ago), whole.at(ago), rtol=0.0, atol=1e-5)


class Listening(Hearing):
    """Notes what it was given to hear."""

    def __init__(self) -> None:
        super().__init__(FS_HZ)
        self.lengths: list[int] = []

    def extend(self, trace: BandTrace, begin: int, end: int) -> None:
        self.lengths.append(end - begin)
        super().extend(trace, begin, end)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 99), st.sampled_from([0.0, 1.0, 12.0]), st.integers(3, 500))
def test_nothing_is_heard_twice_however_many_candidates_ask(seed: int, at_once_s: float, block: int) -> None:
    samples = np.random.default_rng(seed).normal(0.0, 100.0, 30 * round(FS_HZ))
    hearing = Listening()
    detector = RPeakDetector(FS_HZ, None, at_once_s, hearing)
    for first in range(0, len(samples), block):
        detector.push(SampleBlock(first, FS_HZ, samples[first : first + block]))
    detector.finish()
    assert min(hearing.lengths) > 0
    assert sum(hearing.lengths) <= len(samples) + 2 * FS_HZ


@given(arrays(float, st.integers(1, 60), elements=st.floats(0.0, 1e6)), st.integers(1, 60))
def test_the_highest_of_each_stretch(values: FloatArray, width: int) -> None:
    assume(width <= len(values))
    each = [values[first : first + width].max() for first in range(len(values) - width + 1)]
    assert sliding_max(values, width).tolist() == each
