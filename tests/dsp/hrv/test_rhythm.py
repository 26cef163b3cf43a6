from dataclasses import replace

import numpy as np
import pytest

from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.rhythm import HOLD_S, RhythmMonitor, is_irregular
from dsp.types import IntervalKind, RRInterval

RNG = np.random.default_rng(8)


def fibrillating(count: int, mean_ms: float = 700.0) -> np.ndarray:
    """Intervals of a fibrillating heart: independent, spread by about a fifth."""
    return np.clip(RNG.gamma(25, mean_ms / 25, count), 320, None)


def breathed(count: int, pace: float, swing_ms: float, jitter_ms: float = 15.0) -> np.ndarray:
    rr, t_s = [], 0.0
    for _ in range(count):
        rr.append(900 + swing_ms / 2 * np.sin(2 * np.pi * pace / 60 * t_s) + jitter_ms * RNG.standard_normal())
        t_s += rr[-1] / 1000
    return np.array(rr)


def flags(rr_ms: np.ndarray) -> np.ndarray:
    monitor, out = RhythmMonitor(), []
    for interval in classify(beats_of_rr(rr_ms)):
        monitor.push(interval)
        out.append(monitor.irregular(interval.t_s))
    return np.array(out)


@pytest.mark.parametrize("mean_ms", [450.0, 700.0, 1000.0])
def test_fibrillation_is_recognised_within_twenty_five_intervals(mean_ms: float) -> None:
    found = flags(fibrillating(600, mean_ms))
    assert found[25:].mean() > 0.98


@pytest.mark.parametrize("pace", [4.5, 6.0, 9.0, 15.0])
@pytest.mark.parametrize("swing_ms", [20.0, 150.0, 300.0])
def test_breathing_however_deep_is_not_irregular(pace: float, swing_ms: float) -> None:
    assert not flags(breathed(400, pace, swing_ms)).any()


def test_sparse_ectopics_are_not_irregular() -> None:
    rr = breathed(600, 14, 40)
    for at in RNG.choice(np.arange(0, 590, 8), 40, replace=False):
        rr[at] -= 300
        rr[at + 1] += 300
    assert not flags(rr).any()


def test_missed_and_extra_beats_are_not_irregular() -> None:
    rr = breathed(600, 14, 40)
    rr[::12] *= 2
    rr[6::24] /= 2
    assert not flags(rr).any()


def test_the_flag_holds_a_while_after_the_rhythm_has_settled() -> None:
    rr = np.concatenate((fibrillating(100), breathed(200, 14, 40)))
    found = flags(rr)
    t_s = np.cumsum(rr) / 1000
    back_s = t_s[np.flatnonzero(found)[-1]] - t_s[99]
    assert HOLD_S < back_s < HOLD_S + 40


def test_unreadable_intervals_say_nothing() -> None:
    monitor = RhythmMonitor()
    for n, rr in enumerate(fibrillating(200)):
        monitor.push(RRInterval(float(n), rr, IntervalKind.UNREADABLE, n))
    assert not monitor.irregular(200.0)


def test_the_rule_is_blind_to_rate_and_to_what_is_not_normal() -> None:
    rr, all_normal = fibrillating(40), np.ones(40, dtype=bool)
    assert is_irregular(rr, all_normal)
    assert is_irregular(rr * 1.7, all_normal)
    steady = breathed(40, 14, 40)
    spoilt = np.arange(40) % 7 == 3
    steady[spoilt] *= 1.8
    assert not is_irregular(steady, ~spoilt)
    assert not is_irregular(rr, np.zeros(40, dtype=bool))


def test_intervals_whose_place_is_poor_say_nothing_of_rhythm() -> None:
    monitor = RhythmMonitor()
    for interval in classify(beats_of_rr(fibrillating(100))):
        monitor.push(replace(interval, timed=False))
        assert not monitor.irregular(interval.t_s)
