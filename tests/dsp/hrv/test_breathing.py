import math

import neurokit2 as nk
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsp.hrv.breath_count import counted_breaths_per_min
from dsp.hrv.breathing import BreathingEstimator, BreathingRate

T_S = np.arange(1, 241) / 4  # the minute up to 60 s


def wave(breaths_per_min: float, size: float = 1.0, phase: float = 0.4) -> np.ndarray:
    return size * np.sin(2 * np.pi * breaths_per_min / 60 * T_S + phase)


def with_beats(breaths_per_min: float, depth: float, noise: float) -> BreathingEstimator:
    """Beats whose amplitude breathes."""
    rng = np.random.default_rng(2)
    estimator = BreathingEstimator()
    for t_s in np.arange(0.1, 60.5, 0.85):
        swing = depth * math.sin(2 * math.pi * breaths_per_min / 60 * t_s)
        estimator.push_beat(t_s, 1000 * (1 + swing + noise * rng.standard_normal()))
    return estimator


def is_unknown(found: BreathingRate) -> bool:
    return math.isnan(found.breaths_per_min) and not found.confidence >= 0.5


@pytest.mark.parametrize("pace", [4.5, 5.0, 5.5, 6.0, 6.5, 7.0])
@pytest.mark.parametrize("phase", [0.0, 1.0, 2.0])
def test_a_slow_pace_is_read_within_a_tenth(pace: float, phase: float) -> None:
    tachogram = 850 + wave(pace, 50, phase) + wave(2 * pace, 6) + 0.2 * T_S
    found = BreathingEstimator().rate(60.0, tachogram)
    assert found.breaths_per_min == pytest.approx(pace, abs=0.1)
    assert found.confidence > 0.6


@given(st.sampled_from([4.5, 5.0, 5.5, 6.0, 6.5, 7.0]), st.floats(0, 0.25), st.integers(0, 1000))
@settings(max_examples=60)
def test_a_slow_breath_in_noise_is_told_from_intervals_alone(pace: float, noise: float, seed: int) -> None:
    """Noise adds crests, so that breaths counted in time deny what stands out in the spectrum."""
    rng = np.random.default_rng(seed)
    beats_s = np.arange(-1.0, 62.0, 0.85)
    swing = np.sin(2 * np.pi * pace / 60 * beats_s + rng.uniform(0, 6)) + noise * rng.standard_normal(len(beats_s))
    found = BreathingEstimator().rate(60.0, 850 + 40 * np.interp(T_S, beats_s, swing))
    assert found.breaths_per_min == pytest.approx(pace, abs=0.2)


@pytest.mark.parametrize("breaths_per_min", [9, 12, 15, 20])
def test_it_agrees_with_neurokit_on_resting_breathing(breaths_per_min: int) -> None:
    rsp = nk.rsp_simulate(duration=60, sampling_rate=100, respiratory_rate=breaths_per_min, random_state=1)
    found = BreathingEstimator().rate(60.0, 850 + 20 * np.asarray(rsp, dtype=float)[24::25])
    reference = nk.rsp_rate(rsp, sampling_rate=100, method="troughs")
    assert found.breaths_per_min == pytest.approx(float(np.mean(reference)), abs=0.6)


def test_the_mayer_wave_alone_is_seldom_taken_for_breathing() -> None:
    rng = np.random.default_rng(9)
    taken = 0
    for _ in range(50):
        drifting = np.cumsum(rng.standard_normal(240)) * 2
        tachogram = 850 + wave(6, 10, rng.uniform(0, 6)) + drifting + 8 * rng.standard_normal(240)
        taken += not is_unknown(BreathingEstimator().rate(60.0, tachogram))
    assert taken <= 8


def test_beat_amplitude_tells_breathing_from_the_mayer_wave() -> None:
    tachogram = 850 + wave(6, 20) + wave(15, 5)
    found = with_beats(15, depth=0.08, noise=0.01).rate(60.0, tachogram)
    assert found.breaths_per_min == pytest.approx(15, abs=0.3)


def test_agreement_raises_confidence_and_noise_has_none() -> None:
    rng = np.random.default_rng(3)
    noise = 850 + 20 * rng.standard_normal(240)
    assert is_unknown(BreathingEstimator().rate(60.0, noise))
    both = with_beats(15, 0.1, 0.01).rate(60.0, 850 + wave(15, 20))
    against = with_beats(22, 0.1, 0.01).rate(60.0, 850 + wave(15, 20))
    assert both.confidence > 0.9
    assert against.confidence < both.confidence


def test_the_guide_s_pace_backs_a_faint_peak_but_never_moves_it() -> None:
    rng = np.random.default_rng(5)
    tachogram = 850 + wave(6, 14) + 18 * rng.standard_normal(240)
    free = BreathingEstimator().rate(60.0, tachogram)
    paced = BreathingEstimator().rate(60.0, tachogram, 6.0)
    elsewhere = BreathingEstimator().rate(60.0, tachogram, 12.0)
    assert paced.confidence > free.confidence == elsewhere.confidence
    deep = BreathingEstimator().rate(60.0, 850 + wave(6.3, 50), 6.0)
    assert deep.breaths_per_min == pytest.approx(6.3, abs=0.1)


def test_beats_alone_tell_breathing_where_the_intervals_are_spoilt() -> None:
    estimator = with_beats(15, depth=0.1, noise=0.01)
    assert estimator.rate(60.0).breaths_per_min == pytest.approx(15, abs=0.1)
    assert is_unknown(estimator.rate(66.0))  # there are no beats at the minute's end
    assert is_unknown(BreathingEstimator().rate(60.0))


def test_nothing_to_go_by_gives_nothing() -> None:
    found = BreathingEstimator().rate(60.0, np.full(240, 800.0))
    assert math.isnan(found.breaths_per_min)
    assert math.isnan(found.confidence)


def test_old_beats_are_not_used() -> None:
    estimator = with_beats(15, 0.1, 0.01)
    assert estimator.rate(300.0, 850 + wave(6, 50)) == BreathingEstimator().rate(300.0, 850 + wave(6, 50))
    estimator.clear()
    assert estimator.rate(60.0, 850 + wave(6, 50)) == BreathingEstimator().rate(60.0, 850 + wave(6, 50))


@settings(max_examples=50)
@given(st.floats(10, 24), st.integers(2, 68), st.floats(2, 1000), st.integers(0, 99))
def test_a_beat_that_stands_out_does_not_hide_the_breath(rate: float, number: int, times: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times_s = np.arange(0.1, 60.5, 0.85)
    sizes = 1 + 0.05 * np.sin(2 * np.pi * rate / 60 * times_s) + 0.005 * rng.standard_normal(len(times_s))

    def found(outlier: float) -> BreathingRate:
        estimator = BreathingEstimator()
        for t_s, size in zip(times_s, np.where(np.arange(len(sizes)) == number, outlier, sizes), strict=True):
            estimator.push_beat(t_s, size)
        return estimator.rate(60.0, 850 + wave(rate))

    assert found(times) == found(2.0)  # no matter how far
    assert found(times).breaths_per_min == pytest.approx(rate, abs=0.3)


def read(*columns: np.ndarray, tachogram_ms: np.ndarray | None = None) -> BreathingRate:
    """The rate from beats whose amplitude, and baseline if there are two, take these courses."""
    estimator = BreathingEstimator()
    for row in zip(T_S[::3], *(column[::3] for column in columns), strict=True):
        estimator.push_beat(*row)
    return estimator.rate(60.0, tachogram_ms)


@settings(max_examples=50)
@given(st.floats(13, 20), st.floats(0, 6), st.floats(0, 6))
def test_intervals_and_waveform_that_peak_alike_need_no_counting(rate: float, one: float, other: float) -> None:
    first, second = (wave(rate, 1.0, phase) + wave(6, 1.6, phase) for phase in (one, other))
    assume(not any(abs(counted_breaths_per_min(source) - rate) <= 2 for source in (first, second)))
    assert read(first, tachogram_ms=second).breaths_per_min == pytest.approx(rate, abs=0.3)
    assert is_unknown(read(first, second))  # amplitude and baseline are of one signal: no witness for each other
