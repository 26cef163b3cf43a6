"""Sessions of emWave, in a database and in JSON, made by hand as others' descriptions of them say."""

import json
import sqlite3
import struct
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.recordings import BeatList

RR_MS = [812, 804, 795, 790, 801, 815, 826, 819]
START_S = 1_300_000_000
DESKTOP = "CREATE TABLE PrimaryData (TestRecID INTEGER PRIMARY KEY, IBIStartTime INTEGER, LiveIBI BLOB, Endian INTEGER)"
PRO = "CREATE TABLE Session (UserUuid, IBIStartTime INTEGER, IBIEndTime INTEGER, DeleteFlag INTEGER, LiveIBI BLOB)"


def desktop(path: Path, *sessions: list[int], big_endian: bool = False) -> Path:
    """Of emWave Desktop and emWave2: 32 bits."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(DESKTOP)
        for number, rr_ms in enumerate(sessions):
            blob = struct.pack(f"{'>' if big_endian else '<'}{len(rr_ms)}i", *rr_ms)
            row = (START_S + 86_400 * number, blob, int(not big_endian))
            database.execute("INSERT INTO PrimaryData (IBIStartTime, LiveIBI, Endian) VALUES (?, ?, ?)", row)
        database.commit()
    return path


def pro(path: Path, *sessions: tuple[list[int], int | None]) -> Path:
    """Of emWave Pro: 16 bits, and sessions that were deleted stay in it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(PRO)
        for number, (rr_ms, deleted) in enumerate(sessions):
            start_s = START_S - 86_400 * number
            row = ("u", start_s, start_s + 60, deleted, struct.pack(f"<{len(rr_ms)}h", *rr_ms))
            database.execute("INSERT INTO Session VALUES (?, ?, ?, ?, ?)", row)
        database.commit()
    return path


def exported(path: Path, *sessions: list[int]) -> Path:
    """As emwave2-export writes it."""
    entries = [
        {"ClientRecID": 1, "IBIStartTime": START_S + 86_400 * k, "LiveIBI": rr_ms, "PctHigh": 40.0, "ZoneScore": [0, 1]}
        for k, rr_ms in enumerate(sessions)
    ]
    entries = [*entries[1:], *entries[:1]]  # in the order of its database, which is any
    path.write_text(json.dumps(entries, sort_keys=True, indent=2), encoding="utf-8")
    return path


def intervals_ms(recording: object) -> list[float]:
    assert isinstance(recording, BeatList)
    return [float(step) for step in np.diff([beat.t_s * 1000 for beat in recording.beats])]


@given(st.lists(st.integers(300, 2000), min_size=2, max_size=60), st.integers(0, 3), st.integers(0, 3))
def test_the_intervals_of_every_form_are_those_that_went_in(
    tmp_path_factory: pytest.TempPathFactory, rr_ms: list[int], before: int, after: int
) -> None:
    place = tmp_path_factory.mktemp("emwave")
    stored = [0] * before + rr_ms + [0] * after
    for path in (
        desktop(place / "a.emdb", stored),
        desktop(place / "b.emdb", stored, big_endian=True),
        pro(place / "c.emdb", (stored, None)),
        exported(place / "d.json", stored),
    ):
        recording = open_recording(path)
        assert intervals_ms(recording) == pytest.approx(rr_ms)
        assert isinstance(recording, BeatList)
        assert recording.started == datetime.fromtimestamp(START_S, UTC)
        assert f"{len(rr_ms)} intervals of a session of emWave" in recording.remarks[0]


def test_of_many_sessions_one_is_asked_for_by_its_number_in_time(tmp_path: Path) -> None:
    for path in (
        desktop(tmp_path / "a.emdb", RR_MS[:5], RR_MS[:6], RR_MS[:7]),
        pro(tmp_path / "c.emdb", (RR_MS[:7], None), (RR_MS[:6], None), (RR_MS, 1), (RR_MS[:5], None)),
        exported(tmp_path / "d.json", RR_MS[:5], RR_MS[:6], RR_MS[:7]),
    ):
        with pytest.raises(UsageError, match=r"3 sessions, 1 \(2011-03-1.* to 3 \(.*--signal takes the number of one"):
            open_recording(path)
        assert [len(intervals_ms(open_recording(path, signal=str(number)))) for number in (1, 2, 3)] == [5, 6, 7]
        with pytest.raises(UsageError, match="--signal takes the number"):
            open_recording(path, signal="4")


def test_a_gap_of_unknown_length_is_refused(tmp_path: Path) -> None:
    rr_ms = [*RR_MS[:3], 0, *RR_MS[3:]]
    for path in (desktop(tmp_path / "a.emdb", rr_ms), exported(tmp_path / "d.json", rr_ms)):
        with pytest.raises(UsageError, match=r"no interval after number 3 of 9: how long the gap was"):
            open_recording(path)


def test_what_is_no_session_is_one_line(tmp_path: Path) -> None:
    told = {
        desktop(tmp_path / "none.emdb"): "without a session that has intervals",
        desktop(tmp_path / "empty.emdb", [0, 0]): "without a session that has intervals",
        desktop(tmp_path / "seconds.emdb", [1, 1, 1]): "no intervals of a heart",
        desktop(tmp_path / "minus.emdb", [800, -5, 800]): "no intervals of a heart",
        exported(tmp_path / "none.json"): "without ECG",
    }
    with closing(sqlite3.connect(tmp_path / "other.emdb")) as database:
        database.execute("CREATE TABLE Photos (LiveIBI BLOB)")
    told[tmp_path / "other.emdb"] = "a database without sessions of emWave"
    whole = desktop(tmp_path / "whole.emdb", RR_MS).read_bytes()
    for name, content in (("cut.emdb", whole[:3000]), ("spoilt.emdb", whole[:100] + b"\xff" * (len(whole) - 100))):
        (tmp_path / name).write_bytes(content)
        told[tmp_path / name] = "not a database of emWave"
    for path, why in told.items():
        with pytest.raises(UsageError, match=why) as refused:
            open_recording(path)
        assert "\n" not in str(refused.value)
    with pytest.raises(UsageError, match="a database of emWave holds beats, not ecg"):
        open_recording(tmp_path / "whole.emdb", "ecg")


def test_a_database_that_is_damaged_where_it_names_its_tables_is_read_or_refused_in_a_line(tmp_path: Path) -> None:
    path = desktop(tmp_path / "x.emdb", RR_MS)
    whole = path.read_bytes()
    named = whole.index(b"CREATE TABLE PrimaryData")
    for at in range(named - 40, named + len(DESKTOP)):
        path.write_bytes(whole[:at] + b"\x8f" + whole[at + 1 :])
        try:
            assert isinstance(open_recording(path), BeatList)
        except UsageError as error:
            assert "\n" not in str(error)  # noqa: PT017
