"""The bench of phone fingers holds what the device tells against a strap whose clock is another."""

import numpy as np

from bench.phone_finger import score, told_rmssd_errors_ms
from tests import synthetic_ppg as synthetic

FPS_HZ = 30.0
DURATION_S = 90.0


def test_a_strap_that_begins_some_beats_later_is_found_and_told_rmssd_is_held_against_it() -> None:
    times_s = synthetic.pulse_times(DURATION_S)
    strap_s = times_s[5:] - times_s[5]
    light = synthetic.ppg(times_s, FPS_HZ, DURATION_S)
    recording = (light, FPS_HZ, strap_s)
    found = score(lambda ppg, fs_hz: (times_s, None), recording)
    assert abs(found.lag_s - times_s[5]) < 0.001
    assert found.f1 == 1.0
    errors_ms = told_rmssd_errors_ms(recording, found.lag_s)
    assert len(errors_ms) > 10
    assert errors_ms.max() < 2.0
    doubled_ms = told_rmssd_errors_ms((light, FPS_HZ, np.cumsum(np.diff(strap_s, prepend=0.0) * 2)), found.lag_s)
    assert doubled_ms.min() > 10.0
