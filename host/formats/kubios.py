"""RR intervals as Kubios HRV and most other programs read them: one a line, in ms.

Source: the RR text that Kubios HRV imports (its user's guide, "Custom ASCII"): one column of intervals, ms or s.
"""

from pathlib import Path

from host.copies.session_files import PulledSession
from host.copies.session_signals import SessionSignals
from host.formats.names import SessionNames


def write(session: PulledSession, _: SessionSignals, names: SessionNames, folder: Path) -> None:
    """`SESSION.txt`: all intervals as measured, as the session's own rr.txt has them."""
    lines = (f"{interval.rr_ms:.3f}\n" for interval in session.notes.intervals)
    (folder / f"{names.session}.txt").write_text("".join(lines), encoding="ascii")
