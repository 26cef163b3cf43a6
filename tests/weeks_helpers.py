"""Weeks of a made-up wearer, session by session: the device's own session, memory and recording, and days between."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from device.recording.session_log import SessionLog
from device.recording.store import Store
from device.session.choosing.check_in import Question
from device.session.choosing.preferences import History, Preferences
from device.session.events import Phase, PhaseChanged
from device.session.machine import Session
from device.session.showing.views import LastAnswersView, QuestionView
from device.session.state import SessionSettings, Step
from device.wearer.memory import Memory
from device.wearer.memory_file import WearerMemory
from dsp.types import (
    Beat,
    BreathPhase,
    IntervalKind,
    MetricsRow,
    Output,
    RRInterval,
    StateKind,
    WearerState,
)
from tests.pulled_sessions import FS_HZ
from tests.recording_helpers import flat_second, session_info

FASTER_THAN = 9.0
SETTINGS = SessionSettings(rest_s=12.0, guided_s=30.0, free_s=12.0)
QUICK_TICK_S = 0.2


@dataclass
class MadeUpWearer:
    """Whose tension changes by `relief` steps more where they were led slowly, and by chance; and who answers so."""

    store: Path
    relief: float
    seed: int
    noise: float = 0.4
    settings: SessionSettings = SETTINGS
    memory: WearerMemory = field(init=False)
    today: datetime = datetime(2026, 3, 2, 18, tzinfo=UTC)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        known = Memory(preferences=Preferences(trial=True), history=History(cards_seen=True))
        self.memory = WearerMemory(known, self._date, lambda _: None, lambda: self.seed)

    def _date(self) -> date:
        return self.today.date()

    def practise(self) -> list[Phase]:
        """A session today, from the welcome to the summary; its phases."""
        return _Sitting(self).whole()

    def rest(self, days: int = 1) -> None:
        self.today += timedelta(days=days)

    def change(self, led_slowly: bool) -> float:
        return self._chance.gauss(-self.relief if led_slowly else 0.0, self.noise)

    def tension(self) -> int:
        return self._chance.choice([3, 4])


class _Sitting:
    """One session: what the appliance does around it, a second at a time."""

    def __init__(self, wearer: MadeUpWearer) -> None:
        memory = wearer.memory
        memory.new_day()
        self._wearer = wearer
        self._session = Session(memory.now.preferences, memory.now.history, wearer.settings, None, memory.today())
        info = session_info(FS_HZ, started=wearer.today, source="simulated")
        self._log = SessionLog(Store(wearer.store), lambda: info, live=False)
        self._t_s, self._second, self._beats = 0.0, 0, 0
        self._phases: list[Phase] = []
        self._slow_s = 0
        self._answers = {Question.ENERGY: 3, Question.TENSION: wearer.tension(), Question.ON_GUARD: 3}

    def whole(self) -> list[Phase]:
        self._run(1.0)
        self._press(0.1)
        while self._session.step is not Step.SUMMARY:
            self._run(1.0)
            assert self._t_s < 2000.0, self._session.step
            if self._session.step in (Step.CHECK_IN, Step.CHECK_OUT):
                self._answer()
        self._log.wait()
        return self._phases

    def _answer(self) -> None:
        if self._session.step is Step.CHECK_OUT:
            after = self._answers[Question.TENSION] + self._wearer.change(self._slow_s > 10)
            self._answers[Question.TENSION] = min(5, max(1, round(after)))
        asking = self._session.step
        while self._session.step is asking:
            view = self._session.view(self._t_s)
            at_once = isinstance(view, LastAnswersView)
            assert at_once or isinstance(view, QuestionView)
            wanted = isinstance(view, QuestionView) and self._answers[view.question] == view.selected
            self._press(1.0 if wanted else 0.1)

    def _press(self, seconds: float) -> None:
        self._session.on_button(self._t_s, True)
        self._run(seconds)
        self._session.on_button(self._t_s, False)
        self._run(0.6)

    def _run(self, seconds: float) -> None:
        end_s = self._t_s + seconds - 1e-9
        while self._t_s < end_s:
            self._t_s = round(self._t_s + QUICK_TICK_S, 6)
            self._session.tick(self._t_s)
            if int(self._t_s) > self._second:
                self._second = int(self._t_s)
                self._one_second(self._session.breath(self._t_s))
            for order in self._session.take():
                self._log.obey(order)
                self._wearer.memory.obey(order)
                if isinstance(order, PhaseChanged):
                    self._phases.append(order.phase)

    def _one_second(self, breath: BreathPhase | None) -> None:
        slow = breath is not None and breath.breaths_per_min < FASTER_THAN
        self._slow_s += slow
        beat = Beat(self._t_s * FS_HZ - 1, self._t_s - 0.1, 0.9)
        self._beats += 1
        interval = RRInterval(self._t_s - 0.1, 1000.0, IntervalKind.NORMAL, self._beats)
        row = MetricsRow(
            float(self._second),
            mean_hr_bpm=60.0,
            rmssd_ms=40.0,
            rsa_ms=120.0 if slow else 60.0,
            quality=0.9,
            state=WearerState(StateKind.NEUTRAL, 0.9, 0.0, 0.5),
        )
        self._session.on_beat(beat)
        self._session.on_intervals([interval])
        self._session.on_row(row)
        self._log.block(flat_second(self._second - 1, FS_HZ))
        self._log.output(Output(beats=[beat], intervals=[interval], rows=[row]))
        self._log.guide(self._t_s, breath)
