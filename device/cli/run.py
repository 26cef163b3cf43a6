"""rolig run: the appliance."""

import argparse
import contextlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from device.appliance import Appliance
from device.assembly import Watchers, assemble, memory_on_card
from device.cli.config import add_config_option
from device.cli.journal import JournalFormatter
from device.config import Config, load_config
from device.recording.ending.recovery import recover
from device.recording.store import Store
from device.sampling.sources import SamplerProcess
from device.session.events import EndReason
from device.system.clocks import MachineClock
from device.system.stop_signals import StopRequest
from device.system.systemd import POWER_OFF_STATUS, Notifier
from device.system.wall_clock import WallClock
from device.usb.interlock import RISK_WHEN_OFF
from device.usb.sharing import UsbSharing
from drivers.board import RealBoard, WiredBoard
from drivers.frontend import FrontEnd

log = logging.getLogger("rolig")


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
    config = load_config(args.config)
    clock = MachineClock()
    board, open_front_end = _board(args.board, config, clock)
    # The sampler's processes are forked first, before any thread is started.
    with contextlib.closing(SamplerProcess(open_front_end, clock, config.sensor.sampling_priority)) as source:
        return _serve(args, config, clock, board, source)


def _serve(
    args: argparse.Namespace, config: Config, clock: MachineClock, board: WiredBoard, source: SamplerProcess
) -> int:
    notifier = Notifier.from_environment()
    store, wall_clock = Store(Path(config.store.folder)), WallClock()
    with store.writing():
        _recover(store)
        sharing = UsbSharing(Path(config.usb.port), store.root)
        appliance = assemble(
            board,
            clock,
            source,
            wall_clock,
            config,
            store=store,
            memory=memory_on_card(config, store, wall_clock),
            watchers=Watchers(share=sharing.allow, shared=sharing.allowed),
            origin="simulated" if args.board == "sim" else "sensor",
        ).appliance
        if not config.usb.interlock:
            log.warning("%s", RISK_WHEN_OFF)
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
            log.warning("recovered %s: %s", found.name, found.fault or "closed")
    except OSError as error:
        log.warning("%s: the sessions cannot be read: %s", store.root, error.strerror)


def _board(which: str, config: Config, clock: MachineClock) -> tuple[WiredBoard, Callable[[], FrontEnd]]:
    name = config.sensor.front_end

    def now_s() -> float:
        return clock.monotonic_ns() / 1e9

    if which == "sim":
        from device.demo.world import World  # only here: it would cost the device start time and memory

        world = World(1, name, now_s)
        return world.board, world.open_front_end
    board = RealBoard(config.wiring, now_s)
    return board, lambda: board.open_front_end(name)
