"""The one place that plugs everything together: `assemble` for the device and the demo alike. A replay has no session,
no clock and no board; what it shares with them, `learning` and `session_info`, is put together here too
(docs/decisions/0016).
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from device.appliance import Appliance, Parts
from device.config import Config
from device.peripherals.button import LateButton
from device.peripherals.cues import Cue, Cues
from device.peripherals.gauge import Gauge, PortBesideGauge, PowerState, SlowGauge
from device.peripherals.panel import Display, Panel
from device.peripherals.port import LatePort
from device.peripherals.power_board import BoardClock, BoardWatch
from device.recording.format.names import PROFILE
from device.recording.format.session_info import ClockTrust, SessionInfo, SignalInfo
from device.recording.session_log import SessionLog
from device.recording.store import Store
from device.sampling.blocks import signal_of_front_end
from device.sampling.sources import SampleSource
from device.session.choosing.preferences import GuideForm, History, Language, Preferences
from device.session.machine import Session
from device.session.state import SessionSettings
from device.system.battery import Battery
from device.system.clocks import Clock
from device.system.gadget import ask_to_rebind
from device.system.wall_clock import DatingClock, today, trusted_now
from device.usb.interlock import CableSense, UsbInterlock
from device.versions import ALGORITHM, rolig_version
from device.wearer.estimator import Occasion, SessionEstimator
from device.wearer.learner import Learner
from device.wearer.memory import Memory
from device.wearer.memory_file import MemoryFile, WearerMemory
from device.wearer.practised import finished_sessions, practised_in
from device.wearer.weeks import WeeksSoFar
from drivers.board import WiredBoard
from drivers.errors import DriverError
from drivers.frontend import FrontEndInfo, HeartSignal
from drivers.sensors import front_end_info
from dsp.state.profile import Profile
from dsp.types import BreathPhase

log = logging.getLogger(__name__)


def nobody(_: object) -> None:
    """Ignores its argument."""


@dataclass(frozen=True, slots=True)
class Watchers:
    """Optional hooks: a simulated body that follows the guide, the USB server, another display, what sets the
    machine's clock by the battery board's. `went_back`: an update was left again before this start."""

    guide: Callable[[BreathPhase | None], None] = nobody
    share: Callable[[bool], None] = nobody
    shared: Callable[[], bool] = lambda: True
    offered: Callable[[], str] = lambda: ""
    allow_update: Callable[[str], None] = nobody
    went_back: bool = False
    way_back_read: Callable[[], None] = lambda: None
    open_display: Callable[[], Display] | None = None
    set_clock: Callable[[datetime], None] = nobody


@dataclass(frozen=True, slots=True)
class Assembly:
    parts: Parts
    session: Session
    log: SessionLog
    appliance: Appliance


def assemble(
    board: WiredBoard,
    clock: Clock,
    source: SampleSource,
    wall_clock: DatingClock,
    config: Config,
    *,
    store: Store,
    memory: WearerMemory,
    settings: SessionSettings | None = None,
    watchers: Watchers | None = None,
    origin: str = "sensor",
    live: bool = True,
    background: bool | None = None,
) -> Assembly:
    """The appliance and what it is made of. `settings` default to what the configuration and the sensor say; `origin`
    is the recording's word for where its samples come from, and a `live` one is written by a thread of its own. Display
    and cues have threads of their own in the `background`, by default where it is `live`."""
    sensor = config.sensor.front_end
    info = front_end_info(sensor, board.wiring)
    watchers = watchers or Watchers()
    background = live if background is None else background

    def now_s() -> float:
        return clock.monotonic_ns() / 1e9

    known = memory.now.profile.resonance
    led, vibration = _cue(board.open_led), _cue(board.open_vibration)
    pulse = info.kind is HeartSignal.PPG
    estimator, learner = learning(memory.now.profile, lambda: occasion(sensor, wall_clock, pulse=pulse))
    session = Session(
        memory.now.preferences,
        memory.now.history,
        replace(settings or session_settings(config, info), led=led is not None, vibration=vibration is not None),
        None if known is None else known.breaths_per_min,
        memory.today(),
    )
    if watchers.went_back:
        session.on_way_back()
    gauge = _gauge(board, config, BoardClock(wall_clock, watchers.set_clock), now_s, background)
    session_log = SessionLog(store, lambda: dated_info(signal_of_front_end(info), origin, wall_clock), live)
    port: CableSense = LatePort(board.usb_port, now_s)
    if board.wiring.power_board != "none":
        port = PortBesideGauge(port, gauge)
    parts = Parts(
        clock=clock,
        source=source,
        info=info,
        panel=Panel(watchers.open_display or board.open_display, config.display.contrast, now_s, background),
        button=LateButton(board.open_button, now_s, source.nudge),
        interlock=UsbInterlock(port, ask_to_rebind),
        cues=Cues(led, vibration, now_s, background),
        gauge=gauge,
        wall_clock=wall_clock,
        estimator=estimator,
        learner=learner,
        memory=memory,
        watch_guide=watchers.guide,
        share=watchers.share,
        shared=watchers.shared,
        offered=watchers.offered,
        allow_update=watchers.allow_update,
        way_back_read=watchers.way_back_read,
    )
    return Assembly(parts, session, session_log, Appliance(parts, session, session_log))


def learning(profile: Profile, when: Callable[[], Occasion]) -> tuple[SessionEstimator, Learner]:
    """What the pipeline asks for the state, and what learns about the wearer from it; `when` is asked as each session
    begins."""
    estimator = SessionEstimator(profile, when)
    return estimator, Learner(profile, estimator)


def session_settings(config: Config, info: FrontEndInfo) -> SessionSettings:
    return SessionSettings(
        finger=info.kind is HeartSignal.PPG,
        reference=info.reference,
        usb_blocks=config.usb.interlock,
        rest_s=config.session.rest_s,
        pulses_fall=info.pulses_fall,
        off_after_s=math.inf if config.power.off_after_min is None else 60.0 * config.power.off_after_min,
    )


def new_wearer(config: Config) -> Memory:
    """The memory of a wearer without a profile, from the configuration."""
    chosen = config.session
    return Memory(
        preferences=Preferences(
            Language(chosen.language),
            chosen.minutes,
            chosen.hide_state,
            chosen.hide_numbers,
            chosen.fade_guide,
            config.cues.led_level,
            config.cues.vibration_level,
            GuideForm(chosen.guide),
            ask_more=chosen.ask_more,
            plan=chosen.plan,
            trial=chosen.trial,
        ),
        history=History(target_breaths_per_min=chosen.breaths_per_min),
    )


def memory_on_card(config: Config, store: Store, wall_clock: DatingClock) -> WearerMemory:
    """The wearer's profile beside the sessions; of the weeks, where it does not tell, what the sessions tell."""
    file = MemoryFile(store.root / PROFILE)
    memory = file.load(new_wearer(config), rolig_version())
    if memory.weeks is None:
        memory = replace(memory, weeks=weeks_on_card(store.root))
    return WearerMemory(memory, lambda: today(wall_clock), file.save)


def weeks_on_card(root: Path) -> WeeksSoFar:
    try:
        return WeeksSoFar.of(practised_in(finished_sessions(root)))
    except OSError as error:
        log.warning("%s: the sessions cannot be listed: %s", root, error.strerror)
        return WeeksSoFar()


def occasion(sensor: str, wall_clock: DatingClock, *, pulse: bool = False) -> Occasion:
    now = trusted_now(wall_clock)
    if now is None:
        return Occasion(sensor, pulse=pulse)
    return Occasion(sensor, now.toordinal(), now.hour + now.minute / 60.0, pulse=pulse)


def dated_info(signal: SignalInfo | None, origin: str, clock: DatingClock) -> SessionInfo:
    started, trust = clock.read()
    return session_info(signal, origin, started, trust, clock.boot())


def session_info(
    signal: SignalInfo | None,
    origin: str,
    started: datetime | None,
    trust: ClockTrust,
    boot: tuple[str, float | None] = ("", None),
) -> SessionInfo:
    """What a session's log is told before its first sample; `boot` as `DatingClock.boot`."""
    return SessionInfo(
        signal,
        rolig_version(),
        ALGORITHM,
        source=origin,
        started=started,
        clock_trust=trust,
        boot_id=boot[0],
        started_boottime_s=boot[1],
    )


def _gauge(board: WiredBoard, config: Config, clock: BoardClock, now_s: Callable[[], float], background: bool) -> Gauge:
    """The battery board's where one is wired, else the kernel's file, else nobody's."""
    power = config.power
    if board.wiring.power_board != "none":
        watch = BoardWatch(board.open_power_board, clock, power.low_pct, now_s)
        return SlowGauge(watch.look, now_s, background, watch.close)
    battery = Battery(None if power.gauge is None else Path(power.gauge), power.low_pct)
    return SlowGauge(lambda: PowerState(low=battery.is_low()), now_s, background and power.gauge is not None)


def _cue(open_cue: Callable[[], Cue | None]) -> Cue | None:
    try:
        return open_cue()
    except DriverError as error:
        log.warning("no cue: %s", error)
        return None
