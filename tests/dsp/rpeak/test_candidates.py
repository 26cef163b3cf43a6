import numpy as np

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
    many = find_peaks(energy, 10, 990)
    few = np.concatenate([find_peaks(energy, start, start + 10) for start in range(10, 990, 10)])
    np.testing.assert_array_equal(many, few)


def test_of_two_maxima_close_together_the_higher_is_the_candidate() -> None:
    found = CandidateFinder(GRID_HZ).candidates(envelope((500, 1.0), (509, 2.0)), 400, 900)
    assert found.tolist() == [509]


def test_a_maximum_dwarfed_by_the_last_beat_is_none() -> None:
    found = CandidateFinder(GRID_HZ).candidates(envelope((500, 1.0), (530, 0.01)), 400, 900)
    assert found.tolist() == [500]


def test_a_smaller_beat_is_one() -> None:
    found = CandidateFinder(GRID_HZ).candidates(envelope((500, 1.0), (600, 0.05)), 400, 900)
    assert found.tolist() == [500, 600]


def test_log_ratio_is_of_amplitudes_and_limited() -> None:
    ratio = log_ratio(np.array([np.e**2, 1.0, 1e-30, 1e30]), np.ones(4))
    np.testing.assert_allclose(ratio, [1.0, 0.0, -5.0, 3.0])
