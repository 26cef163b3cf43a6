import numpy as np
import pytest

from dsp.rpeak.filters import BANDS, SILENCE, BandTrace, FilterBank

MOST = 240


def traced(front: FilterBank, samples: np.ndarray, points: int) -> BandTrace:
    trace = BandTrace.of(points)
    front.fill(samples[: front.samples_for(points)], trace, 0, points)
    return trace


@pytest.mark.parametrize("fs_hz", [100.0, 187.5, 250.0, 360.0, 500.0, 1000.0])
def test_the_bands_lie_in_order_from_low_to_high(fs_hz: float) -> None:
    front = FilterBank(fs_hz, MOST)
    t_s = np.arange(front.samples_for(60)) / fs_hz
    tones_hz = np.arange(1.0, 46.0)
    power = np.array([traced(front, np.sin(2 * np.pi * hz * t_s), 60).bands.mean(axis=0) for hz in tones_hz])
    centres_hz = tones_hz @ power[:, : len(BANDS)] / power[:, : len(BANDS)].sum(axis=0)
    assert np.all(np.diff(centres_hz) > 0.0)
    assert np.all(power[0] < 0.1 * power.max(axis=0))


@pytest.mark.parametrize("fs_hz", [100.0, 360.0, 500.0])
@pytest.mark.parametrize("points", [1, 7])
def test_some_points_alone_give_what_they_give_among_others(fs_hz: float, points: int) -> None:
    front = FilterBank(fs_hz, MOST)
    samples = np.random.default_rng(1).normal(0.0, 100.0, front.samples_for(MOST))
    together = traced(front, samples, MOST)
    alone = traced(front, samples[101 * front.factor :], points)
    here = slice(101, 101 + points)
    np.testing.assert_allclose(alone.energy, together.energy[here], rtol=1e-9)
    np.testing.assert_allclose(alone.wave, together.wave[here], atol=1e-6)


@pytest.mark.parametrize("fs_hz", [100.0, 360.0, 500.0])
def test_points_and_the_samples_they_are_made_from_match(fs_hz: float) -> None:
    front = FilterBank(fs_hz, MOST)
    assert [front.points_in(front.samples_for(points)) for points in (1, 2, 30)] == [1, 2, 30]
    assert [front.points_in(front.samples_for(points) - 1) for points in (1, 2, 30)] == [0, 1, 29]


def test_offset_and_slope_are_silent() -> None:
    front = FilterBank(250.0, MOST)
    ramp = 1e5 + 300.0 * np.arange(front.samples_for(30))
    assert np.all(traced(front, ramp, 30).energy == SILENCE)


def test_the_peak_of_the_envelope_lies_on_the_spike() -> None:
    front = FilterBank(500.0, MOST)
    samples = np.zeros(front.samples_for(60))
    spike = front.delay + 31 * front.factor
    samples[spike] = 1000.0
    assert np.argmax(traced(front, samples, 60).energy) == 31


def test_a_lost_sample_silences_only_what_it_reaches() -> None:
    front = FilterBank(250.0, MOST)
    samples = np.random.default_rng(2).normal(0.0, 100.0, front.samples_for(120))
    whole = traced(front, samples, 120).energy
    lost = 200
    samples[lost] = np.nan
    holed = traced(front, samples, 120).energy
    silent = np.flatnonzero(holed == SILENCE)
    centres = front.delay + front.factor * np.arange(120)
    np.testing.assert_array_equal(silent, np.flatnonzero(np.abs(centres - lost) <= front.delay))
    kept = np.setdiff1d(np.arange(len(whole)), silent)
    np.testing.assert_allclose(holed[kept], whole[kept])
