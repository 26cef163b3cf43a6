import base64
import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from device.recording.format.metrics import METRICS, STATE_WORDS
from device.session.choosing.preferences import Language
from dsp.hrv.time_domain import PULSE_FLOOR_MS
from dsp.state.rest import RestCollector
from dsp.types import Contact, HrvSnapshot, IntervalKind, RRInterval, StateInputs
from host.copies.session_files import read_session, session_folders
from host.errors import HostError
from host.report.command import make_report, run
from host.report.page import Folder
from host.report.page import page as page_of
from host.report.rows import artefact_pct, rest_intervals, resting_days
from host.report.weeks import rest_band
from host.report.words import all_words
from tests.pulled_sessions import FIRST_DAY, REST_S, record_days, record_session
from tests.report_helpers import embedded

NODE = shutil.which("node")
UNDATED = 2
SCRIPTS = ("words.js", "plots.js", "weeks.js", "sessions.js", "page.js")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    record_days(root, 24, undated=frozenset({UNDATED}))
    return root


@pytest.fixture(scope="module")
def page(store: Path) -> str:
    out = store / "report.html"
    assert make_report(store, out) == 24
    return out.read_text(encoding="utf-8")


def unpacked(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def test_the_page_needs_no_network(page: str) -> None:
    library = re.search(r"<script>/\*\*.*?</script>", page, re.DOTALL)
    assert library is not None
    own = page.replace(library[0], "")
    assert not re.search(r"""(src|href)=|https?://|@import|url\(""", own)
    assert "default-src 'none'" in page
    assert "{{" not in own


def test_sessions_come_newest_first_and_hold_what_was_measured(page: str, store: Path) -> None:
    data = embedded(page, "data")
    assert len(data["sessions"]) == 24
    dated = [s["at"] for s in data["sessions"] if s["at"]]
    assert dated == sorted(dated, reverse=True)
    assert [s["name"] for s in data["sessions"] if s["at"] is None] == [data["sessions"][-1]["name"]]
    newest = data["sessions"][0]
    session = read_session(store / newest["name"])
    np.testing.assert_allclose(unpacked(newest["rr_ms"]), [i.rr_ms for i in session.notes.intervals], rtol=1e-6)
    np.testing.assert_allclose(unpacked(newest["coherence"]), session.metrics["coherence"], rtol=1e-6)
    assert newest["calm_pct"] == session.summary["practice"]["calm_pct"]
    assert newest["tension_after"] == 2
    assert (newest["energy_before"], newest["sleep_before"], newest["tolerance_before"]) == (3, 4, 2)


def test_sessions_without_a_date_come_last_in_order_of_their_number(store: Path, tmp_path: Path) -> None:
    dated, undated = session_folders(store)[0], session_folders(store)[UNDATED]
    copies = tmp_path / "copies"
    shutil.copytree(dated, copies / dated.name)
    for name in ("9999", "10000", "0003"):
        shutil.copytree(undated, copies / name)
    make_report(copies, tmp_path / "report.html")
    data = embedded((tmp_path / "report.html").read_text(encoding="utf-8"), "data")
    assert [session["name"] for session in data["sessions"]] == [dated.name, "10000", "9999", "0003"]
    assert [week["recorded"] for week in data["weeks"]] == [1]


def test_the_time_of_the_last_shutdown_puts_nothing_into_the_weeks(tmp_path: Path) -> None:
    record_days(tmp_path, 2, saved=frozenset({0, 1}))
    sessions = [read_session(folder) for folder in session_folders(tmp_path)]
    assert resting_days(sessions) == []
    assert Folder(sessions, FIRST_DAY.date()).dated_rows() == []


def test_intervals_timed_too_poorly_for_variability_are_told_apart(tmp_path: Path) -> None:
    folder = record_session(tmp_path / "copies", 1, FIRST_DAY, pulse=True)
    make_report(folder.parent, tmp_path / "report.html")
    (session,) = embedded((tmp_path / "report.html").read_text(encoding="utf-8"), "data")["sessions"]
    intervals = read_session(folder).notes.intervals
    assert 0 < sum(not i.timed for i in intervals) < len(intervals)
    assert unpacked(session["rr_timed"]).tolist() == [float(i.timed) for i in intervals]


def test_the_resting_band_is_that_of_the_minutes_of_rest(store: Path) -> None:
    sessions = [read_session(folder) for folder in session_folders(store)]
    intervals, end_s, length_s = rest_intervals(sessions[0])
    assert (end_s, length_s) == (70.0, 60.0)
    assert min(i.t_s - i.rr_ms / 1000 for i in intervals) >= REST_S
    days = resting_days(sessions)
    assert len(days) == 23
    normal = [i for i in intervals if i.kind == "normal"]
    steps = [b.rr_ms - a.rr_ms for a, b in pairwise(normal) if b.number == a.number + 1]
    assert days[0].ln_rmssd == pytest.approx(np.log(np.sqrt(np.mean(np.square(steps)))))
    rest = rest_band(sessions)
    assert rest["sensor"] == "ecg"
    assert np.isnan(rest["low"][0])
    assert rest["low"][-1] < rest["week"][-1] < rest["high"][-1] or np.isfinite(rest["low"][-1])


def test_pulses_tell_no_rest_that_their_timing_does_not_carry(store: Path) -> None:
    session = read_session(session_folders(store)[0])
    steady = [replace(i, rr_ms=850.0 + 10.0 * (i.number % 2)) for i in session.notes.intervals]
    session = replace(session, notes=replace(session.notes, intervals=steady))
    assert [day.ln_rmssd for day in resting_days([session])] == [pytest.approx(np.log(10.0))]
    pulse = replace(session, summary=session.summary | {"signal": "ppg"})
    assert resting_days([pulse]) == []
    assert "under ln 18" in (files("host") / "report_page" / "texts.json").read_text(encoding="utf-8")
    assert 2 * PULSE_FLOOR_MS == 18.0


@pytest.mark.parametrize("fall", [-0.10, 0.0, 0.015, 0.025, 0.05, 0.20])
def test_a_rest_counts_in_the_weeks_just_where_the_device_keeps_it(store: Path, fall: float) -> None:
    """Heart rate that falls by `fall` (of its logarithm) a minute, from the first beat on."""
    session = read_session(session_folders(store)[0])
    beats_s = [0.0]
    while beats_s[-1] < 75.0:
        jitter_s = 0.005 * (-1) ** len(beats_s)
        beats_s.append(beats_s[-1] + 0.85 * np.exp(fall * beats_s[-1] / 60) + jitter_s)
    falling = [
        RRInterval(after, 1000 * (after - before), IntervalKind.NORMAL, number)
        for number, (before, after) in enumerate(pairwise(beats_s))
    ]
    collector = RestCollector(longest_s=60.0 + 1e-9)
    for t_s in range(1, 76):
        new = tuple(i for i in falling if t_s - 1 < i.t_s <= t_s)
        collector.add(StateInputs(float(t_s), new, HrvSnapshot(float(t_s), 60.0, 60, 0.0), 1.0, Contact.GOOD, False))
    assert collector.reading is not None
    session = replace(session, notes=replace(session.notes, intervals=falling))
    assert bool(resting_days([session])) == (not collector.reading.falling) == (fall < 0.02)


def test_a_rest_that_was_cut_short_is_in_no_trend(store: Path) -> None:
    session = read_session(session_folders(store)[0])
    for rest_s, counts in ((60.0, True), (51.0, True), (49.0, False), (5.0, False)):
        phases = [(REST_S, "rest"), (REST_S + rest_s, "guided")]
        short = replace(session, notes=replace(session.notes, phases=phases))
        assert bool(resting_days([short])) == counts


def test_every_language_is_complete() -> None:
    parts = files("host") / "report_page"
    code = "".join((parts / name).read_text(encoding="utf-8") for name in (*SCRIPTS, "page.html"))
    texts = json.loads((parts / "texts.json").read_text(encoding="utf-8"))
    for words in (texts, all_words()):
        assert words.keys() == {language.value for language in Language}
        for column in words.values():
            assert column.keys() == words["en"].keys()
            for key in column.keys() - {"plotly"}:
                assert column[key], key
                assert str(column[key]).count("{}") == str(words["en"][key]).count("{}"), key
                assert len(column[key]) == len(words["en"][key]) or isinstance(column[key], str), key
    used = set(re.findall(r"""\bt\("(\w+)"|data-text="(\w+)"|"(fact_\w+)\"""", code))
    pictures = set(re.findall(r'(?:key: |trend\()"(\w+)"', code))
    assert {a or b or c for a, b, c in used} <= texts["en"].keys()
    assert {f"{picture}_{part}" for picture in pictures for part in ("title", "note")} <= texts["en"].keys()
    assert len(pictures) >= 10
    assert {"fact_energy", "fact_tension", "fact_sleep", "fact_tolerance"} <= {c for _, _, c in used}
    wearer_reads = " ".join(str(v) for words in (texts, all_words()) for v in words["en"].values()).lower()
    for word in ("failed", "bad ", "danger", "wrong", "!", "streak", "missed a", "missed day"):
        assert word not in wearer_reads


def test_a_name_in_a_file_cannot_become_markup(store: Path) -> None:
    name = "</script><script>alert(1)</script>{{plotly}}"
    session = replace(read_session(session_folders(store)[0]), name=name)
    made = page_of(Folder([session], FIRST_DAY.date(), unread=[name], ahead=[name], notes={name: name}), "nb")
    assert "alert(1)</script>" not in made
    assert embedded(made, "data")["sessions"][0]["name"] == name
    assert embedded(made, "data")["sessions"][0]["note"] == name


def scripted(code: str) -> str:
    """What `code` says after the page's scripts, without a browser; texts are their own keys."""
    parts = files("host") / "report_page"
    scripts = "".join((parts / name).read_text(encoding="utf-8") for name in SCRIPTS if name != "page.js")
    texts = json.dumps({"en": {"locale": "en-GB"}})
    script = f"""
        const given = {{ texts: {json.dumps(texts)}, data: '{{"language": "en", "weeks": []}}' }};
        globalThis.document = {{
          getElementById: (name) => ({{ textContent: given[name] }}),
          createElement: () => ({{
            inside: [], append(...more) {{ this.inside.push(...more); }},
            toString() {{ return this.inside.join(" "); }},
          }}),
        }};
        globalThis.getComputedStyle = () => ({{ getPropertyValue: () => "#000000" }});
        globalThis.matchMedia = () => ({{ matches: true }});
        {scripts} {code}"""
    return subprocess.run([str(NODE), "-e", script], capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.parametrize(("calm_pct", "told"), [(None, False), (0.0, False), (0.4, False), (12.0, True)])
def test_a_session_without_calm_is_not_headed_by_nought(calm_pct: float | None, told: bool) -> None:
    session = {"name": "0001", "at": None, "minutes": calm_pct, "calm_pct": calm_pct, "settled_after_s": None}
    said = scripted(f"console.log(String(heading({json.dumps(session)})));")
    assert ("row_calm" in said) is told
    assert ("row_minutes" in said) is bool(calm_pct)


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.parametrize(("signal", "named"), [("ecg", "RR"), ("ppg", "PPI")])
def test_pulse_intervals_are_never_called_rr(signal: str, named: str) -> None:
    names = ["rr_t", "rr_ms", "rr_number", "rr_kind", "rr_timed", "guide"]
    names += [metric.name for metric in METRICS if metric.plotted]
    session = dict.fromkeys(names, "") | {
        "signal": signal,
        "phases": [],
        "paces": [],
        "length_s": 60,
        "step_s": 1,
        "guide_hz": 4,
        "states": STATE_WORDS,
    }
    said = scripted(
        f"""const session = {json.dumps(session | {"minutes": None})}, [traces, shape] = sessionPlot(session, t);
        console.log(traces[1].name, shape.yaxis.title.text, String(facts(session)));"""
    )
    assert ("ppi" in said) == (named == "PPI")
    assert ("rr tachogram " in said) == (named == "RR")


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_times_are_minutes_and_seconds() -> None:
    said = scripted("console.log([0, 3, 59.6, 187, 3600, 21605, null].map(clock).join());")
    assert said.strip() == "0:00,0:03,1:00,3:07,1:00:00,6:00:05,–"


def test_what_is_left_out_stands_beside_the_variability(store: Path, page: str) -> None:
    session = read_session(session_folders(store)[0])
    counted = [i.kind == "normal" and i.timed for i in session.notes.intervals]
    row = next(s for s in embedded(page, "data")["sessions"] if s["name"] == session.name)
    assert row["artefact_pct"] == pytest.approx(100 * (1 - np.mean(counted)))
    assert np.isnan(artefact_pct([]))


def test_notes_are_found_by_number_and_by_name(store: Path, tmp_path: Path) -> None:
    names = [folder.name for folder in session_folders(store)[:3]]
    for name in names:
        shutil.copytree(store / name, tmp_path / name)
    (tmp_path / "notes.txt").write_text(f"1: moved house <b>\n{names[1]} slept in\n\nnot a note\n", encoding="utf-8")
    make_report(tmp_path, tmp_path / "report.html")
    data = embedded((tmp_path / "report.html").read_text(encoding="utf-8"), "data")
    noted = {session["name"]: session["note"] for session in data["sessions"]}
    assert noted == {names[0]: "moved house <b>", names[1]: "slept in", names[2]: None}


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = tmp_path / "copies"
    for folder in session_folders(store)[:2]:
        shutil.copytree(folder, copies / folder.name)
    spoilt = session_folders(copies)[0]
    (spoilt / "session.edf").write_bytes(b"")
    assert run(copies, tmp_path / "report.html", "en") == 2
    captured = capsys.readouterr()
    assert f"{spoilt.name} cannot be read" in captured.err
    assert captured.out.startswith("1 session in ")
    assert embedded((tmp_path / "report.html").read_text(encoding="utf-8"), "data")["unread"] == [spoilt.name]


def test_an_empty_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(HostError, match="no finished session"):
        make_report(tmp_path, tmp_path / "report.html")
    assert run(tmp_path / "none", tmp_path / "report.html") == 2
    assert capsys.readouterr().err.count("\n") == 1
