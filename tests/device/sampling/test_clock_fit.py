import numpy as np
import pytest

from device.sampling.clock_fit import SampleClock


def observed(true_fs_hz: float, seconds: int, jitter_s: float, seed: int = 1) -> SampleClock:
    clock, rng = SampleClock(100.0), np.random.default_rng(seed)
    for k in range(seconds * 10):
        index = int(k * true_fs_hz / 10)
        clock.observe(index, 1000.0 + index / true_fs_hz + rng.uniform(0, jitter_s))
    return clock


def test_a_chip_one_percent_fast_is_found_out() -> None:
    clock = observed(101.0, seconds=300, jitter_s=0.02)
    assert clock.fs_hz == pytest.approx(101.0, abs=0.02)
    assert clock.index_at(1000.0 + 300.0) == pytest.approx(30300, abs=3)


def test_the_first_seconds_jitter_does_not_bend_the_line() -> None:
    clock = observed(100.0, seconds=3, jitter_s=0.02)
    assert clock.fs_hz == pytest.approx(100.0, abs=0.3)


def test_recording_time_is_the_index_over_the_nominal_rate() -> None:
    clock = observed(101.0, seconds=600, jitter_s=0.0)
    assert clock.t_s_at(1600.0) == pytest.approx(606.0, abs=0.02)


def test_before_any_sample_there_is_no_time() -> None:
    with pytest.raises(ValueError, match="no sample"):
        SampleClock(500.0).index_at(0.0)
