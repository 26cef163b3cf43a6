"""When a candidate that is more likely none is taken for a beat after all."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rpeak.decider import BeatDecider
from dsp.rpeak.detector import BULK_S, RPeakDetector
from dsp.rpeak.filters import grid_rate_hz
from dsp.rpeak.score import Hear, Judge, ruling
from dsp.types import FloatArray, SampleBlock

FS_HZ = 250.0
PLACED_S = 0.01  # a beat is found where its noise lets it
DOUBTED_S = 15.0


class Doubting(BeatDecider):
    """Sure of every candidate up to DOUBTED_S, and of none behind."""

    def __init__(self, score: float) -> None:
        super().__init__(grid_rate_hz(FS_HZ))
        self._score = score

    def judge(self, surroundings: FloatArray, times_s: list[float], hear: Hear) -> Judge:
        return lambda number, _: ruling([5.0 if times_s[number] < DOUBTED_S else self._score])


def found_s(score: float, rr_s: float) -> tuple[list[float], list[float]]:
    """The beats, and the quality of those behind DOUBTED_S, of narrow complexes and nothing else."""
    t_s = np.arange(round(30 * FS_HZ)) / FS_HZ
    ecg_uv = 1000.0 * np.exp(-0.5 * ((t_s % rr_s - 0.5 * rr_s) / 0.012) ** 2)
    ecg_uv += np.random.default_rng(1).normal(0.0, 2.0, len(t_s))
    detector = RPeakDetector(FS_HZ, Doubting(score), BULK_S)
    beats = detector.push(SampleBlock(0, FS_HZ, ecg_uv)) + detector.finish()
    return [beat.t_s for beat in beats], [beat.quality for beat in beats if beat.t_s > DOUBTED_S + 5.0]


@settings(max_examples=5, deadline=None)
@given(st.floats(-0.45, -0.05), st.floats(0.5, 0.9))
def test_a_beat_long_due_is_the_likeliest_there_is_and_of_low_quality(score: float, rr_s: float) -> None:
    beats_s, qualities = found_s(score, rr_s)
    assert max(np.diff(beats_s)) <= 2.0 - score + rr_s + PLACED_S
    assert min(np.diff([t for t in beats_s if t > DOUBTED_S])) > min(1.8 * rr_s, 2.0) - PLACED_S
    assert max(qualities) < 0.5


@settings(max_examples=3, deadline=None)
@given(st.floats(-8.0, -0.6), st.floats(0.5, 0.9))
def test_where_nothing_is_like_a_beat_there_is_none_however_long(score: float, rr_s: float) -> None:
    assert max(found_s(score, rr_s)[0]) < DOUBTED_S
