"""A session of our own, replayed."""

import numpy as np
import pytest

from device.events import EndReason
from device.recording.recorder import SessionRecorder
from device.recording.session_info import ClockTrust
from device.recording.store import EDF, Store
from device.replay.edf_signal import read_edf_signal
from dsp.types import Contact, SampleBlock
from tests.recording_helpers import STARTED, ecg_uv, session_info


def test_a_session_replays_with_its_contact_its_losses_and_its_true_length(tmp_path):
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
def test_the_time_of_the_last_shutdown_does_not_date_a_replay(tmp_path, trust, known):
    recorder = SessionRecorder(Store(tmp_path), session_info(trust=trust), live=False)
    recorder.block(SampleBlock(0, 64.0, ecg_uv(np.arange(100), 64.0)))
    signal = read_edf_signal(recorder.close(EndReason.PRESSED) / EDF, None, None)
    assert signal.started == (STARTED.replace(tzinfo=None, microsecond=0) if known else None)
