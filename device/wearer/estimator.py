"""What the pipeline asks for the wearer's state once a second, from session to session."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from device.session.commands import Command
from device.session.events import Event, Learned, PaceChanged, Phase, PhaseChanged, PostureTold
from dsp.state.estimator import StateEstimator, StateModel
from dsp.state.level import LevelAnchor
from dsp.state.mornings import MorningCollector, MorningReading
from dsp.state.profile import Profile
from dsp.state.rest import LATE_REST_S, RestCollector, RestReading
from dsp.state.spread import OwnSpread
from dsp.types import METRICS_WINDOW_S, StateInputs, WearerState


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and how a session is: `day` is a date's ordinal number, None where no clock can be trusted; `clock_h` the
    hour of the day, NaN then. `pulse`: the sensor tells pulses, not heartbeats."""

    sensor: str
    day: int | None = None
    clock_h: float = math.nan
    posture: str = "sitting"
    pulse: bool = False


class SessionEstimator:
    """The state of the session at hand, and the minutes of free breathing read in it. `occasion` is asked as each
    session begins.

    A session begins with its rest phase, told to `obey`; a replay calls `begin` itself. Before its rest a session has
    no state, and nothing of the session before.
    """

    def __init__(self, profile: Profile, occasion: Callable[[], Occasion]) -> None:
        self._profile = profile
        self._ask_occasion = occasion
        self._occasion = occasion()
        self._estimator: StateEstimator | None = None
        self._given_rest = False
        self._guided_rest_s = 0
        self._dizzy = False
        self._free: RestCollector | None = None
        self._morning: MorningCollector | None = None
        self._posture = ""

    @property
    def occasion(self) -> Occasion:
        return self._occasion

    @property
    def rest(self) -> RestReading | None:
        """What the session is compared with; None before it is read."""
        return self._estimator.rest if self._estimator is not None else None

    @property
    def rest_minute(self) -> RestReading | None:
        """The rest reading, if it can be compared with other sessions'. None where the wearer cut the rest short, so
        that it went on into the guide (slow breathing alone moves RMSSD), where it ended with a heart still coming down
        from exertion, and where it was given to `begin`."""
        read = self._estimator.rest_read if self._estimator is not None else None
        if self._given_rest or self._guided_rest_s > LATE_REST_S or read is None or read.falling:
            return None
        return read

    @property
    def free_minute(self) -> RestReading | None:
        """The free breathing after the guide."""
        return None if self._free is None else self._free.reading

    @property
    def morning(self) -> MorningReading | None:
        """The morning reading at hand, None where there is none or it does not carry one."""
        return None if self._morning is None else self._morning.reading(pulse=self._occasion.pulse)

    def begin(self, rest: RestReading | None = None) -> None:
        """A new session; `rest` is given or comes from its first readable minute."""
        when = self._occasion = self._ask_occasion()
        level = LevelAnchor.from_minutes(
            self._profile.level_minutes(when.day), clock_h=when.clock_h, sensor=when.sensor, posture=when.posture
        )
        own = OwnSpread.from_minutes(
            self._profile.level_minutes(when.day),
            sensor=when.sensor,
            posture=when.posture,
            usual=StateModel().hr_spread.within_session,
        )
        self._estimator = StateEstimator(rest=rest, level=level, pace_curve=self._profile.pace_curve, own_spread=own)
        self._given_rest, self._guided_rest_s = rest is not None, 0
        self._free, self._dizzy = None, False

    def update(self, inputs: StateInputs) -> WearerState | None:
        """The state for this second; None before there is a rest reading."""
        if self._free is not None:
            self._free.add(inputs)
        if self._morning is not None:
            self._morning.add(inputs)
        self._guided_rest_s += self.rest is None and not math.isnan(inputs.pace_breaths_per_min)
        return self._estimator.update(inputs) if self._estimator is not None else None

    def obey(self, order: Command | Event | Learned) -> None:
        """Follow the session."""
        match order:
            case PhaseChanged(phase=Phase.CHECK_IN | Phase.HELP | Phase.EVENING):
                self._estimator = self._free = self._morning = None
            case PostureTold(posture=posture):
                self._posture = posture
            case PhaseChanged(phase=Phase.MORNING):
                self._occasion = replace(self._ask_occasion(), posture=self._posture)
                self._estimator = self._free = None
                self._morning = MorningCollector()
            case PhaseChanged(phase=Phase.REST):
                self.begin()
            case PhaseChanged(phase=Phase.FREE):
                # A minute of recovering from dizziness is not comparable with other free minutes.
                self._free = None if self._dizzy else RestCollector(longest_s=METRICS_WINDOW_S)
            case PaceChanged(cause=cause):
                self._dizzy |= cause == "dizzy"
            case Learned(profile=profile):
                self._profile = profile
            case _:
                pass
