"""The files made from a session's EDF+ file alone: RR text for Kubios, RR as CSV, and the summary.

The same file always gives the same bytes, whether a session was closed or recovered.
"""

import json
import math
from pathlib import Path
from typing import Any

from device.recording.ending.summary import HeartTally, summarise
from device.recording.format.names import EDF, RR_CSV, RR_TEXT, SUMMARY
from device.recording.session_reader import read_session
from device.system.files import AtomicFile, FileSystem, write_atomically
from dsp.types import RRInterval

EXPORTS = (RR_TEXT, RR_CSV, SUMMARY)


def write_exports(files: FileSystem, folder: Path) -> None:
    """Write `EXPORTS`, in memory that does not grow with the session. Raises EdfError and OSError."""
    session = read_session(folder / EDF)
    tally = HeartTally()
    with AtomicFile(files, folder / RR_TEXT) as rr_text, AtomicFile(files, folder / RR_CSV) as rr_csv:
        rr_csv.add(b"time_s,interval_ms,kind,timed\n")
        for event in session.beats_and_intervals():
            tally.add(event)
            if isinstance(event, RRInterval):
                rr_text.add(rr_line(event).encode())
                rr_csv.add(rr_csv_line(event).encode())
    summary = json.dumps(_plain(summarise(session, tally)), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(files, folder / SUMMARY, summary.encode())


def rr_line(interval: RRInterval) -> str:
    """Each interval as measured, in ms, as Kubios reads them. Nothing is corrected or left out."""
    return f"{interval.rr_ms:.3f}\n"


def rr_csv_line(interval: RRInterval) -> str:
    """An interval's time is that of its closing beat; `timed` is 0 where variability must not be computed from it."""
    return f"{interval.t_s:.5f},{interval.rr_ms:.3f},{interval.kind.value},{int(interval.timed)}\n"


def _plain(value: Any) -> Any:
    """For JSON: NaN becomes null, and numbers keep four decimals."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value
