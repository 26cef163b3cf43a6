"""A session driven as the appliance drives it: seconds of body and button, and all that came out."""

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import History, Preferences
from device.session.commands import Command, StopRecording
from device.session.events import EndReason, Event, Phase, PhaseChanged
from device.session.machine import Session
from device.session.showing.views import MenuView, PageView, Storage
from device.session.state import SessionSettings, Step
from device.session.weeks.today import Draw, Guidance, PlanRow, Today
from dsp.types import Beat, Contact, IntervalKind, MetricsRow, RRInterval, StateKind, WearerState

CALM = WearerState(StateKind.CALM, 0.9, 0.0, arousal=0.1)
ON_GUARD = WearerState(StateKind.ALARM, 0.9, 0.0, arousal=0.9)
NEUTRAL = WearerState(StateKind.NEUTRAL, 0.9, 0.0, arousal=0.5)

READ_CARDS = History(cards_seen=True)

Kind = TypeVar("Kind")


class Driver:
    """A body with a beat a second, and fingers."""

    def __init__(
        self,
        preferences: Preferences | None = None,
        history: History | None = None,
        settings: SessionSettings | None = None,
        known_breaths_per_min: float | None = None,
        today: Today | None = None,
    ) -> None:
        self.session = Session(
            preferences or Preferences(minutes=3), history or READ_CARDS, settings, known_breaths_per_min, today
        )
        self.t_s = 0.0
        self.state: WearerState | None = NEUTRAL
        self.breaths_per_min = math.nan
        self.coherence = math.nan
        self.rsa_ms: Callable[[], float] = lambda: 120.0
        self.irregular = False
        self.paced = False
        self.contact = Contact.GOOD
        self.beats = True
        self.out: list[Command | Event] = []

    def run(self, seconds: float) -> "Driver":
        """Let time pass, ten ticks and one row a second."""
        for _ in range(round(10 * seconds)):
            before = math.floor(self.t_s + 1e-9)
            self.t_s = round(self.t_s + 0.1, 6)
            self.session.tick(self.t_s)
            if math.floor(self.t_s + 1e-9) > before:
                self._second()
            self._drain()
        return self

    def run_until(self, step: Step, limit_s: float = 1600.0) -> "Driver":
        end_s = self.t_s + limit_s
        while self.session.step is not step:
            assert self.t_s < end_s, f"still {self.session.step} after {limit_s} s, not {step}"
            self.run(0.5)
        return self

    def press(self, seconds: float = 0.1) -> "Driver":
        self.session.on_button(self.t_s, True)
        self.t_s = round(self.t_s + seconds, 6)
        self.session.on_button(self.t_s, False)
        self._drain()
        return self

    def short(self) -> "Driver":
        return self.press().run(0.6)

    def long(self) -> "Driver":
        return self.press(1.0).run(0.6)

    def double(self) -> "Driver":
        self.press().run(0.1)
        return self.press().run(0.6)

    def skip(self) -> "Driver":
        """Past all the questions that are left."""
        if self.session.step in (Step.CHECK_IN, Step.CHECK_OUT):
            self.double()
        return self

    def touch(self, contact: Contact) -> "Driver":
        self.contact = contact
        self.session.on_contact(self.t_s, contact)
        return self

    def begin(self) -> "Driver":
        """From the welcome to the first question."""
        return self.run(1.0).short().run_until(Step.CHECK_IN, 30.0)

    def to(self, step: Step) -> "Driver":
        """Through a session as far as `step`, skipping the questions."""
        self.begin()
        if step is not Step.CHECK_IN:
            self.skip()
            if step is not Step.REST:
                self.run_until(step)
        return self

    def step(self) -> Step:
        return self.session.step

    def got(self, kind: type[Kind]) -> list[Kind]:
        return [item for item in self.out if isinstance(item, kind)]

    def _second(self) -> None:
        good = self.beats and not self.contact
        if good:
            self.session.on_beat(Beat(500 * self.t_s, self.t_s, 0.9))
            self.session.on_intervals([RRInterval(self.t_s, 1000.0, IntervalKind.NORMAL, int(self.t_s))])
        self.session.on_row(
            MetricsRow(
                self.t_s,
                mean_hr_bpm=60.0 if good else math.nan,
                rmssd_ms=40.0 if good else math.nan,
                rsa_ms=self.rsa_ms() if good else math.nan,
                coherence=self.coherence,
                breaths_per_min=self.breaths_per_min,
                breath_confidence=0.0 if math.isnan(self.breaths_per_min) else 0.9,
                quality=0.9 if good else 0.0,
                contact=self.contact,
                irregular_rhythm=self.irregular,
                paced_rhythm=self.paced,
                state=self.state,
            )
        )

    def _drain(self) -> None:
        self.out += self.session.take()


SEEN_TODAY = History(first_today=False, cards_seen=True)


def to_line(driver: Driver, item: MenuItem) -> Driver:
    """From the welcome to a line of the menu."""
    driver.long()
    for _ in MenuItem:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, MenuView)
        if view.selected is item:
            break
        driver.short()
    return driver


def _unread(driver: Driver) -> None:
    driver.session.on_history(driver.t_s, History())
    driver.short()


def _without_beats(driver: Driver) -> None:
    driver.beats = False
    driver.short()


def _full_card(driver: Driver) -> None:
    driver.session.on_storage(driver.t_s, Storage.FULL)
    driver.short()


def _after_night(driver: Driver) -> None:
    to_line(driver, MenuItem.EVENING).long().short()
    driver.t_s += 7 * 3600.0
    driver.run(1.0).short()


def _morning_reading(driver: Driver) -> None:
    to_line(driver, MenuItem.MORNING).long()
    if driver.session.step is Step.POSTURE:
        driver.long()
    driver.run_until(Step.MORNING_READING, 30.0)


def _morning_word(driver: Driver) -> None:
    _morning_reading(driver)
    driver.run_until(Step.MORNING_WORD, 200.0)


def _resonance(driver: Driver) -> None:
    driver.session.find_resonance(driver.t_s)
    driver.run_until(Step.CHECK_IN).skip().run_until(Step.RESONANCE)


def _transfer(driver: Driver) -> None:
    driver.session.on_weeks(driver.t_s, Today(PlanRow(4, 3, transfer=True)))
    driver.to(Step.TRANSFER)


def _trial_cards(driver: Driver) -> Driver:
    driver.session.on_weeks(driver.t_s, Today(can_try=True))
    return to_line(driver, MenuItem.TRIAL).long()


def _begin_trial(driver: Driver) -> Driver:
    return to_line(driver, MenuItem.TRIAL).long().short().long()


def _sitting(driver: Driver) -> None:
    driver.session.on_weeks(driver.t_s, Today(draw=Draw(1, 0, Guidance.QUIET, 3), can_try=True))
    _begin_trial(driver).run_until(Step.WELCOME).to(Step.SITTING)


WAYS: Mapping[Step, Callable[[Driver], object]] = {
    Step.WELCOME: lambda driver: None,
    Step.MENU: Driver.long,
    Step.CARDS: _unread,
    Step.WENT_BACK: lambda driver: driver.session.on_way_back(),
    Step.OWN_TRIAL: _trial_cards,
    Step.HELP: Driver.double,
    Step.EVENING: lambda driver: to_line(driver, MenuItem.EVENING).long(),
    Step.NIGHT: lambda driver: to_line(driver, MenuItem.EVENING).long().short(),
    Step.EASE: lambda driver: driver.double().double(),
    Step.CONTACT: _without_beats,
    Step.USB: lambda driver: driver.session.on_usb(driver.t_s, True),
    Step.STORAGE: _full_card,
    Step.SENSOR: lambda driver: driver.session.on_sensor(driver.t_s, "no answer"),
    Step.GOODBYE: lambda driver: driver.press(7.0),
    Step.RESONANCE: _resonance,
    Step.TRANSFER: _transfer,
    Step.SITTING: _sitting,
    Step.FREE: lambda driver: driver.to(Step.FREE).run(31.0),
    Step.AFTER_NIGHT: _after_night,
    Step.POSTURE: lambda driver: to_line(driver, MenuItem.MORNING).long(),
    Step.MORNING_READING: _morning_reading,
    Step.MORNING_WORD: _morning_word,
}
"""From the welcome to a step; to the others, through a session."""


def bring_to(driver: Driver, step: Step) -> None:
    driver.state = CALM
    driver.run(1.0)
    if step in WAYS:
        WAYS[step](driver)
    else:
        driver.to(step)
    assert driver.session.step is step


def phases(driver: Driver) -> list[Phase]:
    return [item.phase for item in driver.out if isinstance(item, PhaseChanged)]


def stops(driver: Driver) -> list[EndReason]:
    return [item.reason for item in driver.out if isinstance(item, StopRecording)]


def pages(driver: Driver) -> list[object]:
    """The summary, page by page, until the welcome."""
    seen: list[object] = []
    while driver.session.step is Step.SUMMARY:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, PageView)
        seen.append(view.page)
        driver.short()
    return seen
