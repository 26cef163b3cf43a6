"""Closes the sessions that a power cut, or a full card, left open."""

import logging
from dataclasses import dataclass
from pathlib import Path

from device.errors import RecordingError
from device.recording.ending.closing import close_left_open
from device.recording.store import Store, reason

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A session closed after the fact: `records` were kept, `unverified` of them as unknown values in their place;
    `fault` says why one is still open, in a clause that does not name it."""

    name: str
    records: int = 0
    unverified: int = 0
    fault: str | None = None


def recover(store: Store) -> list[Recovered]:
    """Close every session that was left open; never raises for one that cannot be. One that is being recorded is not
    touched: this process's is passed over, and StoreBusyError is raised where another process records.

    Kept are the records up to the last whose check is right. A second call finds nothing to do.
    """
    if not store.root.is_dir():
        return []
    with store.writing():
        try:
            store.clear_leftovers()
        except OSError as error:
            log.warning("%s: %s", store.root, reason(error))
        return [_recover(store, store.folder(name)) for name in store.left_open()]


def _recover(store: Store, folder: Path) -> Recovered:
    try:
        closed = close_left_open(store.files, folder)
        return Recovered(folder.name, closed.records, closed.unverified)
    except OSError as error:
        at = error.filename2 or error.filename
        where = f"{Path(at).name}: " if at else ""
        return Recovered(folder.name, fault=f"the session could not be finished: {where}{reason(error)}")
    except RecordingError as error:
        told = str(error).removeprefix(f"{folder.name}: ").removeprefix(f"{folder}/")
        return Recovered(folder.name, fault=told)
    except Exception as error:  # one damaged session must not keep the device from starting
        log.exception("%s", folder)
        return Recovered(folder.name, fault=f"the session could not be finished: {error!r}")
