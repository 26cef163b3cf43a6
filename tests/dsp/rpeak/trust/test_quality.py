import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rpeak.detector import RPeakDetector, find_rpeaks
from dsp.rpeak.score import ruling
from dsp.rpeak.trust.quality import SignalQuality
from dsp.types import NAN, SampleBlock
from tests import synthetic

FS_HZ = 250.0
DURATION_S = 40.0
R_TIMES_S = synthetic.wandering_r_times(DURATION_S, 0.85, 30.0, seed=5)
CLEAN_UV = synthetic.ecg(R_TIMES_S, FS_HZ, DURATION_S)


def decided(quality: SignalQuality, score: float, t_s: float) -> None:
    quality.decided(score > 0.0, ruling([score]).doubt, t_s)


def test_sure_decisions_are_good_quality() -> None:
    quality = SignalQuality()
    for beat in range(10):
        decided(quality, -9.0, beat + 0.3)
        decided(quality, 9.0, beat + 1.0)
    assert quality.at_beat(10.0, NAN, 0.0) > 0.9
    assert quality.at(10.5) > 0.9


def test_doubtful_candidates_lower_the_quality() -> None:
    quality = SignalQuality()
    for beat in range(10):
        decided(quality, -0.5, beat + 0.3)
        decided(quality, 9.0, beat + 1.0)
    assert quality.at_beat(10.0, NAN, 0.0) < 0.5


def test_doubtful_beats_have_no_quality() -> None:
    quality = SignalQuality()
    for beat in range(10):
        decided(quality, 0.5, beat + 1.0)
    assert quality.at_beat(10.0, NAN, 0.0) < 0.5


def test_doubt_since_the_last_beat_counts_before_the_next_one() -> None:
    quality = SignalQuality()
    for beat in range(10):
        decided(quality, 9.0, beat + 1.0)
    before = quality.at(10.9)
    for candidate in range(4):
        decided(quality, -0.1, 10.3 + 0.2 * candidate)
    assert quality.at(10.95) < before


def test_no_quality_before_the_first_beat_nor_long_after_the_last() -> None:
    quality = SignalQuality()
    assert quality.at(1.0) == 0.0
    for beat in range(10):
        decided(quality, 9.0, beat + 1.0)
    assert quality.at(12.0) > 0.5
    assert quality.at(13.5) == 0.0


def seconds(ecg_uv: np.ndarray) -> list[float]:
    """The quality after each second."""
    detector = RPeakDetector(FS_HZ)
    step = round(FS_HZ)
    values = []
    for first in range(0, len(ecg_uv) - step + 1, step):
        detector.push(SampleBlock(first, FS_HZ, ecg_uv[first : first + step]))
        values.append(detector.quality)
    return values


def test_a_plain_ecg_reads_well_second_by_second() -> None:
    assert min(seconds(CLEAN_UV + synthetic.noise(len(CLEAN_UV), 15.0, seed=6))[6:]) > 0.5


def test_an_ecg_drowned_in_noise_does_not() -> None:
    values = seconds(CLEAN_UV + synthetic.noise(len(CLEAN_UV), 1500.0, seed=7))
    assert np.mean(np.array(values) >= 0.5) < 0.1


def test_quality_returns_after_a_noisy_stretch() -> None:
    ecg_uv = CLEAN_UV + synthetic.noise(len(CLEAN_UV), 15.0, seed=8)
    noisy = slice(round(12.0 * FS_HZ), round(20.0 * FS_HZ))
    ecg_uv[noisy] += synthetic.noise(noisy.stop - noisy.start, 1500.0, seed=9)
    values = seconds(ecg_uv)
    assert min(values[14:19]) < 0.5
    assert min(values[32:]) > 0.5


@pytest.mark.parametrize(
    "signal",
    [
        np.zeros(5000),
        np.full(5000, 3.3e6),
        np.full(5000, np.nan),
        np.full(5000, np.inf),
        np.repeat(np.random.default_rng(1).choice([-5000.0, 5000.0], 100), 100),
    ],
    ids=["zero", "flat", "lost", "infinite", "rail to rail"],
)
def test_flat_lost_or_saturated_signal_has_no_beats_with_quality(signal: np.ndarray) -> None:
    assert [beat for beat in find_rpeaks(signal, FS_HZ) if beat.quality >= 0.5] == []
    assert max(seconds(signal)) == 0.0


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size_uv=st.floats(1e-3, 1e6),
    lost=st.floats(0.0, 0.5),
    fs_hz=st.sampled_from([100.0, 128.0, 250.0, 360.0, 500.0, 1000.0]),
)
def test_random_input_never_raises_and_has_no_beats_with_quality(
    seed: int, size_uv: float, lost: float, fs_hz: float
) -> None:
    rng = np.random.default_rng(seed)
    signal = rng.normal(0.0, size_uv, round(12 * fs_hz))
    signal[rng.random(len(signal)) < lost] = np.nan
    assert [beat for beat in find_rpeaks(signal, fs_hz) if beat.quality >= 0.5] == []


@settings(max_examples=20)
@given(
    step_uv=st.sampled_from([1.0, 5.0, 20.0, 50.0, 100.0]),
    sign=st.sampled_from([-1.0, 1.0]),
    offset_uv=st.floats(-3000.0, 3000.0),
)
def test_a_coarse_converter_is_no_rail(step_uv: float, sign: float, offset_uv: float) -> None:
    """Its baseline is one value, and where all waves go one way that is the lowest or highest there is."""
    one_way_uv = sign * np.maximum(CLEAN_UV - np.median(CLEAN_UV), 0.0)
    ecg_uv = step_uv * np.round((offset_uv + one_way_uv) / step_uv)
    beats = find_rpeaks(ecg_uv, FS_HZ)
    assert abs(len(beats) - len(R_TIMES_S)) <= 2
    assert sum(beat.quality >= 0.5 for beat in beats) >= 0.9 * len(beats)
