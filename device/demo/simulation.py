"""The whole appliance around a simulated wearer, in real or virtual time."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from device.assembly import Watchers, assemble, new_wearer, session_settings
from device.config import Config, SensorConfig, SessionConfig
from device.demo.hand import Finger, Habits
from device.demo.story import Moment, moment
from device.demo.world import World
from device.peripherals.panel import Display
from device.recording.format.session_info import ClockTrust
from device.recording.store import Store
from device.sampling.sources import InlineSource, SamplerProcess, SampleSource
from device.session.choosing.preferences import Language
from device.session.events import EndReason
from device.system.clocks import Clock, MachineClock, VirtualClock
from device.system.wall_clock import DatingClock, WallClock, today
from device.wearer.memory import Memory
from device.wearer.memory_file import WearerMemory
from device.wearer.weeks import WeeksSoFar
from drivers.sensors import DEFAULT
from drivers.sim.board import SimBoard
from drivers.sim.person.wearer import Disturbances
from dsp.state.profile import Profile

FREE_S = 30.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is simulated and what they do; `guided_s` is the length of the guided part. With a `story` they live through
    that of `device.demo.story`; `weeks` is what was practised before."""

    seed: int = 1
    sensor: str = DEFAULT
    guided_s: float = 60.0
    language: Language = Language.EN
    resonance: bool = False
    story: bool = False
    hide_numbers: bool = True
    disturbances: Disturbances | None = None
    profile: Profile = field(default_factory=Profile)
    weeks: WeeksSoFar = field(default_factory=WeeksSoFar)


class ComputersClock:
    """A demo runs on a computer that keeps the time, whether or not anything there vouches for it."""

    def __init__(self, clock: DatingClock | None = None) -> None:
        self._clock = clock or WallClock()

    def read(self) -> tuple[datetime | None, ClockTrust]:
        started, trust = self._clock.read()
        return started, ClockTrust.SET if trust is ClockTrust.SAVED else trust

    def boot(self) -> tuple[str, float | None]:
        """Not told: in virtual time a session is over before its first second has gone by."""
        return "", None


class Simulation:
    """`display` gives the panel for a board; by default the board's own simulated one. The simulated wearer watches
    the guide, and what is learnt about them is kept nowhere. `background`: as in `assemble`."""

    def __init__(
        self,
        scene: Scene,
        store: Store | Path,
        *,
        real_time: bool = False,
        display: Callable[[SimBoard], Display] = lambda board: board.open_display(),
        background: bool | None = None,
    ) -> None:
        clock: Clock = MachineClock.from_now() if real_time else VirtualClock()
        self.world = World(scene.seed, scene.sensor, lambda: clock.monotonic_ns() / 1e9, scene.disturbances)
        self.board = self.world.board
        # The sampler's processes are forked first, before any thread is started.
        source: SampleSource = (
            SamplerProcess(self.world.open_front_end, clock)
            if real_time
            else InlineSource(self.world.open_front_end, clock)
        )
        config = Config(
            SensorConfig(scene.sensor), session=SessionConfig(language=scene.language, hide_numbers=scene.hide_numbers)
        )
        known = replace(new_wearer(config), profile=scene.profile, weeks=scene.weeks)
        assembly = assemble(
            self.board,
            clock,
            source,
            wall_clock := ComputersClock(),
            config,
            store=store if isinstance(store, Store) else Store(store),
            memory=_not_for_the_first_time(known, wall_clock),
            settings=replace(
                session_settings(config, self.world.front_end_info()), guided_s=scene.guided_s, free_s=FREE_S
            ),
            watchers=Watchers(guide=self.world.show_guide, open_display=lambda: display(self.board)),
            origin="simulated",
            live=real_time,
            background=background,
        )
        self.parts, self.session, self.log = assembly.parts, assembly.session, assembly.log
        self.appliance = assembly.appliance
        self.finger = Finger(self.board)
        self._habits = Habits(self.finger)
        self._story = scene.story
        self._step, self._since_s = self.session.step, 0.0
        if scene.resonance:
            self.session.find_resonance(self.appliance.now_s)

    @property
    def now_s(self) -> float:
        return self.appliance.now_s

    @property
    def done(self) -> bool:
        """The session has come round to where it began, or the wearer switched the device off."""
        return self._habits.done or self.appliance.shut_down

    @property
    def moment(self) -> Moment:
        """What the wearer does now."""
        return moment(self._step, self.now_s - self._since_s)

    def step(self) -> None:
        """One turn of the appliance's loop, and the wearer's finger."""
        self.appliance.step()
        if self.session.step is not self._step:
            self._step, self._since_s = self.session.step, self.now_s
        if self._story:
            self.world.feel(self.moment.tone)
        self._habits.act(self.now_s, self.session.step)
        self.finger.move(self.now_s)

    def close(self, reason: EndReason = EndReason.SIGNAL) -> None:
        try:
            self.appliance.close(reason)
        except BaseException:
            self.parts.source.close()  # or its process would hold up the exit
            raise
        finally:
            self.board.close()


def _not_for_the_first_time(memory: Memory, wall_clock: DatingClock) -> WearerMemory:
    """A wearer who already had a session today, so what comes before the first one is over."""
    day = today(wall_clock)
    known = replace(
        memory,
        history=replace(memory.history, cards_seen=True),
        last_day=None if day is None else day.toordinal(),
    )
    return WearerMemory(known, lambda: today(wall_clock), lambda _: None)
