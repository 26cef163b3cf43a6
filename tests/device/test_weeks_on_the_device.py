"""The weeks on the whole appliance in virtual time: the minute without a guide of one who learnt, and of one who did
not; a guide that fades; and what is told of it."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from device.demo.simulation import Scene, Simulation
from device.session.state import Step
from device.wearer.plan import PractisedSession
from device.wearer.weeks import HELD_LITTLE, HELD_MOST, WeeksSoFar
from dsp.guide import BreathGuide


def calm_weeks(count: int) -> WeeksSoFar:
    """So many of the plan, the last of them long over."""
    monday = date(2026, 1, 5)
    days = [monday + timedelta(days=7 * week + day) for week in range(count) for day in range(5)]
    return WeeksSoFar.of(PractisedSession(day.toordinal(), 11.0, 3.0, 2.0) for day in days)


def run(simulation: Simulation, *, learnt: bool) -> dict[str, Any]:
    """To the end; who has learnt breathes on at the guide's pace when it is not there. The summary."""
    own: BreathGuide | None = None
    while not simulation.done:
        simulation.step()
        assert simulation.now_s < 900.0
        if learnt and simulation.session.step is Step.TRANSFER:
            own = own or BreathGuide(simulation.now_s, 6.0, 6.0)
            simulation.world.show_guide(own.phase(simulation.now_s))
    simulation.close()
    summary: dict[str, Any] = json.loads((simulation.log.folders[-1] / "summary.json").read_text())
    return summary


@pytest.mark.parametrize("learnt", [True, False])
def test_the_minute_without_a_guide_tells_who_breathes_on_from_who_does_not(tmp_path: Path, learnt: bool) -> None:
    simulation = Simulation(Scene(guided_s=150.0, weeks=calm_weeks(3)), tmp_path)
    summary = run(simulation, learnt=learnt)
    held = summary["transfer"]["held"]
    assert held >= HELD_MOST if learnt else held < HELD_LITTLE
    assert summary["plan"]["week"] == 4
    (kept,) = simulation.parts.memory.weeks.held
    assert kept.held == pytest.approx(held, abs=1e-3)
    assert simulation.parts.memory.today().done_minutes == pytest.approx(summary["practice"]["minutes"], abs=0.1)
