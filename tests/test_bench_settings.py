"""What stands under the PhysioNet toolbox's name in the tables does what its source says; EC57's test patterns."""

import math

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from bench.ec57 import FOLDERS, snr_db
from bench.hrv_settings import PATTERNS, Series, differences, ends_s, ours, pattern, toolbox, values_of
from bench.physionet_toolbox import GAP_S, WINDOW_S, lomb, preprocessed, spikes, windows


def times_of(rr_s: np.ndarray) -> np.ndarray:
    return np.cumsum(rr_s)


def steady(count: int, swing_s: float = 0.03) -> np.ndarray:
    return 0.8 + swing_s * np.sin(np.arange(count) / 2.0)


def test_lomb_is_scipy_s_without_its_half() -> None:
    rr_s = steady(200)
    freqs_hz = np.array([0.05, 0.1, 0.31])
    values = rr_s - rr_s.mean()
    theirs = scipy.signal.lombscargle(times_of(rr_s), values, 2 * np.pi * freqs_hz)
    assert lomb(times_of(rr_s), values, freqs_hz) == pytest.approx(2 * theirs)


@given(st.integers(10, 180), st.floats(0.3, 0.7))
def test_one_interval_far_off_is_taken_out_and_a_lasting_change_is_not(at: int, share: float) -> None:
    rr_s = steady(200)
    once = rr_s.copy()
    once[at] *= 1 - share
    assert np.flatnonzero(spikes(once)).tolist() == [at]
    lasting = rr_s.copy()
    lasting[at:] *= 1 - share
    assert not spikes(lasting).any()


def test_gaps_and_what_no_heart_does_are_taken_out() -> None:
    rr_s = steady(100)
    rr_s[[20, 40]] = GAP_S, GAP_S + 1
    rr_s[60:80] = 0.3
    _, kept_s = preprocessed(times_of(rr_s), rr_s)
    assert len(kept_s) == 78


def test_a_window_needs_85_percent_of_its_length() -> None:
    rr_s = steady(800)
    whole = dict(windows(times_of(rr_s), rr_s, [300.0, 330.0]))
    assert list(whole) == [0.0, 30.0]
    rr_s[50:150] = 2.5
    assert 0.0 not in dict(windows(times_of(rr_s), rr_s, [300.0]))


@pytest.mark.parametrize("seed", range(4))
def test_of_a_steady_heart_all_say_the_same(seed: int) -> None:
    rr_s = steady(420) + np.random.default_rng(seed).normal(0, 0.008, 420)
    series = Series(np.cumsum(rr_s), 1000 * rr_s, {})
    mine, theirs = ours(series)[WINDOW_S], toolbox(series)[WINDOW_S]
    assert mine.sdnn_ms == pytest.approx(theirs.sdnn_ms, rel=0.01)
    assert mine.rmssd_ms == pytest.approx(theirs.rmssd_ms, rel=0.01)
    assert mine.pnn50_pct == pytest.approx(theirs.pnn50_pct, abs=1.0)


def test_windows_are_whole_and_one_holds_a_short_series() -> None:
    assert ends_s(np.array([1.0, 361.0])) == [300.0, 330.0, 360.0]
    assert ends_s(np.array([1.0, 100.0])) == [300.0]


def test_differences_are_shares_and_of_pnn50_points() -> None:
    assert values_of(1, 1, 1, 4, 2).lf_hf == 2.0
    both = [(values_of(11, 5, 12, 1, 2), values_of(10, math.nan, 10, 0, 1))]
    assert differences("rmssd_ms", both).tolist() == pytest.approx([10.0])
    assert differences("pnn50_pct", both).tolist() == [2.0]
    assert len(differences("sdnn_ms", both)) == len(differences("lf_ms2", both)) == 0


@pytest.mark.parametrize(("name", "deviation_ms", "at_hz", "band"), PATTERNS)
def test_the_patterns_swing_as_the_standard_asks(name: str, deviation_ms: float, at_hz: float, band: str) -> None:
    """Of the second, the first intervals are published: 800, 833.287, 819.065, 777.171 and 767.250 ms."""
    rr_ms = pattern(deviation_ms, at_hz)
    if name == "TP2":
        assert rr_ms[:5] == pytest.approx([800.0, 833.287, 819.065, 777.171, 767.250], abs=1e-3)
    assert np.ptp(rr_ms) <= 2 * deviation_ms
    assert band in ("HF", "LF", "VLF", "none")


def test_the_noise_stress_records_come_by_their_noise() -> None:
    names = ["119e00", "119e06", "119e12", "119e18", "119e24", "119e_6"]
    assert sorted(map(snr_db, names), reverse=True) == [24, 18, 12, 6, 0, -6]
    assert FOLDERS[-1] == "nstdb-119"
