import numpy as np
import pytest

from dsp.filters import BANDS, SILENCE, FrontEnd, Trace


def traced(front: FrontEnd, samples: np.ndarray, hops: int) -> Trace:
    points = hops * front.points
    trace = Trace(np.empty((points, len(BANDS) + 1)), np.empty(points), np.empty(points))
    front.fill(samples[: front.samples_for(hops)], trace, 0)
    return trace


@pytest.mark.parametrize("fs_hz", [100.0, 187.5, 250.0, 360.0, 500.0, 1000.0])
def test_the_bands_lie_in_order_from_low_to_high(fs_hz: float) -> None:
    front = FrontEnd(fs_hz)
    t_s = np.arange(front.samples_for(10)) / fs_hz
    tones_hz = np.arange(1.0, 46.0)
    power = np.array([traced(front, np.sin(2 * np.pi * hz * t_s), 10).bands.mean(axis=0) for hz in tones_hz])
    centres_hz = tones_hz @ power[:, : len(BANDS)] / power[:, : len(BANDS)].sum(axis=0)
    assert np.all(np.diff(centres_hz) > 0.0)
    assert np.all(power[0] < 0.1 * power.max(axis=0))


@pytest.mark.parametrize("fs_hz", [100.0, 360.0, 500.0])
def test_a_hop_alone_gives_what_it_gives_among_others(fs_hz: float) -> None:
    front = FrontEnd(fs_hz)
    samples = np.random.default_rng(1).normal(0.0, 100.0, front.samples_for(40))
    together = traced(front, samples, 40)
    start = 17 * front.points * front.factor
    alone = traced(front, samples[start:], 1)
    here = slice(17 * front.points, 18 * front.points)
    np.testing.assert_allclose(alone.energy, together.energy[here], rtol=1e-9)
    np.testing.assert_allclose(alone.wave, together.wave[here], atol=1e-6)


def test_offset_and_slope_are_silent() -> None:
    front = FrontEnd(250.0)
    ramp = 1e5 + 300.0 * np.arange(front.samples_for(5))
    assert np.all(traced(front, ramp, 5).energy == SILENCE)


def test_the_peak_of_the_envelope_lies_on_the_spike() -> None:
    front = FrontEnd(500.0)
    samples = np.zeros(front.samples_for(10))
    spike = front.delay + 31 * front.factor
    samples[spike] = 1000.0
    assert np.argmax(traced(front, samples, 10).energy) == 31


def test_a_lost_sample_silences_only_what_it_reaches() -> None:
    front = FrontEnd(250.0)
    samples = np.random.default_rng(2).normal(0.0, 100.0, front.samples_for(20))
    whole = traced(front, samples, 20).energy
    samples[200] = np.nan
    holed = traced(front, samples, 20).energy
    silent = np.flatnonzero(holed == SILENCE)
    reach = front.delay / front.factor + front.points
    assert 0 < len(silent) <= 2 * reach
    kept = np.setdiff1d(np.arange(len(whole)), silent)
    np.testing.assert_allclose(holed[kept], whole[kept])
