"""The journal tells faults, and nothing of when somebody practised."""

import logging
import sys
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from device.cli.run import JournalFormatter
from device.errors import RecordingError


@given(st.integers(1, 10**6), st.datetimes(datetime(1999, 1, 1), datetime(2100, 1, 1)), st.booleans())
def test_a_sessions_date_is_told_nowhere(number: int, started: datetime, raised: bool) -> None:
    name = f"{number:04d}-{started:%Y%m%d-%H%M}"
    try:
        raise RecordingError(f"{name}: the session could not be finished: the card does not answer")
    except RecordingError as error:
        fault = error
        info = sys.exc_info() if raised else None
    record = logging.LogRecord("rolig", logging.WARNING, "store.py", 1, "recording: /data/%s: %s", (name, fault), info)
    told = JournalFormatter().format(record)
    assert f"{started:%Y%m%d}" not in told
    assert f"/data/{number:04d}: {number:04d}: the session could not be finished" in told
