"""rolig run: the appliance."""

import argparse
import contextlib
import logging
import os
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from device.appliance import Appliance, Surroundings
from device.cli.config import add_config_option
from device.config import Config, load_config
from device.peripherals import LateButton, Panel
from device.recording.format.names import PROFILE
from device.recording.format.session_info import SessionInfo
from device.recording.recovery import recover
from device.recording.session_header import signal_of_front_end
from device.recording.session_log import SessionLog
from device.recording.store import Store
from device.sampling.sources import SamplerProcess
from device.session.choosing.preferences import History, Language, Preferences
from device.session.events import EndReason
from device.session.machine import Session
from device.session.state import SessionConfig
from device.system.battery import is_low
from device.system.clocks import MachineClock
from device.system.stop_signals import StopRequest
from device.system.systemd import POWER_OFF_STATUS, Notifier
from device.system.wall_clock import boot_id, boottime_s, read_wall_clock
from device.usb.interlock import RISK_WHEN_OFF, UsbInterlock
from device.usb.sharing import UsbSharing
from device.versions import ALGORITHM, rolig_version
from device.wearer.learner import Occasion, Wearer
from device.wearer.memory import Memory
from device.wearer.memory_file import MemoryKeeper
from drivers.board import RealBoard, WiredBoard
from drivers.cues import PwmCue
from drivers.errors import DriverError
from drivers.frontend import FrontEnd, FrontEndInfo, HeartSignal
from drivers.sensors import front_end_info

log = logging.getLogger("rolig")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "run",
        help="run the appliance (what the service does)",
        description="Run the appliance until it is stopped: sensor, screen, button, recording, and logs over USB. "
        "A missing sensor or display is waited for.",
    )
    add_config_option(parser)
    parser.add_argument(
        "--board", choices=("real", "sim"), default="real", help="sim: a simulated board, for testing an installation"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    # The journal gets faults only; a terminal gets the rest too.
    level = logging.WARNING if "INVOCATION_ID" in os.environ else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(message)s")
    config = load_config(args.config)
    clock = MachineClock()
    board, open_front_end = _board(args.board, config, clock)
    # The sampler's processes are forked first, before any thread is started.
    with contextlib.closing(SamplerProcess(open_front_end, clock, config.sensor.sampling_priority)) as source:
        return _serve(args, config, clock, board, source)


def _serve(
    args: argparse.Namespace, config: Config, clock: MachineClock, board: WiredBoard, source: SamplerProcess
) -> int:
    name, info = config.sensor.front_end, front_end_info(config.sensor.front_end, board.wiring)
    notifier = Notifier.from_environment()
    store = Store(Path(config.store.folder))
    _recover(store)
    keeper = MemoryKeeper(store.root / PROFILE, _today, _new_wearer(config))
    wearer = Wearer(keeper.memory.profile, lambda: _occasion(name))
    session = Session(keeper.memory.preferences, keeper.memory.history, _session_config(config, info))
    sharing = UsbSharing(Path(config.usb.port), store.root)
    around = Surroundings(
        clock=clock,
        source=source,
        info=info,
        panel=Panel(board.open_display, config.display.contrast),
        button=LateButton(board.open_button, lambda: clock.monotonic_ns() / 1e9),
        interlock=UsbInterlock(board.usb_port()),
        led=_cue(board.open_led),
        vibration=_cue(board.open_vibration),
        share=sharing.allow,
        watch_orders=lambda order: keeper.obey(order, wearer.profile),
        housekeeping=lambda now_s: _housekeeping(session, keeper, config, now_s),
    )
    if not config.usb.interlock:
        log.warning("%s", RISK_WHEN_OFF)
    appliance = Appliance(around, session, wearer, SessionLog(store, lambda: _describe(info, args.board)))
    threading.Thread(target=sharing.serve, name="rolig-usb", daemon=True).start()
    with StopRequest() as stop:
        _loop(appliance, stop, notifier)
    return POWER_OFF_STATUS if appliance.shut_down else 0


def _loop(appliance: Appliance, stop: StopRequest, notifier: Notifier) -> None:
    try:
        appliance.step()
        notifier.ready()
        while not (stop.requested or appliance.shut_down):
            appliance.step()
            if appliance.alive:
                notifier.watchdog()
    finally:
        notifier.stopping()
        appliance.close(EndReason.SIGNAL)


def _recover(store: Store) -> None:
    """A card that cannot be read costs the recordings, not the sessions."""
    try:
        for found in recover(store):
            log.warning("recovered %s: %s", found.name, found.fault or f"{found.records} s kept")
    except OSError as error:
        log.warning("%s: the sessions cannot be read: %s", store.root, error.strerror)


def _board(which: str, config: Config, clock: MachineClock) -> tuple[WiredBoard, Callable[[], FrontEnd]]:
    name = config.sensor.front_end

    def now_s() -> float:
        return clock.monotonic_ns() / 1e9

    if which == "sim":
        from device.demo.world import World  # the device never needs it: time at the start, and memory

        world = World(1, name, now_s)
        return world.board, world.open_front_end
    board = RealBoard(config.wiring, now_s)
    return board, lambda: board.open_front_end(name)


def _session_config(config: Config, info: FrontEndInfo) -> SessionConfig:
    return SessionConfig(
        finger=info.kind is HeartSignal.PPG,
        reference=info.reference,
        usb_blocks=config.usb.interlock,
        rest_s=config.session.rest_s,
        pulses_fall=info.pulses_fall,
    )


def _cue(open_cue: Callable[[], PwmCue | None]) -> PwmCue | None:
    try:
        return open_cue()
    except DriverError as error:
        log.warning("no cue: %s", error)
        return None


def _trusted_now() -> datetime | None:
    now, trust = read_wall_clock()
    return now if trust.gives_the_day else None


def _today() -> date | None:
    now = _trusted_now()
    return now.date() if now is not None else None


def _occasion(sensor: str) -> Occasion:
    now = _trusted_now()
    if now is None:
        return Occasion(sensor)
    return Occasion(sensor, now.toordinal(), now.hour + now.minute / 60.0)


def _describe(info: FrontEndInfo, board: str) -> SessionInfo:
    started, trust = read_wall_clock()
    return SessionInfo(
        signal_of_front_end(info),
        rolig_version(),
        ALGORITHM,
        source="simulated" if board == "sim" else "sensor",
        started=started,
        clock_trust=trust,
        boot_id=boot_id(),
        started_boottime_s=boottime_s(),
    )


def _new_wearer(config: Config) -> Memory:
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
        ),
        history=History(target_breaths_per_min=chosen.breaths_per_min),
    )


def _housekeeping(session: Session, keeper: MemoryKeeper, config: Config, now_s: float) -> None:
    session.on_wall_clock(now_s, unset=_trusted_now() is None)
    if config.power.gauge is not None:
        session.on_battery(now_s, is_low(Path(config.power.gauge), config.power.low_pct))
    if keeper.new_day():
        session.on_history(now_s, keeper.memory.history)
