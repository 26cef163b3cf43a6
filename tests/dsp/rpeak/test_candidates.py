import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsp.rpeak.candidates import CandidateFinder, find_peaks, log_ratio

GRID_HZ = 125.0
QUIET = 1e-3


def envelope(*peaks: tuple[int, float]) -> np.ndarray:
    energy = np.full(1000, QUIET)
    for at, height in peaks:
        energy[at - 2 : at + 3] = height * np.array([0.2, 0.7, 1.0, 0.7, 0.2])
    return energy


def test_peaks_are_the_same_whether_looked_for_in_few_or_many_points() -> None:
    energy = np.random.default_rng(3).random(1000)
    few = [find_peaks(energy, start, start + 10) for start in range(10, 990, 10)]
    assert find_peaks(energy, 10, 990) == [peak for found in few for peak in found]


@given(st.integers(0, 99), st.integers(1, 300))
def test_candidates_are_the_same_whether_looked_for_in_few_or_many_points(seed: int, step: int) -> None:
    energy = np.exp(np.random.default_rng(seed).normal(0.0, 3.0, 1000))
    finder = CandidateFinder(GRID_HZ)
    apart = [finder.candidates(energy, start, min(start + step, 980)) for start in range(380, 980, step)]
    assert finder.candidates(energy, 380, 980) == [candidate for found in apart for candidate in found]


def test_of_two_maxima_close_together_the_higher_is_the_candidate() -> None:
    found = CandidateFinder(GRID_HZ).candidates(envelope((500, 1.0), (509, 2.0)), 400, 900)
    assert found == [509]


def test_a_maximum_dwarfed_by_the_last_beat_is_none() -> None:
    found = CandidateFinder(GRID_HZ).candidates(envelope((500, 1.0), (530, 0.01)), 400, 900)
    assert found == [500]


def test_a_smaller_beat_is_one() -> None:
    found = CandidateFinder(GRID_HZ).candidates(envelope((500, 1.0), (600, 0.05)), 400, 900)
    assert found == [500, 600]


def test_log_ratio_is_of_amplitudes_and_limited() -> None:
    ratio = log_ratio(np.array([np.e**2, 1.0, 1e-30, 1e30]), np.ones(4))
    np.testing.assert_allclose(ratio, [1.0, 0.0, -5.0, 3.0])
