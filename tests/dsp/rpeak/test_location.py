import numpy as np
import pytest

from dsp.rpeak.location import RPeakLocator
from tests import synthetic


def place(locator: RPeakLocator, samples: np.ndarray) -> float:
    return locator.highest(locator.deflection(samples))


@pytest.mark.parametrize("fs_hz", [125.0, 250.0, 360.0, 500.0, 1000.0])
@pytest.mark.parametrize("polarity", [1.0, -1.0])
@pytest.mark.parametrize("fraction", [0.0, 0.25, 0.5, 0.9])
def test_locates_below_a_sample(fs_hz: float, polarity: float, fraction: float) -> None:
    locator = RPeakLocator(fs_hz)
    middle = locator.margin
    r_s = (middle + 2 + fraction) / fs_hz
    waves = ((1000.0, 0.0, 0.012),)
    samples = polarity * synthetic.ecg(np.array([r_s]), fs_hz, (2 * locator.margin + 1) / fs_hz, waves)
    assert place(locator, samples) == pytest.approx(2 + fraction, abs=0.0005 * fs_hz)


def test_wander_does_not_move_the_peak() -> None:
    locator = RPeakLocator(500.0)
    count = 2 * locator.margin + 1
    samples = synthetic.ecg(np.array([locator.margin / 500.0]), 500.0, count / 500.0)
    still = place(locator, samples)
    assert place(locator, samples + 4.0 * np.arange(count)) == pytest.approx(still, abs=0.1)


def test_a_flat_line_has_its_peak_within_reach() -> None:
    locator = RPeakLocator(250.0)
    assert abs(place(locator, np.zeros(2 * locator.margin + 1))) <= locator.margin
