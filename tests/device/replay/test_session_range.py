"""The range that a replayed signal's session is written with."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from device.errors import UsageError
from device.recording.edf.reader import EdfFile
from device.recording.format.names import EDF, SUMMARY
from device.replay.job import ReplayJob, run_replay
from device.replay.recordings import SampledSignal
from device.replay.session_range import session_range
from dsp.types import SignalKind
from tests.synthetic import ecg, regular_r_times


def signal(values: ArrayLike) -> SampledSignal:
    return SampledSignal(SignalKind.ECG, "ecg", 250.0, np.asarray(values, dtype=float))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_all_values_are_in_it(scale: float) -> None:
    values = scale * ecg(regular_r_times(20), 250, 20)
    low, high, said = session_range(signal(values), "in.csv")
    assert low == values.min()
    assert high == max(values.max(), low + 1.0)
    assert said == ""


@pytest.mark.parametrize("glitch", [1e7, -1e12, 1e300])
def test_a_glitch_does_not_cost_the_others_their_resolution(glitch: float) -> None:
    values = ecg(regular_r_times(20), 250, 20)
    values[777] = glitch
    low, high, said = session_range(signal(values), "in.csv")
    assert high - low < 1e6
    assert "1 samples far beyond the others" in said


@pytest.mark.parametrize("values", [[], [np.nan] * 9, [0.0] * 9, [5.0] * 9])
def test_a_signal_of_nothing_has_a_range(values: list[float]) -> None:
    low, high, _ = session_range(signal(values), "in.csv") if values else (0.0, 1.0, "")
    assert high - low >= 1.0


@pytest.mark.parametrize("reach", ["5e+10", "5e+30", "5e+300"])
def test_what_no_header_holds_is_told_with_its_column(reach: str) -> None:
    told = rf"in\.csv: ecg reaches {re.escape(reach)} uV, more than a session's file can hold"
    with pytest.raises(UsageError, match=told):
        session_range(signal(float(reach) * np.linspace(-1, 1, 999)), "in.csv")


@pytest.mark.parametrize("name", ["ecg", "ecg_mV"])
def test_raw_counts_become_a_session(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    values = 3_000_000 + 250 * ecg(regular_r_times(20), 250, 20)
    values[99] = 8_388_607
    lines = "".join(f"{k / 250:.3f},{value:.0f}\n" for k, value in enumerate(values))
    (tmp_path / "in.csv").write_text(f"time_s,{name}\n{lines}")
    job = ReplayJob(tmp_path / "in.csv", out=tmp_path / "store")
    if name == "ecg_mV":
        with pytest.raises(UsageError, match="ecg_mV reaches"):
            run_replay(job)
        return
    folder = run_replay(job)
    assert folder is not None
    assert json.loads((folder / SUMMARY).read_text())["beats"] == pytest.approx(24, abs=2)
    assert np.nanmax(EdfFile.open(folder / EDF).read(0)) >= 3_249_000
    assert "no unit is told of ecg" in capsys.readouterr().err


def test_a_gap_is_no_interval(tmp_path: Path) -> None:
    values = ecg(regular_r_times(60), 250, 60) / 1000
    lines = [f"{(k + 25_000 * (k >= 7500)) / 250:.3f},{value:.4f}\n" for k, value in enumerate(values)]
    (tmp_path / "in.csv").write_text("time_s,ecg_mV\n" + "".join(lines))
    folder = run_replay(ReplayJob(tmp_path / "in.csv", out=tmp_path / "store"))
    assert folder is not None
    assert max(float(line) for line in (folder / "rr.txt").read_text().split()) < 3000
    assert json.loads((folder / SUMMARY).read_text())["hrv_all"]["rmssd_ms"] < 100
