"""The pages as a browser has them: whole, readable for everyone, and out of a finger's way."""

import importlib.util
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from device.recording.format.experiment import arm_of
from host.copies.session_files import read_session, session_folders
from host.report.command import make_report
from host.report.page import Folder, page
from tests.browser import Page, browser_page
from tests.pulled_sessions import FIRST_DAY, record_days, record_session
from tests.report_helpers import CHROMIUM, folder_of

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]
AXE = importlib.util.find_spec("axe_core_python")
FIRST = datetime(2026, 1, 7, 17, tzinfo=UTC)
WEEKS = 9
SIZES = {"desk": {"width": 1400}, "phone": {"width": 390, "finger": True}, "night": {"width": 1400, "dark": True}}
OPEN_ALL = "document.querySelectorAll('#trends, #answers details').forEach((details) => { details.open = true; })"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser_page(str(CHROMIUM), tmp_path_factory.mktemp("browser")) as shown:
        yield shown


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both pages about nine weeks, and one about a single session."""
    root = tmp_path_factory.mktemp("pages")
    starts = [FIRST + timedelta(days=2 * day) for day in range(7 * WEEKS // 2)]
    changes = [
        {"settled_after_s": 60 + 5 * (n % 7), "guess": 1 + n % 5, "minutes": 4.5, "trial": _drawn(n)}
        for n in range(len(starts))
    ]
    folder = folder_of(root, starts, changes)
    (folder / "notes.txt").write_text("3: a walk first, which helped\n", encoding="utf-8")
    one = folder_of(root / "one", starts[:1])
    made = {}
    for name, where, kind, language in (
        ("weeks", folder, "weeks", "en"),
        ("one", one, "weeks", "nb"),
        *((f"therapist_{code}", folder, "therapist", code) for code in ("nb", "en", "sv")),
    ):
        made[name] = root / f"{name}.html"
        make_report(where, made[name], language, kind=kind)
    return made


def _drawn(day: int) -> dict[str, Any]:
    return {"seed": 5, "day": day, "minutes": 3, "arm": arm_of(5, day).value}


def show(browser: Page, page: Path, size: str) -> None:
    browser.complaints.clear()
    browser.open(page, **SIZES[size])  # type: ignore[arg-type]


def opened(browser: Page) -> None:
    """Everything about the weeks, and the newest session, which is open from the beginning."""
    browser.run(OPEN_ALL)
    browser.settle()
    browser.settle()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["weeks", "one", "therapist_nb", "therapist_en"])
@pytest.mark.skipif(AXE is None, reason="axe-core-python is not installed")
def test_axe_finds_nothing(browser: Page, pages: dict[str, Path], name: str, size: str) -> None:
    show(browser, pages[name], size)
    opened(browser)
    assert AXE is not None
    assert AXE.origin is not None
    browser.run((Path(AXE.origin).parent / "axe.min.js").read_text(encoding="utf-8") + "; 0")
    found = browser.run(
        "axe.run(document).then(({ violations, passes }) => ({ checked: passes.map((rule) => rule.id), "
        "found: violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`)) }))"
    )
    assert found["found"] == []
    assert "color-contrast" in found["checked"]
    assert browser.complaints == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["weeks", "one", "therapist_sv"])
def test_nothing_is_wider_than_its_place(browser: Page, pages: dict[str, Path], name: str, size: str) -> None:
    show(browser, pages[name], size)
    opened(browser)
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    outside = browser.run(
        "[...document.querySelectorAll('.plot')].filter((plot) => { const at = plot.getBoundingClientRect(), "
        "svg = plot.querySelector('svg').getBoundingClientRect(), "
        "card = plot.closest('article, figure, .session').getBoundingClientRect(); "
        "return svg.width > at.width + 1 || at.right > card.right || at.left < card.left; }).length"
    )
    assert outside == 0


def test_a_finger_scrolls_past_every_picture(browser: Page, pages: dict[str, Path]) -> None:
    show(browser, pages["weeks"], "phone")
    opened(browser)
    count = browser.run("document.querySelectorAll('.plot').length")
    assert count >= 10
    for number in (0, 1, 2, count - 1):
        middle: dict[str, Any] = browser.run(
            f"(() => {{ const plot = document.querySelectorAll('.plot')[{number}]; "
            "plot.scrollIntoView({ block: 'center' }); const at = plot.getBoundingClientRect(); "
            "return { x: at.x + at.width / 2, y: at.y + at.height / 2, from: scrollY }; })()"
        )
        browser.swipe_up(middle["x"], middle["y"], 200)
        assert browser.run("scrollY") - middle["from"] > 100, number


def test_every_picture_has_words_and_its_numbers(browser: Page, pages: dict[str, Path]) -> None:
    show(browser, pages["weeks"], "desk")
    opened(browser)
    assert browser.run(
        "[...document.querySelectorAll('.plot')].every((plot) => plot.role === 'img' && plot.ariaLabel.length > 20)"
    )
    figures = browser.run("document.querySelectorAll('article figure, .grid figure').length")
    tables = browser.run("document.querySelectorAll('article table, .grid table').length")
    assert (figures, tables) == (11, 12)  # the experiment has numbers and no picture
    rows = browser.run("[...document.querySelectorAll('article table')].map((table) => table.rows.length - 1)")
    assert rows[:3] == [WEEKS] * 3  # behind them stand the comparisons of the experiment
    answers = browser.run("[...document.querySelectorAll('.answer')].map((p) => p.textContent)")
    assert re.match(r"In the week from \d+ March: \d times, \d+ minutes\.", answers[0])


def test_the_way_by_keyboard_is_short(browser: Page, pages: dict[str, Path]) -> None:
    show(browser, pages["weeks"], "desk")
    stops = browser.run(
        "[...document.querySelectorAll('a[href], button, input, summary, [tabindex]')]"
        ".filter((one) => one.tabIndex >= 0 && one.checkVisibility()).length"
    )
    assert stops <= 25
    assert browser.run("document.querySelectorAll('#sessions .week .week').length") == WEEKS - 8


def test_a_language_is_chosen_and_a_session_found(browser: Page, pages: dict[str, Path]) -> None:
    show(browser, pages["weeks"], "desk")
    for code, question in (("nb", "Øver jeg?"), ("sv", "Övar jag?"), ("en", "Am I practising?")):
        browser.run(f"document.querySelector('[data-language={code}]').click()")
        assert browser.run("document.documentElement.lang") == code
        assert browser.run("document.querySelector('article h2').textContent") == question
    browser.run(
        "(() => { const filter = document.getElementById('filter'); filter.value = 'WALK'; "
        "filter.dispatchEvent(new Event('input')); })()"
    )
    assert browser.run("document.querySelectorAll('.session').length") == 1
    assert browser.run("document.getElementById('found').textContent").startswith("1 of ")
    assert browser.complaints == []


@pytest.mark.parametrize("language", ["nb", "en", "sv"])
def test_the_therapist_s_page_is_one_page(browser: Page, pages: dict[str, Path], language: str) -> None:
    show(browser, pages[f"therapist_{language}"], "desk")
    pdf = browser.pdf()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None
    assert [round(float(side)) for side in box.groups()] == [595, 842]
    assert browser.run("document.querySelectorAll('.sums tbody tr').length") == 3
    # The three questions, and the experiment.
    assert browser.run("document.querySelectorAll('dl dt').length") == 4
    assert browser.run("document.querySelectorAll('[role=region] tbody tr').length") == 8


def test_sessions_that_all_lack_a_date_leave_no_empty_figures(browser: Page, tmp_path: Path) -> None:
    record_days(tmp_path / "sessions", 2, undated=frozenset({0, 1}))
    make_report(tmp_path / "sessions", tmp_path / "report.html", "en")
    show(browser, tmp_path / "report.html", "desk")
    assert browser.run("document.querySelectorAll('figure').length") == 0
    names = browser.run("[...document.querySelectorAll('.session summary b')].map((b) => b.textContent)")
    assert names == ["Session 0002, no date", "Session 0001, no date"]
    assert browser.complaints == []


def test_a_pulse_session_shows_which_intervals_are_not_in_its_variability(browser: Page, tmp_path: Path) -> None:
    record_session(tmp_path / "sessions", 1, FIRST_DAY, pulse=True)
    make_report(tmp_path / "sessions", tmp_path / "report.html", "en")
    show(browser, tmp_path / "report.html", "desk")
    drawn = browser.run("[...document.querySelectorAll('.session text')].map((text) => text.textContent)")
    assert {"real beat, imprecise time", "PPI (ms)"} <= set(drawn)
    assert not [text for text in drawn if text.startswith("RR")]


@pytest.mark.parametrize("length_s", [3.0, 6 * 3600.0])
def test_the_time_axis_fits_three_seconds_and_six_hours(
    browser: Page, pages: dict[str, Path], tmp_path: Path, length_s: float
) -> None:
    session = read_session(session_folders(pages["one"].parent / "one" / "sessions")[0])
    session.summary["length_s"] = length_s
    out = tmp_path / "report.html"
    out.write_text(page(Folder([session], date(2026, 4, 1)), "en"), encoding="utf-8")
    show(browser, out, "phone")
    marks = browser.run("[...document.querySelectorAll('.session .xtick text')].map((text) => text.textContent)")
    assert 3 <= len(marks) <= 9
    assert marks == sorted(set(marks))
    assert all(re.fullmatch(r"\d:\d\d(:\d\d)?", mark) for mark in marks)
    assert marks[-1] == ("0:03" if length_s == 3 else "6:00:00")
