"""rolig demo: a simulated wearer on a simulated board; the OLED in the terminal."""

import argparse
import sys
import time
from pathlib import Path
from typing import TextIO

from device.cli.arguments import add_language, guided_minutes, seed
from device.cli.laptop import make_report
from device.demo.keys import Keyboard
from device.demo.simulation import Scene, Simulation
from device.demo.stage import Stage
from device.demo.story import GUIDED_S
from device.errors import RoligError, UsageError
from device.recording.format.names import EDF, SUMS
from device.recording.session_reader import read_session
from device.recording.store import Store
from device.screens import read
from device.session.choosing.preferences import Language
from device.session.events import EndReason
from device.system.stop_signals import StopRequest
from drivers.sensors import DEFAULT, FRONT_ENDS

LOOK_S = 0.05
LATE_S = 0.2


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "demo",
        help="a session with a simulated wearer; no hardware needed",
        description="Run the whole device on a simulated board: the real drivers, sampler, pipeline, screens and "
        "recording around a simulated wearer, who also presses the button. In a terminal the OLED is shown, with what "
        "the wearer does, in a minute and a half: what only takes time runs faster than life. The keys are the button: "
        "space short, l long, d double, q ends.",
    )
    parser.add_argument("--seed", type=seed, default=1, help="which wearer (default: 1)")
    parser.add_argument(
        "--minutes", type=guided_minutes, metavar="M", help="length of the guided part (default: 3 as a film, else 1)"
    )
    parser.add_argument(
        "--speed",
        choices=("film", "1", "max"),
        help="a film of a minute and a half, as in life, or as fast as possible (default: the film in a terminal, else "
        "max)",
    )
    parser.add_argument("--sensor", choices=FRONT_ENDS, default=DEFAULT, help=f"which sensor (default: {DEFAULT})")
    add_language(parser, "of the screen")
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
    speed = args.speed or ("film" if in_terminal else "max")
    film, watched = speed == "film", in_terminal and speed != "max"
    guided_s = 60.0 * args.minutes if args.minutes is not None else GUIDED_S if film else 60.0
    scene = Scene(args.seed, args.sensor, guided_s, Language(args.language), args.resonance, story=film)
    simulation = Simulation(scene, store, real_time=speed == "1")
    watcher = _Watcher(simulation, sys.stdout) if watched else None
    projector = Projector()
    with store.writing(), StopRequest() as stop, Keyboard(enabled=watched and sys.stdin.isatty()) as keyboard:
        try:
            while not (stop.requested or simulation.done or keyboard.quit):
                from_s = simulation.now_s
                simulation.step()
                keyboard.press(simulation.finger, simulation.now_s)
                if watcher is not None:
                    watcher.look()
                if film:
                    projector.wait((simulation.now_s - from_s) / simulation.moment.speed)
        finally:
            simulation.close()
            if watcher is not None:
                watcher.close()
    if not simulation.log.folders:
        raise RoligError("the demo ended before a session was recorded")
    folder = simulation.log.folders[-1]
    if not _is_whole(folder):
        raise UsageError(f"{folder}: no room was left for the whole session; --store takes another folder")
    if watched:
        print(_what_next(args.store, args.language), file=sys.stderr)
    print(folder)
    return 0


def _is_whole(folder: Path) -> bool:
    """Whether nothing of the session was lost to its card."""
    try:
        return (folder / SUMS).is_file() and read_session(folder / EDF).end_reason != EndReason.STORAGE
    except (OSError, RoligError):
        return False


def _what_next(folder: Path, language: str) -> str:
    """Where the report of what was just recorded lies, or how to make one."""
    page = folder / "report.html"
    try:
        make_report(folder, page, language)
    except RoligError as error:
        return f"Next: rolig report {folder} -o {page}    ({error})"
    return f"Report: {page.resolve()}    (open it in a browser)\nNext: rolig sessions --store {folder}"


class Projector:
    """Shows a film at its speed. Where the machine cannot keep up it runs slower; it never hurries to catch up."""

    def __init__(self) -> None:
        self._due_s = time.monotonic()

    def wait(self, seconds: float) -> None:
        self._due_s = max(self._due_s + seconds, time.monotonic() - LATE_S)
        time.sleep(max(0.0, self._due_s - time.monotonic()))


class _Watcher:
    """Looks at the simulated panel some times a second and shows it on the stage."""

    def __init__(self, simulation: Simulation, stream: TextIO) -> None:
        self._simulation = simulation
        self._stage = Stage(stream)
        self._next_s = 0.0

    def look(self) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + LOOK_S
        simulation, now = self._simulation, self._simulation.moment
        faster = "" if now.speed == 1.0 else f", {now.speed:.0f} times faster than life"
        heading = f"Rolig, {simulation.session.step.replace('_', ' ')}{faster}"
        words = read(simulation.session.view(simulation.now_s))
        self._stage.show(simulation.board.display.image(), words, heading, now.tells)

    def close(self) -> None:
        self._stage.close()
