import itertools
from collections.abc import Callable

import heartpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dsp.pipeline import Pipeline
from dsp.pulse.detector import PulseDetector, find_pulses
from dsp.pulse.polarity import PolarityWatch
from dsp.pulse.quality import Timing
from dsp.types import Beat, Contact, FloatArray, SampleBlock, SignalKind
from tests import synthetic_ppg as synthetic

FS_HZ = 100.0
DURATION_S = 40.0
TIMES_S = synthetic.pulse_times(DURATION_S)
CLEAN = synthetic.ppg(TIMES_S, FS_HZ, DURATION_S)
REAL_PPG = heartpy.load_exampledata(0)[0].astype(np.float64)
LATENCY_S = 0.60


def run(ppg: np.ndarray, fs_hz: float, cuts: list[int]) -> list[Beat]:
    detector = PulseDetector(fs_hz)
    beats: list[Beat] = []
    for low, high in itertools.pairwise([0, *sorted(cuts), len(ppg)]):
        beats += detector.push(SampleBlock(low, fs_hz, ppg[low:high]))
    return beats + detector.finish()


def times(beats: list[Beat]) -> np.ndarray:
    return np.array([beat.t_s for beat in beats])


def qualities(beats: list[Beat]) -> np.ndarray:
    return np.array([beat.quality for beat in beats])


def interval_errors_ms(beats: list[Beat], truth_s: np.ndarray) -> np.ndarray:
    assert len(beats) == len(truth_s)
    return 1000 * (np.diff(times(beats)) - np.diff(truth_s))


@pytest.mark.parametrize("fs_hz", [25.0, 50.0, 64.0, 100.0, 125.0, 250.0, 400.0, 500.0])
def test_times_every_pulse_below_a_sample(fs_hz: float) -> None:
    beats = find_pulses(synthetic.ppg(TIMES_S, fs_hz, DURATION_S), fs_hz)
    errors_ms = interval_errors_ms(beats, TIMES_S)
    assert np.abs(errors_ms[10:]).max() < 0.08 * 1000 / fs_hz + 0.2
    assert qualities(beats)[10:].min() > 0.8


def test_keeps_small_hrv_small_in_noise() -> None:
    times_s = synthetic.pulse_times(120.0, swing_s=0.004)
    ppg = synthetic.ppg(times_s, 125.0, 120.0)
    beats = find_pulses(ppg + synthetic.noise(ppg.size, 0.02, seed=1), 125.0)
    assert np.std(interval_errors_ms(beats, times_s)[5:]) < 2.5


@pytest.mark.parametrize("notch", [0.0, 0.35, 0.45])
@pytest.mark.parametrize("mean_s", [0.5, 0.75, 1.1, 1.4])
def test_a_dicrotic_wave_is_no_pulse(notch: float, mean_s: float) -> None:
    times_s = synthetic.pulse_times(60.0, mean_s, swing_s=0.03)
    found = times(find_pulses(synthetic.ppg(times_s, FS_HZ, 60.0, notch), FS_HZ))
    assert len(found[found > 4.9]) == len(times_s[times_s > 5.0])


def test_weak_early_pulses_count() -> None:
    intervals_s = np.tile([0.85, 0.85, 0.85, 0.55, 1.15], 12)
    times_s = 0.5 + np.cumsum(intervals_s)
    strengths = np.tile([1.0, 1.0, 1.0, 0.45, 1.1], 12)
    duration_s = times_s[-1] + 1.0
    ppg = synthetic.ppg(times_s, FS_HZ, duration_s, strengths=strengths)
    assert len(find_pulses(ppg, FS_HZ)) == len(times_s)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, len(REAL_PPG)), max_size=30))
def test_any_cut_into_blocks_gives_the_same_beats(cuts: list[int]) -> None:
    assert run(REAL_PPG, 100.0, cuts) == run(REAL_PPG, 100.0, [])


def test_single_samples_give_the_same_beats() -> None:
    assert run(CLEAN, FS_HZ, list(range(1, len(CLEAN)))) == run(CLEAN, FS_HZ, [])


@settings(max_examples=15, deadline=None)
@given(
    scale=st.floats(1e-4, 1e4),
    offset=st.floats(-1e5, 1e5),
    sign=st.sampled_from([-1.0, 1.0]),
)
def test_scale_offset_and_polarity_do_not_matter(scale: float, offset: float, sign: float) -> None:
    plain = find_pulses(CLEAN, FS_HZ)
    changed = find_pulses(sign * scale * (CLEAN + offset), FS_HZ)
    np.testing.assert_allclose(times(changed), times(plain), atol=1e-5)
    np.testing.assert_allclose(qualities(changed), qualities(plain), atol=1e-3)


def test_polarity_that_changes_is_noticed() -> None:
    duration_s = 60.0
    times_s = synthetic.pulse_times(duration_s)
    ppg = synthetic.ppg(times_s, FS_HZ, duration_s)
    ppg[2000:] *= -1
    beats = [beat for beat in find_pulses(ppg, FS_HZ) if beat.t_s > 45.0]
    errors_ms = interval_errors_ms(beats, times_s[times_s > 45.0])
    assert np.abs(errors_ms).max() < 2.0
    assert qualities(beats).min() >= 0.5


def test_a_steady_pulse_in_noise_is_trusted_by_its_period() -> None:
    """White noise that drowns the shape of the pulses, but not their time."""
    duration_s = 90.0
    times_s = synthetic.pulse_times(duration_s)
    ppg = synthetic.ppg(times_s, 64.0, duration_s)
    beats = [beat for beat in find_pulses(ppg + synthetic.noise(ppg.size, 0.25, seed=4), 64.0) if beat.t_s > 15.0]
    good = np.array([beat.t_s for beat in beats if beat.quality >= 0.5])
    assert len(good) > 0.75 * np.sum(times_s > 15.0)
    assert np.mean([np.abs(times_s - t).min() < 0.1 for t in good]) > 0.9


def test_a_pulse_trusted_for_its_time_alone_is_not_trusted_in_its_place() -> None:
    times_s = synthetic.pulse_times(60.0)
    ppg = synthetic.ppg(times_s, 64.0, 60.0)
    beats = [b for b in find_pulses(ppg + synthetic.noise(ppg.size, 0.3, seed=4), 64.0) if b.t_s > 15.0]
    trusted, placed = (np.mean([getattr(b, name) >= 0.5 for b in beats]) for name in ("quality", "timing"))
    assert trusted > 0.65
    assert placed < trusted - 0.25
    clean = [b for b in find_pulses(ppg, 64.0) if b.t_s > 15.0]
    assert min(beat.timing for beat in clean) >= 0.5


@pytest.mark.parametrize(
    ("t_s", "last_s", "trusted_s", "in_step"),
    [(10.0, 9.0, 9.0, True), (10.0, 9.4, 9.4, False), (10.0, 9.4, 9.0, True), (10.0, 8.0, 8.0, False)],
    ids=["on time", "too soon", "on time over one not trusted", "one missed"],
)
def test_in_step(t_s: float, last_s: float, trusted_s: float, in_step: bool) -> None:
    assert (Timing(t_s, last_s, 0.5, 1.0).in_step(trusted_s) >= 0.5) is in_step
    assert Timing(t_s, last_s, 0.0, 1.0).in_step(trusted_s) == 0.0


def periods(ppg: np.ndarray, fs_hz: float) -> np.ndarray:
    """The tracked period at the end of each second, NaN where unsure."""
    detector = PulseDetector(fs_hz)
    told = []
    for low in range(0, len(ppg), round(fs_hz)):
        detector.push(SampleBlock(low, fs_hz, ppg[low : low + round(fs_hz)]))
        told.append(detector.period_s)
    return np.array(told)


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


def test_only_trusted_pulses_turn_the_polarity() -> None:
    slope = -np.diff(synthetic.ppg(TIMES_S, FS_HZ, DURATION_S))
    at = 1000 + int(slope[1000:1100].argmax())
    doubtful, trusted = PolarityWatch(), PolarityWatch()
    assert not any(doubtful.turned(slope, at, FS_HZ, 0.0) for _ in range(200))
    assert any(trusted.turned(slope, at, FS_HZ, 1.0) for _ in range(20))


def test_wander_does_not_matter() -> None:
    beats = find_pulses(CLEAN + synthetic.wander(CLEAN.size, FS_HZ, 1.0), FS_HZ)
    assert np.abs(interval_errors_ms(beats, TIMES_S)[3:]).max() < 25.0


def test_amplitude_may_change_tenfold() -> None:
    strengths = np.where(np.arange(TIMES_S.size) < TIMES_S.size // 2, 1.0, 0.1)
    ppg = synthetic.ppg(TIMES_S, FS_HZ, DURATION_S, strengths=strengths)
    found = times(find_pulses(ppg, FS_HZ))
    change_s = TIMES_S[TIMES_S.size // 2]
    late = TIMES_S[np.searchsorted(TIMES_S, change_s + 6.0) :]
    assert len(found[found > late[0] - 0.4]) == len(late)
    assert len(find_pulses(ppg[::-1].copy(), FS_HZ)) >= len(TIMES_S) - 8


def test_beats_come_within_the_stated_latency() -> None:
    detector = PulseDetector(500.0)
    ppg = synthetic.ppg(TIMES_S, 500.0, DURATION_S)
    late_s = []
    for low in range(0, len(ppg), 10):
        known_s = (low + 10) / 500.0
        late_s += [known_s - beat.t_s for beat in detector.push(SampleBlock(low, 500.0, ppg[low : low + 10]))]
    assert len(late_s) > 30
    assert max(late_s[5:]) <= LATENCY_S
    assert max(late_s) <= 4.0


@pytest.mark.parametrize("fs_hz", [25.0, 100.0, 125.0, 500.0])
@pytest.mark.parametrize(
    "make",
    [
        lambda t, rng: np.full(t.size, 2047.3),
        lambda t, rng: np.full(t.size, np.nan),
        lambda t, rng: np.full(t.size, np.inf),
        lambda t, rng: np.where(np.sin(2 * np.pi * 0.3 * t) > 0, 4095.0, 0.0),
        lambda t, rng: rng.integers(0, 4096, t.size).astype(np.float64),
        lambda t, rng: rng.normal(size=t.size),
        lambda t, rng: np.cumsum(rng.normal(size=t.size)),
        lambda t, rng: 1e300 * rng.normal(size=t.size),
        lambda t, rng: t,
    ],
    ids=["flat", "lost", "infinite", "rail to rail", "uniform", "white", "walk", "absurd", "ramp"],
)
def test_no_trusted_beats_without_a_pulse(
    fs_hz: float, make: Callable[[FloatArray, np.random.Generator], FloatArray]
) -> None:
    t = np.arange(round(120 * fs_hz)) / fs_hz
    assert not any(beat.quality >= 0.5 for beat in find_pulses(make(t, np.random.default_rng(5)), fs_hz))


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.float64, st.integers(0, 900), elements=st.floats(width=64)),
    st.sampled_from([25.0, 64.0, 100.0, 500.0]),
)
def test_anything_at_all_is_only_data(values: np.ndarray, fs_hz: float) -> None:
    beats = find_pulses(values, fs_hz)
    assert all(0.0 <= beat.quality <= 1.0 for beat in beats)
    assert np.all(np.diff(times(beats)) > 0)


def test_no_quality_is_written_as_less_than_none() -> None:
    square = np.where(np.arange(500) // 10 % 2, 1000.0, -1000.0)
    assert {f"{beat.quality:.3f}" for beat in find_pulses(square, 25.0)} == {"0.000"}


def test_mains_hum_is_no_pulse() -> None:
    t = np.arange(30000) / 500.0
    assert not any(beat.quality >= 0.5 for beat in find_pulses(np.sin(2 * np.pi * 50 * t + 0.1), 500.0))


def test_motion_lowers_quality_and_passes() -> None:
    ppg = CLEAN + synthetic.noise(CLEAN.size, 0.01, seed=2)
    moving = slice(1500, 2200)
    ppg[moving] += np.cumsum(synthetic.noise(700, 0.4, seed=3))
    ppg[2200:] += ppg[2199]
    beats = find_pulses(ppg, FS_HZ)
    in_motion = [beat.quality for beat in beats if 15.5 <= beat.t_s <= 21.5]
    assert np.mean(np.array(in_motion) < 0.5) > 0.8
    assert min(beat.quality for beat in beats if beat.t_s > 31.0) >= 0.5


def test_lost_samples_are_borne_and_said() -> None:
    ppg = CLEAN.copy()
    ppg[::37] = np.nan
    assert np.abs(interval_errors_ms(find_pulses(ppg, FS_HZ), TIMES_S)[10:]).max() < 5.0
    ppg[1500:1600] = np.nan
    assert not any(14.95 < beat.t_s < 16.05 for beat in find_pulses(ppg, FS_HZ))


@pytest.mark.parametrize("gap_s", [0.3, 1.5, 30.0, 1e6])
def test_a_gap_breaks_nothing(gap_s: float) -> None:
    detector = PulseDetector(FS_HZ)
    gap = round(gap_s * FS_HZ)
    beats = detector.push(SampleBlock(0, FS_HZ, CLEAN[:2000]))
    beats += detector.push(SampleBlock(2000 + gap, FS_HZ, CLEAN[2000:]))
    beats += detector.finish()
    found = times(beats)
    assert np.all(np.diff(found) > 0.2)
    assert not np.any((found > 20.1) & (found < 19.9 + gap_s))
    after = TIMES_S[TIMES_S > 24.0]
    assert len(found[found > 23.7 + gap_s]) == len(after)


@pytest.mark.parametrize("lost_s", [1.2, 2.0, 4.0])
def test_an_end_without_signal_brings_no_pulse_twice(lost_s: float) -> None:
    ppg = synthetic.ppg(synthetic.pulse_times(10.0), 64.0, 10.0)
    beats = find_pulses(ppg, 64.0)
    assert len(beats) > 8
    assert times(find_pulses(np.append(ppg, np.full(round(64 * lost_s), np.nan)), 64.0)) == pytest.approx(times(beats))


def test_no_beats_without_contact() -> None:
    detector = PulseDetector(FS_HZ)
    beats = []
    for low in range(0, len(CLEAN), 100):
        contact = Contact.FINGER_OFF if 1500 <= low < 2500 else Contact.GOOD
        beats += detector.push(SampleBlock(low, FS_HZ, CLEAN[low : low + 100], contact=contact))
        if 1600 <= low < 2500:
            assert detector.quality == 0.0
    found = times(beats + detector.finish())
    assert not np.any((found > 14.95) & (found < 25.05))
    assert len(found[found > 26.2]) == len(TIMES_S[TIMES_S > 26.3])


def test_quality_is_earned_and_follows_the_signal() -> None:
    detector = PulseDetector(FS_HZ)
    per_second = []
    for low in range(0, len(CLEAN), 100):
        detector.push(SampleBlock(low, FS_HZ, CLEAN[low : low + 100]))
        per_second.append(detector.quality)
    assert per_second[0] == 0.0
    assert min(per_second[10:-1]) > 0.7
    for low in range(len(CLEAN), len(CLEAN) + 500, 100):
        detector.push(SampleBlock(low, FS_HZ, np.full(100, CLEAN[-1])))
    assert detector.quality == 0.0


@pytest.mark.parametrize("fs_hz", [0.0, 24.9, 501.0, float("nan")])
def test_a_rate_out_of_range_is_said(fs_hz: float) -> None:
    with pytest.raises(ValueError, match="25 to 500"):
        PulseDetector(fs_hz)


def test_real_finger_ppg() -> None:
    """heartpy's first example: 100 Hz, a steady pulse."""
    beats = find_pulses(REAL_PPG, 100.0)
    working, _ = heartpy.process(REAL_PPG, 100.0)
    peaks_s = np.array(working["peaklist"]) / 100.0
    found = times(beats)
    inside = peaks_s[(peaks_s > 1.0) & (peaks_s < found[-1])]
    nearest = np.array([np.min(np.abs(found + 0.08 - peak)) for peak in inside])
    assert np.mean(nearest < 0.05) > 0.95
    assert abs(len(found) - len(peaks_s)) <= 3
    assert np.mean(qualities(beats)[6:] >= 0.5) > 0.9
