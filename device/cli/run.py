"""rolig run: the appliance.

What takes a slow card seconds to load is imported once the splash is on the screen.
"""

import argparse
import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from device.cli.config import add_config_option
from device.config import Config, load_config, runtime_config, to_toml
from device.diagnosis.faults import FaultCounts, keep_faults, runtime_folder
from device.errors import RoligError
from device.peripherals.panel import Display
from device.peripherals.splash import splash
from device.recording.format.names import DATED
from device.sampling.sources import SamplerProcess
from device.system.clocks import MachineClock
from device.system.stop_signals import StopRequest
from device.system.systemd import POWER_OFF_STATUS, RESTART_STATUS, Notifier
from drivers.board import RealBoard, WiredBoard
from drivers.errors import DriverError
from drivers.frontend import FrontEnd

if TYPE_CHECKING:
    from device.appliance import Appliance
    from device.recording.store import Store
    from device.update.proof import Proof, Restart
    from device.update.versions import Versions
    from device.usb.images import Updates

log = logging.getLogger("rolig")


class JournalFormatter(logging.Formatter):
    """Faults go to the journal, and nothing of when somebody practised: it outlives a session that its wearer deletes,
    and others read it. A session's name carries a day and a time; there it is told by its number alone, in tracebacks
    too."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return DATED.sub(r"\1", super().format(record))


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "run",
        description="Run the appliance until it is stopped: sensor, screen, button, recording, and logs over USB. "
        "A missing sensor or display is waited for.",
    )
    add_config_option(parser)
    parser.add_argument(
        "--board", choices=("real", "sim"), default="real", help="sim: a simulated board, for testing an installation"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    # The journal gets the warnings; a terminal gets the rest too.
    level = logging.WARNING if "INVOCATION_ID" in os.environ else logging.INFO
    handler = logging.StreamHandler()
    handler.setFormatter(JournalFormatter())
    logging.basicConfig(level=level, handlers=[handler])
    counts = keep_faults()
    config = load_config(args.config)
    with contextlib.suppress(OSError):  # where there is no service, nobody asks for it
        runtime_config().write_text(to_toml(config), encoding="utf-8")
    clock = MachineClock()
    board, open_front_end = _board(args.board, config, clock)
    # The sampler's processes are forked first, before any thread is started.
    with contextlib.closing(SamplerProcess(open_front_end, clock, config.sensor.sampling_priority)) as source:
        notifier = Notifier.from_environment()
        open_display = _splashed(board)
        notifier.status("starting")
        begun = _Begun(config, clock, board, source, open_display, notifier, counts, args.config)
        try:
            return _serve(begun, args.board)
        except RoligError:
            raise
        except Exception:  # told once, and kept for whoever looks for it; the service starts anew
            log.exception("the appliance stopped")
            return 1


@dataclass(frozen=True, slots=True)
class _Begun:
    """What is there before anything slow is loaded."""

    config: Config
    clock: MachineClock
    board: WiredBoard
    source: SamplerProcess
    open_display: Callable[[], Display]
    notifier: Notifier
    counts: FaultCounts
    config_file: Path | None


def _splashed(board: WiredBoard) -> Callable[[], Display]:
    """Something on the screen at once. Gives what opens the display: the first time it is open already."""
    ready: list[Display] = []
    try:
        ready.append(board.open_display())
        ready[0].show(splash())
    except DriverError:  # told by whoever tries again
        for display in ready:
            with contextlib.suppress(DriverError):
                display.close()
        ready.clear()
    return lambda: ready.pop() if ready else board.open_display()


def _serve(begun: _Begun, board: str) -> int:
    from device.assembly import Watchers, assemble, memory_on_card
    from device.diagnosis.page import Diagnostics, ask_selftest
    from device.recording.store import Store
    from device.system.wall_clock import WallClock
    from device.update.proof import Proof, Restart
    from device.update.starting import installed_versions
    from device.usb.clock import set_system_clock
    from device.usb.interlock import RISK_WHEN_OFF
    from device.usb.sharing import UsbSharing

    config = begun.config
    store, wall_clock = Store(Path(config.store.folder)), WallClock()
    with store.writing():
        _recover(store)
        versions, restart = installed_versions(), Restart()
        sharing = UsbSharing(
            Path(config.usb.port),
            store.root,
            updates=None if versions is None else lambda allowed: _updates(versions, allowed, restart),
            diagnostics=Diagnostics(
                config, versions, begun.counts, lambda: ask_selftest(begun.config_file), runtime_folder()
            ),
        )
        appliance = assemble(
            begun.board,
            begun.clock,
            begun.source,
            wall_clock,
            config,
            store=store,
            memory=memory_on_card(config, store, wall_clock),
            watchers=Watchers(
                share=sharing.allow,
                shared=sharing.allowed,
                offered=sharing.offered,
                allow_update=sharing.allow_update,
                went_back=versions is not None and versions.way_back_untold(),
                way_back_read=lambda: _way_back_read(versions),
                open_display=begun.open_display,
                set_clock=set_system_clock,
            ),
            origin="simulated" if board == "sim" else "sensor",
        ).appliance
        if not config.usb.interlock:
            log.warning("%s", RISK_WHEN_OFF)
        threading.Thread(target=sharing.serve, name="rolig-usb", daemon=True).start()
        with StopRequest() as stop:
            _loop(appliance, stop, begun.notifier, Proof(versions), restart)
    if appliance.shut_down:
        return POWER_OFF_STATUS
    return RESTART_STATUS if restart.due and not stop.requested else 0


def _updates(versions: "Versions", allowed: Callable[[str], bool], restart: "Restart") -> "Updates":
    from device.update.upload import Upload
    from device.usb.images import Updates

    return Updates(versions, Upload(versions, allowed), allowed, restart.ask)


def _way_back_read(versions: "Versions | None") -> None:
    try:
        if versions is not None:
            versions.way_back_read()
    except OSError as error:  # it is told once more at the next start
        log.warning("that the way back was read could not be kept: %s", error)


def _loop(appliance: "Appliance", stop: StopRequest, notifier: Notifier, trial: "Proof", restart: "Restart") -> None:
    from device.session.events import EndReason

    try:
        appliance.step()
        notifier.status("")
        notifier.ready()
        while not (stop.requested or appliance.shut_down or restart.due):
            appliance.step()
            alive = appliance.alive
            if alive:
                notifier.watchdog()
            trial.look(alive)
    finally:
        notifier.stopping()
        appliance.close(EndReason.SIGNAL)


def _recover(store: "Store") -> None:
    """A card that cannot be read costs the recordings, not the sessions."""
    from device.recording.ending.recovery import recover

    try:
        for found in recover(store):
            log.warning("%s: %s", found.name, found.fault or "recovered, closed")
    except OSError as error:
        log.warning("%s: the sessions cannot be read: %s", store.root, error.strerror)


def _board(which: str, config: Config, clock: MachineClock) -> tuple[WiredBoard, Callable[[], FrontEnd]]:
    name = config.sensor.front_end

    def now_s() -> float:
        return clock.monotonic_ns() / 1e9

    if which == "sim":
        from device.demo.world import World  # only here: it would cost the device start time and memory

        world = World(1, name, now_s, wiring=config.wiring)
        return world.board, world.open_front_end
    board = RealBoard(config.wiring, now_s)
    return board, lambda: board.open_front_end(name)
