"""What goes over the wire to the panel in a session: whole frames, as before, beside the columns that changed.

    python -m bench.display [--minutes N]

A simulated session in virtual time, its guided part N minutes long: every picture that the appliance shows goes to the
real driver on a simulated panel, which counts; what whole frames would have taken is reckoned from the same pictures. A
transfer on I2C has two bytes more (address, control), and each byte nine clocks. The last column is the longest single
frame: how long the bus is taken.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from device.demo.simulation import Scene, Simulation
from device.session.state import Step
from drivers.board import WiredBoard
from drivers.oled import CONTROLLERS, Oled
from drivers.wiring import DisplayController

I2C_HZ = 400_000
FRAME_BYTES = 1024
WHOLE: dict[DisplayController, tuple[int, int]] = {"ssd1306": (6, 2), "sh1106": (8 * 3, 16)}
"""Command bytes and transfers of a whole frame."""
SHOWN = (Step.WELCOME, Step.CONTACT, Step.CHECK_IN, Step.REST, Step.GUIDED, Step.FREE, Step.SUMMARY)


class CountingLink:
    """A panel that takes everything."""

    def __init__(self) -> None:
        self.bytes = 0

    def command(self, *sent: int) -> None:
        self.bytes += 2 + len(sent)

    def data(self, sent: list[int]) -> None:
        self.bytes += 2 + len(sent)

    def cleanup(self) -> None: ...


@dataclass(slots=True)
class Load:
    seconds: float = 0.0
    frames: int = 0
    whole_bytes: int = 0
    sent_bytes: int = 0
    longest_bytes: int = 0


class CountingDisplay:
    """The real driver, and what it sent in each step of the session."""

    def __init__(self, controller: DisplayController) -> None:
        self._link = CountingLink()
        self._oled = Oled(CONTROLLERS[controller](self._link))
        commands, transfers = WHOLE[controller]
        self.whole_bytes = FRAME_BYTES + commands + 2 * transfers
        self.loads: dict[Step, Load] = defaultdict(Load)
        self.step = Step.WELCOME

    def show(self, image: Image.Image) -> bool:
        before, load = self._link.bytes, self.loads[self.step]
        changed = self._oled.show(image)
        sent = self._link.bytes - before
        load.frames += changed
        load.whole_bytes += self.whole_bytes * changed
        load.sent_bytes += sent
        load.longest_bytes = max(load.longest_bytes, sent)
        return changed

    def contrast(self, level: int) -> None: ...

    def on(self) -> None: ...

    def off(self) -> None: ...

    def close(self) -> None: ...


def run(controller: DisplayController, minutes: float, folder: Path) -> CountingDisplay:
    display = CountingDisplay(controller)

    def opened(_: WiredBoard) -> CountingDisplay:
        return display

    simulation = Simulation(Scene(guided_s=60.0 * minutes), folder, display=opened)
    before_s = simulation.now_s
    while not simulation.done:
        display.step = simulation.session.step
        simulation.step()
        display.loads[display.step].seconds += simulation.now_s - before_s
        before_s = simulation.now_s
    simulation.close()
    return display


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.display", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="of guided breathing (default 5)")
    minutes = parser.parse_args().minutes
    controllers: tuple[DisplayController, ...] = ("ssd1306", "sh1106")
    for controller in controllers:
        with tempfile.TemporaryDirectory() as folder:
            display = run(controller, minutes, Path(folder))
        print(f"\n{controller} on I2C at {I2C_HZ // 1000} kHz: bytes a second; of the bus; longest frame")
        print("screen      | seconds | frames/s | whole frames         | columns that changed | longest")
        for step in SHOWN:
            print(_row(step.value, display.loads[step]))
        print(_row("all", _sum(list(display.loads.values()))))
    return 0


def _sum(loads: list[Load]) -> Load:
    return Load(
        sum(load.seconds for load in loads),
        sum(load.frames for load in loads),
        sum(load.whole_bytes for load in loads),
        sum(load.sent_bytes for load in loads),
        max(load.longest_bytes for load in loads),
    )


def _row(name: str, load: Load) -> str:
    if not load.seconds:
        return f"{name:11} | {'-':>7} |"
    whole, sent = load.whole_bytes / load.seconds, load.sent_bytes / load.seconds
    share = [100.0 * 9.0 * rate / I2C_HZ for rate in (whole, sent)]
    longest_ms = 1000.0 * 9.0 * load.longest_bytes / I2C_HZ
    return (
        f"{name:11} | {load.seconds:7.1f} | {load.frames / load.seconds:8.1f} | {whole:8.0f} B/s {share[0]:5.1f} % | "
        f"{sent:8.0f} B/s {share[1]:5.1f} % | {longest_ms:4.1f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
