"""Where pulses are placed: seen by a camera, frame by frame at any phase, or beside lost samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.pulse.detector import find_pulses
from dsp.types import TRUSTED_QUALITY, FloatArray
from tests import synthetic_ppg as synthetic

DURATION_S = 60.0
LEARNT_S = 8.0
WITHIN_FRAME = 16
NOISE = 0.05  # of a pulse's height, in frames of 1/30 s


def frames(times_s: FloatArray, fps_hz: float, exposure: float, phase: float, seed: int) -> FloatArray:
    """The light that each frame of a camera gathers over a share of its time, with as much noise at any rate."""
    light = synthetic.ppg(times_s - phase / fps_hz, fps_hz * WITHIN_FRAME, DURATION_S).reshape(-1, WITHIN_FRAME)
    seen = light[:, : max(1, round(exposure * WITHIN_FRAME))].mean(axis=1)
    return np.asarray(seen + synthetic.noise(seen.size, NOISE * np.sqrt(fps_hz / 30.0), seed))


def lose(ppg: FloatArray, fs_hz: float, lost_s: float, seed: int) -> FloatArray:
    """`ppg` without `lost_s` somewhere in every fourth second."""
    left = ppg.copy()
    for begin_s in np.arange(LEARNT_S, DURATION_S, 4.0) + np.random.default_rng(seed).uniform(0.0, 3.0):
        left[round(begin_s * fs_hz) : round((begin_s + lost_s) * fs_hz)] = np.nan
    return left


def timed_errors_ms(times_s: FloatArray, ppg: FloatArray, fps_hz: float) -> FloatArray:
    """Errors of the intervals between neighbours whose places are trusted; a pulse's is the true one nearest to it."""
    beats = [beat for beat in find_pulses(ppg, fps_hz) if beat.t_s > LEARNT_S]
    found_s = np.array([beat.t_s for beat in beats])
    nearest = np.abs(found_s[:, None] - times_s).argmin(axis=1)
    timed = np.array([beat.timing >= TRUSTED_QUALITY for beat in beats])
    whole = (np.diff(nearest) == 1) & timed[1:] & timed[:-1]
    return np.asarray(1000 * (np.diff(found_s) - np.diff(times_s[nearest]))[whole])


@settings(max_examples=25, deadline=None)
@given(
    fps_hz=st.sampled_from([25.0, 30.0, 60.0]),
    exposure=st.floats(0.1, 1.0),
    phase=st.floats(0.0, 1.0),
    mean_s=st.sampled_from([0.6, 0.75, 0.9]),
    seed=st.integers(0, 9999),
)
def test_a_cameras_pulses_are_placed_far_below_a_frame(
    fps_hz: float, exposure: float, phase: float, mean_s: float, seed: int
) -> None:
    times_s = synthetic.pulse_times(DURATION_S, mean_s)
    errors_ms = timed_errors_ms(times_s, frames(times_s, fps_hz, exposure, phase, seed), fps_hz)
    assert len(errors_ms) > 0.8 * (DURATION_S - LEARNT_S) / mean_s - 4
    assert np.sqrt(np.mean(errors_ms**2)) < 8.0


@pytest.mark.parametrize("mean_s", [0.6, 0.9])
def test_slow_frames_cost_nothing_where_the_light_is_as_noisy(mean_s: float) -> None:
    times_s = synthetic.pulse_times(DURATION_S, mean_s)
    slow_ms, fast_ms = (
        np.concatenate(
            [timed_errors_ms(times_s, frames(times_s, fps_hz, 1.0, seed / 8, seed), fps_hz) for seed in range(8)]
        )
        for fps_hz in (30.0, 120.0)
    )
    assert np.std(slow_ms) < 1.15 * np.std(fast_ms)


@settings(max_examples=25, deadline=None)
@given(
    fs_hz=st.sampled_from([30.0, 64.0, 125.0]),
    lost_s=st.floats(0.05, 0.5),
    mean_s=st.floats(0.7, 1.0),
    seed=st.integers(0, 9999),
)
def test_beside_a_loss_a_place_is_right_or_not_trusted(fs_hz: float, lost_s: float, mean_s: float, seed: int) -> None:
    """Of a pulse cut short the rest matches best some other way: such places were up to 72 ms off, and trusted."""
    times_s = synthetic.pulse_times(DURATION_S, mean_s)
    whole = synthetic.ppg(times_s, fs_hz, DURATION_S) + synthetic.noise(round(DURATION_S * fs_hz), 0.01, seed)
    errors_ms = timed_errors_ms(times_s, lose(whole, fs_hz, lost_s, seed), fs_hz)
    assert len(errors_ms) > 0.4 * (DURATION_S - LEARNT_S) / mean_s
    assert np.abs(errors_ms).max() < 15.0
