"""Signals at rates that the detectors do not take."""

from pathlib import Path

import numpy as np
import pytest

from device.replay.opening import open_recording
from device.replay.player import play
from device.replay.signals.rates import decimate, interpolate, to_detector
from dsp.types import SignalKind
from tests.synthetic import ecg, regular_r_times
from tests.synthetic_ppg import ppg, pulse_times


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("hz", [1.0, 20.0, 100.0])
def test_a_slow_wave_is_kept_in_place_and_a_fast_one_is_not_folded_in(factor: int, hz: float) -> None:
    fs_hz = 1000.0 * factor
    t_s = np.arange(round(3 * fs_hz)) / fs_hz
    kept = decimate(np.sin(2 * np.pi * hz * t_s), factor)
    assert np.max(np.abs(kept - np.sin(2 * np.pi * hz * t_s[::factor]))[50:-50]) < 2e-3
    folded = decimate(np.sin(2 * np.pi * (1000.0 - hz) * t_s), factor)
    assert np.max(np.abs(folded[50:-50])) < 0.02


def test_decimation_does_not_depend_on_where_it_is_cut_and_keeps_what_is_lost() -> None:
    values = np.random.default_rng(0).normal(size=300_001)
    values[150_000:150_040] = np.nan
    whole = decimate(values, 3)
    assert len(whole) == 100_001
    np.testing.assert_array_equal(np.isnan(whole), np.isnan(values[::3]))
    np.testing.assert_allclose(
        decimate(values[99_000:130_000], 3)[200:-200], whole[33_200 : 43_134 + 0][: 10_334 - 400]
    )


def test_interpolation_keeps_the_samples_and_their_places() -> None:
    t_s = np.arange(600) / 24.96
    made = interpolate(np.sin(2 * np.pi * 1.3 * t_s), 2)
    assert np.max(np.abs(made - np.sin(2 * np.pi * 1.3 * np.arange(1200) / 49.92))[64:-64]) < 5e-3
    values = np.ones(100)
    values[50] = np.nan
    lost = np.flatnonzero(np.isnan(interpolate(values, 2)))
    assert lost.tolist() == [99, 100, 101]


@pytest.mark.parametrize(
    ("kind", "fs_hz", "made_hz"),
    [("ecg", 1000, None), ("ecg", 2000, 1000), ("ecg", 2048, 2048 / 3), ("ecg", 4000, 1000), ("ppg", 25, None),
     ("ppg", 24.96, 49.92), ("ppg", 20, 40), ("ppg", 1000, 500)],
)  # fmt: skip
def test_only_what_must_be_is_resampled_and_that_is_said(kind: str, fs_hz: float, made_hz: float | None) -> None:
    values = np.arange(400.0)
    made, out_hz, said = to_detector(values, fs_hz, SignalKind(kind))
    assert out_hz == pytest.approx(made_hz or fs_hz)
    assert (made is values, said is None) == ((True, True) if made_hz is None else (False, False))


@pytest.mark.parametrize(
    ("kind", "fs_hz"), [("ecg", 2000.0), ("ecg", 3999.0), ("ecg", 99.9), ("ecg", 1000.3), ("ppg", 24.96), ("ppg", 20.0)]
)
def test_a_heart_is_found_at_its_pace(tmp_path: Path, kind: str, fs_hz: float) -> None:
    seconds = 40
    times_s = regular_r_times(seconds) if kind == "ecg" else pulse_times(seconds, 0.8, 0.0)
    values = ecg(times_s, fs_hz, seconds) / 1000 if kind == "ecg" else 1000 * ppg(times_s, fs_hz, seconds)
    lines = "".join(f"{k / fs_hz:.6f},{value:.4f}\n" for k, value in enumerate(values))
    (tmp_path / "in.csv").write_text(f"time_s,{kind}\n{lines}")
    recording = open_recording(tmp_path / "in.csv")
    intervals = [i.rr_ms for step in play(recording, block_ms=1000.0) for i in step.output.intervals]
    assert "resampled from" in recording.remarks[-1]
    assert np.median(intervals) == pytest.approx(800.0, abs=2.0)
