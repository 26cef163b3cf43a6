"""`rolig export --format wfdb|edf|bids|kubios`: sessions as records that other programs read.

A wearer's folder in OUT is replaced as a whole: what was there stays until the new one is complete.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from host.copies.session_files import PulledSession, read_session, session_folders
from host.copies.session_folder import read_dates
from host.copies.session_signals import SessionSignals, read_signals
from host.copies.whole_file import made_folder, make_folder
from host.errors import HostError
from host.export.pseudonyms import Pseudonyms
from host.formats import bids, edf, kubios, wfdb_records
from host.formats.names import SessionNames

Write = Callable[[PulledSession, SessionSignals, SessionNames, Path], None]


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """`write` puts one session into its wearer's folder; the others what is about all of a wearer's, and about the
    whole data set. `waves`: the signal itself leaves, which tells people apart."""

    write: Write
    finish_wearer: Callable[[Path, list[SessionNames]], None] | None = None
    finish: Callable[[Path], None] | None = None
    waves: bool = True


RECORD_FORMATS = {
    "wfdb": RecordFormat(wfdb_records.write),
    "edf": RecordFormat(edf.write),
    "bids": RecordFormat(bids.write, bids.finish_wearer, bids.finish),
    "kubios": RecordFormat(kubios.write, waves=False),
}


def export_records(directory: Path, names: Pseudonyms, out: Path, file_format: str, say: Callable[[str], None]) -> int:
    """How many sessions were written. Raises HostError, OSError."""
    form = RECORD_FORMATS[file_format]
    wearer = names.wearer()
    folder = out / f"sub-{wearer}"
    fresh = out / f".sub-{wearer}"
    with ExitStack() as ends:
        ends.enter_context(made_folder(out))
        shutil.rmtree(fresh, ignore_errors=True)
        ends.callback(shutil.rmtree, fresh, ignore_errors=True)
        make_folder(fresh)
        written: list[tuple[SessionNames, datetime | None]] = []
        for session, signals in _readable(directory, say):
            told = SessionNames(wearer, names.session(session.sums_sha256), None)
            form.write(session, signals, told, fresh)
            written.append((told, None if session.started is None else names.shifted(session.started)))
        if not written:
            raise HostError("none of the sessions can be read; nothing was written")
        if form.finish_wearer is not None:
            form.finish_wearer(fresh, _with_days(written))
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    if form.finish is not None:
        form.finish(out)
    return len(written)


def _readable(directory: Path, say: Callable[[str], None]) -> Iterator[tuple[PulledSession, SessionSignals]]:
    dates = read_dates(directory)
    for folder in session_folders(directory):
        try:
            yield read_session(folder, dates), read_signals(folder)
        except HostError as error:
            say(str(error))


def _with_days(written: list[tuple[SessionNames, datetime | None]]) -> list[SessionNames]:
    first = min((started.date() for _, started in written if started is not None), default=None)
    return [
        SessionNames(
            told.wearer, told.session, None if started is None or first is None else (started.date() - first).days
        )
        for told, started in written
    ]
