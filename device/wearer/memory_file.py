"""Keeps the wearer's memory on the card up to date while the appliance runs."""

import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from device.session.commands import Command, KeepHistory, KeepPreferences, Practised
from device.session.events import ArmDrawn, Event, Learned, Phase, PhaseChanged, SessionEnded
from device.session.weeks.today import Today
from device.wearer.copies import keep_as_it_was, latest_copy
from device.wearer.memory import Memory
from device.wearer.profile_store import load_memory, save_memory, set_aside
from device.wearer.weeks import WeeksSoFar

SEED_BITS = 31
log = logging.getLogger(__name__)


class WearerMemory:
    """What is remembered of the wearer, kept up to date during a session; `save` is called with every change. `today`
    gives the date, None where no clock can be trusted; `new_seed` orders an experiment's days."""

    def __init__(
        self,
        memory: Memory,
        today: Callable[[], date | None],
        save: Callable[[Memory], None],
        new_seed: Callable[[], int] = lambda: secrets.randbits(SEED_BITS),
    ) -> None:
        self._today = today
        self._save = save
        self._new_seed = new_seed
        self._ordinary = False
        self._began: int | None = None
        if memory.preferences.trial:
            memory = replace(memory, weeks=(memory.weeks or WeeksSoFar()).begun(new_seed()))
        self._memory = memory.on_day(self._day())

    @property
    def now(self) -> Memory:
        return self._memory

    @property
    def weeks(self) -> WeeksSoFar:
        return self._memory.weeks or WeeksSoFar()

    def today(self) -> Today:
        """What the weeks hold for the session that may begin."""
        return self.weeks.today(self._day())

    def obey(self, order: Command | Event | Learned) -> None:
        """Follow the session. What a session taught that was cut off comes after its end, at the summary."""
        match order:
            case KeepPreferences(preferences):
                begun = self.weeks.begun(self._new_seed()) if preferences.trial else self._memory.weeks
                self._keep(replace(self._memory, preferences=preferences, weeks=begun))
            case KeepHistory(history):
                self._keep(replace(self._memory, history=history))
            case Learned(profile=profile):
                self._keep(replace(self._memory, profile=profile))
            case PhaseChanged(phase=Phase.CHECK_IN):
                self._ordinary, self._began = True, self._day()
            case Practised() if self._began is not None:
                self._keep(replace(self._memory, weeks=self.weeks.practised(self._began, order)))
            case ArmDrawn() if self._began is not None:
                self._keep(replace(self._memory, weeks=self.weeks.drawn(self._began, order)))
            case SessionEnded() if self._ordinary:
                # A session that ran past midnight counts for the day it began on: the next one is that day's first.
                began = self._began if self._began is not None else self._day()
                self._ordinary = False
                self._keep(replace(self._memory, last_day=began))
            case _:
                pass

    def new_day(self) -> bool:
        """Look at the calendar: whether a new day has begun, so that the next session is the day's first."""
        before, self._memory = self._memory, self._memory.on_day(self._day())
        return self._memory.history != before.history

    def _keep(self, memory: Memory) -> None:
        if memory != self._memory:
            self._memory = memory
            self._save(memory)

    def _day(self) -> int | None:
        today = self._today()
        return today.toordinal() if today is not None else None


class MemoryFile:
    """The memory on the card. A card that cannot be read or written is logged, and nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, new_wearer: Memory, version: str) -> Memory:
        """What the file holds; `new_wearer` where there is none. Where it cannot be read, what an earlier version left,
        if anything. A `version` that comes new keeps a copy for the way back."""
        memory, warning = new_wearer, None
        try:
            if self._path.exists():
                memory, warning = load_memory(self._path)
        except OSError as error:
            warning = f"{self._path}: the profile cannot be read: {error.strerror}"
            with suppress(OSError):
                set_aside(self._path)
        if warning is not None:
            log.warning("%s", warning)
            memory = new_wearer
        try:
            if warning is not None:
                memory = self._as_it_was(new_wearer)
            keep_as_it_was(self._path, version)
        except OSError as error:
            log.warning("%s: the profile cannot be copied: %s", self._path, error.strerror)
        return memory

    def _as_it_was(self, new_wearer: Memory) -> Memory:
        found = latest_copy(self._path)
        if found is None:
            return new_wearer
        memory, copy = found
        log.warning("%s: going on from %s", self._path.name, copy.name)
        self.save(memory)
        return memory

    def save(self, memory: Memory) -> None:
        try:
            save_memory(self._path, memory)
        except OSError as error:
            log.warning("%s: the profile cannot be written: %s", self._path, error.strerror)
