"""What is made from the EDF+ file alone."""

import csv
import json
import math
import random
from collections.abc import Container, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import neurokit2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.edf.errors import EdfError
from device.recording.ending.exports import EXPORTS, write_exports
from device.recording.format.names import EDF
from device.recording.format.session_info import SessionInfo
from device.recording.format.vocabulary import compose, contact_note, contact_of, interval_note, interval_of, parse_note
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.replay.recordings import BeatList
from device.replay.text_files import read_text_recording
from device.session.events import CheckIn, EndReason, Phase, PhaseChanged
from device.system.files import OsFileSystem
from dsp.types import (
    Beat,
    Contact,
    FloatArray,
    IntervalKind,
    MetricsRow,
    Output,
    RRInterval,
    SampleBlock,
    StateKind,
    WearerState,
)
from tests.recording_helpers import session_info

FS_HZ = 64.0


def recorded(
    tmp_path: Path,
    rr_ms: Sequence[float] | FloatArray,
    kinds: list[IntervalKind] | None = None,
    info: SessionInfo | None = None,
    untimed: Container[int] = (),
) -> tuple[dict[str, Any], Path]:
    """A session with these intervals; the summary, and its folder."""
    recorder = SessionRecorder(Store(tmp_path), info or session_info(), live=False)
    times_s = np.cumsum(rr_ms) / 1000
    recorder.block(SampleBlock(0, FS_HZ, np.zeros(int(times_s[-1] * FS_HZ) + 64)))
    for number, (t_s, rr) in enumerate(zip(times_s, rr_ms, strict=True)):
        kind = kinds[number] if kinds else IntervalKind.NORMAL
        interval = RRInterval(float(t_s), float(rr), kind, number, number not in untimed)
        recorder.output(Output([Beat(t_s * FS_HZ, float(t_s), 0.9)], [interval]))
    folder = recorder.close(EndReason.COMPLETED)
    assert recorder.fault is None
    return json.loads((folder / "summary.json").read_text()), folder


def test_hrv_agrees_with_neurokit2(tmp_path: Path) -> None:
    rr_ms = 850 + 40 * np.sin(np.arange(400) / 3) + np.random.default_rng(1).normal(0, 20, 400)
    summary, _ = recorded(tmp_path, rr_ms)
    peaks = np.concatenate(([0], np.cumsum(rr_ms)))
    theirs = neurokit2.hrv_time({"RRI": rr_ms, "RRI_Time": peaks[1:] / 1000}, sampling_rate=1000)
    assert summary["hrv_all"]["rmssd_ms"] == pytest.approx(theirs["HRV_RMSSD"][0], abs=0.1)
    assert summary["hrv_all"]["sdnn_ms"] == pytest.approx(theirs["HRV_SDNN"][0], rel=0.001)
    assert summary["hrv_all"]["mean_hr_bpm"] == pytest.approx(60_000 / rr_ms.mean(), abs=0.1)


@pytest.mark.parametrize("of_pulse", [False, True])
@pytest.mark.parametrize("timed", [False, True])
def test_an_interval_comes_back_from_its_note(timed: bool, of_pulse: bool) -> None:
    interval = RRInterval(12.5, 812.345, IntervalKind.NORMAL, 15, timed)
    note = interval_note(interval, of_pulse)
    assert ("timed=0" in note.text) is not timed
    assert interval_of(parse_note(note.text), note.onset_s) == interval


@pytest.mark.parametrize("damaged", ["ms=9e99 n=15", "ms=inf n=15", "ms=nan n=15", "ms=0.0 n=15", f"ms=812 n={2**63}"])
def test_an_interval_that_cannot_be_is_none(damaged: str) -> None:
    with pytest.raises(ValueError, match="an interval of"):
        interval_of(parse_note(f"rr kind=normal {damaged}"), 12.5)


def test_poorly_timed_intervals_stay_out_of_the_summary_s_variability(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(kind="ppg"), live=False)
    recorder.block(SampleBlock(0, FS_HZ, np.zeros(int(50 * FS_HZ))))
    for number in range(40):
        t_s = 1.0 + number
        interval = RRInterval(t_s, 1000.0 + number % 2 * 20, IntervalKind.NORMAL, number, timed=False)
        recorder.output(Output([Beat(t_s * FS_HZ, t_s, 0.9)], [interval]))
    summary = json.loads((recorder.close(EndReason.COMPLETED) / "summary.json").read_text())
    assert summary["intervals"] == {"normal": 40}
    assert summary["hrv_nn"]["rmssd_ms"] is None
    assert summary["hrv_all"]["rmssd_ms"] == pytest.approx(20.0, abs=0.1)


def test_rr_text_holds_every_interval_as_measured_one_a_line(tmp_path: Path) -> None:
    rr_ms = [800.0, 400.123, 1200.4567, 812.0]
    kinds = [IntervalKind.NORMAL, IntervalKind.ECTOPIC, IntervalKind.ECTOPIC, IntervalKind.NORMAL]
    summary, folder = recorded(tmp_path, rr_ms, kinds)
    assert (folder / "rr.txt").read_text() == "800.000\n400.123\n1200.457\n812.000\n"
    lines = (folder / "rr.csv").read_text().splitlines()
    assert lines[:3] == ["time_s,interval_ms,kind,timed", "0.80000,800.000,normal,1", "1.20012,400.123,ectopic,1"]
    assert summary["intervals"] == {"ectopic": 2, "normal": 2}
    assert summary["hrv_nn"]["mean_hr_bpm"] == pytest.approx(60_000 / 806)
    assert summary["hrv_nn"]["rmssd_ms"] is None


def test_variability_can_be_counted_again_from_the_csv(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    rr_ms = [float(rr) for rr in np.round(chance.normal(850, 30, 60), 3)]
    kinds = [IntervalKind.ECTOPIC if n == 20 else IntervalKind.NORMAL for n in range(60)]
    summary, folder = recorded(tmp_path, rr_ms, kinds, untimed=range(5, 60, 9))
    with (folder / "rr.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["timed"] for row in rows] == ["0" if n in range(5, 60, 9) else "1" for n in range(60)]
    used = [row["kind"] == "normal" and row["timed"] == "1" for row in rows]
    steps_ms = [rr_ms[n + 1] - rr_ms[n] for n in range(59) if used[n] and used[n + 1]]
    assert np.sqrt(np.mean(np.square(steps_ms))) == pytest.approx(summary["hrv_nn"]["rmssd_ms"], abs=0.001)
    assert len((folder / "rr.txt").read_text().splitlines()) == 60


def test_the_csv_replays_as_beats_with_every_interval(tmp_path: Path) -> None:
    _, folder = recorded(tmp_path, [800.0, 900.0, 850.0], untimed=[1])
    recording = read_text_recording(folder / "rr.csv", None, None)
    assert isinstance(recording, BeatList)
    assert [beat.t_s for beat in recording.beats] == pytest.approx([0.0, 0.8, 1.7, 2.55])


def test_a_session_without_beats_has_empty_numbers_never_zero(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(started=None), live=False)
    recorder.block(SampleBlock(0, FS_HZ, np.zeros(128), contact=Contact.POSITIVE_OFF))
    folder = recorder.close(EndReason.SENSOR)
    summary = json.loads((folder / "summary.json").read_text())
    assert set(summary["hrv_all"].values()) == set(summary["hrv_nn"].values()) == {None}
    assert summary["practice"] is None
    assert summary["started_utc"] is None
    assert summary["clock_trust"] == "unknown"
    assert summary["contact_pct"] == 0.0
    assert (folder / "rr.txt").read_text() == ""


def test_the_summary_tells_what_the_wearer_was_shown(tmp_path: Path) -> None:
    recorder = SessionRecorder(Store(tmp_path), session_info(), live=False)
    phases = [(0, Phase.REST), (60, Phase.GUIDED), (180, Phase.FREE), (240, Phase.QUIET)]
    recorder.event(CheckIn(0.0, "before", energy=2, on_guard_guess=4))
    for second in range(300):
        for start_s, phase in phases:
            if start_s == second:
                recorder.event(PhaseChanged(float(second), phase))
        kind = StateKind.ALARM if second < 120 else StateKind.CALM
        state = WearerState(kind, 0.8, 0.0, 0.75 if kind is StateKind.ALARM else 0.25) if second >= 30 else None
        recorder.block(SampleBlock(64 * second, FS_HZ, np.zeros(64)))
        recorder.output(Output(rows=[MetricsRow(second + 1.0, 70.0, quality=0.9, state=state)]))
    folder = recorder.close(EndReason.COMPLETED)
    summary = json.loads((folder / "summary.json").read_text())
    practice = summary["practice"]
    assert practice["minutes"] == 4.0
    assert practice["calm_minutes"] == 3.0
    assert practice["calm_pct"] == 75.0
    assert practice["unreadable_pct"] == 0.0
    assert practice["settled_after_s"] == 60
    assert practice["rest_after_settling_minutes"] == 2.0
    assert (practice["body_on_guard_before"], practice["body_on_guard_after"]) == (4.0, 2.0)
    assert summary["state_s"] == {"calm": 180, "neutral": 0, "alarm": 90, "unsure": 0, "settling": 0}
    assert summary["check_ins"][0]["on_guard_guess"] == 4
    assert summary["started_utc"] == "2026-11-23T19:00:00Z"
    assert (summary["boot_id"], summary["started_boottime_s"]) == ("boot-a", 12.5)
    assert summary["contact_pct"] == 100.0


KEYS = st.from_regex(r"[a-z_]{1,10}", fullmatch=True).filter(lambda key: key != "text")
VALUES = st.from_regex(r"[!-<>-~]{1,12}", fullmatch=True)


@given(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), st.none() | st.text(max_size=20))
def test_notes_come_back_as_composed(word: str, fields: dict[str, str], text: str | None) -> None:
    with_text = fields | ({} if text is None else {"text": text})
    note = parse_note(compose(word, **with_text))
    assert (note.word, note.fields) == (word, with_text)


@given(st.text(max_size=40))
def test_any_text_parses_as_a_note(text: str) -> None:
    assert isinstance(parse_note(text).word, str)


@pytest.mark.parametrize("bits", range(16))
def test_every_contact_comes_back(bits: int) -> None:
    contact = Contact(bits)
    assert contact_of(parse_note(contact_note(0.0, contact).text)) == contact


@pytest.mark.parametrize("off", ["elbow_off", "positive_off,elbow_off", "none,elbow_off", ""])
def test_something_loose_that_a_newer_version_names_is_never_good_contact(off: str) -> None:
    assert contact_of(parse_note(f"contact off={off}")) & Contact.SENSOR_GONE


def test_numbers_without_support_are_left_out_of_notes() -> None:
    assert compose("pace", breaths_per_min=math.nan, cause="stop", by=None) == "pace cause=stop"


def test_damaged_files_give_exports_or_one_clear_error(tmp_path: Path) -> None:
    _, folder = recorded(tmp_path, [800.0] * 30)
    whole = (folder / EDF).read_bytes()
    chance = random.Random(1)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (folder / EDF).write_bytes(damaged)
        with suppress(EdfError):
            for name in EXPORTS:
                (folder / name).unlink(missing_ok=True)
            write_exports(OsFileSystem(), folder)
            assert all((folder / name).stat().st_size for name in ("rr.csv", "summary.json"))
