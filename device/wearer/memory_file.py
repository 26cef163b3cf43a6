"""Keeps the wearer's memory on the card up to date while the appliance runs."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from device.session.commands import Command, KeepHistory, KeepPreferences, StartRecording
from device.session.events import Event, Phase, PhaseChanged, SessionEnded
from device.wearer.memory import Memory
from device.wearer.profile_store import load_memory, save_memory, set_aside
from dsp.state.profile import Profile

log = logging.getLogger(__name__)


class MemoryKeeper:
    """`today` is asked for the date, None where no clock can be trusted; `new_wearer` is where one without a file
    starts. A card that refuses is logged, no more."""

    def __init__(self, path: Path, today: Callable[[], date | None], new_wearer: Memory) -> None:
        self._path = path
        self._today = today
        self._began: int | None = None
        try:
            memory, warning = load_memory(path)
        except OSError as error:
            memory, warning = Memory(), f"{path}: the profile cannot be read: {error.strerror}"
            with suppress(OSError):
                set_aside(path)
        if warning:
            log.warning("%s", warning)
        if memory == Memory():
            memory = new_wearer
        self.memory = memory.on_day(self._day())

    def obey(self, order: Command | Event, profile: Profile) -> None:
        """Follow the session; `profile` is what the wearer's is now. A session that was cut off teaches after its
        end, at the summary."""
        match order:
            case KeepPreferences(preferences):
                self._keep(replace(self.memory, preferences=preferences))
            case KeepHistory(history):
                self._keep(replace(self.memory, history=history))
            case StartRecording():
                self._began = self._day()
            case SessionEnded():
                # One that ran past midnight was asked about the night before it, and not about the one to come.
                began = self._began if self._began is not None else self._day()
                self._keep(replace(self.memory, profile=profile, last_day=began))
            case PhaseChanged(phase=Phase.SUMMARY):
                self._keep(replace(self.memory, profile=profile))
            case _:
                pass

    def new_day(self) -> bool:
        """Whether what the session asks on a day's first time has changed by the calendar alone."""
        before, self.memory = self.memory, self.memory.on_day(self._day())
        return self.memory.history != before.history

    def _keep(self, memory: Memory) -> None:
        if memory == self.memory:
            return
        self.memory = memory
        try:
            save_memory(self._path, memory)
        except OSError as error:
            log.warning("%s: the profile cannot be written: %s", self._path, error.strerror)

    def _day(self) -> int | None:
        today = self._today()
        return today.toordinal() if today is not None else None
