"""Whatever a session's files can hold is found in `rolig.read` and in the export's tables, or is named as left out.

What they can hold is read from docs/recording-format.md; the sessions here hold all of it.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import pyarrow.parquet as pq
import pytest

import rolig
from device.recording.edf.layout import decode_header
from device.recording.ending.recovery import recover
from device.recording.format.metrics import IRREGULAR, METRICS, PACED, STATE_WORDS
from device.recording.format.names import CHECK, EDF, SUMMARY, SUMS
from device.recording.format.record_crc import check_line
from device.recording.format.vocabulary import BEAT, PPI, RR, Note, parse_note
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.session.choosing.preferences import Posture
from device.session.events import (
    ArmDrawn,
    CheckIn,
    EndReason,
    Event,
    PaceChanged,
    Phase,
    PhaseChanged,
    PlanFollowed,
    PostureTold,
    SensorFault,
)
from dsp.types import Contact, IntervalKind, MetricsRow, StateKind, WearerState
from host.copies.session_files import read_session, session_folders
from host.export.columns import LEFT_OUT, SESSIONS, TABLES
from host.export.command import export
from tests.recording_helpers import session_info, steps

FORMAT = Path("docs/recording-format.md")
NOT_EXPORTED = {
    ("clock", "trust"),  # a column of the sessions
    ("clock", "started_utc"),
    ("clock", "boottime_s"),
    ("clock", "boot_id"),
    ("info", "sensor"),
    ("fault", "text"),
}
"""Dates, machines, parts and free text."""
INTERVAL_COLUMNS = {"ms": "rr_ms", "kind": "rr_kind", "n": "rr_number", "timed": "rr_timed", "sd": "rr_sd_ms"}
INTERVAL_COLUMNS |= {"doubt": "rr_doubt"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of an ECG and one of a pulse with everything that there is to note, and one that a power cut ended."""
    root = tmp_path_factory.mktemp("store")
    for kind in ("ecg", "ppg"):
        full_session(Store(root), kind).close(EndReason.PRESSED)
    cut_off(Store(root), full_session(Store(root), "ecg"))
    return root


def full_session(store: Store, kind: str) -> SessionRecorder:
    recorder = SessionRecorder(store, session_info(kind=kind), live=False)
    events: list[Event] = [
        CheckIn(0.5, "before", 3, 4, 2, 5, 1),
        PostureTold(1.0, Posture.LYING),
        PhaseChanged(1.0, Phase.REST),
        PlanFollowed(2.0, 2, 5, 1),
        ArmDrawn(2.0, 4711, 3, "fast", 7),
        PhaseChanged(2.0, Phase.RESONANCE),
        PaceChanged(2.0, 6.5, "step"),
        PaceChanged(9.0, 5.5, "step"),
        PaceChanged(12.0, math.nan, "stop"),
        SensorFault(13.0, "it does not answer"),
        CheckIn(14.0, "after", 2, 3, 4),
    ]
    for event in events:
        recorder.event(event)
    for number, (block, output) in enumerate(steps(16.0, 64.0, block=32)):
        values = block.values.copy()
        if number == 9:
            values[:] = np.nan
        contact = Contact.FINGER_OFF if number == 20 else Contact.GOOD
        recorder.block(replace(block, values=values, lost=int(np.isnan(values).sum()), contact=contact))
        output.rows[:] = [metrics_row(row.t_s) for row in output.rows]
        output.intervals[:] = [
            replace(i, kind=IntervalKind.ECTOPIC, timed=i.number % 3 != 0, sd_ms=2.5, doubt=0.25)
            for i in output.intervals
        ]
        recorder.output(output)
    recorder.measured_rate(15.0, 64.01, 2)
    assert recorder.fault is None
    return recorder


def metrics_row(t_s: float) -> MetricsRow:
    """Other numbers each second, each of its own; the rhythm plain, irregular and paced by turns."""
    numbers = {
        metric.name: round(metric.step * (200 + 20 * at + int(t_s)), 4)
        for at, metric in enumerate(METRICS)
        if metric.code is None
    }
    states = list(StateKind)
    return MetricsRow(
        t_s,
        **numbers,
        contact=Contact(int(t_s) % 2),
        irregular_rhythm=int(t_s) % 3 == 1,
        paced_rhythm=int(t_s) % 3 == 2,
        state=WearerState(states[int(t_s) // 3 % len(states)], 0.9, 1.0, 0.01 * t_s),
    )


def cut_off(store: Store, recorder: SessionRecorder) -> None:
    """As if the power had gone: no end, and a record in the middle that does not read back as written."""
    folder = recorder.close(EndReason.PRESSED)
    whole = (folder / EDF).read_bytes()
    header = decode_header(whole, EDF)
    at, size = header.header_bytes, header.record_bytes
    records = [whole[i : i + size] for i in range(at, len(whole), size)]
    kept = records[: next(k for k, record in enumerate(records) if b"end reason=" in record)]
    (folder / CHECK).write_bytes(b"".join(map(check_line, kept)))
    damaged = bytearray(b"".join(kept))
    damaged[4 * size + 10] ^= 1
    (folder / EDF).write_bytes(whole[:at] + damaged)
    for name in (SUMS, SUMMARY):
        (folder / name).unlink()
    (found,) = recover(store)
    assert (found.fault, found.unverified) == (None, 1)


def documented_notes() -> dict[str, set[str]]:
    """The keys of each word, as the format's page lists them."""
    part = FORMAT.read_text(encoding="utf-8").partition("### Annotations")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| `")]
    keys = {
        row[0].strip(" `"): {re.split(r"[= ]", key)[0] for key in re.findall(r"`([a-z_]+(?:=[a-z0-9]+)?)`", row[2])}
        for row in rows
    }
    keys[PPI] = keys[RR] | {"timed"}
    keys["contact"] = {"off"}
    keys["lost"] = {"n"}  # `why` is told of a card too slow, and `none` is a value
    keys["recovered"] = keys["unverified"] = set()
    return keys


def notes_of(folder: Path) -> list[tuple[float, float, Note]]:
    """(t_s, duration_s, note), by edfio alone."""
    annotations = edfio.read_edf(folder / EDF).annotations
    return [(float(a.onset), float(a.duration or 0.0), parse_note(a.text)) for a in annotations]


def test_the_sessions_here_hold_all_that_the_format_knows(store: Path) -> None:
    found: dict[str, set[str]] = {}
    for folder in session_folders(store):
        for _, _, note in notes_of(folder):
            found.setdefault(note.word, set()).update(note.fields)
    assert documented_notes().keys() == found.keys()
    for word, keys in documented_notes().items():
        assert keys <= found[word], word


def test_every_note_is_read(store: Path) -> None:
    for folder in session_folders(store):
        session = rolig.read(folder)
        rows = set(session.events[["t_s", "duration_s", "event", "key", "value"]].itertuples(index=False, name=None))
        for t_s, duration_s, note in notes_of(folder):
            if note.word == BEAT:
                at = session.beats["t_s"].tolist().index(t_s)
                assert session.beats["quality"][at] == float(note.fields["q"])
            elif note.word in (RR, PPI):
                interval = session.intervals[session.intervals["number"] == int(note.fields["n"])].iloc[0]
                assert (interval["t_s"], interval["rr_ms"]) == (t_s, float(note.fields["ms"]))
                assert (interval["kind"], interval["timed"]) == (note.fields["kind"], "timed" not in note.fields)
                assert (interval["sd_ms"], interval["doubt"]) == (2.5, 0.25)
            else:
                for key, value in note.fields.items() or [(None, None)]:
                    assert (t_s, duration_s, note.word, key, value) in rows


def test_every_second_s_numbers_are_read(store: Path) -> None:
    for folder in session_folders(store)[:2]:
        frame = rolig.read(folder).metrics.set_index("t_s")
        for second in range(1, 17):
            row, read = metrics_row(float(second)), frame.loc[float(second)]
            assert {metric.name for metric in METRICS} | {"paced"} == set(frame.columns)
            for metric in METRICS:
                expected: object = metric.value(row)
                if metric.name == "irregular":
                    assert (read["irregular"], read["paced"]) == (expected == IRREGULAR, expected == PACED)
                    continue
                expected = STATE_WORDS[int(metric.value(row))] if metric.name == "state" else pytest.approx(expected)
                assert read[metric.name] == expected, metric.name


def exported(store: Path, out: Path) -> Iterator[tuple[Path, dict[str, list[dict[str, Any]]]]]:
    """Each session's folder with its rows by table."""
    export(store, out)
    tables = {name: pq.read_table(next((out / name).glob("*/part-0.parquet"))).to_pylist() for name in TABLES}
    for folder, row in zip(session_folders(store), tables["sessions"], strict=True):
        yield folder, {name: [r for r in rows if r["session"] == row["session"]] for name, rows in tables.items()}


def test_every_note_is_in_a_table_or_named_as_left_out(store: Path, tmp_path: Path) -> None:
    for folder, tables in exported(store, tmp_path):
        rows = {(r["t_s"], r["duration_s"], r["event"], r["key"], r["value"]) for r in tables["events"]}
        beats = {row["t_s"]: row for row in tables["beats"]}
        intervals = {row["rr_number"]: row for row in tables["beats"]}
        for t_s, duration_s, note in notes_of(folder):
            for key, value in note.fields.items() or [(None, None)]:
                if (note.word, key) in NOT_EXPORTED:
                    assert value not in {row[4] for row in rows}
                elif note.word == BEAT:
                    assert beats[t_s]["quality"] == float(value or "nan")
                elif note.word in (RR, PPI):
                    told = intervals[int(note.fields["n"])][INTERVAL_COLUMNS[str(key)]]
                    assert told == value or float(told) == float(value or "nan"), key
                else:
                    assert (t_s, duration_s, note.word, key, value) in rows
        assert tables["sessions"][0]["posture"] == "lying"


def test_every_second_s_numbers_are_in_a_table(store: Path, tmp_path: Path) -> None:
    for folder, tables in exported(store, tmp_path):
        seconds = {row["t_s"]: row for row in tables["metrics"]}
        read = rolig.read(folder).metrics
        for row in read[~np.isnan(read["quality"])].to_dict("records"):
            told = seconds.pop(row["t_s"])
            assert set(told) - {"session"} == set(row)
            assert {name: told[name] for name in row} == row
        assert not seconds


def test_every_number_of_the_summary_is_a_column_or_named_as_left_out(store: Path, tmp_path: Path) -> None:
    paths = {column.path: column.name for column in SESSIONS if column.path}
    for folder, tables in exported(store, tmp_path):
        (row,) = tables["sessions"]
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        for path, value in leaves(summary):
            if path[0] not in LEFT_OUT:
                assert row[paths[path]] == value, path
        assert read_session(folder).summary["paced_s"] == row["paced_s"] > 0


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of all that is no object; a part that a session has none of is passed over."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif value is not None or path[0] not in ("plan", "trial", "transfer", "practice"):
        yield path, value


def test_every_column_is_explained_with_its_unit(store: Path, tmp_path: Path) -> None:
    export(store, tmp_path)
    told = json.loads((tmp_path / "columns.json").read_text(encoding="utf-8"))
    for name, columns in TABLES.items():
        schema = pq.read_schema(next((tmp_path / name).glob("*/part-0.parquet")))
        assert list(told[name]) == schema.names
        for column in columns:
            assert column.meaning
            unit = {"unit": column.unit, "meaning": column.meaning}
            assert told[name][column.name] == {"kind": column.kind, **unit}
            assert {k.decode(): v.decode() for k, v in schema.field(column.name).metadata.items()} == unit
