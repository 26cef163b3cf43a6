import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rpeak.spikes import SpikeRemover
from tests import synthetic

R_TIMES_S = synthetic.regular_r_times(10.0)


def cleaned(samples: np.ndarray, fs_hz: float, cuts: list[int]) -> np.ndarray:
    spikes, out = SpikeRemover(fs_hz), samples.copy()
    last = len(samples) - spikes.ahead
    for start, stop in itertools.pairwise([0, *sorted(min(cut, last) for cut in cuts), last]):
        spikes.clean(out, start, stop)
    return out


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cuts=st.lists(st.integers(0, 400), max_size=20))
def test_cuts_do_not_matter(seed: int, cuts: list[int]) -> None:
    samples = np.random.default_rng(seed).choice([0.0, 0.1, 1.0, -2.0, np.nan], 400, p=[0.5, 0.2, 0.1, 0.1, 0.1])
    np.testing.assert_array_equal(cleaned(samples, 500.0, cuts), cleaned(samples, 500.0, []))


@pytest.mark.parametrize("fs_hz", [200.0, 250.0, 360.0, 500.0, 1000.0])
@pytest.mark.parametrize("size_uv", [3e3, -3e4])
def test_a_spike_goes_and_the_ecg_stays(fs_hz: float, size_uv: float) -> None:
    ecg_uv = synthetic.ecg(R_TIMES_S, fs_hz, 10.0) + synthetic.noise(round(10 * fs_hz), 5.0, seed=1)
    spiked = ecg_uv.copy()
    for at in range(50, len(ecg_uv) - 50, 97):
        spiked[at : at + max(1, int(0.003 * fs_hz))] += size_uv
    assert np.abs(cleaned(spiked, fs_hz, []) - ecg_uv).max() < 250.0


@given(st.sets(st.integers(3, 36), min_size=1), st.sampled_from([250.0, 500.0]))
def test_it_tells_where_they_were(tenths: set[int], fs_hz: float) -> None:
    places = sorted(round(tenth * 0.1 * fs_hz) for tenth in tenths)
    samples = np.zeros(round(4.0 * fs_hz))
    samples[places] = 1000.0
    spikes = SpikeRemover(fs_hz)
    half, end = len(samples) // 2, len(samples) - spikes.ahead
    assert spikes.clean(samples, 0, half) + spikes.clean(samples, half, end) == places
    assert not samples.any()


@pytest.mark.parametrize("fs_hz", [100.0, 200.0, 250.0, 500.0, 1000.0])
@pytest.mark.parametrize("width_s", [0.005, 0.008, 0.03])
def test_a_narrow_complex_is_none(fs_hz: float, width_s: float) -> None:
    ecg_uv = synthetic.ecg(R_TIMES_S + 0.0007, fs_hz, 10.0, ((1000.0, 0.0, width_s),))
    np.testing.assert_array_equal(cleaned(ecg_uv, fs_hz, []), ecg_uv)
