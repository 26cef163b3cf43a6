"""Minutes of practice, from the beats to the words: one definition, written down in docs/recording-format.md."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from host.errors import HostError
from host.report.command import make_report
from tests.pulled_sessions import record_session
from tests.report_helpers import embedded, folder_of

MONDAY = datetime(2026, 4, 6, 12, tzinfo=UTC)
GUIDED_MINUTES, FREE_MINUTES = 4, 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sessions in a week, each four minutes guided and one free, with good contact throughout. The body is calm
    from 101 s on (with a gap of 5 s), so that it had settled before the free minute: all of that is rest after it."""
    folder = tmp_path_factory.mktemp("known")
    for number in range(2):
        record_session(folder, number, MONDAY + timedelta(days=number), GUIDED_MINUTES)
    return folder


def test_every_place_tells_the_same_minutes(folder: Path, tmp_path: Path) -> None:
    make_report(folder, tmp_path / "report.html", "en", now=MONDAY + timedelta(days=2))
    data = embedded((tmp_path / "report.html").read_text(encoding="utf-8"), "data")
    whole = GUIDED_MINUTES + FREE_MINUTES
    assert [session["minutes"] for session in data["sessions"]] == [pytest.approx(whole)] * 2
    assert [session["rest_minutes"] for session in data["sessions"]] == [pytest.approx(FREE_MINUTES)] * 2
    (week,) = data["weeks"]
    assert (week["times"], week["minutes"], week["rest_minutes"]) == (2, pytest.approx(10), pytest.approx(2))
    assert data["answers"]["en"][0] == ["Am I practising?", "This week 2 times, 10 minutes."]
    assert data["answers"]["nb"][0] == ["Øver jeg?", "Denne uken 2 ganger, 10 minutter."]
    make_report(folder, tmp_path / "page.html", "en", kind="therapist", now=MONDAY + timedelta(days=2))
    cells = re.findall(r"<td>(.*?)</td>", (tmp_path / "page.html").read_text(encoding="utf-8"))
    assert cells[:3] == ["2", "10", "2"]


def test_a_page_takes_a_page_s_place_and_nothing_else_s(folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(folder, tmp_path / "copies"))
    (folder / "notes.txt").write_text("2026-05-04 slept well\n")
    others = [path for path in folder.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in others}
    for path in others:
        with pytest.raises(HostError, match="it would be lost"):
            make_report(folder, path, "en")
    assert {path: path.read_bytes() for path in others} == before
    for kind in ("weeks", "therapist", "weeks"):
        make_report(folder, tmp_path / "page.html", "en", kind=kind)


def test_a_date_after_this_computer_s_clock_puts_a_session_aside(tmp_path: Path) -> None:
    said: list[str] = []
    near, far = MONDAY + timedelta(hours=23), MONDAY + timedelta(days=400)
    folder = folder_of(tmp_path, [MONDAY, near, far])
    assert make_report(folder, tmp_path / "report.html", "en", said.append, now=MONDAY) == 3
    assert [line.split(" is ")[0] for line in said] == ["0003-20270511-1200"]
    data = embedded((tmp_path / "report.html").read_text(encoding="utf-8"), "data")
    assert data["ahead"] == ["0003-20270511-1200"]
    assert sum(week["times"] for week in data["weeks"]) == 2
    assert [session["at"] is None for session in data["sessions"]] == [False, False, True]
