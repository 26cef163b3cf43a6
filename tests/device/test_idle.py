"""Left alone, the device does next to nothing; a press brings it back at once."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device.demo.between import SourceBetween
from device.demo.hand import LONG_S, SHORT_S
from device.demo.simulation import Scene, Simulation
from device.sampling.sampler import SampleMessage
from device.sampling.sources import SampleSource
from device.session.events import EndReason
from device.session.state import Step
from dsp.pipeline import Pipeline
from dsp.types import SampleBlock, SignalKind

HOUR_S = 3600.0


class CountingSource(SourceBetween):
    """Counts the turns of the loop, and the messages that came."""

    def __init__(self, source: SampleSource) -> None:
        super().__init__(source)
        self.turns = self.messages = 0

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        messages = self._source.wait(timeout_s)
        self.turns, self.messages = self.turns + 1, self.messages + len(messages)
        return messages


class Idle:
    """A device that nobody presses but who asks to."""

    def __init__(self, folder: Path, sensor: str = "ad8232") -> None:
        self.simulation = Simulation(Scene(sensor=sensor, guided_s=30.0), folder)
        self.source = self.simulation.parts.source = CountingSource(self.simulation.parts.source)

    def run(self, seconds: float) -> tuple[int, int]:
        """Turns and messages meanwhile."""
        before, end_s = (self.source.turns, self.source.messages), self.simulation.now_s + seconds
        while self.simulation.now_s < end_s:
            self.simulation.finger.move(self.simulation.now_s)
            self.simulation.appliance.step()
        return self.source.turns - before[0], self.source.messages - before[1]

    def lit(self) -> bool:
        return self.simulation.board.display.powered

    def at(self, step: Step) -> bool:
        return self.simulation.session.step is step

    def press(self, seconds: float = SHORT_S) -> None:
        self.simulation.finger.push(self.simulation.now_s, seconds)
        self.run(seconds + 1.0)

    @property
    def alive(self) -> bool:
        return self.simulation.appliance.alive


@pytest.mark.parametrize("sensor", ["ad8232", "max30102"])
def test_after_hours_a_press_begins_a_session_within_seconds(tmp_path: Path, sensor: str) -> None:
    idle = Idle(tmp_path, sensor)
    idle.run(15.0)
    turns, messages = idle.run(2 * HOUR_S)
    assert messages == 0
    assert turns <= 2 * HOUR_S + 10
    assert idle.alive
    assert not idle.lit()
    sdn = idle.simulation.board.wiring.sdn_gpio
    assert idle.simulation.board.holds_low(sdn) == (sensor == "ad8232")
    idle.press()
    assert not idle.simulation.board.holds_low(sdn)
    assert idle.at(Step.CONTACT)
    assert idle.lit()
    idle.run(15.0)
    assert idle.at(Step.CHECK_IN)
    idle.simulation.appliance.close(EndReason.SIGNAL)
    folder = idle.simulation.log.folders[-1]
    idle.simulation.board.close()
    assert json.loads((folder / "summary.json").read_text())["lost_samples"] == 0


def test_a_sensor_that_has_gone_meanwhile_is_told_as_soon_as_the_button_is_pressed(tmp_path: Path) -> None:
    idle = Idle(tmp_path)
    idle.run(HOUR_S)
    idle.simulation.board.chip.unplugged = True
    idle.run(HOUR_S)
    assert idle.at(Step.WELCOME)
    idle.press(0.04)  # simulated time stands still for presses while a sensor is tried again
    assert idle.at(Step.SENSOR)
    idle.simulation.board.chip.unplugged = False
    idle.run(3.0)
    assert idle.at(Step.WELCOME)
    idle.simulation.close()


def test_a_sensor_that_is_missing_from_the_start_is_told_without_a_press(tmp_path: Path) -> None:
    idle = Idle(tmp_path)
    idle.simulation.board.chip.unplugged = True
    idle.run(5.0)
    assert idle.at(Step.SENSOR)
    idle.simulation.close()


def test_a_cable_is_seen_within_a_second_however_long_nobody_was_there(tmp_path: Path) -> None:
    idle = Idle(tmp_path)
    idle.run(HOUR_S)
    idle.simulation.board.plug_usb(True)
    idle.run(1.5)
    assert idle.at(Step.USB)
    assert idle.lit()
    idle.simulation.close()


def test_presses_have_their_lengths_out_of_the_deepest_rest(tmp_path: Path) -> None:
    idle = Idle(tmp_path)
    idle.run(HOUR_S)
    idle.press(LONG_S)
    assert idle.at(Step.MENU)
    idle.simulation.close()


@pytest.mark.parametrize("minutes", [None, 30])
def test_it_switches_itself_off_where_it_is_told_to(tmp_path: Path, minutes: int | None) -> None:
    idle = Idle(tmp_path)
    session = idle.simulation.session
    if minutes is not None:
        session._s.settings = replace(session._s.settings, off_after_s=60.0 * minutes)
    idle.run(29 * 60.0)
    assert not idle.simulation.appliance.shut_down
    idle.run(2 * 60.0)
    assert idle.simulation.appliance.shut_down is (minutes is not None)
    idle.simulation.close()


def test_a_pipeline_that_begins_late_makes_no_rows_of_the_time_before() -> None:
    start = 500 * 3600 * 8
    pipeline = Pipeline(SignalKind.ECG, 500.0, start_index=start)
    rows = []
    for at in range(start + 3, start + 5003, 50):
        rows += pipeline.push(SampleBlock(at, 500.0, np.zeros(50))).rows
    assert [row.t_s for row in rows] == [8 * 3600.0 + second for second in range(1, 11)]
