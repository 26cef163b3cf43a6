import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsp.rpeak.trust.interlopers import Interlopers
from dsp.types import FloatArray

hearts = st.builds(
    lambda seed, rr_s: rr_s * (1.0 + np.random.default_rng(seed).uniform(-0.02, 0.02, 80)),
    st.integers(0, 2**32 - 1),
    st.floats(0.5, 1.1),
)


def most_errors(beats: list[tuple[float, float]]) -> float:
    """The most that were expected over beats of (time, likeness)."""
    interlopers, most = Interlopers(), 0.0
    for t_s, likeness in sorted(beats):
        interlopers.push(t_s, likeness)
        most = max(most, interlopers.errors_a_beat)
    return most


def own(rr_s: FloatArray) -> list[tuple[float, float]]:
    return [(float(t_s), 0.98) for t_s in np.cumsum(rr_s)]


@given(hearts, st.floats(1.4, 2.2), st.integers(0, 2**32 - 1))
def test_steps_between_the_beats_are_expected_errors(rr_s: FloatArray, cadence_hz: float, seed: int) -> None:
    """At another pace than the heart's, of another shape; none within 100 ms of a beat can be seen apart, and some of
    the heart's intervals must be free of them."""
    if abs(cadence_hz * float(np.median(rr_s)) - round(cadence_hz * float(np.median(rr_s)))) < 0.1:
        cadence_hz *= 1.15
    beats = own(rr_s)
    steps_s = np.arange(0.0, beats[-1][0], 1.0 / cadence_hz) + np.random.default_rng(seed).uniform(0.0, 0.3)
    apart = [float(t_s) for t_s in steps_s if min(abs(t_s - at_s) for at_s, _ in beats) > 0.1]
    every = math.ceil(1.5 * cadence_hz * float(np.median(rr_s)))
    sparse = [t_s for number, t_s in enumerate(apart) if number % every == 1]
    assert most_errors(beats + [(t_s, 0.1) for t_s in sparse]) >= 0.2


@given(hearts, st.integers(1, 4), st.floats(0.15, 0.4))
def test_premature_beats_with_their_pauses_are_none(rr_s: FloatArray, every: int, early: float) -> None:
    beats = own(rr_s)
    usual_s = float(np.median(rr_s))
    turned = [
        (t_s, likeness) if number % (every + 1) else (t_s - early * usual_s, 0.1)
        for number, (t_s, likeness) in enumerate(beats)
    ]
    assert most_errors(turned) == 0.0


@given(hearts, st.integers(10, 60))
def test_one_interpolated_beat_alone_is_none(rr_s: FloatArray, at: int) -> None:
    beats = own(rr_s)
    assert most_errors([*beats, ((beats[at][0] + beats[at + 1][0]) / 2.0, 0.1)]) == 0.0


@given(hearts, st.integers(2, 3))
def test_a_heart_that_beats_faster_in_turn_with_one_shape_is_its_own(rr_s: FloatArray, times: int) -> None:
    quick = np.concatenate([np.full(times if number % 3 == 0 else 1, s / times) for number, s in enumerate(rr_s)])
    assert most_errors(own(quick)) == 0.0
