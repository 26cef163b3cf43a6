"""Sessions of HeartMath's emWave: its database `emWave.emdb`, and the JSON that emwave2-export makes of one.

The database is SQLite. Of emWave Desktop and emWave2 its table PrimaryData holds a session a row, whose LiveIBI are
intervals in ms as 32-bit integers, in the byte order that Endian tells (0 big, 1 little); of emWave Pro the table is
Session, and the integers have 16 bits. IBIStartTime is in s since 1970. What ArtifactFlag marks is described nowhere
and left alone.

Sources: the table's description and reader in github.com/quentinsence/hrv, the other reader of it in
matttrent/emwave2-export, and for emWave Pro the programs of github.com/EmotionCognitionLab, which its laboratory reads
its studies with.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from device.errors import UsageError
from device.replay.recordings import BeatList
from device.replay.text.beat_lists import beat_list, of_intervals
from device.replay.text.intervals import HEART_MS

MAGIC = b"SQLite format 3\0"
INTERVALS = "LiveIBI"
_START = "IBIStartTime"
_BYTES = {"PrimaryData": 4, "Session": 2}
_ENDIAN, _DELETED = "Endian", "DeleteFlag"
_LATEST_S = 1 << 32
_LARGEST = 1 << 30


@dataclass(frozen=True, slots=True)
class _Session:
    start_s: float | None
    rr_ms: tuple[float, ...]

    @property
    def started(self) -> datetime | None:
        told = self.start_s is not None and 0 < self.start_s < _LATEST_S
        return datetime.fromtimestamp(self.start_s or 0.0, UTC) if told else None


def read_emwave_database(path: Path, wanted: str | None) -> BeatList:
    """Its only session, or the one whose number from 1, by time, is `wanted`. Raises UsageError."""
    if path.stat().st_size > _LARGEST:
        raise UsageError(f"a database of more than {_LARGEST >> 20} MiB is not read")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)) as database:
            sessions = _stored(database)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:  # the last where SQLite quotes what is damaged
        raise UsageError(f"not a database of emWave: {error}") from None
    return _chosen(sessions, wanted)


def read_emwave_json(nodes: Iterable[dict[str, Any]], wanted: str | None) -> BeatList:
    """The same of the objects of its JSON. Raises UsageError."""
    sessions = []
    for node in nodes:
        values, start_s = node.get(INTERVALS), node.get(_START)
        if isinstance(values, list) and all(isinstance(value, int | float) for value in values):
            sessions.append(_Session(start_s if isinstance(start_s, int | float) else None, tuple(map(float, values))))
    return _chosen(sessions, wanted)


def _stored(database: sqlite3.Connection) -> list[_Session]:
    tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
    table = next((name for name in _BYTES if name in tables), None)
    columns = [row[1] for row in database.execute(f"pragma table_info({table})")] if table else []
    if table is None or INTERVALS not in columns or _START not in columns:
        raise UsageError("a database without sessions of emWave (PrimaryData or Session with LiveIBI)")
    kept = f"where {_DELETED} is null" if _DELETED in columns else ""
    endian = _ENDIAN if _ENDIAN in columns else "1"
    rows = database.execute(f"select {_START}, {INTERVALS}, {endian} from {table} {kept}")
    return [
        _Session(start_s if isinstance(start_s, int | float) else None, _unpacked(blob, _BYTES[table], order))
        for start_s, blob, order in rows
        if isinstance(blob, bytes)
    ]


def _unpacked(blob: bytes, size: int, order: Any) -> tuple[float, ...]:
    whole = len(blob) // size * size
    return tuple(np.frombuffer(blob[:whole], f"{'>' if order == 0 else '<'}i{size}").astype(float).tolist())


def _chosen(every: Sequence[_Session], wanted: str | None) -> BeatList:
    sessions = sorted((session for session in every if any(session.rr_ms)), key=lambda session: session.start_s or 0.0)
    if not sessions:
        raise UsageError("emWave without a session that has intervals")
    number = int(wanted[:9]) if wanted is not None and wanted.isdecimal() else 0
    if wanted is None and len(sessions) == 1:
        number = 1
    if not 1 <= number <= len(sessions):
        first, last = (f"({s.started:%Y-%m-%d %H:%M} UTC)" if s.started else "" for s in (sessions[0], sessions[-1]))
        held = f"{len(sessions)} sessions, 1 {first} to {len(sessions)} {last}" if len(sessions) > 1 else "one session"
        raise UsageError(f"emWave holds {held}: --signal takes the number of one")
    return _recording(sessions[number - 1])


def _recording(session: _Session) -> BeatList:
    """emWave has 0 where it knows no interval: at both ends it is passed over, within it is a gap of unknown length."""
    values = np.trim_zeros(np.array(session.rr_ms))
    if not (np.isfinite(values).all() and (values >= 0).all() and _of_a_heart(values)):
        raise UsageError("emWave's LiveIBI are no intervals of a heart in ms")
    if len(gaps := np.flatnonzero(values == 0)):
        raise UsageError(
            f"emWave has no interval after number {gaps[0]} of {len(values)}: how long the gap was, it does not tell"
        )
    found = beat_list(of_intervals(values.tolist()), None, f"{len(values)} intervals of a session of emWave, in ms")
    return BeatList(found.beats, session.started, found.breaks_s, found.remarks)


def _of_a_heart(values: np.ndarray) -> bool:
    known = values[values > 0]
    return float(np.mean((known >= HEART_MS[0]) & (known <= HEART_MS[1]))) > 0.5
