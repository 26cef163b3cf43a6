import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rpeak.detector import BULK_S, RPeakDetector
from dsp.rpeak.trust.pacing import PacingMonitor
from dsp.types import Beat, FloatArray, SampleBlock
from tests import synthetic

DURATION_S = 40.0
LEARNT_S = 18.0
WIDE = ((700.0, 0.0, 0.030), (-500.0, 0.09, 0.04), (250.0, 0.28, 0.05))
PULSE = ((900.0, 0.0, 0.0036), (-900.0, 0.085, 0.035), (300.0, 0.30, 0.05))
"""A pacing pulse as a filter of 100 Hz leaves it, and the complex that it evoked."""


def beats_of(ecg_uv: FloatArray, fs_hz: float) -> list[Beat]:
    detector = RPeakDetector(fs_hz, None, BULK_S)
    return detector.push(SampleBlock(0, fs_hz, ecg_uv)) + detector.finish()


def noisy(r_times_s: FloatArray, fs_hz: float, waves: tuple[tuple[float, float, float], ...], seed: int) -> FloatArray:
    return synthetic.ecg(r_times_s, fs_hz, DURATION_S, waves) + synthetic.noise(round(DURATION_S * fs_hz), 8.0, seed)


@pytest.mark.parametrize("fs_hz", [250.0, 360.0, 500.0, 1000.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("ahead_s", [0.04, 0.2])
def test_a_spike_before_each_wide_complex_is_a_pacemaker_s(fs_hz: float, sign: float, ahead_s: float) -> None:
    r_times_s = synthetic.regular_r_times(DURATION_S, 0.86)
    ecg_uv = noisy(r_times_s, fs_hz, WIDE, seed=1)
    ecg_uv[np.round((r_times_s - ahead_s) * fs_hz).astype(int)] += sign * 4000.0
    late = [beat for beat in beats_of(ecg_uv, fs_hz) if beat.t_s > LEARNT_S]
    assert late
    assert all(beat.paced and beat.timing == 0.0 for beat in late)


@pytest.mark.parametrize("fs_hz", [250.0, 360.0, 500.0, 1000.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_pulse_that_a_filter_smeared_is_one_too(fs_hz: float, sign: float) -> None:
    r_times_s = synthetic.regular_r_times(DURATION_S, 0.86) + 0.0003
    ecg_uv = sign * noisy(r_times_s, fs_hz, PULSE, seed=2)
    late = [beat for beat in beats_of(ecg_uv, fs_hz) if beat.t_s > LEARNT_S]
    assert sum(beat.paced for beat in late) >= 0.9 * len(late) > 0


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    fs_hz=st.sampled_from([250.0, 500.0]),
    width_s=st.floats(0.008, 0.014),
    spikes_hz=st.floats(0.0, 1.5),
)
def test_a_narrow_complex_is_the_heart_s_and_so_is_one_among_chance_spikes(
    seed: int, fs_hz: float, width_s: float, spikes_hz: float
) -> None:
    waves = ((1000.0, 0.0, width_s), (-200.0, 2.4 * width_s, width_s), (250.0, 0.26, 0.045))
    ecg_uv = noisy(synthetic.wandering_r_times(DURATION_S, 0.8, 30.0, seed), fs_hz, waves, seed)
    rng = np.random.default_rng(seed)
    ecg_uv[rng.random(len(ecg_uv)) < spikes_hz / fs_hz] += 5000.0
    assert not any(beat.paced for beat in beats_of(ecg_uv, fs_hz))


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    fs_hz=st.sampled_from([250.0, 360.0, 500.0]),
    tremor_hz=st.floats(4.0, 9.0),
    size=st.floats(0.25, 0.6),
)
def test_narrow_complexes_in_a_tremor_are_the_heart_s(seed: int, fs_hz: float, tremor_hz: float, size: float) -> None:
    ecg_uv = noisy(synthetic.wandering_r_times(DURATION_S, 0.8, 30.0, seed), fs_hz, ((1000.0, 0.0, 0.004),), seed)
    ecg_uv += 1000.0 * size * np.sin(2.0 * np.pi * tremor_hz * np.arange(len(ecg_uv)) / fs_hz + seed)
    assert not any(beat.paced for beat in beats_of(ecg_uv, fs_hz))


@given(st.lists(st.floats(-1e6, 1e6), min_size=40, max_size=300), st.floats(-10.0, 10.0), st.floats(100.0, 1000.0))
def test_whatever_is_around_it_is_looked_at(around: list[float], offset: float, fs_hz: float) -> None:
    monitor = PacingMonitor(fs_hz)
    told = [monitor.paced(0.8 * number, np.array(around), offset) for number in range(20)]
    assert told[0] is False
    assert told[-1] in (True, False)
