"""`rolig export`: a pseudonymous data set of sessions, beats, metrics and events, for research.

    OUT/columns.json
    OUT/sessions/wearer=ID/part-0.parquet     OUT/beats/wearer=ID/...     OUT/metrics/...     OUT/events/...

Several wearers' folders exported into one OUT make one data set. Exporting a folder again replaces its
wearer's part. Other formats than these tables are in `host.export.records`.
"""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from host.copies.session_files import PulledSession, session_folders, sessions_in
from host.copies.whole_file import OWNER_FILE, made_folder, write_whole
from host.errors import HostError, complain, made_in
from host.export.columns import TABLES, Column
from host.export.pseudonyms import Pseudonyms
from host.export.records import RECORD_FORMATS, export_records
from host.export.tables import Columns, beats_columns, events_columns, metrics_columns, sessions_row
from host.progress import Progress

TABLE_FORMATS = ("parquet", "csv")
FORMATS = (*TABLE_FORMATS, *RECORD_FORMATS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would reckon what begins so
Append = Callable[[Columns], None]
Open = Callable[[Path, tuple[Column, ...]], AbstractContextManager[Append]]


def export(
    directory: Path, out: Path, file_format: str = "parquet", say: Callable[[str], None] = lambda _: None
) -> int:
    """Write all sessions in `directory` into the data set `out`; how many they are. `say` hears of each that is left
    out. Raises HostError, and leaves then what was there, and the key."""
    if not session_folders(directory):
        raise HostError(f"{directory} holds no finished session")
    if file_format not in FORMATS:
        raise HostError(f"format {file_format!r}: one of {', '.join(FORMATS)}")
    if out.resolve().is_relative_to(directory.resolve()):
        raise HostError(f"{out}: is in {directory}, where the key to the pseudonyms is: take a folder elsewhere")
    names = Pseudonyms.of_folder(directory)
    try:
        if file_format in RECORD_FORMATS:
            return export_records(directory, names, out, file_format, say)
        return _write(directory, names, out, file_format, say)
    except OSError as error:
        raise HostError(f"{error.filename or out}: {error.strerror or error}") from error


def _write(directory: Path, names: Pseudonyms, out: Path, file_format: str, say: Callable[[str], None]) -> int:
    opened: Open = _parquet if file_format == "parquet" else _csv
    parts = {table: out / table / f"wearer={names.wearer()}" / f"part-0.{file_format}" for table in TABLES}
    fresh = {table: path.with_name("." + path.name) for table, path in parts.items()}
    with ExitStack() as on_error:
        for path in parts.values():
            on_error.enter_context(made_folder(path.parent))
        for path in fresh.values():
            on_error.callback(path.unlink, missing_ok=True)
            path.unlink(missing_ok=True)
            path.touch(OWNER_FILE)
        with (
            opened(fresh["sessions"], TABLES["sessions"]) as sessions,
            opened(fresh["beats"], TABLES["beats"]) as beats,
            opened(fresh["metrics"], TABLES["metrics"]) as metrics,
            opened(fresh["events"], TABLES["events"]) as events,
            Progress("export", len(session_folders(directory))) as progress,
        ):

            def leave_out(_: str, why: str) -> None:
                progress.clear()
                say(why)

            count = 0
            for session in progress.over(sessions_in(directory, leave_out)):
                name = names.session(session.sums_sha256)
                sessions({"session": [name], "started_shifted": [_shifted(session, names)], **sessions_row(session)})
                beats(_named(name, beats_columns(session)))
                metrics(_named(name, metrics_columns(session)))
                events(_named(name, events_columns(session)))
                count += 1
        if not count:
            raise HostError("none of the sessions can be read; nothing was written")
        for table, path in parts.items():
            for other in path.parent.glob("part-0.*"):
                other.unlink()
            fresh[table].replace(path)
    _describe(out)
    return count


def _shifted(session: PulledSession, names: Pseudonyms) -> datetime | None:
    return None if session.started is None else names.shifted(session.started)


def _named(name: str, columns: Columns) -> Columns:
    return {"session": [name] * len(columns["t_s"]), **columns}


def _describe(out: Path) -> None:
    tables = {
        table: {
            column.name: {"kind": column.kind, "unit": column.unit, "meaning": column.meaning} for column in columns
        }
        for table, columns in TABLES.items()
    }
    write_whole(out / "columns.json", json.dumps(tables, indent=1).encode())


@contextmanager
def _parquet(path: Path, columns: tuple[Column, ...]) -> Iterator[Append]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds: dict[str, Any] = {
        "text": pa.string(),
        "number": pa.float64(),
        "count": pa.int32(),
        "truth": pa.bool_(),
        "time": pa.timestamp("s"),
    }
    schema = pa.schema(
        [
            pa.field(column.name, kinds[column.kind], metadata={"unit": column.unit, "meaning": column.meaning})
            for column in columns
        ]
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield lambda rows: writer.write_table(pa.table(rows, schema=schema))


@contextmanager
def _csv(path: Path, columns: tuple[Column, ...]) -> Iterator[Append]:
    names = [column.name for column in columns]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        yield lambda rows: writer.writerows(
            [_cell(value) for value in row] for row in zip(*(rows[name] for name in names), strict=True)
        )


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value.isoformat() if isinstance(value, datetime) else value


def run(directory: Path, out: Path, file_format: str = "parquet") -> int:
    """The command: exports, says what and where, returns the exit code (2 where a session was left out)."""
    left_out: list[str] = []

    def leave_out(why: str) -> None:
        complain("export", why)
        left_out.append(why)

    try:
        count = export(directory, out, file_format, leave_out)
    except HostError as error:
        complain("export", str(error))
        return 2
    print(f"{made_in(out, count, len(left_out))}; the key to the pseudonyms stays in {directory}")
    if file_format in RECORD_FORMATS and RECORD_FORMATS[file_format].waves:
        print("with the heart's signal, which tells people apart: pass it on as you would a name")
    return 2 if left_out else 0
