import numpy as np
import pytest

from dsp.rpeak.history import BeatHistory, Candidate

RNG = np.random.default_rng(4)
WAVE = np.convolve(RNG.normal(size=40), np.hanning(9), "same")


def candidate(t_s: float, height: float = 0.0, wave: np.ndarray = WAVE) -> Candidate:
    waves = np.stack([wave[8:29], wave[9:30], wave[10:31]])
    return Candidate(t_s, height, [0.0] * 5, waves / np.linalg.norm(waves[1]))


def history_of(times_s: list[float]) -> BeatHistory:
    history = BeatHistory([candidate(times_s[0])])
    for t_s in times_s:
        history.accept(candidate(t_s))
    return history


def test_the_same_beat_at_the_usual_interval_is_alike_in_everything() -> None:
    found = history_of([1.0, 1.8, 2.6, 3.4]).compare(candidate(4.2))
    heights = [found.over_median, found.over_last, found.over_lowest, found.over_highest, found.over_typical]
    assert heights == pytest.approx([0.0] * 5)
    assert [found.best_likeness, found.mean_likeness, found.typical_likeness] == pytest.approx([1.0] * 3, abs=0.05)
    assert found.ln_pace == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("examples", [1, 3, 8])
def test_all_that_is_remembered_are_beats(examples: int) -> None:
    history = BeatHistory([candidate(0.8 * k) for k in range(examples)])
    for k in range(12):
        history.accept(candidate(10.0 + 0.8 * k))
        assert history.compare(candidate(10.8 + 0.8 * k)).mean_likeness == pytest.approx(1.0, abs=0.05)


def test_an_early_low_and_different_one_is_told_apart() -> None:
    other = np.convolve(np.random.default_rng(9).normal(size=40), np.hanning(9), "same")
    found = history_of([1.0, 1.8, 2.6, 3.4]).compare(candidate(3.8, -1.5, other))
    assert found.over_median == pytest.approx(-1.5)
    assert found.best_likeness < 0.9
    assert found.ln_pace == pytest.approx(np.log(0.5))


def test_waveforms_are_compared_with_their_polarity() -> None:
    assert history_of([1.0, 1.8]).compare(candidate(2.6, 0.0, -WAVE)).typical_likeness < 0.5


def test_what_is_far_lower_than_the_examples_to_come_is_dwarfed() -> None:
    history = BeatHistory([candidate(0.5), candidate(1.3), candidate(2.1)])
    assert history.dwarfs(candidate(0.2, -3.0))
    assert not history.dwarfs(candidate(0.2, -1.0))
    assert not history.dwarfs(candidate(2.5, -3.0))
