"""Time that stands still unless moved, and boards around a simulated body."""

import pytest

from drivers.sim.board import SimBoard
from drivers.sim.body import Body
from drivers.sim.wearer import Disturbances


class Time:
    def __init__(self):
        self.s = 0.0

    def __call__(self):
        return self.s

    def pass_s(self, seconds):
        self.s += seconds


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def make_board(time):
    """Boards that let go of their pins after the test: gpiozero 1.6 shares the reservations among all factories."""
    made = []

    def make(sensor="ad8232", leads_off=(), wiring=None):
        made.append(SimBoard(Body(7, disturbances=Disturbances(leads_off=leads_off)), time, sensor, wiring))
        return made[-1]

    yield make
    for board in made:
        board.close()


@pytest.fixture
def run(time):
    """Poll a front end with a clock of its own for a while, and collect its bursts."""

    def poll(sensor, seconds, step_s=0.04):
        bursts = []
        for _ in range(round(seconds / step_s)):
            time.pass_s(step_s)
            bursts.append(sensor.read())
        return bursts

    return poll
