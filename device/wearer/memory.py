"""All that the device keeps of its wearer from start to start."""

from dataclasses import dataclass, field, replace

from device.session.choosing.preferences import History, Preferences
from device.wearer.weeks import WeeksSoFar
from dsp.state.profile import Profile


@dataclass(frozen=True, slots=True)
class Memory:
    """`last_day` is the ordinal number of the last session's date, None before there was one with a known date.
    `weeks` is None where the plan was not kept yet: the sessions on the card tell it then."""

    profile: Profile = field(default_factory=Profile)
    preferences: Preferences = field(default_factory=Preferences)
    history: History = field(default_factory=History)
    last_day: int | None = None
    weeks: WeeksSoFar | None = None

    def on_day(self, day: int | None) -> "Memory":
        """What holds on `day`: the first session of a day is asked a little more. An unknown day counts as new."""
        first_today = day is None or day != self.last_day
        return replace(self, history=replace(self.history, first_today=first_today))
