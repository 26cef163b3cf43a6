"""rolig demo: a simulated wearer on a simulated board; the OLED in the terminal."""

import argparse
import shutil
import sys
from pathlib import Path

from PIL import Image

from device.cli.arguments import guided_minutes, seed
from device.demo.keys import Keyboard
from device.demo.simulation import Scene, Simulation
from device.errors import RoligError, UsageError
from device.recording.store import Store
from device.screens.terminal import TerminalScreen
from device.session.choosing.preferences import Language
from device.system.stop_signals import StopRequest
from drivers.sensors import DEFAULT, FRONT_ENDS
from drivers.sim.board import SimBoard


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "demo",
        help="a session with a simulated wearer; no hardware needed",
        description="Run the whole device on a simulated board: the real drivers, sampler, pipeline, screens and "
        "recording around a simulated wearer, who also presses the button. In a terminal the OLED is shown and the "
        "keys are the button: space short, l long, d double, q ends.",
    )
    parser.add_argument("--seed", type=seed, default=1, help="which wearer (default: 1)")
    parser.add_argument(
        "--minutes", type=guided_minutes, default=1.0, metavar="M", help="length of the guided part (default: 1)"
    )
    parser.add_argument(
        "--speed",
        choices=("1", "max"),
        help="as in life, or as fast as possible (default: as in life in a terminal, else max)",
    )
    parser.add_argument("--sensor", choices=FRONT_ENDS, default=DEFAULT, help=f"which sensor (default: {DEFAULT})")
    parser.add_argument("--language", choices=[*map(str, Language)], default="en", help="of the screen (default: en)")
    parser.add_argument("--resonance", action="store_true", help="run the resonance finder in place of the guide")
    parser.add_argument(
        "--store", type=Path, default=Path("sessions"), metavar="DIR", help="where the session goes (default: sessions)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    store = Store(args.store)
    if not store.has_room():
        raise UsageError(f"{store.root}: no session can be written there; --store takes another folder")
    in_terminal = sys.stdout.isatty()
    real_time = in_terminal if args.speed is None else args.speed == "1"
    watched = in_terminal and real_time
    scene = Scene(args.seed, args.sensor, 60.0 * args.minutes, Language(args.language), args.resonance)
    simulation = Simulation(scene, store, real_time=real_time, display=_Mirror if watched else SimBoard.open_display)
    with store.writing(), StopRequest() as stop, Keyboard(enabled=watched and sys.stdin.isatty()) as keyboard:
        try:
            while not (stop.requested or simulation.done or keyboard.quit):
                simulation.step()
                for held_s in keyboard.presses():
                    simulation.finger.push(simulation.now_s, held_s)
        finally:
            simulation.close()
    if not simulation.log.folders:
        raise RoligError("the demo ended before a session was recorded")
    print(simulation.log.folders[-1])
    return 0


class _Mirror:
    """The real display driver on the simulated panel, and what the panel shows in the terminal."""

    def __init__(self, board: SimBoard) -> None:
        self._panel = board.display
        self._oled = board.open_display()
        self._terminal = TerminalScreen(sys.stdout, *shutil.get_terminal_size())

    def show(self, image: Image.Image) -> bool:
        changed = self._oled.show(image)
        if changed:
            self._terminal.display(self._panel.image())
        return changed

    def contrast(self, level: int) -> None:
        self._oled.contrast(level)

    def on(self) -> None:
        self._oled.on()
        self._terminal.display(self._panel.image())

    def off(self) -> None:
        self._oled.off()
        self._terminal.display(self._panel.image())

    def close(self) -> None:
        self._oled.close()
        self._terminal.close()
