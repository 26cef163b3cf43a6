import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.rpeak.detector import find_rpeaks
from dsp.rpeak.template import LocatedBeat, QrsTemplates
from dsp.types import TRUSTED_QUALITY
from tests import synthetic

TWO_SIDED = ((900.0, -0.014, 0.010), (-900.0, 0.014, 0.010), (200.0, 0.26, 0.045))
Waves = tuple[tuple[float, float, float], ...]


def resized(waves: Waves, factor: float) -> Waves:
    return tuple((factor * height, at_s, width_s) for height, at_s, width_s in waves)


class Heart:
    """Beats one by one, each a random part of a sample and of the reach away from where it is looked for."""

    def __init__(self, fs_hz: float = 250.0, noise_uv: float = 10.0, seed: int = 1) -> None:
        self.templates = QrsTemplates(fs_hz)
        self.fs_hz = fs_hz
        self.noise_uv = noise_uv
        self.rng = np.random.default_rng(seed)

    def beat(self, waves: Waves = synthetic.NORMAL) -> tuple[LocatedBeat, float]:
        """What is made of a beat, and how far its place is from the beat's own zero, in ms."""
        margin = self.templates.margin
        away = self.rng.uniform(-0.01, 0.01) * self.fs_hz
        count = 2 * margin + 1
        r_s = np.array([(margin + away) / self.fs_hz])
        samples = synthetic.ecg(r_s, self.fs_hz, count / self.fs_hz, waves)
        place = self.templates.locate(samples + self.rng.normal(0.0, self.noise_uv, count))
        return place, 1000.0 * (place.offset - away) / self.fs_hz


@pytest.mark.parametrize("fs_hz", [125.0, 250.0, 500.0])
@pytest.mark.parametrize("polarity", [1.0, -1.0])
def test_the_place_does_not_jump_between_two_sides_of_like_size(fs_hz: float, polarity: float) -> None:
    heart = Heart(fs_hz, noise_uv=20.0)
    errors_ms = []
    for _ in range(60):
        first, second = heart.rng.uniform(0.85, 1.15, 2)
        sides = ((polarity * first * 900.0, *TWO_SIDED[0][1:]), (-polarity * second * 900.0, *TWO_SIDED[1][1:]))
        errors_ms.append(heart.beat(sides)[1])
    assert np.std(errors_ms) < 1.5  # the sides are 28 ms apart
    assert abs(np.mean(errors_ms)) < 20.0


@pytest.mark.parametrize("fs_hz", [125.0, 250.0, 360.0, 500.0, 1000.0])
@pytest.mark.parametrize("noise_uv", [10.0, 40.0, 120.0])
def test_the_stated_deviation_is_that_of_the_places(fs_hz: float, noise_uv: float) -> None:
    heart = Heart(fs_hz, noise_uv)
    beats = [heart.beat() for _ in range(300)][30:]
    stated_ms = math.sqrt(np.mean([place.sd_ms**2 for place, _ in beats]))
    assert stated_ms == pytest.approx(np.std([error_ms for _, error_ms in beats]), rel=0.3)


def test_likeness_falls_with_another_shape_size_or_sign() -> None:
    heart = Heart()
    assert math.isnan(heart.beat()[0].likeness)
    for _ in range(10):
        heart.beat()
    same = heart.beat()[0].likeness
    small, tall = (heart.beat(resized(synthetic.NORMAL, factor))[0].likeness for factor in (0.5, 2.0))
    assert same > 0.98
    assert small == pytest.approx(0.8, abs=0.04)
    assert tall == pytest.approx(0.8, abs=0.04)
    assert heart.beat(synthetic.ECTOPIC)[0].likeness < 0.7
    assert heart.beat(resized(synthetic.NORMAL, -1.0))[0].likeness < 0.7
    assert heart.beat()[0].likeness > 0.98


def test_a_beat_of_its_own_shape_is_placed_on_its_highest_point() -> None:
    heart = Heart()
    for _ in range(10):
        heart.beat()
    assert abs(heart.beat(synthetic.ECTOPIC)[1]) < 15.0


@pytest.mark.parametrize("first", [1, 3, 6])
def test_bad_beats_at_the_start_are_forgotten(first: int) -> None:
    heart = Heart()
    for _ in range(first):
        heart.beat(((3000.0, 0.0, 0.004),))
    for _ in range(3 * first):
        heart.beat()
    assert heart.beat()[0].likeness > 0.95


def test_in_bigeminy_the_usual_beat_stays_the_usual_one() -> None:
    heart = Heart()
    for _ in range(6):
        heart.beat()
    likeness = [heart.beat(waves)[0].likeness for _ in range(60) for waves in (synthetic.NORMAL, synthetic.ECTOPIC)]
    assert min(likeness[::2]) > 0.95
    assert max(likeness[1::2]) < 0.8


def test_a_shape_that_changes_slowly_stays_the_same_beat() -> None:
    heart = Heart()
    places, likeness, placed_by = [], [], []
    for share in np.linspace(0.0, 1.0, 200).tolist():
        place, error_ms = heart.beat(((1000.0 - 500.0 * share, 0.0, 0.011), (-900.0 * share, 0.027, 0.012)))
        places.append(error_ms)
        likeness.append(place.likeness)
        placed_by.append(place.placed_by)
    assert np.nanmin(likeness) > 0.9
    jumps = np.flatnonzero(np.abs(np.diff(places)) > 2.0) + 1
    assert len(jumps) <= 1  # to the side that has become the higher one
    assert all(placed_by[jump] != placed_by[jump - 1] for jump in jumps)


@given(st.lists(st.booleans(), min_size=30, max_size=80), st.floats(0.4, 2.5), st.integers(0, 500))
def test_neighbours_that_one_template_placed_are_as_far_apart_as_they_are(
    others: list[bool], factor: float, seed: int
) -> None:
    heart = Heart(seed=seed)
    last, last_ms = heart.beat()
    for other in others:
        place, error_ms = heart.beat(resized(synthetic.ECTOPIC, factor) if other else synthetic.NORMAL)
        if place.placed_by == last.placed_by and min(place.timing, last.timing) >= TRUSTED_QUALITY:
            assert abs(error_ms - last_ms) < 4.0
        last, last_ms = place, error_ms


@given(st.lists(st.integers(6, 20), min_size=2, max_size=6), st.floats(0.6, 2.0), st.integers(0, 500))
def test_beats_of_another_quick_shape_are_timed_among_themselves(runs: list[int], factor: float, seed: int) -> None:
    heart = Heart(seed=seed)
    for _ in range(10):
        heart.beat()
    turned = resized(((-900.0, -0.015, 0.010), (500.0, 0.02, 0.010)), factor)
    by = []
    for number, length in enumerate(runs):
        late = [heart.beat(synthetic.NORMAL if number % 2 else turned)[0] for _ in range(length)][2:]
        assert min(place.timing for place in late) >= TRUSTED_QUALITY
        assert len({place.placed_by for place in late}) == 1
        by.append(late[0].placed_by)
    assert all(one != following for one, following in pairwise(by))


def test_no_number_comes_back() -> None:
    heart, numbers = Heart(), []
    for _ in range(3):
        numbers.append({heart.beat()[0].placed_by for _ in range(8)})
        heart.templates.forget()
    assert all(len(number) == 1 for number in numbers)
    assert len(set.union(*numbers)) == 3


def test_the_detector_tells_which_template_placed_a_beat() -> None:
    r_s = synthetic.regular_r_times(120.0)
    turned = ((-900.0, -0.015, 0.010), (500.0, 0.02, 0.010))
    every_other = synthetic.ecg(r_s[::2], 250.0, 120.0) + synthetic.ecg(r_s[1::2], 250.0, 120.0, turned)
    beats = find_rpeaks(every_other, 250.0)[-60:]
    assert len({beat.placed_by for beat in beats[::2]}) == len({beat.placed_by for beat in beats[1::2]}) == 1
    assert beats[0].placed_by != beats[1].placed_by


@pytest.mark.parametrize("every", [6, 8])
def test_another_shape_that_is_seldom_is_not_the_heart_s_own(every: int) -> None:
    heart = Heart()
    turned = ((-900.0, -0.015, 0.010), (500.0, 0.02, 0.010))
    places = [heart.beat(synthetic.NORMAL if n % every else turned)[0] for n in range(20 * every)]
    assert max(place.likeness for place in places[every::every]) < 0.8


@pytest.mark.parametrize("every", [2, 3])
def test_another_quick_shape_that_is_frequent_is_the_heart_s_own(every: int) -> None:
    heart = Heart()
    turned = ((-900.0, -0.015, 0.010), (500.0, 0.02, 0.010))
    for waves, least, most in ((turned, 0.9, 1.0), (synthetic.ECTOPIC, -1.0, 0.8)):
        heart.templates.forget()
        for _ in range(20):
            heart.beat()
        places = [heart.beat(waves if n % every == 0 else synthetic.NORMAL)[0] for n in range(150)]
        others = [place.likeness for place in places]
        assert max(place.likeness_to_usual for place in places[::every]) < 0.8
        assert all(likeness > 0.9 for n, likeness in enumerate(others) if n % every)
        assert others[0] < 0.8
        assert all(least <= likeness <= most for likeness in others[120::every])


@given(st.integers(2, 11), st.floats(0.9, 4.0), st.integers(0, 500))
def test_wide_beats_are_not_timed_where_they_are_not_the_usual_ones(run: int, factor: float, seed: int) -> None:
    heart = Heart(seed=seed)
    for _ in range(20):
        heart.beat()
    for _ in range(run):
        assert heart.beat(resized(synthetic.ECTOPIC, factor))[0].timing < TRUSTED_QUALITY


def test_a_new_posture_is_the_usual_one_within_half_a_minute() -> None:
    heart = Heart()
    for _ in range(100):
        heart.beat()
    turned = ((-900.0, -0.02, 0.014), (500.0, 0.03, 0.014))
    likeness = [heart.beat(turned)[0].likeness for _ in range(32)]
    assert likeness[0] < 0.8
    assert likeness[-1] > 0.95


def test_a_flat_line_has_a_place_within_reach() -> None:
    templates = QrsTemplates(250.0)
    for _ in range(3):
        assert abs(templates.locate(np.zeros(2 * templates.margin + 1)).offset) <= templates.margin


def test_timing_is_poor_where_the_place_is() -> None:
    clean, noisy = Heart(noise_uv=10.0), Heart(noise_uv=300.0)
    assert min(clean.beat()[0].timing for _ in range(30)) > 0.99
    assert np.median([noisy.beat()[0].timing for _ in range(60)]) < 0.97
    assert clean.beat(synthetic.ECTOPIC)[0].timing < 0.7
