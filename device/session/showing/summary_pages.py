"""The summary, page by page."""

import math

from device.session.choosing.check_in import CheckIns
from device.session.choosing.preferences import Language, Preferences
from device.session.events import Phase
from device.session.practice import Practice
from device.session.showing.views import (
    Advice,
    AdviceView,
    GuessMeaningView,
    SummaryGuessView,
    SummaryNumbersView,
    SummaryPaceView,
    SummarySettledView,
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
    def progress(self) -> tuple[int, int]:
        """The number of the page, from 1, and how many there are."""
        return self._number + 1, len(self._pages)

    @property
    def on_last(self) -> bool:
        return self._number + 1 >= len(self._pages)

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
    *,
    guess_seen: bool,
) -> list[SummaryView]:
    """The summary's pages in order; minutes first, and never a number or a state that the wearer hid.

    `found_breaths_per_min` is what a resonance run found, NaN where it could not tell, None without a run. Unless
    `guess_seen`, the page with the guess is explained before it is shown.
    """
    language = wearer.language
    pages: list[SummaryView] = [AdviceView(language, kind) for kind in advice]
    if practice.practised_s < WORTH_TELLING_S:
        return pages
    return [
        *_time_pages(wearer, practice),
        *_guess_pages(wearer, practice, check_ins, guess_seen),
        *_pace_page(language, found_breaths_per_min),
        *_numbers_page(wearer, practice),
        *pages,
    ]


def _time_pages(wearer: Preferences, practice: Practice) -> list[SummaryView]:
    readable = practice.numbers is not None and not wearer.hide_state
    minutes = max(1, round(practice.practised_s / 60.0))
    pages: list[SummaryView] = [
        SummaryTimeView(wearer.language, minutes, round(practice.calm_s / 60.0) if readable else None)
    ]
    settled_s = practice.settled_after_s if readable else None
    rest_minutes = round(practice.rest_after_settling_s / 60.0)
    if settled_s is not None or rest_minutes:
        after_minutes = None if settled_s is None else round(settled_s / 60.0)
        pages.append(SummarySettledView(wearer.language, after_minutes, rest_minutes))
    return pages


def _guess_pages(wearer: Preferences, practice: Practice, check_ins: CheckIns, explained: bool) -> list[SummaryView]:
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
    if all(value is None for value in known):
        return []
    return [page] if explained else [GuessMeaningView(wearer.language), page]


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
