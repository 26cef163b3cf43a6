import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from device.session.showing.heart_wave import BEHIND_S, COLUMNS, WAVE_S, heart_wave
from dsp.types import IntervalKind, RRInterval

Beats = list[RRInterval]


def swinging(until_s: float, swing_bpm: float, breaths_per_min: float = 6.0) -> Beats:
    beats: Beats = []
    t_s = 0.0
    while t_s < until_s:
        rate = 68.0 + swing_bpm * math.sin(2 * math.pi * t_s * breaths_per_min / 60.0)
        t_s += 60.0 / rate
        beats.append(RRInterval(t_s, 60000.0 / rate, IntervalKind.NORMAL, len(beats)))
    return beats


@given(st.lists(st.floats(300.0, 2000.0), max_size=80), st.floats(0.0, 30.0))
def test_whatever_the_heart_does_the_wave_stays_in_its_box(rr_ms: list[float], later_s: float) -> None:
    t_s, beats = 0.0, []
    for number, length in enumerate(rr_ms):
        t_s += length / 1000.0
        beats.append(RRInterval(t_s, length, IntervalKind.NORMAL, number))
    wave = heart_wave(beats, t_s + later_s)
    assert len(wave) <= COLUMNS
    assert all(0.0 <= value <= 1.0 for value in wave)


def test_a_heart_that_swings_fills_the_box_and_a_steady_one_is_a_level_line() -> None:
    swing, steady = (heart_wave(swinging(60.0, bpm), 60.0) for bpm in (10.0, 0.0))
    assert len(swing) == len(steady) == COLUMNS
    assert max(swing) > 0.9
    assert min(swing) < 0.1
    assert set(steady) == {0.5}


def test_as_time_goes_on_the_line_moves_and_is_not_drawn_anew() -> None:
    """A column later is the wave shifted by one: beats that come in change only its end."""
    beats, column_s = swinging(90.0, 10.0), WAVE_S / COLUMNS
    waves = []
    for n in range(20):
        t_s = 60.0 + n * column_s
        waves.append(heart_wave([beat for beat in beats if beat.t_s < t_s - BEHIND_S / 2], t_s))
    for before, after in pairwise(waves):
        assert max(abs(a - b) for a, b in zip(before[1:], after[:-1], strict=True)) < 0.1


def test_without_beats_there_is_no_line_and_a_gap_ends_the_older_one() -> None:
    assert heart_wave([], 10.0) == ()
    assert heart_wave(swinging(30.0, 5.0), 60.0) == ()
    early = [beat for beat in swinging(60.0, 5.0) if not 40.0 < beat.t_s < 50.0]
    assert 0 < len(heart_wave(early, 60.0)) < COLUMNS / 2
