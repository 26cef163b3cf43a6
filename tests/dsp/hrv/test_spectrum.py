import math
from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest
import scipy.interpolate
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.spectrum import HF_HZ, LF_HZ, TachogramSpectrum, band_power, lf_hf_ms2, spline, welch
from dsp.hrv.time_domain import RunningTimeDomain, hrv_all


def two_tone_rr(duration_s: float, lf_ms: float, hf_ms: float) -> np.ndarray:
    rr, t_s = [], 0.0
    while t_s < duration_s:
        rr.append(900 + lf_ms * math.sin(2 * math.pi * 0.1 * t_s) + hf_ms * math.sin(2 * math.pi * 0.25 * t_s))
        t_s += rr[-1] / 1000
    return np.array(rr)


def scipy_lf_hf(t_s: np.ndarray, rr_ms: np.ndarray) -> tuple[float, float]:
    """Welch with the settings that dsp.hrv.spectrum states."""
    grid_s = np.arange(t_s[0], t_s[-1], 0.25)
    even = scipy.interpolate.CubicSpline(t_s, rr_ms, bc_type="natural")(grid_s)
    f, p = scipy.signal.welch(even, 4, "hann", nperseg=min(480, len(even)), nfft=4096, detrend="constant")
    lf, hf = (
        float(scipy.integrate.trapezoid(p[(f >= lo) & (f < hi)], f[(f >= lo) & (f < hi)])) for lo, hi in (LF_HZ, HF_HZ)
    )
    return lf, hf


@pytest.mark.parametrize("duration_s", [70, 200, 400])
def test_lf_and_hf_agree_with_scipy(duration_s: float) -> None:
    rng = np.random.default_rng(5)
    rr = two_tone_rr(duration_s, 40, 20)
    rr += 10 * rng.standard_normal(len(rr))
    summary = hrv_all(classify(beats_of_rr(rr)))
    lf, hf = scipy_lf_hf(np.cumsum(rr) / 1000, rr)
    assert summary.lf_ms2 == pytest.approx(lf, rel=0.01)
    assert summary.hf_ms2 == pytest.approx(hf, rel=0.01)


def test_a_night_s_spectrum_made_of_pieces_is_that_of_one_spline() -> None:
    rng = np.random.default_rng(6)
    rr = two_tone_rr(3600, 40, 20)
    rr += 10 * rng.standard_normal(len(rr))
    t_s = np.cumsum(rr) / 1000
    assert lf_hf_ms2(t_s, rr) == pytest.approx(scipy_lf_hf(t_s, rr), rel=1e-9)


@given(st.integers(0, 2**32), st.integers(0, 3000), st.integers(0, 5))
def test_intervals_may_come_in_any_parts(seed: int, count: int, gaps: int) -> None:
    rng = np.random.default_rng(seed)
    rr = rng.uniform(300, 2000, count)
    t_s = np.cumsum(rr) / 1000
    for _ in range(gaps if count else 0):
        t_s[rng.integers(0, count) :] += rng.uniform(0, 20)
    numbers = np.cumsum(rng.choice([1, 1, 2], count))
    whole, parted = (TachogramSpectrum(), RunningTimeDomain()), (TachogramSpectrum(), RunningTimeDomain())
    cuts = np.sort(rng.integers(0, count + 1, rng.integers(0, 9)))
    for (spectrum, time), parts in ((whole, [slice(0, count)]), (parted, pairwise_slices(cuts, count))):
        for part in parts:
            spectrum.add(t_s[part], rr[part])
            time.add(rr[part], numbers[part])
    assert parted[0].lf_hf_ms2() == pytest.approx(whole[0].lf_hf_ms2(), rel=1e-9, nan_ok=True)
    for name, value in asdict(whole[1].measures()).items():
        assert asdict(parted[1].measures())[name] == pytest.approx(value, rel=1e-9, nan_ok=True)


def pairwise_slices(cuts: np.ndarray, count: int) -> list[slice]:
    return [slice(first, end) for first, end in pairwise([0, *cuts.tolist(), count])]


def test_beats_that_do_not_go_forward_end_a_stretch() -> None:
    t_s = np.concatenate((np.arange(90.0), np.arange(40.0, 130.0), [129.0, 129.0]))
    rr = 1000 + 30 * np.sin(2 * np.pi * 0.25 * t_s)
    _, hf = lf_hf_ms2(t_s, rr)
    assert hf == pytest.approx(450, rel=0.1)


def test_a_tone_has_half_its_squared_amplitude() -> None:
    rr = two_tone_rr(600, 40, 20)
    lf, hf = lf_hf_ms2(np.cumsum(rr) / 1000, rr)
    assert lf == pytest.approx(40**2 / 2, rel=0.03)
    assert hf == pytest.approx(20**2 / 2, rel=0.08)


def test_power_is_empty_without_an_unbroken_minute() -> None:
    rr = np.full(55, 1000.0)
    assert all(math.isnan(p) for p in lf_hf_ms2(np.cumsum(rr) / 1000, rr))
    t_s = np.concatenate((np.arange(50.0), np.arange(60.0, 110.0)))
    assert all(math.isnan(p) for p in lf_hf_ms2(t_s, np.full(100, 1000.0)))


def test_a_gap_is_left_out_of_the_spectrum() -> None:
    rr = two_tone_rr(300, 40, 20)
    t_s = np.cumsum(rr) / 1000
    half = len(rr) // 2
    moved_s = t_s + np.where(np.arange(len(rr)) >= half, 37.0, 0.0)
    assert lf_hf_ms2(moved_s, rr) == pytest.approx(lf_hf_ms2(t_s, rr), rel=0.05)


@given(st.lists(st.floats(0.3, 3.0), min_size=4, max_size=40), st.integers(0, 100))
def test_spline_agrees_with_scipy(steps: list[float], seed: int) -> None:
    x = np.cumsum(steps)
    y = np.random.default_rng(seed).uniform(-100, 100, len(x))
    at = np.linspace(x[0], x[-1], 50)
    expected = scipy.interpolate.CubicSpline(x, y, bc_type="natural")(at)
    np.testing.assert_allclose(spline(x, y, at), expected, atol=1e-6)


def test_welch_agrees_with_scipy_and_the_signal_s_variance() -> None:
    values = np.random.default_rng(2).standard_normal(6000)
    freqs, density = welch([values], 4.0)
    f, p = scipy.signal.welch(values, 4, "hann", nperseg=480, nfft=4096)
    np.testing.assert_allclose(freqs, f)
    np.testing.assert_allclose(density, p, rtol=1e-9)
    assert band_power(freqs, density, (0, 2)) == pytest.approx(values.var(), rel=0.05)
