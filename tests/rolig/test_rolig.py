"""The package that a notebook imports: the numbers are the device's own, with their units."""

import math
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

import rolig
from device.replay.job import ReplayJob, run_replay
from dsp.types import IntervalKind
from host.copies.session_files import read_session
from tests.pulled_sessions import FIRST_DAY, GUIDED_S, record_session
from tests.synthetic import ecg, wandering_r_times
from tests.synthetic_ppg import ppg, pulse_times

FS_HZ = 250.0
SECONDS = 90.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_session(tmp_path_factory.mktemp("store"), 1, FIRST_DAY)


def test_a_session_s_frames_hold_what_its_files_hold(folder: Path) -> None:
    session, pulled = rolig.read(folder), read_session(folder)
    assert (session.name, session.started, dict(session.summary)) == (pulled.name, pulled.started, pulled.summary)
    assert list(session.beats.itertuples(index=False, name=None)) == pulled.notes.beats
    assert session.intervals["rr_ms"].tolist() == [i.rr_ms for i in pulled.notes.intervals]
    assert session.intervals["kind"].tolist() == [i.kind.value for i in pulled.notes.intervals]
    ecg = session.signals["ECG"]
    assert len(ecg) == round(pulled.summary["length_s"] * ecg.attrs["fs_hz"])
    assert np.allclose(ecg["value"], 100.0, atol=0.1)
    assert session.metrics["t_s"].tolist() == [float(second + 1) for second in range(len(session.metrics))]
    assert np.array_equal(session.metrics["coherence"], pulled.metrics["coherence"], equal_nan=True)
    assert set(session.metrics["state"]) == {None, "neutral", "calm", "unsure"}
    assert session.guide["full_pct"].max() <= 100.0
    assert session.phases["phase"].tolist() == ["check_in", "rest", "guided", "free"]
    assert session.paces["t_s"].tolist()[0] == GUIDED_S
    assert session.check_ins["when"].tolist() == ["before", "after"]
    assert session.check_ins["tension"].tolist()[1] == 2.0


def test_every_column_has_a_unit_and_a_suffix_says_the_same(folder: Path) -> None:
    session = rolig.read(folder)
    frames = (session.beats, session.intervals, session.metrics, session.guide, session.paces, session.phases)
    of_suffix = {"_ms": "ms", "_s": "s", "_pct": "%", "_bpm": "bpm", "_per_min": "1/min"}
    for frame in (*frames, session.check_ins, *session.signals.values()):
        assert list(frame.attrs["units"]) == list(frame.columns)
        for column, unit in frame.attrs["units"].items():
            for suffix, wanted in of_suffix.items():
                assert not column.endswith(suffix) or unit == wanted, column
    assert session.signals["ECG"].attrs["units"]["value"] == "uV"


def test_variability_of_the_frames_is_that_of_the_summary(folder: Path) -> None:
    session = rolig.read(folder)
    everything = rolig.hrv(session.intervals["rr_ms"], normal_only=False)
    assert everything.rmssd_ms == pytest.approx(session.summary["hrv_all"]["rmssd_ms"], abs=0.01)
    assert everything.intervals == everything.used == len(session.intervals)


def test_replayed_intervals_have_frames_and_no_signal(tmp_path: Path) -> None:
    (tmp_path / "rr.txt").write_text("\n".join(str(800 + 7 * (k % 9)) for k in range(60)))
    folder = run_replay(ReplayJob(tmp_path / "rr.txt", out=tmp_path / "store"))
    assert folder is not None
    session = rolig.read(folder)
    assert session.signals == {}
    assert session.intervals["rr_ms"].tolist() == pytest.approx([800 + 7 * (k % 9) for k in range(60)])


def test_what_is_no_session_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(rolig.HostError, match=r"^nothing cannot be read: "):
        rolig.read(tmp_path / "nothing")


def test_r_peaks_are_those_of_the_command(tmp_path: Path) -> None:
    peaks_s = wandering_r_times(SECONDS, 0.85, 40.0, seed=1)
    ecg_uv = ecg(peaks_s, FS_HZ, SECONDS)
    found = rolig.rpeaks(ecg_uv, FS_HZ)
    file = tmp_path / "ecg.csv"
    rows = (f"{i / FS_HZ:.6f},{value / 1000:.9f}" for i, value in enumerate(ecg_uv))
    file.write_text("\n".join(["time_s,ecg_mv", *rows]))
    run_replay(ReplayJob(file, beats=tmp_path / "beats.csv"))
    told = np.loadtxt(tmp_path / "beats.csv", delimiter=",", skiprows=1)
    assert np.allclose(found.t_s, told[:, 0], atol=2e-5)
    assert np.allclose(found.sample_index, found.t_s * FS_HZ)
    known = peaks_s[(peaks_s > 4.0) & (peaks_s < SECONDS - 1.0)]
    assert all(np.abs(found.trusted() - t_s).min() < 0.02 for t_s in known)
    assert len(found) == len(found.quality) == len(found.timing) == len(found.place_sd_ms)
    assert found.hrv().mean_hr_bpm == pytest.approx(60.0 / np.diff(peaks_s).mean(), rel=0.02)


@given(st.sampled_from([128.0, 500.0, 1000.0, 2000.0]), st.floats(-3.0, 3.0).filter(lambda gain: abs(gain) > 0.2))
def test_rate_and_gain_do_not_move_the_peaks(fs_hz: float, gain: float) -> None:
    peaks_s = wandering_r_times(12.0, 0.85, 40.0, seed=2)
    ecg_uv = ecg(peaks_s, fs_hz, 12.0)
    found = rolig.rpeaks(gain * ecg_uv, fs_hz)
    assert len(found.trusted())
    assert all(np.abs(peaks_s - t_s).min() < 0.02 for t_s in found.trusted())
    assert found.fs_hz == fs_hz


def test_a_pulse_wave_has_its_pulses() -> None:
    times_s = pulse_times(60.0)
    found = rolig.pulses(ppg(times_s, 100.0, 60.0), 100.0)
    assert found.hrv(normal_only=False).mean_hr_bpm == pytest.approx(60 / np.diff(times_s).mean(), rel=0.03)
    assert len(found.trusted()) > 0.8 * len(times_s)


@pytest.mark.parametrize("beats", [rolig.rpeaks, rolig.pulses])
def test_what_is_no_signal_is_refused_in_one_line(beats: Callable[[ArrayLike, float], rolig.Heartbeats]) -> None:
    for samples, fs_hz in ((np.zeros((10, 2)), 250.0), (np.zeros(10), 5.0), (np.zeros(10), math.nan)):
        with pytest.raises(ValueError, match=r"shape \(10, 2\)|Hz"):
            beats(samples, fs_hz)
    assert len(beats([], 250.0)) == len(beats(np.full(5000, np.nan), 250.0)) == 0


@given(st.lists(st.floats(600.0, 1100.0), min_size=40, max_size=120))
def test_variability_of_all_is_its_definition(rr_ms: list[float]) -> None:
    found = rolig.hrv(rr_ms, normal_only=False)
    steps = [b - a for a, b in pairwise(rr_ms)]
    assert found.rmssd_ms == pytest.approx(math.sqrt(sum(s * s for s in steps) / len(steps)), rel=1e-4, abs=1e-3)
    assert found.sdnn_ms == pytest.approx(np.std(rr_ms, ddof=1), rel=1e-4, abs=1e-3)
    assert sum(found.kinds.values()) == found.intervals == len(rr_ms)
    assert rolig.hrv(rr_ms).used <= found.kinds.get(IntervalKind.NORMAL, 0)


@pytest.mark.parametrize("odd", [math.nan, 0.0, -800.0, math.inf, 1e8])
def test_an_interval_that_is_none_is_named(odd: float) -> None:
    with pytest.raises(ValueError, match=r"rr_ms\[2\]"):
        rolig.hrv([800.0, 810.0, odd, 805.0])
    with pytest.raises(ValueError, match="shape"):
        rolig.hrv([[800.0, 810.0]])
    assert math.isnan(rolig.hrv([]).rmssd_ms)


def test_it_needs_numpy_alone_until_a_session_is_read() -> None:
    code = (
        "import sys, rolig; rolig.hrv([800.0] * 50); print(*{'pandas', 'edfio', 'scipy', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == ""
