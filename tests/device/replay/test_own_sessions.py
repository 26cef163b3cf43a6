"""A session of our own, replayed."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from device.demo.simulation import Scene, Simulation
from device.recording.format.names import EDF
from device.recording.format.session_info import ClockTrust
from device.recording.recorder import SessionRecorder
from device.recording.session_reader import read_session
from device.recording.store import Store
from device.replay.edf_signal import read_edf_signal
from device.replay.job import ReplayJob, run_replay
from device.session.events import EndReason, PaceChanged, Phase
from dsp.types import Contact, SampleBlock
from tests.recording_helpers import STARTED, ecg_uv, feed, session_info


def test_a_session_replays_with_its_contact_its_losses_and_its_true_length(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    recorder.block(SampleBlock(0, 64.0, ecg_uv(np.arange(100), 64.0)))
    recorder.block(SampleBlock(110, 64.0, np.zeros(40), contact=Contact.POSITIVE_OFF))
    signal = read_edf_signal(recorder.close(EndReason.PRESSED) / EDF, None, None)
    assert (signal.kind, signal.label, signal.fs_hz, len(signal.values)) == ("ecg", "ECG", 64.0, 150)
    assert signal.sensor == "AD8232+MCP3208"
    np.testing.assert_allclose(signal.values[:100], ecg_uv(np.arange(100), 64.0), atol=0.05)
    assert np.isnan(signal.values[100:110]).all()
    assert signal.contacts == ((0, Contact.GOOD), (110, Contact.POSITIVE_OFF))


@pytest.mark.parametrize(("trust", "known"), [(ClockTrust.SET, True), (ClockTrust.SAVED, False)])
def test_the_time_of_the_last_shutdown_does_not_date_a_replay(tmp_path: Path, trust: ClockTrust, known: bool) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(trust=trust), live=False)
    recorder.block(SampleBlock(0, 64.0, ecg_uv(np.arange(100), 64.0)))
    signal = read_edf_signal(recorder.close(EndReason.PRESSED) / EDF, None, None)
    assert signal.started == (STARTED.replace(tzinfo=None, microsecond=0) if known else None)


def paced_session(store: Path, *changes: PaceChanged) -> Path:
    recorder = SessionRecorder(Store(store), session_info(128.0), live=False)
    for change in changes:
        recorder.event(change)
    feed(recorder, 20.0, 128.0)
    return recorder.close(EndReason.PRESSED) / EDF


def pace_replayed(job: ReplayJob) -> list[tuple[float, float]]:
    folder = run_replay(job)
    assert folder is not None
    return read_session(folder / EDF).pace


def test_the_recorded_pace_guides_the_replay_and_another_guide_goes_before_it(tmp_path: Path) -> None:
    changes = PaceChanged(2.0, 9.5, "ramp"), PaceChanged(7.25, 6.0, "easier"), PaceChanged(12.5, math.nan, "stop")
    session = paced_session(tmp_path / "device", *changes)
    recorded = pace_replayed(ReplayJob(session, out=tmp_path / "replayed"))
    assert recorded == [(2.0, 9.5), (7.25, 6.0), (12.5, pytest.approx(math.nan, nan_ok=True))]
    guide = tmp_path / "guide.csv"
    guide.write_text("time_s,breaths_per_min\n3,5\n")
    assert pace_replayed(ReplayJob(session, guide=guide, out=tmp_path / "guided")) == [(3.0, 5.0)]


def test_a_pace_that_no_guide_leads_at_is_passed_over(tmp_path: Path) -> None:
    changes = PaceChanged(2.0, 0.001, "ramp"), PaceChanged(3.0, math.inf, "ramp"), PaceChanged(4.0, 6.0, "ramp")
    assert read_edf_signal(paced_session(tmp_path, *changes), None, None).pace == ((4.0, 6.0),)


@pytest.fixture(scope="module")
def demo_session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    simulation = Simulation(Scene(seed=3, guided_s=120.0), tmp_path_factory.mktemp("store"))
    while not simulation.done:
        simulation.step()
    simulation.close()
    return simulation.log.folders[-1] / EDF


def replayed_rows(session: Path, metrics: Path, block_ms: float = 20.0) -> dict[int, dict[str, str]]:
    run_replay(ReplayJob(session, metrics=metrics, block_ms=block_ms))
    with metrics.open(newline="") as file:
        return {round(float(row["time_s"])): row for row in csv.DictReader(file)}


def test_a_session_replayed_has_the_metrics_that_the_device_recorded(demo_session: Path, tmp_path: Path) -> None:
    session, rows = read_session(demo_session), replayed_rows(demo_session, tmp_path / "metrics.csv")
    begun_s = {phase: t_s for t_s, phase in session.phases}
    guided_s, free_s = begun_s[Phase.GUIDED], begun_s[Phase.FREE]
    assert len(rows) == len(list(session.rows())) > 200
    for row in session.rows():
        state, replayed = row.state, rows[round(row.t_s)]
        assert (state.kind.value if state else "", str(int(state.settling)) if state else "") == (
            replayed["state"],
            replayed["settling"],
        ), row.t_s
        if guided_s < row.t_s < free_s:
            assert state is not None
            assert float(replayed["arousal"]) == pytest.approx(state.arousal, abs=2e-4, nan_ok=True)
            assert float(replayed["mean_hr_bpm"]) == pytest.approx(row.mean_hr_bpm, abs=0.01)
            assert float(replayed["rmssd_ms"]) == pytest.approx(row.rmssd_ms, abs=0.05)
            assert float(replayed["quality"]) == pytest.approx(row.quality, abs=0.001)


def test_rsa_is_read_along_the_recorded_guide(demo_session: Path, tmp_path: Path) -> None:
    """Measured in one second out of two; which ones depends on where the pipeline began."""
    session, rows = read_session(demo_session), replayed_rows(demo_session, tmp_path / "metrics.csv")
    guided = [row for row in session.rows() if row.t_s > 72.0]
    alike = [math.isnan(row.rsa_ms) is (rows[round(row.t_s)]["rsa_ms"] == "") for row in guided]
    assert alike.count(True) > 0.9 * len(alike)


def test_the_length_of_the_blocks_changes_no_row_of_a_guided_session(demo_session: Path, tmp_path: Path) -> None:
    short = replayed_rows(demo_session, tmp_path / "short.csv", block_ms=20.0)
    assert short == replayed_rows(demo_session, tmp_path / "long.csv", block_ms=10_000.0)
