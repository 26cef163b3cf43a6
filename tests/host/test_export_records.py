"""Exports that other programs read: WFDB, EDF+, BIDS, Kubios. What they read is what the session holds, to a sample."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import edfio
import mne
import mne_bids
import numpy as np
import pandas as pd
import pyedflib
import pytest
import wfdb
from hypothesis import given
from hypothesis import strategies as st

from device.recording.format.session_info import SideInfo
from device.recording.format.vocabulary import (
    CHECK_IN,
    END,
    FAULT,
    INFO,
    PACE,
    PHASE,
    PLAN,
    POSTURE,
    RATE,
    RECOVERED,
    TRIAL,
    UNVERIFIED,
)
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.replay.job import ReplayJob, run_replay
from device.replay.opening import open_recording
from device.replay.recordings import BeatList
from device.session.events import EndReason
from dsp.types import SampleBlock, SideBlock
from host.copies.session_files import PulledSession, read_session, session_folders
from host.copies.session_signals import SessionSignals, StoredSignal, read_signals
from host.errors import HostError
from host.export.command import export, run
from host.export.pseudonyms import KEY_FILE, Pseudonyms
from host.export.records import RECORD_FORMATS
from host.formats.bids import EVENTS
from host.formats.wfdb_records import BEATS_HZ, COMMENT, NORMAL, UNCLASSIFIABLE, write_annotations
from tests.pulled_sessions import record_days
from tests.recording_helpers import ecg_uv, record, session_info, steps
from tests.replay_helpers import open_signal

VALIDATOR = shutil.which("bids-validator-deno")


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ECG, an odd rate, a pulse with a lost stretch, signals beside an ECG, replayed intervals, and sessions with
    phases and check-ins."""
    root = tmp_path_factory.mktemp("store")
    record_days(root, 2)
    store = Store(root)
    record(store, 20.3)
    record(store, 12.0, fs_hz=130.4)
    recorder = SessionRecorder(store, session_info(64.0, "ppg"), live=False)
    for block, output in steps(15.0, 64.0):
        values = 131072.0 + 40.0 * ecg_uv(np.arange(block.first_index, block.first_index + len(block.values)), 64.0)
        if 320 <= block.first_index < 400:
            values[:] = np.nan
        recorder.block(SampleBlock(block.first_index, 64.0, values, int(np.isnan(values).sum())))
        recorder.output(output)
    recorder.close(EndReason.PRESSED)
    info = session_info()
    assert info.signal is not None
    beside = (SideInfo("Temp die", 1.0, "degC", -128.0, 127.9375), SideInfo("Acc x", 32.0, "g", -2.0, 2.0))
    recorder = SessionRecorder(store, replace(info, signal=replace(info.signal, side=beside)), live=False)
    for second, (block, output) in enumerate(steps(10.0, 64.0, block=64)):
        recorder.side(SideBlock(0, second, 1.0, np.array([30.0 + second / 16])))
        recorder.side(SideBlock(1, 32 * second, 32.0, np.sin(np.arange(32 * second, 32 * second + 32) / 9)))
        recorder.block(block)
        recorder.output(output)
    recorder.close(EndReason.PRESSED)
    intervals = root.parent / "intervals.txt"
    intervals.write_text("\n".join(str(800 + 7 * (k % 9)) for k in range(40)))
    run_replay(ReplayJob(intervals, out=root))
    return root


Exported = list[tuple[PulledSession, SessionSignals, str]]


def test_every_note_that_a_session_can_hold_is_a_level_of_the_events() -> None:
    """The validator refuses a file with another."""
    words = {PHASE, PACE, CHECK_IN, POSTURE, PLAN, TRIAL, FAULT, RATE, INFO, END, RECOVERED, UNVERIFIED}
    assert words <= set(EVENTS["trial_type"]["Levels"])


def exported(copies: Path, out: Path, file_format: str) -> tuple[Path, Exported]:
    """(the wearer's folder, what went into it and by what name)."""
    folders = session_folders(copies)
    assert export(copies, out, file_format) == len(folders) == 7
    names = Pseudonyms.of_folder(copies)
    sessions = [(read_session(folder), read_signals(folder)) for folder in folders]
    return out / f"sub-{names.wearer()}", [(s, g, names.session(s.sums_sha256)) for s, g in sessions]


def test_wfdb_reads_every_sample_beat_and_event(copies: Path, tmp_path: Path) -> None:
    folder, sessions = exported(copies, tmp_path, "wfdb")
    for session, signals, name in sessions:
        fs_hz = signals.heart.fs_hz if signals.heart else BEATS_HZ
        assert wfdb.rdheader(str(folder / name)).fs == pytest.approx(fs_hz)
        for signal in signals.every:
            record_name = name if signal.fs_hz == fs_hz else f"{name}_{signal.fs_hz:g}hz".replace(".", "p")
            assert_same_samples(folder / record_name, signal)
        beats = wfdb.rdann(str(folder / name), "qrs")
        assert beats.sample.tolist() == [round(t_s * fs_hz) for t_s, _ in session.notes.beats]
        assert set(beats.symbol) <= {"N", "Q"}
        assert [s == "N" for s in beats.symbol] == [quality >= 0.5 for _, quality in session.notes.beats]
        events = wfdb.rdann(str(folder / name), "evt")
        phases = [text.split("=")[1] for text in events.aux_note if text.startswith("phase ")]
        assert phases == [phase for _, phase in session.notes.phases]
        assert sum(text.startswith(("rr ", "ppi ")) for text in events.aux_note) == len(session.notes.intervals)


def assert_same_samples(record_path: Path, signal: StoredSignal) -> None:
    raw = wfdb.rdrecord(str(record_path), physical=False)
    column = raw.sig_name.index(signal.label)
    assert raw.fs == pytest.approx(signal.fs_hz, rel=1e-9)
    assert raw.d_signal[:, column].tolist() == signal.digital.tolist()
    values = wfdb.rdrecord(str(record_path)).p_signal[:, column]
    assert np.array_equal(np.isnan(values), signal.lost)
    assert np.allclose(values, signal.values(), atol=0.51 * signal.step, equal_nan=True)


def test_edf_readers_find_every_sample(copies: Path, tmp_path: Path) -> None:
    folder, sessions = exported(copies, tmp_path, "edf")
    for session, signals, name in sessions:
        path = folder / f"{name}.edf"
        edf = edfio.read_edf(path)
        for theirs, ours in zip(edf.signals, signals.every, strict=True):
            assert theirs.label == ours.label
            assert theirs.digital[: len(ours.digital)].tolist() == ours.digital.tolist()
        assert path.read_bytes()[168:184] == b"01.01.8500.00.00"
        first = signals.every[0]
        with pyedflib.EdfReader(str(path)) as reader:
            digital = reader.readSignal(0, digital=True)
        assert digital[: len(first.digital)].tolist() == first.digital.tolist()
        raw = mne.io.read_raw_edf(path, include=[first.label], verbose="error")
        values = raw.get_data()[0][: len(first.digital)]
        scale = 1e-6 if first.unit == "uV" else 1.0
        known = ~first.lost
        assert np.allclose(values[known], scale * first.values()[known], rtol=1e-9, atol=1e-9)
        beats = [a for a in edf.annotations if a.text.startswith("beat")]
        assert [(a.onset, float(a.text.split("q=")[1])) for a in beats] == session.notes.beats


def test_replay_reads_the_exported_edf_as_the_session_itself(copies: Path, tmp_path: Path) -> None:
    folder, sessions = exported(copies, tmp_path, "edf")
    taken = 0
    for path, (session, signals, name) in zip(session_folders(copies), sessions, strict=True):
        if signals.heart is None or signals.heart.fs_hz < 100.0:
            continue
        taken += 1
        ours, theirs = open_signal(path / "session.edf"), open_signal(folder / f"{name}.edf")
        assert np.array_equal(ours.values, theirs.values, equal_nan=True)
        assert (ours.fs_hz, ours.pace, ours.rest_s, ours.contacts) == (
            theirs.fs_hz,
            theirs.pace,
            theirs.rest_s,
            theirs.contacts,
        )
        assert session.summary["length_s"] == pytest.approx(theirs.duration_s, abs=0.01)
    assert taken


def physio(stem: str, folder: Path) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Each physio file with its JSON, as the standard has them: no header, columns named beside."""
    for path in sorted(folder.rglob(f"{stem}*_physio.tsv.gz")):
        about = json.loads(Path(str(path).removesuffix(".tsv.gz") + ".json").read_text())
        yield about, pd.read_csv(path, sep="\t", header=None, names=about["Columns"], na_values="n/a")


def test_bids_holds_every_sample_and_event(copies: Path, tmp_path: Path) -> None:
    folder, sessions = exported(copies, tmp_path, "bids")
    for session, signals, name in sessions:
        found = list(physio(f"{folder.name}_ses-{name}", folder))
        assert sum(len(frame.columns) for _, frame in found) == len(signals.every)
        for signal in signals.every:
            about, frame = next((a, f) for a, f in found if a["SamplingFrequency"] == signal.fs_hz)
            (column,) = [c for c in frame if about[c]["LongName"] == signal.label]
            values = frame[column].to_numpy()
            digital = np.where(np.isnan(values), -32768, np.round((values - signal.offset) / signal.step))
            assert digital.tolist() == signal.digital.tolist()
        (path,) = folder.rglob(f"*_ses-{name}_*_events.tsv")
        events = pd.read_csv(path, sep="\t", keep_default_na=False)
        beats = events[events["trial_type"] == "beat"]
        assert [
            (float(a), float(b)) for a, b in zip(beats["onset"], beats["value"], strict=True)
        ] == session.notes.beats
        assert events.loc[events["trial_type"] == "phase", "value"].tolist() == [p for _, p in session.notes.phases]
    days = pd.read_csv(folder / f"{folder.name}_sessions.tsv", sep="\t")
    assert days["day"].tolist()[:2] == [0, 1]


def test_mne_bids_finds_the_recordings(copies: Path, tmp_path: Path) -> None:
    folder, sessions = exported(copies, tmp_path, "bids")
    assert mne_bids.get_entity_vals(tmp_path, "subject") == [folder.name.removeprefix("sub-")]
    assert mne_bids.get_entity_vals(tmp_path, "session") == sorted(name for _, _, name in sessions)
    paths = mne_bids.find_matching_paths(tmp_path, tasks="breathing", datatypes="beh", suffixes="physio")
    assert {path.recording for path in paths} == {"ecg", "ppg", "guide", "metrics", "accx"}
    assert all(path.fpath.exists() for path in paths)


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason="no bids-validator-deno here; .ci/others installs it")
def test_the_bids_validator_finds_no_fault(copies: Path, tmp_path: Path) -> None:
    exported(copies, tmp_path, "bids")
    done = subprocess.run([str(VALIDATOR), str(tmp_path), "--json"], capture_output=True, text=True, check=False)
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []


def test_kubios_text_is_what_replay_reads_again(copies: Path, tmp_path: Path) -> None:
    folder, sessions = exported(copies, tmp_path, "kubios")
    for path, (session, _, name) in zip(session_folders(copies), sessions, strict=True):
        file = folder / f"{name}.txt"
        assert file.read_bytes() == (path / "rr.txt").read_bytes()
        if session.notes.intervals:
            recording = open_recording(file)
            assert isinstance(recording, BeatList)
            steps_ms = np.diff([beat.t_s for beat in recording.beats]) * 1000
            assert np.allclose(steps_ms, [i.rr_ms for i in session.notes.intervals])


@pytest.mark.parametrize("file_format", RECORD_FORMATS)
def test_nothing_tells_name_date_or_device(copies: Path, tmp_path: Path, file_format: str) -> None:
    exported(copies, tmp_path, file_format)
    telling = ("2026-", "-2026", "boot-a", "AD8232", "MAX30102", "clock ", str(copies))
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.suffix not in (".dat", ".gz"):  # these hold samples alone
            text = str(path.relative_to(tmp_path)) + path.read_bytes().decode("latin-1")
            assert not [word for word in telling if word in text], path


@pytest.mark.parametrize("file_format", RECORD_FORMATS)
def test_exporting_again_replaces_and_a_failure_leaves_what_was(
    copies: Path, tmp_path: Path, file_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, mine = tmp_path / "out", Path(shutil.copytree(copies, tmp_path / "mine"))
    export(mine, out, file_format)
    before = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    for folder in session_folders(mine):
        (folder / "session.edf").write_bytes(b"damaged")
    assert run(mine, out, file_format) == 2
    assert {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert "none of the sessions can be read" in capsys.readouterr().err
    other = Path(shutil.copytree(copies, tmp_path / "other", ignore=shutil.ignore_patterns(KEY_FILE)))
    export(other, out, file_format)
    assert len(list(out.glob("sub-*"))) == 2
    assert not list(out.glob(".*"))


@given(
    st.lists(st.tuples(st.integers(0, 3_000_000), st.sampled_from([NORMAL, UNCLASSIFIABLE, COMMENT]))),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80),
)
def test_annotations_are_read_as_written(
    tmp_path_factory: pytest.TempPathFactory, marks: list[tuple[int, int]], text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "notes.evt"
    marks = sorted((max(at, int(code == COMMENT)), code) for at, code in marks)
    write_annotations(path, ((at / 250.0, code, text) for at, code in marks), 250.0)
    if marks:
        read = wfdb.rdann(str(path.with_suffix("")), "evt")
        symbols = {NORMAL: "N", UNCLASSIFIABLE: "Q", COMMENT: '"'}
        assert list(zip(read.sample.tolist(), read.symbol, strict=True)) == [(at, symbols[code]) for at, code in marks]
        assert {note.rstrip("\0") for note in read.aux_note} == {text.rstrip("\0")}


def test_a_folder_without_sessions_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="no finished session"):
        export(tmp_path, tmp_path / "out", "wfdb")
