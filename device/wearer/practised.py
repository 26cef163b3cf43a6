"""Practice as the sessions' own summaries tell it, on the card or in a folder that was pulled."""

import contextlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from device.recording.format.names import DATES, SESSION_NAME, SUMMARY, SUMS
from device.recording.format.summary_keys import AFTER, BEFORE, dates_told_later, own_date
from device.system.plain_file import read_plain
from device.wearer.plan import PractisedSession

_MOST_BYTES, _MOST_DATES_BYTES = 1 << 20, 1 << 24


def finished_sessions(root: Path) -> list[Path]:
    """The folders of finished sessions in `root`, by name; none where there is no such folder. Raises OSError."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if SESSION_NAME.fullmatch(path.name) and (path / SUMS).is_file())


def dates_beside(root: Path) -> dict[str, str]:
    """The dates that the sessions in `root` were told later, by their names, as on a device without a clock."""
    try:
        return dates_told_later(json.loads(read_plain(root / DATES, _MOST_DATES_BYTES)))
    except (OSError, ValueError, RecursionError):
        return {}


def practised_in(folders: Iterable[Path]) -> list[PractisedSession]:
    """Sessions with practice; one without a summary, or a date that was told then or later, tells none."""
    sessions = []
    later: dict[Path, dict[str, str]] = {}
    for folder in folders:
        if folder.parent not in later:
            later[folder.parent] = dates_beside(folder.parent)
        with contextlib.suppress(OSError, OverflowError, ValueError, KeyError, TypeError, RecursionError):
            summary = json.loads(read_plain(folder / SUMMARY, _MOST_BYTES))
            if not isinstance(summary, dict):
                continue
            at = later[folder.parent].get(folder.name) or own_date(summary)
            day = datetime.fromisoformat(at).astimezone().toordinal()
            told = {check_in["when"]: check_in.get("tension") for check_in in summary["check_ins"]}
            before, after = (None if told.get(when) is None else float(told[when]) for when in (BEFORE, AFTER))
            session = PractisedSession(day, float(summary["practice"]["minutes"]), before, after)
            sessions.append(session)
    return sessions
