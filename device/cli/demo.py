"""rolig demo: a simulated wearer on a simulated board; the OLED in the terminal."""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from device.appliance import Appliance, Surroundings
from device.cli.arguments import guided_minutes
from device.clocks import Clock, MachineClock, VirtualClock
from device.demo.hand import Finger, Habits
from device.demo.keys import Keyboard
from device.demo.world import World
from device.errors import RoligError
from device.events import EndReason
from device.interlock import UsbInterlock
from device.panel import Panel
from device.preferences import History, Language, Preferences
from device.recording.session_info import SessionInfo, SignalInfo
from device.recording.store import Store
from device.screens.terminal import TerminalScreen
from device.session import Session
from device.session_log import SessionLog
from device.session_state import SessionConfig
from device.sources import InlineSource, SamplerProcess, SampleSource
from device.stopping import StopRequest
from device.versions import ALGORITHM, rolig_version
from device.wall_clock import read_wall_clock
from device.wearer import Occasion, Wearer
from drivers.board import FRONT_ENDS
from drivers.frontend import FrontEndInfo
from drivers.sim.board import SimBoard
from dsp.profile import Profile

REST_S, FREE_S = 60.0, 30.0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "demo",
        help="a session with a simulated wearer; no hardware needed",
        description="Run the whole device on a simulated board: the real drivers, sampler, pipeline, screens and "
        "recording around a simulated wearer, who also presses the button. In a terminal the OLED is shown and the "
        "keys are the button: space short, l long, d double, q ends.",
    )
    parser.add_argument("--seed", type=int, default=1, help="which wearer (default: 1)")
    parser.add_argument(
        "--minutes", type=guided_minutes, default=1.0, metavar="M", help="length of the guided part (default: 1)"
    )
    parser.add_argument(
        "--speed",
        choices=("1", "max"),
        help="as in life, or as fast as possible (default: as in life in a terminal, else max)",
    )
    parser.add_argument("--sensor", choices=FRONT_ENDS, default="ad8232", help="which sensor (default: ad8232)")
    parser.add_argument("--language", choices=("nb", "en"), default="en", help="of the screen (default: en)")
    parser.add_argument("--resonance", action="store_true", help="run the resonance finder in place of the guide")
    parser.add_argument(
        "--store", type=Path, default=Path("sessions"), metavar="DIR", help="where the session goes (default: sessions)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    in_terminal = sys.stdout.isatty()
    real_time = in_terminal if args.speed is None else args.speed == "1"
    clock: Clock = MachineClock.from_now() if real_time else VirtualClock()
    world = World(args.seed, args.sensor, lambda: clock.monotonic_ns() / 1e9)
    # The sampler's process is forked first, before any thread is started.
    source: SampleSource = (
        SamplerProcess(world.open_front_end, clock) if real_time else InlineSource(world.open_front_end, clock)
    )
    watched = in_terminal and real_time
    around = Surroundings(
        clock=clock,
        source=source,
        info=world.front_end_info(),
        panel=Panel(lambda: _Mirror(world.board) if watched else world.board.open_display(), contrast=128),
        button=world.board.open_button(),
        interlock=UsbInterlock(world.board.usb_port()),
        watch_guide=world.show_guide,
    )
    session_log = SessionLog(Store(args.store), _describe(around.info), live=real_time)
    session = Session(
        Preferences(language=Language(args.language), minutes=3),
        History(first_today=False),
        SessionConfig(finger=around.info.kind == "ppg", rest_s=REST_S, guided_s=60.0 * args.minutes, free_s=FREE_S),
    )
    appliance = Appliance(around, session, Wearer(Profile(), lambda: Occasion(args.sensor)), session_log)
    if args.resonance:
        session.find_resonance(appliance.now_s)
    with StopRequest() as stop, Keyboard(enabled=watched and sys.stdin.isatty()) as keyboard:
        _play(appliance, session, Finger(world.board), keyboard, stop)
    if not session_log.folders:
        raise RoligError("the demo ended before a session was recorded")
    print(session_log.folders[-1])
    return 0


def _play(appliance: Appliance, session: Session, finger: Finger, keyboard: Keyboard, stop: StopRequest) -> None:
    """Until the session has come round, or somebody ends it."""
    habits = Habits(finger)
    try:
        while not (stop.requested or habits.done or appliance.shut_down or keyboard.quit):
            appliance.step()
            for held_s in keyboard.presses():
                finger.push(appliance.now_s, held_s)
            habits.act(appliance.now_s, session.step)
            finger.move(appliance.now_s)
    finally:
        appliance.close(EndReason.SIGNAL)


def _describe(info: FrontEndInfo) -> Callable[[], SessionInfo]:
    def describe() -> SessionInfo:
        started, trust = read_wall_clock()
        return SessionInfo(
            SignalInfo.of_front_end(info),
            rolig_version(),
            ALGORITHM,
            source="simulated",
            started=started,
            clock_trust=trust,
        )

    return describe


class _Mirror:
    """The real display driver on the simulated panel, and what the panel shows in the terminal."""

    def __init__(self, board: SimBoard) -> None:
        self._panel = board.display
        self._oled = board.open_display()
        self._terminal = TerminalScreen(sys.stdout, shutil.get_terminal_size().columns)

    def show(self, image: Image.Image) -> bool:
        changed = self._oled.show(image)
        if changed:
            self._terminal.display(self._panel.image())
        return changed

    def contrast(self, level: int) -> None:
        self._oled.contrast(level)

    def close(self) -> None:
        self._oled.close()
        self._terminal.close()
