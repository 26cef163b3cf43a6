"""BDF and BDF+, 24 bits a sample, as pyedflib writes them."""

from pathlib import Path

import numpy as np
import pyedflib
import pytest

from device.errors import UsageError
from device.replay.opening import open_recording
from tests.replay_helpers import open_signal
from tests.synthetic import ecg, regular_r_times

FS_HZ = 256
ECG_UV = ecg(regular_r_times(12.0), FS_HZ, 12.0)


def write(path: Path, form: int) -> None:
    with pyedflib.EdfWriter(str(path), 2, file_type=form) as writer:
        for at, (label, unit) in enumerate((("ECG", "uV"), ("Resp", "uV"))):
            writer.setSignalHeader(
                at,
                {
                    "label": label,
                    "dimension": unit,
                    "sample_frequency": FS_HZ,
                    "physical_min": -8388608,
                    "physical_max": 8388607,
                    "digital_min": -8388608,
                    "digital_max": 8388607,
                    "prefilter": "",
                    "transducer": "",
                },
            )
        if form == pyedflib.FILETYPE_BDFPLUS:
            writer.writeAnnotation(1.0, -1, "eyes closed")
        writer.writeSamples([100.0 * ECG_UV, np.full(len(ECG_UV), -7.0)])


@pytest.mark.parametrize("form", [pyedflib.FILETYPE_BDF, pyedflib.FILETYPE_BDFPLUS])
def test_every_sample_is_read(tmp_path: Path, form: int) -> None:
    write(tmp_path / "in.bdf", form)
    signal = open_signal(tmp_path / "in.bdf")
    assert (signal.label, signal.fs_hz) == ("ECG", FS_HZ)
    assert np.allclose(signal.values, 100.0 * ECG_UV, atol=1.01)
    assert np.allclose(open_signal(tmp_path / "in.bdf", signal="Resp").values, -7.0)


def test_half_a_file_is_its_whole_records(tmp_path: Path) -> None:
    write(tmp_path / "in.bdf", pyedflib.FILETYPE_BDF)
    content = (tmp_path / "in.bdf").read_bytes()
    (tmp_path / "half.bdf").write_bytes(content[: len(content) // 2])
    signal = open_signal(tmp_path / "half.bdf")
    assert 4.0 < signal.duration_s < 7.0
    assert np.allclose(signal.values, 100.0 * ECG_UV[: len(signal.values)], atol=1.01)
    (tmp_path / "head.bdf").write_bytes(content[:300])
    with pytest.raises(UsageError):
        open_recording(tmp_path / "head.bdf")
