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
