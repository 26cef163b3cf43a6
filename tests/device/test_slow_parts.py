"""A display or a cue that hangs costs frames, and nothing else: no sample, no press, no breath of the guide."""

import json
import threading
from pathlib import Path

from PIL import Image

from device.demo.simulation import Scene, Simulation
from device.screens import draw
from device.session.state import Step
from drivers.oled import Oled
from drivers.sim.board import SimBoard

QUICK = Scene(guided_s=30.0)


class HangingPanel:
    """The simulated display behind a bus that answers only when it is let go."""

    def __init__(self, board: SimBoard) -> None:
        self._oled: Oled = board.open_display()
        self.free, self.calls = threading.Event(), 0

    def show(self, image: Image.Image) -> bool:
        self.calls += 1
        assert self.free.wait(120.0)
        return self._oled.show(image)

    def contrast(self, level: int) -> None:
        self._oled.contrast(level)

    def on(self) -> None:
        self._oled.on()

    def off(self) -> None:
        self._oled.off()

    def close(self) -> None: ...


def test_a_whole_session_goes_by_while_one_call_to_the_display_hangs(tmp_path: Path) -> None:
    panels: list[HangingPanel] = []

    def hanging(board: SimBoard) -> HangingPanel:
        panels.append(HangingPanel(board))
        return panels[-1]

    simulation = Simulation(QUICK, tmp_path, display=hanging, background=True)
    told: list[Step] = []
    while not simulation.done:
        simulation.step()
        if simulation.session.step not in told:
            told.append(simulation.session.step)
        assert simulation.now_s < 500.0
    wanted = draw(simulation.session.view(simulation.now_s))
    assert len(panels) <= 1
    assert all(panel.calls <= 1 for panel in panels)
    for panel in panels:
        panel.free.set()
    simulation.parts.panel.show(wanted)
    shown = simulation.board.display.image
    simulation.close()
    assert told == [
        *(Step.WELCOME, Step.CONTACT, Step.CHECK_IN, Step.REST, Step.GUIDED, Step.FREE),
        *(step for step in (Step.OFFER,) if step in told),
        *(Step.CHECK_OUT, Step.SUMMARY),
    ], "every press was in time, and every step as long as it is"
    assert shown().getbbox() is not None
    folder = simulation.log.folders[-1]
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["lost_samples"] == 0
    assert summary["end_reason"] == "completed"
