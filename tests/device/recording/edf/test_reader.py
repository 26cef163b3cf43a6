"""Reading EDF and EDF+ of our own making and of others'."""

from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import edfio
import numpy as np
import pyedflib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.recording.edf.annotations import encode_tal, encode_time_keeping
from device.recording.edf.errors import EdfError
from device.recording.edf.layout import Header, SignalHeader, encode_header
from device.recording.edf.reader import EdfFile
from device.recording.edf.writer import ANNOTATION_BYTES, ANNOTATIONS_SIGNAL, quantise
from device.recording.format.annotation import Annotation
from device.recording.format.signals import UNKNOWN

OTHERS = Path(str(files("pyedflib"))) / "tests" / "data"


@pytest.mark.parametrize("name", ["test_generator.edf", "test_utf8.edf", "test_subsecond.edf"])
def test_others_files_read_as_pyedflib_reads_them(name: str) -> None:
    ours = EdfFile.open(OTHERS / name)
    theirs = pyedflib.EdfReader(str(OTHERS / name))
    try:
        assert [s.label for s in ours.signals] == theirs.getSignalLabels()
        for number, signal in enumerate(ours.signals):
            assert signal.fs_hz == pytest.approx(theirs.getSampleFrequency(number))
            assert signal.unit == theirs.getPhysicalDimension(number)
            np.testing.assert_allclose(ours.read(signal.number), theirs.readSignal(number), atol=1e-9)
        onsets_s, _, texts = theirs.readAnnotations()
        found = sorted((a.onset_s, a.text) for a in ours.annotations())
        assert [text for _, text in found] == [str(t) for _, t in sorted(zip(onsets_s, texts, strict=True))]
        assert [t for t, _ in found] == pytest.approx(sorted(onsets_s), abs=1e-6)
    finally:
        theirs.close()


def test_a_file_by_edfio_reads_the_same(tmp_path: Path) -> None:
    values = np.sin(np.arange(3600) / 20)
    signals = [edfio.EdfSignal(values, 360, label="ECG MLII", physical_dimension="mV", physical_range=(-5, 5))]
    notes = [edfio.EdfAnnotation(1.25, None, "N"), edfio.EdfAnnotation(3.0, 0.5, "noise")]
    edfio.Edf(signals, annotations=notes).write(tmp_path / "a.edf")
    edf = EdfFile.open(tmp_path / "a.edf")
    (signal,) = edf.signals
    assert (signal.label, signal.unit, signal.fs_hz) == ("ECG MLII", "mV", 360.0)
    np.testing.assert_allclose(edf.read(signal.number), values, atol=10 / 65535)
    assert list(edf.annotations()) == [Annotation(1.25, "N"), Annotation(3.0, "noise", 0.5)]


def discontinuous(path: Path, starts_s: list[float]) -> None:
    """Records of 4 samples, numbered 0, 1, 2 ... through the file, at `starts_s`."""
    signal = SignalHeader("ECG", "uV", -32768.0, 32767.0, 4)
    header = Header((signal, ANNOTATIONS_SIGNAL), Decimal(1), datetime(2026, 1, 2), reserved="EDF+D")
    body = b""
    for index, start_s in enumerate(starts_s):
        body += quantise(np.arange(4.0) + 4 * index, signal).tobytes()
        notes = encode_time_keeping(Decimal(str(start_s))) + encode_tal(Annotation(start_s + 0.5, f"r{index}"))
        body += notes.ljust(ANNOTATION_BYTES, b"\0")
    path.write_bytes(encode_header(header) + body)


def test_a_discontinuous_file_has_its_gaps(tmp_path: Path) -> None:
    discontinuous(tmp_path / "d.edf", [0.0, 1.0, 3.5])
    edf = EdfFile.open(tmp_path / "d.edf")
    values = edf.read(0)
    np.testing.assert_array_equal(values[:8], np.arange(8.0))
    assert np.isnan(values[8:14]).all()
    np.testing.assert_array_equal(values[14:], np.arange(8.0, 12.0))
    assert [a.onset_s for a in edf.annotations()] == [0.5, 1.5, 4.0]


def test_records_that_go_back_in_time_are_told(tmp_path: Path) -> None:
    discontinuous(tmp_path / "d.edf", [0.0, 5.0, 2.0])
    with pytest.raises(EdfError, match="order of time"):
        EdfFile.open(tmp_path / "d.edf").read(0)


def test_times_count_from_the_first_sample_when_the_first_record_starts_late(tmp_path: Path) -> None:
    discontinuous(tmp_path / "d.edf", [0.25, 1.25])
    edf = EdfFile.open(tmp_path / "d.edf")
    assert len(edf.read(0)) == 8
    assert [a.onset_s for a in edf.annotations()] == [0.5, 1.5]


@settings(deadline=None)
@given(data=st.data())
def test_a_file_cut_at_any_byte_keeps_its_whole_records(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("cut") / "c.edf"
    discontinuous(path, [0.0, 1.0, 2.0])
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    if cut < 768:
        with pytest.raises(EdfError):
            EdfFile.open(path)
    else:
        assert len(EdfFile.open(path).read(0)) == 4 * ((cut - 768) // (8 + ANNOTATION_BYTES))


def test_unknown_values_are_nan_where_they_are_declared(tmp_path: Path) -> None:
    discontinuous(tmp_path / "d.edf", [0.0])
    raw = bytearray((tmp_path / "d.edf").read_bytes())
    raw[768:770] = UNKNOWN.to_bytes(2, "little", signed=True)
    (tmp_path / "d.edf").write_bytes(raw)
    assert EdfFile.open(tmp_path / "d.edf").unknown is None
    assert EdfFile.open(tmp_path / "d.edf").read(0)[0] == -32768.0
    raw[88:168] = b"Startdate X X X Rolig_0.1.0 algorithm=1 unknown=-32768".ljust(80)
    (tmp_path / "d.edf").write_bytes(raw)
    assert np.isnan(EdfFile.open(tmp_path / "d.edf").read(0)[0])


@pytest.mark.parametrize(("content", "told"), [(b"", "empty"), (b"time_s,mV\n0,1\n" * 40, "not an EDF")])
def test_what_is_no_edf_is_told_in_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "x.edf").write_bytes(content)
    with pytest.raises(EdfError, match=told) as caught:
        EdfFile.open(tmp_path / "x.edf")
    assert "\n" not in str(caught.value)


def test_a_plain_edf_reads_as_pyedflib_reads_it() -> None:
    ours = EdfFile.open(OTHERS / "test_legacy.edf")
    theirs = pyedflib.EdfReader(str(OTHERS / "test_legacy.edf"))
    try:
        for signal in ours.signals:
            np.testing.assert_allclose(ours.read(signal.number), theirs.readSignal(signal.number), atol=1e-9)
        assert len(ours.signals) > 5
    finally:
        theirs.close()
