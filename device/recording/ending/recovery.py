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
    `fault` says why one is still open."""

    name: str
    records: int = 0
    unverified: int = 0
    fault: RecordingError | None = None


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
        fault = RecordingError(f"{folder.name}: the session could not be finished: {reason(error)}")
        return Recovered(folder.name, fault=fault)
    except RecordingError as error:
        return Recovered(folder.name, fault=error)
    except Exception as error:  # one damaged session must not keep the device from starting
        log.exception("%s", folder)
        fault = RecordingError(f"{folder.name}: the session could not be finished: {error!r}")
        return Recovered(folder.name, fault=fault)
