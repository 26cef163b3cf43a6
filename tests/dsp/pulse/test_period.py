"""The tracked period: the heart's, or none."""

import numpy as np
import pytest

from dsp.pipeline import Pipeline
from dsp.pulse.detector import PulseDetector, find_pulses
from dsp.types import SampleBlock, SignalKind
from tests import synthetic_ppg as synthetic


def periods(ppg: np.ndarray, fs_hz: float) -> np.ndarray:
    """The tracked period at the end of each second, NaN where unsure."""
    detector = PulseDetector(fs_hz)
    told = []
    for low in range(0, len(ppg), round(fs_hz)):
        detector.push(SampleBlock(low, fs_hz, ppg[low : low + round(fs_hz)]))
        told.append(detector.period_s)
    return np.array(told)


@pytest.mark.parametrize("rhythm_s", [2.1, 2.15, 2.2])
def test_a_hand_that_moves_more_slowly_than_a_heart_beats_is_no_heart(rhythm_s: float) -> None:
    t_s = np.arange(0.0, 90.0, 1 / 64.0)
    assert np.isnan(periods(np.sin(2 * np.pi * t_s / rhythm_s), 64.0)).all()


@pytest.mark.parametrize("notch", [0.0, 0.45])
@pytest.mark.parametrize("mean_s", [0.33, 0.36, 0.42, 0.6, 0.85, 1.1, 1.4, 1.65, 1.8, 2.0])
def test_the_period_is_neither_a_part_nor_a_multiple_of_the_hearts(mean_s: float, notch: float) -> None:
    times_s = synthetic.pulse_times(60.0, mean_s, swing_s=0.02)
    told = periods(synthetic.ppg(times_s, 64.0, 60.0, notch), 64.0)[20:-1]
    assert told == pytest.approx(mean_s, rel=0.05)


@pytest.mark.parametrize("noise", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("mean_s", [0.27, 0.29, 2.3])
def test_of_a_heart_too_fast_or_too_slow_no_other_period_is_told(mean_s: float, noise: float) -> None:
    ppg = synthetic.ppg(synthetic.pulse_times(90.0, mean_s, swing_s=0.02 * mean_s), 64.0, 90.0)
    assert np.isnan(periods(ppg + synthetic.noise(ppg.size, noise, seed=4), 64.0)[20:]).mean() > 0.95


@pytest.mark.parametrize("mean_s", [1.65, 1.8, 2.0])
def test_a_slow_heart_in_noise_is_not_told_at_twice_its_rate(mean_s: float) -> None:
    ppg = synthetic.ppg(synthetic.pulse_times(120.0, mean_s), 64.0, 120.0, notch=0.0)
    rows = Pipeline(SignalKind.PPG, 64.0).push(SampleBlock(0, 64.0, ppg + synthetic.noise(ppg.size, 0.1, seed=4))).rows
    assert rows[-1].mean_hr_bpm == pytest.approx(60.0 / mean_s, rel=0.03)


def test_the_period_is_known_where_no_pulse_is_well_placed() -> None:
    ppg = synthetic.ppg(synthetic.pulse_times(120.0), 64.0, 120.0)
    noisy = ppg + synthetic.noise(ppg.size, 0.5, seed=4)
    assert np.mean([beat.timing >= 0.5 for beat in find_pulses(noisy, 64.0)]) < 0.1
    told = periods(noisy, 64.0)[30:]
    assert np.isfinite(told).mean() > 0.9
    assert told[np.isfinite(told)] == pytest.approx(0.85, rel=0.08)


@pytest.mark.parametrize("other_s", [0.55, 0.62, 0.7, 1.1])
def test_of_two_pulses_at_once_one_is_told_or_none(other_s: float) -> None:
    one, other = (synthetic.ppg(synthetic.pulse_times(120.0, mean_s), 64.0, 120.0) for mean_s in (0.85, other_s))
    both = periods(one + other, 64.0)[20:]
    told = both[np.isfinite(both)]
    assert np.minimum(np.abs(told / 0.85 - 1), np.abs(told / other_s - 1)).max(initial=0.0) < 0.06


@pytest.mark.parametrize("seed", range(4))
def test_a_period_that_noise_drowned_is_let_go(seed: int) -> None:
    ppg = synthetic.ppg(synthetic.pulse_times(150.0), 64.0, 150.0)
    ppg[60 * 64 :] += synthetic.noise(90 * 64, 20.0, seed)
    told = periods(ppg, 64.0)
    assert np.isfinite(told[20:60]).all()
    assert np.isnan(told[85:]).all()


@pytest.mark.parametrize("seed", range(3))
def test_noise_hardly_has_a_period(seed: int) -> None:
    white = np.random.default_rng(seed).normal(size=300 * 64)
    assert np.isfinite(periods(white, 64.0)).mean() < 0.01
    assert np.isfinite(periods(np.cumsum(white), 64.0)).mean() < 0.01


@pytest.mark.parametrize("lost_s", [0.1, 0.3])
@pytest.mark.parametrize("every_s", [0.7, 0.9, 1.2])
def test_losses_at_a_steady_pace_are_no_pulse(every_s: float, lost_s: float) -> None:
    t_s = np.arange(6000) / 100.0
    drift = 1000.0 * t_s + np.random.default_rng(0).normal(size=t_s.size)
    told = periods(np.where(t_s % every_s < lost_s, np.nan, drift), 100.0)
    assert np.isfinite(told).mean() < 0.05


def test_losses_at_a_steady_pace_do_not_hide_the_pulse() -> None:
    t_s = np.arange(6000) / 100.0
    ppg = synthetic.ppg(synthetic.pulse_times(60.0), 100.0, 60.0)
    told = periods(np.where(t_s % 0.6 < 0.1, np.nan, ppg), 100.0)[20:-1]
    assert np.isfinite(told).mean() > 0.6  # none in the seconds that end in a loss
    assert told[np.isfinite(told)] == pytest.approx(0.85, rel=0.08)
