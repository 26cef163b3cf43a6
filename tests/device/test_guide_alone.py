"""Help now, the evening and a morning reading through the whole appliance: recorded as kinds of their own. Only the
morning teaches something."""

import math
from pathlib import Path

import pytest

from device.demo.hand import LONG_S, SHORT_S
from device.demo.simulation import Scene, Simulation
from device.recording.format.names import EDF, SUMMARY
from device.recording.session_reader import read_session
from device.session.choosing.menu import MenuItem, lines
from device.session.showing.views import MorningView
from device.session.state import Step
from dsp.state.mornings import Standing
from dsp.types import RRInterval
from host.copies.session_files import session_folders
from tests.device.test_appliance import notes, summary_of


def run_for(simulation: Simulation, seconds: float) -> None:
    end_s = simulation.now_s + seconds
    while simulation.now_s < end_s:
        simulation.appliance.step()
        simulation.finger.move(simulation.now_s)


def press_for_help(simulation: Simulation) -> None:
    simulation.finger.push_twice(simulation.now_s)


def choose(simulation: Simulation, item: MenuItem) -> None:
    simulation.finger.push(simulation.now_s, LONG_S)
    run_for(simulation, 2.0)
    absent = simulation.session._s.menu_absent
    for _ in range(lines(absent).index(item)):
        simulation.finger.push(simulation.now_s, SHORT_S)
        run_for(simulation, 1.0)
    simulation.finger.push(simulation.now_s, LONG_S)
    run_for(simulation, 2.0)


def choose_the_evening(simulation: Simulation) -> None:
    choose(simulation, MenuItem.EVENING)


@pytest.mark.parametrize(
    ("begin", "step", "kind"),
    [(press_for_help, Step.HELP, "help"), (choose_the_evening, Step.EVENING, "evening")],
)
def test_it_is_a_recording_of_its_own_kind_and_teaches_nothing(
    tmp_path: Path, begin: object, step: Step, kind: str
) -> None:
    simulation = Simulation(Scene(), tmp_path)
    run_for(simulation, 1.0)
    before = simulation.parts.memory.now
    assert callable(begin)
    begin(simulation)
    run_for(simulation, 60.0)
    assert simulation.session.step is step
    assert not simulation.session._s.resting
    simulation.finger.push(simulation.now_s, SHORT_S)
    run_for(simulation, 3.0)
    assert simulation.session.step is not step
    simulation.close()
    (folder,) = session_folders(tmp_path)
    assert (folder / SUMMARY).exists()
    texts = [text for _, text in notes(folder)]
    assert [text for text in texts if text.startswith("phase ")] == [f"phase name={kind}"]
    assert any(text.startswith("pace ") for text in texts)
    assert not any(text.startswith("state ") for text in texts)
    assert summary_of(folder)["end_reason"] == "pressed"
    assert summary_of(folder)["length_s"] > 40.0
    assert summary_of(folder)["beats"] > 40
    after = simulation.parts.memory.now
    assert (after.profile, after.history, after.last_day) == (before.profile, before.history, before.last_day)


def test_a_morning_is_a_recording_of_its_own_kind_and_is_kept_as_a_morning(tmp_path: Path) -> None:
    simulation = Simulation(Scene(), tmp_path)
    run_for(simulation, 1.0)
    before = simulation.parts.memory.now
    choose(simulation, MenuItem.MORNING)
    simulation.finger.push(simulation.now_s, LONG_S)
    while simulation.session.step is not Step.MORNING_WORD:
        assert simulation.now_s < 260.0, simulation.session.step
        run_for(simulation, 0.5)
    view = simulation.session.view(simulation.now_s)
    assert isinstance(view, MorningView)
    assert (view.standing, view.mornings) == (Standing.GATHERING, 13)
    simulation.close()
    (folder,) = session_folders(tmp_path)
    texts = [text for _, text in notes(folder)]
    assert [text for text in texts if text.startswith("phase ")] == ["phase name=morning", "phase name=summary"]
    assert "posture name=lying" in texts
    assert not any(text.startswith(("state ", "pace ")) for text in texts)
    assert summary_of(folder)["end_reason"] == "completed"
    after = simulation.parts.memory.now
    assert (after.history, after.last_day) == (before.history, before.last_day)
    (morning,) = after.profile.mornings
    own = [rr.rr_ms for rr in simulation_rr(folder)]
    assert math.exp(morning.ln_hr) == pytest.approx(60_000 * len(own) / sum(own), rel=0.05)
    assert {minute.posture for minute in after.profile.free_minutes} == {"lying"}
    assert not after.profile.resting_days


def simulation_rr(folder: Path) -> list[RRInterval]:
    return list(read_session(folder / EDF).intervals())
