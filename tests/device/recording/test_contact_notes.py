"""An electrode that chatters, and what the file says of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.format.names import EDF
from device.recording.grid import ContactNotes
from device.recording.recorder import SessionRecorder
from device.recording.session_reader import RecordedSession, read_session
from device.recording.store import Store
from device.session.events import EndReason
from dsp.types import Contact, SampleBlock
from tests.recording_helpers import session_info


def recorded_contact(tmp_path: Path, contacts: Sequence[Contact], block: int = 4) -> RecordedSession:
    """`contacts` one a block of `block` samples at 100 Hz."""
    recorder = SessionRecorder(Store(tmp_path), session_info(100.0), live=False)
    for number, contact in enumerate(contacts):
        recorder.block(SampleBlock(block * number, 100.0, np.zeros(block), contact=contact))
    return read_session(recorder.close(EndReason.PRESSED) / EDF)


def test_an_electrode_that_chatters_is_loose_all_the_while_and_costs_two_notes(tmp_path: Path) -> None:
    chatter = [Contact.POSITIVE_OFF if number % 2 else Contact.GOOD for number in range(25 * 232)]
    session = recorded_contact(tmp_path, [Contact.GOOD] * 100 + chatter + [Contact.GOOD] * 100)
    assert session.length_s == pytest.approx(240.0)
    assert session.contacts == [
        (0.0, Contact.GOOD), (4.04, Contact.POSITIVE_OFF), (236.0, Contact.GOOD),
    ]  # fmt: skip


@given(st.lists(st.sampled_from([Contact.GOOD, Contact.POSITIVE_OFF, Contact.NEGATIVE_OFF]), max_size=400))
def test_contact_notes_are_bounded_and_never_call_loose_good(contacts: Sequence[Contact]) -> None:
    notes, told = ContactNotes(), []
    for number, contact in enumerate(contacts):
        told += notes.push(number / 25, contact)
    told += notes.finish(len(contacts) / 25)
    assert len(told) <= 4 + 3 * len(contacts) / 25
    assert told == sorted(told, key=lambda change: change[0])
    for number, contact in enumerate(contacts):
        at = [c for t_s, c in told if t_s <= number / 25 + 1e-9][-1]
        assert at & contact == contact
