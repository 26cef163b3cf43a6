"""The reference that the bench of the minutes holds live numbers against."""

import math

import numpy as np
import pytest

from bench.hrv_reference import KINDS, Reference, align

FS_HZ = 360.0


def ecg_of(times_s: np.ndarray, duration_s: float) -> np.ndarray:
    """A QRS complex of 1 mV at each time."""
    grid_s = np.arange(0, duration_s, 1 / FS_HZ)
    wave = np.zeros_like(grid_s)
    for t_s in times_s:
        after = grid_s - t_s
        wave += 1000 * np.exp(-0.5 * (after / 0.012) ** 2) - 300 * np.exp(-0.5 * ((after - 0.03) / 0.01) ** 2)
    return wave


def reference(rr_s: np.ndarray, symbols: str, rhythms: list[tuple[float, str]] | None = None) -> Reference:
    times_s = np.concatenate(([0.4], 0.4 + np.cumsum(rr_s)))
    return Reference(times_s, list(symbols), [], rhythms or [(0.0, "N")], float(times_s[-1]))


def test_beats_marked_some_samples_off_are_moved_onto_the_median_beat() -> None:
    rng = np.random.default_rng(5)
    true_s = 0.5 + np.cumsum(0.8 + 0.03 * rng.standard_normal(120))
    marked_s = np.round((true_s + 0.006 * rng.standard_normal(120)) * FS_HZ) / FS_HZ
    found_s = align(ecg_of(true_s, true_s[-1] + 1), FS_HZ, marked_s, np.ones(120, dtype=bool))
    off_ms = 1000 * (found_s - true_s)[1:-1]
    assert np.std(off_ms) < 0.3
    assert np.std(1000 * (marked_s - true_s)) > 5


def test_a_minute_is_of_its_normal_intervals_and_of_a_kind() -> None:
    rr_s = np.tile([0.8, 0.84], 60)
    normal = next(reference(rr_s, "N" * 121).minutes())
    assert (normal.kind, normal.t_s) == (KINDS[0], 60.0)
    assert normal.rmssd_ms == pytest.approx(40.0)
    assert normal.mean_hr_bpm == pytest.approx(60 / 0.82, rel=0.002)
    assert next(reference(rr_s, ("N" * 9 + "V") * 12 + "N").minutes()).kind == KINDS[1]
    assert next(reference(rr_s, "NNV" * 40 + "N").minutes()).kind == KINDS[2]
    assert next(reference(rr_s, "N" * 121, [(0.0, "N"), (50.0, "AFIB"), (55.0, "N")]).minutes()).kind == KINDS[3]
    assert next(reference(rr_s, "/" * 121).minutes()).kind == KINDS[4]
    assert math.isnan(next(reference(rr_s, "V" * 121).minutes()).rmssd_ms)
