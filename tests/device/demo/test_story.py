"""The demo that is watched: a body that goes from rest through alarm to calm, and keys that are the button."""

from pathlib import Path

import pytest

from device.demo.hand import Finger
from device.demo.simulation import Scene, Simulation
from device.demo.story import ELSEWHERE, GUIDED_S, STORY, moment
from device.session.presses import PressKind, PressReader
from device.session.state import Step
from tests.device.test_appliance import notes

FILM_S = 95.0


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_the_wearer_is_on_guard_then_settles_then_is_calm_within_the_film(tmp_path: Path, seed: int) -> None:
    simulation = Simulation(Scene(seed=seed, guided_s=GUIDED_S, story=True), tmp_path)
    film_s, states = 0.0, []
    while not simulation.done:
        from_s = simulation.now_s
        simulation.step()
        film_s += (simulation.now_s - from_s) / simulation.moment.speed
    simulation.close()
    for _, text in notes(simulation.log.folders[-1]):
        if text.startswith("state "):
            states.append(text)
    order = [
        next((i for i, text in enumerate(states) if wanted in text), -1) for wanted in ("alarm", "settling=1", "calm")
    ]
    assert -1 < order[0] < order[1] < order[2]
    assert film_s <= FILM_S


def test_every_moment_follows_the_one_before_and_says_something() -> None:
    for step, moments in STORY.items():
        assert moments[0].after_s == 0.0
        assert [told.after_s for told in moments] == sorted({told.after_s for told in moments})
        assert all(told.tells and told.speed >= 1.0 for told in moments)
        assert moment(step, 1e9) is moments[-1]
    assert moment(Step.GOODBYE, 5.0) is ELSEWHERE


class Pin:
    def __init__(self) -> None:
        self.down: list[bool] = []

    def press(self) -> None:
        self.down.append(True)

    def release(self) -> None:
        self.down.append(False)


def test_the_key_for_two_presses_makes_a_double_press() -> None:
    pin, reader, told = Pin(), PressReader(), []
    finger = Finger(pin)
    finger.push_twice(1.0)
    for tick in range(60):
        t_s, before = 1.0 + tick * 0.05, len(pin.down)
        finger.move(t_s)
        presses = [*(press for down in pin.down[before:] for press in reader.edge(t_s, down)), *reader.tick(t_s)]
        told += [press.kind for press in presses]
    assert told == [PressKind.DOUBLE, PressKind.OUT]
