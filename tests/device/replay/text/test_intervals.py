"""Whether numbers are a heart's intervals, and in which unit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.text.intervals import is_wave
from dsp.types import FloatArray
from tests.synthetic import ecg, wandering_r_times
from tests.synthetic_ppg import ppg, pulse_times


def rr_ms(seed: int, count: int = 400) -> FloatArray:
    rng = np.random.default_rng(seed)
    breaths = rng.uniform(4, 25)
    level_ms, depth = rng.uniform(450, 1300), rng.uniform(0.0, 0.1)
    breath: FloatArray = np.sin(2 * np.pi * np.arange(count) / breaths)
    return level_ms * (1 + depth * breath + rng.normal(0, 0.015, count))


def written(folder: Path, values: FloatArray, form: str) -> Path:
    path = folder / "in.txt"
    path.write_text("".join(f"{value:{form}}\n" for value in values))
    return path


@pytest.mark.parametrize(("factor", "form", "unit"), [(1.0, ".0f", "ms"), (1e-3, ".3f", "s")])
@pytest.mark.parametrize("seed", range(8))
def test_a_unit_that_is_found_is_said(tmp_path: Path, factor: float, form: str, unit: str, seed: int) -> None:
    recording = open_recording(written(tmp_path, rr_ms(seed) * factor, form))
    assert recording.duration_s == pytest.approx(rr_ms(seed).sum() / 1000, rel=1e-3)
    assert f"in {unit}" in recording.remarks[0]


@pytest.mark.parametrize("name", ["RR [1/1024 s]", "RR interval (1/1024 sec)", "rr_1_1024_s", "rr 1/1024"])
def test_bluetooth_s_unit_is_read_where_the_column_names_it(tmp_path: Path, name: str) -> None:
    values = np.round(rr_ms(4) * 1.024)
    (tmp_path / "in.csv").write_text("\n".join([name, *(f"{value:.0f}" for value in values)]))
    recording = open_recording(tmp_path / "in.csv")
    assert recording.duration_s == pytest.approx(values.sum() / 1024)
    assert recording.remarks == ()


@pytest.mark.parametrize(
    ("name", "said"), [("RR [ticks]", True), ("RR (raw)", True), ("RR [ms]", False), ("RR", False)]
)
def test_a_unit_that_is_not_known_is_said(tmp_path: Path, name: str, said: bool) -> None:
    (tmp_path / "in.csv").write_text("\n".join([name, *(f"{rr:.0f}" for rr in rr_ms(6))]))
    told = f"{name} names no unit of time that is known: intervals read in ms"
    assert open_recording(tmp_path / "in.csv").remarks == ((told,) if said else ())


@pytest.mark.parametrize(
    ("convert", "told"),
    [
        (lambda rr: 60_000 / rr, "a heart rate in bpm"),
        (lambda rr: rr * 1e3, "microseconds"),
        (lambda rr: rr * 1e6, "nanoseconds"),
        (lambda rr: np.cumsum(rr) / 1000, "times of beats"),
        (np.cumsum, "times of beats"),
        (lambda rr: rr * 37, "the middle one is"),
    ],
)
def test_what_is_no_interval_is_refused_with_its_reason(
    tmp_path: Path, convert: Callable[[FloatArray], FloatArray], told: str
) -> None:
    path = written(tmp_path, convert(rr_ms(3)), ".3f")
    for kind in (None, "rr"):
        with pytest.raises(UsageError, match=told):
            open_recording(path, kind)


@pytest.mark.parametrize(("unit", "factor"), [("ms", 1.0), ("s", 1e3), ("us", 1e-3), ("microseconds", 1e-3)])
def test_the_user_s_unit_decides(tmp_path: Path, unit: str, factor: float) -> None:
    path = written(tmp_path, rr_ms(5) / factor, ".6f")
    assert open_recording(path, "rr", None, unit).duration_s == pytest.approx(rr_ms(5).sum() / 1000)
    with pytest.raises(UsageError, match="--unit bananas"):
        open_recording(path, "rr", None, "bananas")


@given(st.integers(0, 2**32 - 1))
def test_a_heart_is_no_wave(seed: int) -> None:
    assert not is_wave(rr_ms(seed))


@pytest.mark.parametrize("fs_hz", [100, 250, 500])
@pytest.mark.parametrize("seed", range(3))
def test_a_column_of_counts_is_refused_and_read_when_told(tmp_path: Path, fs_hz: int, seed: int) -> None:
    waves = {
        "ecg": 512 + 0.2 * ecg(wandering_r_times(40, 0.85, 30, seed), fs_hz, 40),
        "ppg": 512 + 200 * ppg(pulse_times(40, 0.7 + 0.1 * seed), fs_hz, 40),
    }
    for values in waves.values():
        path = written(tmp_path, values, ".0f")
        with pytest.raises(UsageError, match="as samples of a signal"):
            open_recording(path)
        assert open_recording(path, "rr").remarks == ()


def test_a_few_values_that_a_heart_does_not_have_do_not_change_the_unit(tmp_path: Path) -> None:
    values = rr_ms(1)
    values[::5] = 30_000
    assert open_recording(written(tmp_path, values, ".0f")).duration_s == pytest.approx(values.sum() / 1000, rel=1e-3)
