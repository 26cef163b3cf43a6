import math

import neurokit2 as nk
import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from dsp.hrv.coherence import coherence

T_S = np.arange(256) / 4


def sine(freq_hz: float, amplitude_ms: float = 50.0, phase: float = 0.3) -> np.ndarray:
    return 900 + amplitude_ms * np.sin(2 * np.pi * freq_hz * T_S + phase)


@pytest.mark.parametrize("freq_hz", [0.06, 0.075, 0.0833, 0.1, 0.117, 0.2, 0.25])
def test_a_pure_sine_scores_about_nine_at_its_own_frequency(freq_hz: float) -> None:
    found = coherence(sine(freq_hz))
    assert 8.5 < found.ratio < 10
    assert found.peak_hz == pytest.approx(freq_hz, abs=0.001)


@given(st.floats(0.5, 300.0), st.floats(400, 1500))
def test_it_is_blind_to_amplitude_and_level(amplitude_ms: float, level_ms: float) -> None:
    scaled = level_ms + amplitude_ms * np.sin(2 * np.pi * 0.1 * T_S)
    assert coherence(scaled).ratio == pytest.approx(coherence(sine(0.1, phase=0.0)).ratio, rel=1e-6)


def test_it_agrees_with_the_same_periodogram_from_scipy() -> None:
    values = sine(0.1) + 30 * np.random.default_rng(4).standard_normal(256)
    f, p = scipy.signal.periodogram(values, 4, "hann", nfft=16384, detrend="constant")
    peak_hz = f[(f >= 0.04) & (f <= 0.26)][p[(f >= 0.04) & (f <= 0.26)].argmax()]
    near = p[np.abs(f - peak_hz) <= 0.015].sum()
    total = p[(f >= 0.0033) & (f <= 0.4)].sum()
    assert coherence(values).ratio == pytest.approx(near / (total - near), rel=0.02)


def test_its_band_powers_agree_with_neurokit() -> None:
    values = sine(0.12) + 20 * np.random.default_rng(5).standard_normal(256)
    windowed = (values - values.mean()) * np.hanning(257)[:256]
    padded = np.concatenate((windowed, np.zeros(16384 - 256)))
    psd = nk.signal_psd(padded, sampling_rate=4, method="fft", normalize=False, min_frequency=0, max_frequency=2)
    f, p = psd["Frequency"].to_numpy(), psd["Power"].to_numpy()
    band = (f >= 0.04) & (f <= 0.26)
    near = p[np.abs(f - f[band][p[band].argmax()]) <= 0.015].sum()
    total = p[(f >= 0.0033) & (f <= 0.4)].sum()
    assert coherence(values).ratio == pytest.approx(near / (total - near), rel=0.02)


def test_a_disordered_rhythm_scores_low() -> None:
    rng = np.random.default_rng(6)
    scores = [coherence(900 + 40 * rng.standard_normal(256)).ratio for _ in range(50)]
    assert max(scores) < 1.5
    assert float(np.median(scores)) < 0.5


def test_a_peak_below_the_band_does_not_count() -> None:
    found = coherence(sine(0.02) + sine(0.15, 5) - 900)
    assert found.ratio < 0.5


def test_a_flat_tachogram_has_none() -> None:
    found = coherence(np.full(256, 800.0))
    assert math.isnan(found.ratio)
    assert math.isnan(found.peak_hz)
