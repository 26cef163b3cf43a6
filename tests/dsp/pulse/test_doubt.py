"""What no pulse vouches for is judged again, or not told."""

import numpy as np
import pytest

from dsp.pulse.detector import PulseDetector, find_pulses
from dsp.types import SampleBlock
from tests import synthetic_ppg as synthetic


def test_a_wrong_way_up_that_no_pulse_vouches_for_is_judged_again() -> None:
    """A signal that begins as the mirror of what follows, in the moment the polarity is judged."""
    times_s = synthetic.pulse_times(60.0)
    ppg = synthetic.ppg(times_s, 100.0, 60.0)
    ppg[:400] *= -4
    beats = [beat for beat in find_pulses(ppg, 100.0) if beat.t_s > 30.0]
    true_s = times_s[times_s > 30.0]
    assert len(beats) == len(true_s)
    assert np.abs(np.diff([beat.t_s for beat in beats]) - np.diff(true_s)).max() < 0.002
    assert min(beat.quality for beat in beats) >= 0.5


@pytest.mark.parametrize("rhythm_s", [2.1, 2.15, 2.2])
def test_a_hand_that_moves_more_slowly_than_a_heart_beats_is_no_heart(rhythm_s: float) -> None:
    detector = PulseDetector(64.0)
    rhythm = np.sin(2 * np.pi * np.arange(0.0, 90.0, 1 / 64.0) / rhythm_s)
    for low in range(0, len(rhythm), 64):
        detector.push(SampleBlock(low, 64.0, rhythm[low : low + 64]))
        assert np.isnan(detector.period_s)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("mean_s", [0.9, 1.2])
@pytest.mark.parametrize("fs_hz", [25.0, 30.0])
def test_pulses_as_small_as_the_noise_within_them_are_found(fs_hz: float, mean_s: float, seed: int) -> None:
    """Noise has a third of the pulse's SD at 30 Hz, in the band of its upslope; none of them is well placed."""
    times_s = synthetic.pulse_times(90.0, mean_s)
    ppg = synthetic.ppg(times_s, fs_hz, 90.0)
    ppg += synthetic.noise(ppg.size, 0.5 * float(ppg.std()) * np.sqrt(fs_hz / 30.0), seed)
    found_s = np.array([beat.t_s for beat in find_pulses(ppg, fs_hz) if beat.t_s > 20.0])
    true_s = times_s[times_s > 20.0]
    near = np.abs(found_s[:, None] - true_s).min(axis=1) < 0.15
    hits = len(np.unique(np.abs(found_s[near, None] - true_s).argmin(axis=1)))
    assert 2 * hits / (len(found_s) + len(true_s)) > 0.8


@pytest.mark.parametrize("size", [1, 3, 7, 64])
def test_of_rough_pulses_any_cut_gives_the_same_beats_in_time_and_none_is_well_placed(size: int) -> None:
    times_s = synthetic.pulse_times(60.0, 1.2)
    ppg = synthetic.ppg(times_s, 30.0, 60.0)
    ppg += synthetic.noise(ppg.size, 0.8 * float(ppg.std()), 4)
    detector = PulseDetector(30.0)
    beats, late_s = [], []
    for low in range(0, ppg.size, size):
        known = detector.push(SampleBlock(low, 30.0, ppg[low : low + size]))
        late_s += [(low + size) / 30.0 - beat.t_s for beat in known if beat.t_s > 3.0]
        beats += known
    beats += detector.finish()
    assert beats == find_pulses(ppg, 30.0)
    assert max(late_s) <= 0.60 + size / 30.0
    assert max(beat.timing for beat in beats) < 0.5
