"""The summary, page by page."""

import math

from device.session.choosing.check_in import CheckIns
from device.session.choosing.preferences import Language, Preferences
from device.session.events import Phase
from device.session.practice import Practice
from device.session.showing.views import (
    Advice,
    AdviceView,
    SummaryGuessView,
    SummaryNumbersView,
    SummaryPaceView,
    SummaryTimeView,
    SummaryView,
)

WORTH_TELLING_S = 30


class SummaryPages:
    """Which page is shown."""

    def __init__(self) -> None:
        self._pages: list[SummaryView] = []
        self._number = 0

    @property
    def page(self) -> SummaryView:
        return self._pages[self._number]

    @property
    def over(self) -> bool:
        return self._number >= len(self._pages)

    def begin(self, pages: list[SummaryView]) -> None:
        self._pages, self._number = pages, 0

    def move_on(self) -> None:
        self._number += 1


def summary_pages(
    wearer: Preferences,
    practice: Practice,
    check_ins: CheckIns,
    found_breaths_per_min: float | None,
    advice: list[Advice],
) -> list[SummaryView]:
    """The summary's pages in order; minutes first, and never a number or a state that the wearer hid.

    `found_breaths_per_min` is what a resonance run found, NaN where it could not tell, None without a run.
    """
    language = wearer.language
    pages: list[SummaryView] = [AdviceView(language, kind) for kind in advice]
    if practice.practised_s < WORTH_TELLING_S:
        return pages
    return [
        _time_page(wearer, practice),
        *_guess_page(wearer, practice, check_ins),
        *_pace_page(language, found_breaths_per_min),
        *_numbers_page(wearer, practice),
        *pages,
    ]


def _time_page(wearer: Preferences, practice: Practice) -> SummaryView:
    readable = practice.numbers is not None and not wearer.hide_state
    settled_after_s = practice.settled_after_s
    return SummaryTimeView(
        wearer.language,
        max(1, round(practice.practised_s / 60.0)),
        round(practice.calm_s / 60.0) if readable else None,
        round(settled_after_s / 60.0) if readable and settled_after_s is not None else None,
        round(practice.rest_after_settling_s / 60.0),
    )


def _guess_page(wearer: Preferences, practice: Practice, check_ins: CheckIns) -> list[SummaryView]:
    if wearer.hide_state:
        return []
    page = SummaryGuessView(
        wearer.language,
        check_ins.guess("before"),
        practice.body_on_guard(Phase.REST),
        check_ins.guess("after"),
        practice.body_on_guard(Phase.FREE),
    )
    known = (page.guess_before, page.body_before, page.guess_after, page.body_after)
    return [page] if any(value is not None for value in known) else []


def _pace_page(language: Language, found: float | None) -> list[SummaryView]:
    return [] if found is None else [SummaryPaceView(language, None if math.isnan(found) else found)]


def _numbers_page(wearer: Preferences, practice: Practice) -> list[SummaryView]:
    row = practice.numbers
    if row is None or wearer.hide_numbers:
        return []
    return [SummaryNumbersView(wearer.language, whole(row.mean_hr_bpm), whole(row.rmssd_ms), whole(row.rsa_ms))]


def whole(value: float) -> int | None:
    """For the screen: rounded, None where unknown."""
    return None if math.isnan(value) else round(value)
