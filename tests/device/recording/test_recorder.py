"""A session's EDF+ file: what goes in comes out, here and in other readers."""

import errno
import math
from datetime import datetime
from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import RecordingError
from device.recording.edf.reader import EdfFile
from device.recording.ending.recovery import recover
from device.recording.format.names import EDF
from device.recording.format.session_info import SessionInfo
from device.recording.recorder import SessionRecorder
from device.recording.session_reader import read_session
from device.recording.store import RESERVE_BYTES, Store
from device.recording.writer_thread import QUEUE_RECORDS
from device.session.events import CheckIn, EndReason, PaceChanged, Phase, PhaseChanged, SensorFault
from device.system.files import OsFileSystem, WritableFile
from dsp.types import Beat, BreathKind, BreathPhase, Contact, MetricsRow, Output, SampleBlock, StateKind, WearerState
from tests.recording_helpers import (
    RR_S,
    STARTED,
    StuckCard,
    ecg_uv,
    feed,
    record,
    session_info,
    steps,
    sums_hold,
    ticking,
)


def test_edfio_reads_samples_units_times_and_annotations(tmp_path: Path) -> None:
    folder = record(Store(tmp_path), seconds=20.0, fs_hz=500.0)
    edf = edfio.read_edf(folder / EDF)
    ecg = edf.signals[0]
    assert (ecg.label, ecg.physical_dimension, ecg.sampling_frequency) == ("ECG", "uV", 500.0)
    np.testing.assert_allclose(ecg.data, ecg_uv(np.arange(10_000), 500.0), atol=0.03)
    assert edf.startdatetime == datetime(2026, 11, 23, 19, 0, 0)
    beats = [a.onset for a in edf.annotations if a.text.startswith("beat")]
    np.testing.assert_allclose(beats, RR_S * np.arange(1, len(beats) + 1), atol=1e-5)
    assert len(beats) == 24
    assert edf.recording.equipment_code == "Rolig_0.1.0"
    coherence = next(signal for signal in edf.signals if signal.label == "Coherence")
    assert coherence.prefiltering == "Hann 64 s at 4 Hz, zero-padded to 16384"


def test_pyedflib_reads_samples_units_times_and_annotations(tmp_path: Path) -> None:
    folder = record(Store(tmp_path), seconds=20.0, fs_hz=500.0)
    reader = pyedflib.EdfReader(str(folder / EDF))
    try:
        assert reader.getSignalLabels()[:3] == ["ECG", "Breath guide", "HR"]
        assert reader.getStartdatetime() == datetime(2026, 11, 23, 19, 0, 0)
        np.testing.assert_allclose(reader.readSignal(0), ecg_uv(np.arange(10_000), 500.0), atol=0.03)
        assert reader.readSignal(2)[9] == pytest.approx(72.1)
        onsets_s, _, texts = reader.readAnnotations()
        beats = [t for t, text in zip(onsets_s, texts, strict=True) if text.startswith("beat")]
        np.testing.assert_allclose(beats, RR_S * np.arange(1, 25), atol=1e-5)
    finally:
        reader.close()


def test_mne_reads_samples_and_annotations(tmp_path: Path) -> None:
    folder = record(Store(tmp_path), seconds=5.0)
    raw = mne.io.read_raw_edf(folder / EDF, verbose="error")
    np.testing.assert_allclose(raw.get_data("ECG")[0] * 1e6, ecg_uv(np.arange(320), 64.0), atol=0.03)
    beats = [a["onset"] for a in raw.annotations if a["description"].startswith("beat")]
    np.testing.assert_allclose(beats, RR_S * np.arange(1, 7), atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 700), st.integers(50, 700))
def test_the_cut_into_blocks_changes_nothing(tmp_path_factory: pytest.TempPathFactory, block: int, total: int) -> None:
    store = Store(tmp_path_factory.mktemp("blocks"))
    recorder = SessionRecorder(store, session_info(), live=False)
    for sample_block, output in steps(total / 64.0, 64.0, block):
        recorder.block(sample_block)
        recorder.output(output)
    path = recorder.close(EndReason.COMPLETED) / EDF
    session, edf = read_session(path), EdfFile.open(path)
    samples = edf.read(0)
    np.testing.assert_allclose(samples[:total], ecg_uv(np.arange(total), 64.0), atol=0.03)
    assert np.isnan(samples[total:]).all()
    assert session.length_s == pytest.approx(total / 64.0, abs=1e-5)
    assert len(list(session.beats())) == len(list(session.intervals())) == math.ceil(total / 64.0 / RR_S) - 1
    assert [row.t_s for row in session.rows()] == [float(t) for t in range(1, total // 64 + 1)]


def test_rows_come_back_with_their_states(tmp_path: Path) -> None:
    session = read_session(record(Store(tmp_path)) / EDF)
    assert list(session.rows())[2].state is None
    row = list(session.rows())[9]
    assert (row.t_s, row.mean_hr_bpm, row.rmssd_ms, row.sdnn_ms, row.quality) == (10.0, 72.1, 33.3, 44.45, 0.9)
    assert math.isnan(row.rsa_ms)
    assert row.state is not None
    assert row.state.kind == "calm"
    assert row.state.arousal == 0.2


@pytest.mark.parametrize("contact", [Contact.GOOD, Contact.FINGER_OFF, Contact.POSITIVE_OFF | Contact.NEGATIVE_OFF])
@pytest.mark.parametrize("kind", [*StateKind, None])
def test_every_state_and_contact_comes_back(tmp_path: Path, kind: StateKind | None, contact: Contact) -> None:
    settling = kind is StateKind.NEUTRAL
    state = WearerState(kind, 0.5, 0.0, 0.25, settling) if kind else None
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    recorder.block(SampleBlock(0, 64.0, np.zeros(64), contact=contact))
    recorder.output(Output(rows=[MetricsRow(1.0, quality=0.5, contact=contact, irregular_rhythm=True, state=state)]))
    (row,) = read_session(recorder.close(EndReason.COMPLETED) / EDF).rows()
    assert (row.contact, row.irregular_rhythm, math.isnan(row.rmssd_ms)) == (contact, True, True)
    told = row.state and (row.state.kind, row.state.settling, row.state.arousal)
    assert told == (kind and (kind, settling, 0.25))


def test_lost_samples_are_unknown_counted_and_keep_their_time(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    recorder.block(SampleBlock(0, 64.0, np.ones(32)))
    recorder.block(SampleBlock(40, 64.0, np.array([np.nan, 2.0, 2.0]), lost=1))
    recorder.block(SampleBlock(43, 64.0, np.full(150, 3.0)))
    path = recorder.close(EndReason.COMPLETED) / EDF
    samples = EdfFile.open(path).read(0)
    assert np.isnan(samples[32:41]).all()
    np.testing.assert_allclose(samples[41:43], 2.0, atol=0.05)
    np.testing.assert_allclose(samples[:32], 1.0, atol=0.05)
    session = read_session(path)
    assert session.lost_samples == 9
    (lost,) = [a for a, note in session.notes if note.word == "lost"]
    assert lost.onset_s == 0.5
    assert lost.duration_s == pytest.approx(9 / 64, abs=1e-5)


def test_a_block_from_the_past_is_misuse(tmp_path: Path) -> None:
    with SessionRecorder(Store(tmp_path), session_info(), live=False) as recorder:
        recorder.block(SampleBlock(0, 64.0, np.ones(32)))
        with pytest.raises(ValueError, match="16 samples before"):
            recorder.block(SampleBlock(16, 64.0, np.ones(32)))


def test_events_contact_and_guide_are_in_the_file(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    recorder.event(PhaseChanged(0.0, Phase.REST))
    recorder.event(CheckIn(0.5, "before", energy=2, on_guard_guess=None, tension=4))
    recorder.event(PaceChanged(1.0, 6.5, "ramp"))
    recorder.event(SensorFault(1.5, "no answer: the leads = off"))
    for second in range(4):
        contact = Contact.GOOD if second < 3 else Contact.POSITIVE_OFF | Contact.NEGATIVE_OFF
        recorder.block(SampleBlock(64 * second, 64.0, np.zeros(64), contact=contact))
        recorder.guide(second + 0.25, BreathPhase(BreathKind.INHALE, 0.5, 6.5))
        recorder.guide(second + 0.5, BreathPhase(BreathKind.EXHALE, 0.2, 6.5))
        recorder.guide(second + 0.75, None)
    recorder.measured_rate(3.0, 63.98, late=2)
    recorder.measured_rate(4.0, 63.98, late=1)
    recorder.event(PaceChanged(3.5, math.nan, "stop"))
    path = recorder.close(EndReason.DIZZY) / EDF
    session, edf = read_session(path), EdfFile.open(path)
    assert session.phases == [(0.0, Phase.REST)]
    assert session.check_ins == [CheckIn(0.5, "before", energy=2, tension=4)]
    assert session.contacts == [(0.0, Contact.GOOD), (3.0, Contact.POSITIVE_OFF | Contact.NEGATIVE_OFF)]
    fault, pace = session.last("fault"), session.last("pace")
    assert fault is not None
    assert fault.fields["text"] == "no answer: the leads = off"
    assert pace is not None
    assert pace.fields == {"cause": "stop"}
    assert (session.end_reason, session.recovered) == ("dizzy", False)
    assert (session.measured_rate_hz, session.late_samples) == (63.98, 3)
    guide = edf.read(edf.signals[1].number)
    np.testing.assert_allclose(guide[4:8], [np.nan, 50.0, 80.0, np.nan], atol=0.01)


def test_annotations_that_do_not_fit_spill_into_later_records(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    beats = [Beat(i / 10, i / 640, 0.5) for i in range(64)]
    recorder.block(SampleBlock(0, 64.0, np.zeros(64)))
    recorder.output(Output(beats=beats))
    path = recorder.close(EndReason.COMPLETED) / EDF
    session, edf = read_session(path), EdfFile.open(path)
    assert [beat.t_s for beat in session.beats()] == pytest.approx([beat.t_s for beat in beats], abs=1e-5)
    assert session.length_s == 1.0
    assert np.isnan(edf.read(0)[64:]).all()


@given(st.lists(st.floats(0, 1000, allow_nan=False), max_size=60))
@settings(max_examples=10, deadline=None)
def test_beat_times_survive_to_a_hundred_thousandth_of_a_second(
    tmp_path_factory: pytest.TempPathFactory, times_s: list[float]
) -> None:
    recorder = SessionRecorder(Store(tmp_path_factory.mktemp("beats")), session_info(), live=False)
    recorder.block(SampleBlock(0, 64.0, np.zeros(8)))
    recorder.output(Output(beats=[Beat(t_s * 64, t_s, 1.0) for t_s in sorted(times_s)]))
    session = read_session(recorder.close(EndReason.COMPLETED) / EDF)
    np.testing.assert_allclose([beat.t_s for beat in session.beats()], sorted(times_s), atol=1e-5, rtol=0)


@pytest.mark.parametrize("fs_hz", [511.7369, 199.8049, 31.25])
def test_a_rate_that_is_no_whole_number_keeps_the_time_line(tmp_path: Path, fs_hz: float) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(fs_hz), live=False)
    feed(recorder, 30.0, fs_hz)
    path = recorder.close(EndReason.COMPLETED) / EDF
    assert edfio.read_edf(path).signals[0].sampling_frequency == pytest.approx(fs_hz, rel=1e-6)
    pyedflib.EdfReader(str(path)).close()
    session = read_session(path)
    assert [beat.t_s for beat in session.beats()] == pytest.approx([RR_S * n for n in range(1, 37)], abs=1e-5)
    assert [row.t_s for row in session.rows()][:29] == [float(t) for t in range(1, 30)]


def test_ppg_of_18_bits_fits_within_four_counts(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(100.0, "ppg"), live=False)
    counts = 131_000.0 + np.arange(100.0) * 7
    recorder.block(SampleBlock(0, 100.0, counts))
    edf = EdfFile.open(recorder.close(EndReason.COMPLETED) / EDF)
    assert edf.signals[0].label == "PPG"
    np.testing.assert_allclose(edf.read(0)[:100], counts, atol=2.01)


def test_values_out_of_range_stay_at_the_end_of_it(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    recorder.block(SampleBlock(0, 64.0, np.array([-1e9, 1e9, np.inf])))
    edf = EdfFile.open(recorder.close(EndReason.COMPLETED) / EDF)
    np.testing.assert_allclose(edf.read(0)[:3], [-1500.0, 1500.0, 1500.0], atol=0.05)


def test_a_recording_may_begin_in_mid_stream(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), first_index=6400, live=False)
    recorder.block(SampleBlock(6400, 64.0, np.zeros(64), contact=Contact.FINGER_OFF))
    recorder.output(Output(beats=[Beat(6390, 99.9, 1.0), Beat(6416, 100.25, 1.0)], rows=[MetricsRow(101.0, 70.0)]))
    recorder.event(PhaseChanged(100.5, Phase.REST))
    session = read_session(recorder.close(EndReason.COMPLETED) / EDF)
    assert [beat.t_s for beat in session.beats()] == [0.25]
    assert session.phases == [(0.5, Phase.REST)]
    assert session.contacts == [(0.0, Contact.FINGER_OFF)]
    assert [row.t_s for row in session.rows()] == [1.0]


def test_a_recording_begins_with_a_whole_second(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), first_index=6416, live=False)
    for first in range(6416, 6656, 16):
        recorder.block(SampleBlock(first, 64.0, np.full(16, float(first - 6464))))
        if (first + 16) % 64 == 0:
            recorder.output(Output(rows=[MetricsRow((first + 16) / 64, 70.0)]))
    recorder.event(PhaseChanged(100.2, Phase.REST))
    path = recorder.close(EndReason.COMPLETED) / EDF
    session = read_session(path)
    np.testing.assert_allclose(EdfFile.open(path).read(0)[:192:16], np.arange(0.0, 192.0, 16), atol=0.05)
    assert [row.t_s for row in session.rows()] == [1.0, 2.0, 3.0]
    assert session.clock["started_utc"] == "2026-11-23T19:00:01.000000Z"
    assert session.phases == [(0.0, Phase.REST)]


def test_beats_without_a_waveform_are_recorded(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), SessionInfo(None, "0.1.0", "1", "replay"), live=False)
    for second in range(1, 11):
        recorder.output(Output([Beat(math.nan, second - 0.5, 1.0)], [], [MetricsRow(float(second), 60.0)]))
    path = recorder.close(EndReason.END_OF_FILE) / EDF
    session = read_session(path)
    assert [beat.t_s for beat in session.beats()] == [n + 0.5 for n in range(10)]
    assert len(list(session.rows())) == 10
    assert session.length_s == 10.0
    assert edfio.read_edf(path).num_data_records == 10


def test_closing_twice_and_leaving_by_an_error_are_safe(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    feed(recorder, 3.0)
    with pytest.raises(ValueError, match="before the end"), recorder:
        recorder.block(SampleBlock(0, 64.0, np.zeros(1)))
    before = (recorder.folder / EDF).read_bytes()
    recorder.close(EndReason.COMPLETED)
    assert (recorder.folder / EDF).read_bytes() == before
    assert read_session(recorder.folder / EDF).end_reason == "signal"


class SmallCard(OsFileSystem):
    """A card that takes `size` more bytes, and says that it has `size + hidden` left."""

    def __init__(self, size: int, hidden: int = 1 << 40) -> None:
        self.left, self.hidden = size, hidden

    def create(self, path: Path) -> WritableFile:
        return _Limited(self, super().create(path))

    def edit(self, path: Path) -> WritableFile:
        return _Limited(self, super().edit(path))

    def free_bytes(self, path: Path) -> int:
        return self.left + self.hidden


class _Limited:
    def __init__(self, card: SmallCard, file: WritableFile) -> None:
        self._card, self._file = card, file
        self.truncate, self.sync, self.close = file.truncate, file.sync, file.close

    def write_at(self, offset: int, data: bytes) -> None:
        if len(data) > self._card.left:
            self._file.write_at(offset, data[: self._card.left])
            raise OSError(errno.ENOSPC, "No space left on device")
        self._card.left -= len(data)
        self._file.write_at(offset, data)


def test_a_card_that_fills_up_keeps_what_it_has(tmp_path: Path) -> None:
    card = SmallCard(size=12_000)
    recorder = SessionRecorder(Store(tmp_path, card), session_info(), live=False)
    feed(recorder, 60.0)
    folder = recorder.close(EndReason.STORAGE)
    assert str(recorder.fault).endswith("the card is full")
    card.left = 1 << 30
    (found,) = recover(Store(tmp_path, card))
    assert found.fault is None
    assert found.records > 5
    samples = edfio.read_edf(folder / EDF).signals[0].data
    np.testing.assert_allclose(samples, ecg_uv(np.arange(len(samples)), 64.0), atol=0.05)
    assert sums_hold(folder)


def test_recording_stops_before_the_last_megabyte(tmp_path: Path) -> None:
    store = Store(tmp_path, SmallCard(RESERVE_BYTES + 15_000, hidden=0))
    recorder = SessionRecorder(store, session_info(), live=False, monotonic_s=ticking(9).__next__)
    feed(recorder, 60.0)
    folder = recorder.close(EndReason.STORAGE)
    assert "full" in str(recorder.fault)
    assert sums_hold(folder)
    assert 5 < edfio.read_edf(folder / EDF).num_data_records < 60
    assert not store.has_room()
    with pytest.raises(RecordingError, match="full"):
        SessionRecorder(store, session_info())


class ReadOnlyCard(OsFileSystem):
    def make_folder(self, path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")


def test_a_read_only_card_is_told_at_the_start(tmp_path: Path) -> None:
    store = Store(tmp_path, ReadOnlyCard())
    assert not store.has_room()
    with pytest.raises(RecordingError, match="the card is read-only"):
        SessionRecorder(store, session_info())


def test_a_stuck_card_holds_nothing_back_and_costs_counted_records_but_no_beat(tmp_path: Path) -> None:
    card = StuckCard()
    recorder = SessionRecorder(Store(tmp_path, card), session_info(), monotonic_s=ticking(9).__next__)
    card.ready.clear()
    seconds = QUEUE_RECORDS + 50
    feed(recorder, seconds)
    assert recorder.acknowledged_records == 0
    assert 40 <= recorder.dropped_records <= 50
    card.ready.set()
    path = recorder.close(EndReason.COMPLETED) / EDF
    assert recorder.fault is None
    samples = EdfFile.open(path).read(0)
    known = ~np.isnan(samples)
    np.testing.assert_allclose(samples[known], ecg_uv(np.flatnonzero(known), 64.0), atol=0.05)
    session = read_session(path)
    assert session.lost_samples == 64 * recorder.dropped_records
    assert len(list(session.beats())) == math.ceil(seconds / RR_S) - 1


def test_a_session_is_numbered_and_dated_only_where_the_clock_is_known(tmp_path: Path) -> None:
    store = Store(tmp_path)
    names = []
    for started in (STARTED, None):
        recorder = SessionRecorder(store, session_info(started=started), live=False)
        feed(recorder, 2.0)
        names.append(recorder.close(EndReason.COMPLETED).name)
    assert names == ["0001-20261123-1900", "0002"]
    assert store.finished_sessions() == names
    assert EdfFile.open(store.folder("0002") / EDF).started is None
