import numpy as np
import pytest

from dsp.hrv.waveform import Waveform
from dsp.types import Beat, SampleBlock, SignalKind

FS_HZ = 250.0
SPIKE = 4000


def measured(
    values: np.ndarray, size: int, asked_after_s: float, skipped: range = range(0)
) -> list[tuple[float, float, float]]:
    """The spike at SPIKE, asked for so long after it, from blocks of `size` without the samples in `skipped`."""
    waveform = Waveform(SignalKind.ECG, FS_HZ)
    out = []
    asked = False
    for first in range(0, len(values), size):
        if first not in skipped:
            waveform.extend(SampleBlock(first, FS_HZ, values[first : first + size]))
        if not asked and first + size >= SPIKE + asked_after_s * FS_HZ:
            waveform.ask(Beat(float(SPIKE), SPIKE / FS_HZ, 1.0))
            asked = True
        out += waveform.ready()
    return out


def ramp_with_spike() -> np.ndarray:
    values = 1e-3 * np.arange(8000.0)
    values[SPIKE] += 500.0
    return values


@pytest.mark.parametrize("size", [1, 7, 250, 3000])
@pytest.mark.parametrize("asked_after_s", [0.02, 0.4, 3.5])
def test_a_beat_is_as_high_as_it_was_whatever_the_blocks(size: int, asked_after_s: float) -> None:
    ((t_s, amplitude, baseline),) = measured(ramp_with_spike(), size, asked_after_s)
    assert t_s == SPIKE / FS_HZ
    assert amplitude == pytest.approx(500.015)
    assert np.isnan(baseline)


def test_a_beat_beside_missing_samples_is_passed_over() -> None:
    assert measured(ramp_with_spike(), 10, 0.4, range(SPIKE + 10, SPIKE + 20)) == []
    assert len(measured(ramp_with_spike(), 10, 0.4, range(SPIKE + 20, SPIKE + 60))) == 1
    assert len(measured(ramp_with_spike(), 10, 0.4, range(SPIKE - 1000, SPIKE - 20))) == 1
