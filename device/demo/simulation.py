"""The whole appliance around a simulated wearer, in real or virtual time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from device.appliance import Appliance, Surroundings
from device.demo.hand import Finger, Habits
from device.demo.world import World
from device.peripherals import Display, Panel
from device.recording.format.session_info import ClockTrust, SessionInfo
from device.recording.session_header import signal_of_front_end
from device.recording.session_log import SessionLog
from device.recording.store import Store
from device.sampling.sources import InlineSource, SamplerProcess, SampleSource
from device.session.choosing.preferences import History, Language, Preferences
from device.session.events import EndReason
from device.session.machine import Session
from device.session.state import SessionConfig
from device.system.clocks import Clock, MachineClock, VirtualClock
from device.system.wall_clock import read_wall_clock
from device.usb.interlock import UsbInterlock
from device.versions import ALGORITHM, rolig_version
from device.wearer.learner import Occasion, Wearer
from drivers.frontend import FrontEndInfo, HeartSignal
from drivers.sensors import DEFAULT
from drivers.sim.board import SimBoard
from drivers.sim.wearer import Disturbances
from dsp.state.profile import Profile

REST_S, FREE_S = 60.0, 30.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is simulated and what they do; `guided_s` is the length of the guided part."""

    seed: int = 1
    sensor: str = DEFAULT
    guided_s: float = 60.0
    language: Language = Language.EN
    resonance: bool = False
    disturbances: Disturbances | None = None
    profile: Profile = field(default_factory=Profile)


class Simulation:
    """`display` gives the panel for a board; by default the board's own simulated one."""

    def __init__(
        self,
        scene: Scene,
        store: Store | Path,
        *,
        real_time: bool = False,
        display: Callable[[SimBoard], Display] = lambda board: board.open_display(),
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
        self.around = Surroundings(
            clock=clock,
            source=source,
            info=self.world.front_end_info(),
            panel=Panel(lambda: display(self.board), contrast=128),
            button=self.board.open_button(),
            interlock=UsbInterlock(self.board.usb_port()),
            led=self.board.open_led(),
            vibration=self.board.open_vibration(),
            watch_guide=self.world.show_guide,
        )
        store = store if isinstance(store, Store) else Store(store)
        self.log = SessionLog(store, lambda: describe(self.around.info), live=real_time)
        self.session = Session(
            Preferences(language=scene.language, minutes=3),
            History(first_today=False),
            SessionConfig(
                finger=self.around.info.kind is HeartSignal.PPG,
                reference=self.around.info.reference,
                pulses_fall=self.around.info.pulses_fall,
                rest_s=REST_S,
                guided_s=scene.guided_s,
                free_s=FREE_S,
            ),
        )
        self.wearer = Wearer(scene.profile, lambda: Occasion(scene.sensor))
        self.appliance = Appliance(self.around, self.session, self.wearer, self.log)
        self.finger = Finger(self.board)
        self._habits = Habits(self.finger)
        if scene.resonance:
            self.session.find_resonance(self.appliance.now_s)

    @property
    def now_s(self) -> float:
        return self.appliance.now_s

    @property
    def done(self) -> bool:
        """The session has come round to where it began, or the wearer switched the device off."""
        return self._habits.done or self.appliance.shut_down

    def step(self) -> None:
        """One turn of the appliance's loop, and the wearer's finger."""
        self.appliance.step()
        self._habits.act(self.now_s, self.session.step)
        self.finger.move(self.now_s)

    def close(self, reason: EndReason = EndReason.SIGNAL) -> None:
        try:
            self.appliance.close(reason)
        except BaseException:
            self.around.source.close()  # or its process would hold up the exit
            raise
        finally:
            self.board.close()


def describe(
    info: FrontEndInfo, wall_clock: Callable[[], tuple[datetime | None, ClockTrust]] = read_wall_clock
) -> SessionInfo:
    """A demo runs on a computer that keeps the time, whether or not anything there vouches for it."""
    started, trust = wall_clock()
    trust = ClockTrust.SET if trust is ClockTrust.SAVED else trust
    signal = signal_of_front_end(info)
    return SessionInfo(signal, rolig_version(), ALGORITHM, source="simulated", started=started, clock_trust=trust)
