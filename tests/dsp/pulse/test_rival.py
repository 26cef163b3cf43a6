"""Of two rhythms none is told; a pulse that follows the breath, or every other beat of which is faint, is one."""

import numpy as np
import pytest

from dsp.pulse.detector import PulseDetector
from dsp.pulse.period import PERIODS_S
from dsp.pulse.rival import RivalWatch, at_even_pace
from dsp.types import FloatArray, SampleBlock
from tests import synthetic_ppg as synthetic

DURATION_S = 90.0
SETTLED_S = 25
RATE_HZ = 32.0


def trust(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, FloatArray]:
    """The quality of each second, and the tracked period, once both are settled."""
    detector = PulseDetector(fs_hz)
    second = round(fs_hz)
    told = []
    for low in range(0, len(ppg) - second + 1, second):
        detector.push(SampleBlock(low, fs_hz, ppg[low : low + second]))
        told.append((detector.quality, detector.period_s))
    quality, period_s = np.array(told[SETTLED_S:]).T
    return quality, period_s


def steady(per_minute: float, fs_hz: float, overtones: int, seed: int) -> FloatArray:
    turns = per_minute / 60 * np.arange(round(DURATION_S * fs_hz)) / fs_hz
    begins = np.random.default_rng(seed).random(overtones)
    waves = [np.sin(2 * np.pi * (k * turns + at)) / k for k, at in enumerate(begins, 1)]
    return np.asarray(np.sum(waves, axis=0))


@pytest.mark.parametrize("overtones", [1, 3])
@pytest.mark.parametrize(("pulse_per_minute", "per_minute"), [(65, 110), (72, 150), (80, 116), (90, 150), (100, 150)])
@pytest.mark.parametrize("fs_hz", [64.0, 100.0])
def test_a_second_rhythm_as_strong_as_the_pulse_leaves_no_trust(
    fs_hz: float, pulse_per_minute: float, per_minute: float, overtones: int
) -> None:
    ppg = synthetic.ppg(synthetic.pulse_times(DURATION_S, 60 / pulse_per_minute, 0.02), fs_hz, DURATION_S)
    added = steady(per_minute, fs_hz, overtones, int(per_minute) + overtones)
    quality, _ = trust(ppg / ppg.std() + added / added.std(), fs_hz)
    assert quality.mean() < 0.5
    assert np.mean(quality >= 0.5) <= 0.2


@pytest.mark.parametrize(("mean_s", "swing_s"), [(0.6, 0.06), (0.7, 0.08), (0.85, 0.12), (1.0, 0.12), (1.3, 0.2)])
@pytest.mark.parametrize("breath_s", [6.0, 10.0])
def test_a_pulse_whose_pace_and_strength_follow_a_slow_breath_is_alone(
    mean_s: float, swing_s: float, breath_s: float
) -> None:
    times_s = synthetic.pulse_times(DURATION_S, mean_s, swing_s, breath_s)
    strengths = 1 + 0.3 * np.sin(2 * np.pi * times_s / breath_s)
    ppg = synthetic.ppg(times_s, 100.0, DURATION_S, strengths=strengths)
    quality, _ = trust(ppg + synthetic.wander(ppg.size, 100.0, 0.5, breath_s), 100.0)
    assert quality.min() >= 0.5


@pytest.mark.parametrize("mean_s", [0.6, 0.85, 1.1])
@pytest.mark.parametrize("faint", [0.6, 1.0])
def test_a_pulse_every_other_beat_of_which_is_faint_is_alone(mean_s: float, faint: float) -> None:
    times_s = synthetic.pulse_times(DURATION_S, mean_s)
    strengths = np.where(np.arange(times_s.size) % 2, faint, 1.0)
    quality, _ = trust(synthetic.ppg(times_s, 100.0, DURATION_S, strengths=strengths), 100.0)
    assert quality.min() >= 0.5


@pytest.mark.parametrize(("early", "strength"), [(0.25, 0.5), (0.2, 0.7)])
@pytest.mark.parametrize("mean_s", [0.9, 1.0, 1.1])
def test_a_bigeminy_is_alone(mean_s: float, early: float, strength: float) -> None:
    times_s = synthetic.pulse_times(DURATION_S, mean_s, 0.02)
    times_s[1::2] -= early * mean_s
    strengths = np.where(np.arange(times_s.size) % 2, strength, 1.0)
    quality, _ = trust(synthetic.ppg(times_s, 100.0, DURATION_S, strengths=strengths), 100.0)
    assert quality.min() >= 0.5


@pytest.mark.parametrize(("first", "second", "common"), [(90, 150, 30), (100, 150, 50), (80, 120, 40)])
def test_a_period_that_two_rhythms_share_has_no_line_of_its_own(first: float, second: float, common: float) -> None:
    slope = steady(first, RATE_HZ, 1, 1) + steady(second, RATE_HZ, 1, 2)
    watch = RivalWatch(RATE_HZ, PERIODS_S)
    for end in range(watch.size, slope.size, round(RATE_HZ)):
        watch.push(slope[end - watch.size : end], 60 / common, 1.0, 60 / first)
    assert watch.own_line == 0.0
    assert watch.alone < 0.5


@pytest.mark.parametrize("depth", [0.0, 0.1, 0.15])
def test_at_an_even_pace_a_swinging_rhythm_is_a_line(depth: float) -> None:
    """Most of its power within 0.1 Hz of its mean rate of 72 a minute."""
    at_s = np.arange(round(10.0 * RATE_HZ)) / RATE_HZ
    turns = 1.2 * (at_s - depth * 10.0 / (2 * np.pi) * np.cos(2 * np.pi * at_s / 10.0))
    even = at_even_pace(np.sin(2 * np.pi * turns), 60 / 72, RATE_HZ)
    power = np.abs(np.fft.rfft(even * np.hanning(even.size), 4096)) ** 2
    near = np.abs(np.fft.rfftfreq(4096, 1 / RATE_HZ) - 1.2) < 0.2
    assert power[near].sum() > 0.97 * power.sum()


def test_a_scale_changes_nothing_and_silence_says_nothing() -> None:
    slope = steady(70, RATE_HZ, 2, 3) + steady(123, RATE_HZ, 1, 4)
    watches = [RivalWatch(RATE_HZ, PERIODS_S) for _ in range(2)]
    for end in range(watches[0].size, slope.size, round(RATE_HZ)):
        for watch, scale in zip(watches, (1.0, 1e6), strict=True):
            watch.push(scale * slope[end - watch.size : end], 60 / 70, 1.0, np.nan)
            before = watch.alone
            watch.push(np.zeros(watch.size), 60 / 70, 1.0, np.nan)
            assert watch.alone == before
    assert watches[0].alone == pytest.approx(watches[1].alone, abs=1e-9)
