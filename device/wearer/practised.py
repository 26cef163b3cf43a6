"""Practice as the sessions' own summaries tell it, on the card or in a folder that was pulled."""

import contextlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from device.recording.format.names import SESSION_NAME, SUMMARY, SUMS
from device.recording.format.summary_keys import AFTER, BEFORE, own_date
from device.system.plain_file import read_plain
from device.wearer.plan import PractisedSession

_MOST_BYTES = 1 << 20


def finished_sessions(root: Path) -> list[Path]:
    """The folders of finished sessions in `root`, by name; none where there is no such folder. Raises OSError."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if SESSION_NAME.fullmatch(path.name) and (path / SUMS).is_file())


def practised_in(folders: Iterable[Path]) -> list[PractisedSession]:
    """Sessions with practice; one without a date or a summary tells none."""
    sessions = []
    for folder in folders:
        with contextlib.suppress(OSError, OverflowError, ValueError, KeyError, TypeError, RecursionError):
            summary = json.loads(read_plain(folder / SUMMARY, _MOST_BYTES))
            if not isinstance(summary, dict):
                continue
            day = datetime.fromisoformat(own_date(summary)).astimezone().toordinal()
            told = {check_in["when"]: check_in.get("tension") for check_in in summary["check_ins"]}
            before, after = (None if told.get(when) is None else float(told[when]) for when in (BEFORE, AFTER))
            session = PractisedSession(day, float(summary["practice"]["minutes"]), before, after)
            sessions.append(session)
    return sessions
