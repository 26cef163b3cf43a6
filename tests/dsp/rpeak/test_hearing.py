"""What the last seconds sounded like, at every grid point."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rpeak.filters import SILENCE, BandTrace, FilterBank
from dsp.rpeak.hearing import Hearing
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


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.sets(st.integers(1, POINTS - 1), max_size=30))
def test_how_it_is_cut_changes_nothing(seed: int, cuts: set[int]) -> None:
    samples = signal(seed)
    assert np.allclose(heard(samples, sorted(cuts)), heard(samples, []), rtol=0.0, atol=1e-9)


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
