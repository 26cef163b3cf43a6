"""The files made from a session's EDF+ file alone: RR text for Kubios, RR as CSV, and the summary.

The same file always gives the same bytes, whether a session was closed or recovered.
"""

import json
import math
from pathlib import Path
from typing import Any

from device.recording.ending.summary import summarise
from device.recording.format.names import RR_CSV, RR_TEXT, SUMMARY
from device.recording.session_reader import RecordedSession, read_session


def make_exports(edf: Path) -> dict[str, bytes]:
    """The files' contents by name. Raises EdfError and OSError."""
    session = read_session(edf)
    return {
        RR_TEXT: rr_text(session).encode(),
        RR_CSV: rr_csv(session).encode(),
        SUMMARY: summary_text(session).encode(),
    }


def rr_text(session: RecordedSession) -> str:
    """All intervals as measured, in ms, one a line, as Kubios reads them. Nothing is corrected or left out."""
    return "".join(f"{interval.rr_ms:.3f}\n" for interval in session.intervals)


def rr_csv(session: RecordedSession) -> str:
    """An interval's time is that of its closing beat; `timed` is 0 where variability must not be computed from it."""
    lines = [f"{i.t_s:.5f},{i.rr_ms:.3f},{i.kind.value},{int(i.timed)}\n" for i in session.intervals]
    return "time_s,interval_ms,kind,timed\n" + "".join(lines)


def summary_text(session: RecordedSession) -> str:
    return json.dumps(_plain(summarise(session)), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """For JSON: NaN becomes null, and numbers keep four decimals."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value
