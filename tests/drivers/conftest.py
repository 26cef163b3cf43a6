"""Boards around a simulated body, in time that stands still unless moved."""

from collections.abc import Iterator

import pytest

from drivers.frontend import Burst, FrontEnd
from drivers.sim.board import SimBoard
from drivers.sim.person.body import Body
from drivers.sim.person.wearer import Disturbances
from drivers.wiring import Wiring
from tests.driver_helpers import MakeBoard, Poll, Time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def make_board(time: Time) -> Iterator[MakeBoard]:
    """Boards that let go of their pins after the test: gpiozero 1.6 shares the reservations among all factories."""
    made: list[SimBoard] = []

    def make(
        sensor: str = "ad8232", leads_off: tuple[tuple[float, float, str], ...] = (), wiring: Wiring | None = None
    ) -> SimBoard:
        made.append(SimBoard(Body(7, disturbances=Disturbances(leads_off=leads_off)), time, sensor, wiring))
        return made[-1]

    yield make
    for board in made:
        board.close()


@pytest.fixture
def run(time: Time) -> Poll:
    """Poll a front end with a clock of its own for a while, and collect its bursts."""

    def poll(sensor: FrontEnd, seconds: float, step_s: float = 0.04) -> list[Burst]:
        bursts = []
        for _ in range(round(seconds / step_s)):
            time.pass_s(step_s)
            bursts.append(sensor.read())
        return bursts

    return poll
