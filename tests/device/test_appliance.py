"""The whole appliance in virtual time: real drivers, sampler, pipeline, session, screens and recording."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from edfio import read_edf
from PIL import Image

from device.appliance import FAULT_TOLD_S, FRESH_S
from device.assembly import dated_info
from device.demo.between import SourceBetween
from device.demo.simulation import ComputersClock, Scene, Simulation
from device.recording.format.session_info import ClockTrust
from device.recording.store import Store
from device.sampling.sampler import SampleMessage
from device.sampling.sources import SampleSource
from device.screens import draw
from device.session.choosing.preferences import Language
from device.session.showing.views import Advice, AdviceView, ContactView, MenuView, PageView, PausedView
from device.session.state import Step
from device.session.watch import CONTACT_LOST_S
from device.system.clocks import Clock
from drivers.frontend import HeartSignal
from drivers.sensors import DEFAULT, FRONT_ENDS, front_end_info
from drivers.sim.person.wearer import Disturbances
from drivers.wiring import Wiring
from dsp.state.profile import Profile, Resonance
from tests.recording_helpers import SmallCard

QUICK = Scene(guided_s=30.0)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Dated = tuple[datetime | None, ClockTrust]


def run_until(simulation: Simulation, step: Step, limit_s: float = 400.0) -> None:
    while simulation.session.step is not step:
        simulation.step()
        assert simulation.now_s < limit_s, f"still {simulation.session.step}"


def run_for(simulation: Simulation, seconds: float) -> None:
    end_s = simulation.now_s + seconds
    while simulation.now_s < end_s:
        simulation.step()


def run_to_the_end(simulation: Simulation, limit_s: float = 500.0) -> Path:
    while not simulation.done:
        simulation.step()
        assert simulation.now_s < limit_s, f"still {simulation.session.step}"
    simulation.close()
    return simulation.log.folders[-1]


def summary_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return content


def notes(folder: Path) -> list[tuple[float, str]]:
    return [(a.onset, a.text) for a in read_edf(folder / "session.edf").annotations]


@pytest.fixture(scope="module")
def whole_session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Simulation, Path]:
    simulation = Simulation(QUICK, tmp_path_factory.mktemp("store"))
    return simulation, run_to_the_end(simulation)


def test_a_session_finds_the_beats_that_the_simulated_heart_made(whole_session: tuple[Simulation, Path]) -> None:
    simulation, folder = whole_session
    beats_s = [t for t, text in notes(folder) if text.startswith("beat ")]
    origin_s = simulation.now_s  # the session clock and the body's clock are one; the recording began later
    true_s = simulation.world.true_beats_s
    start_s = _best_shift(np.array(beats_s), true_s, origin_s)
    errors_s = [np.abs(true_s - (t + start_s)).min() for t in beats_s]
    assert np.max(errors_s) < 0.01
    inside = true_s[(true_s > start_s + beats_s[0] - 0.1) & (true_s < start_s + beats_s[-1] + 0.1)]
    assert len(inside) == len(beats_s)


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        ((NOON, ClockTrust.SAVED), (NOON, ClockTrust.SET)),
        ((NOON, ClockTrust.SYNCHRONISED), (NOON, ClockTrust.SYNCHRONISED)),
        ((None, ClockTrust.UNKNOWN), (None, ClockTrust.UNKNOWN)),
    ],
)
def test_the_demo_is_dated_by_its_computer_though_nothing_vouches_for_that_clock(read: Dated, kept: Dated) -> None:
    class Clock:
        def read(self) -> Dated:
            return read

        def boot(self) -> tuple[str, float]:
            return "a boot", 60.0

    info = dated_info(None, "simulated", ComputersClock(Clock()))
    assert (info.started, info.clock_trust) == kept


@pytest.mark.parametrize("sensor", ["max30102", "pulse"])
def test_pulses_go_up_on_the_contact_screen_whichever_way_the_sensor_counts(tmp_path: Path, sensor: str) -> None:
    """A pulse stands out from the level it rises from: most of a trace the right way up lies low."""
    simulation = Simulation(Scene(sensor=sensor), tmp_path)
    assert simulation.parts.info.pulses_fall is (sensor == "max30102")
    run_until(simulation, Step.CONTACT)
    while simulation.session.step is Step.CONTACT:
        view = simulation.session.view(simulation.now_s)
        simulation.step()
    simulation.close()
    assert isinstance(view, ContactView)
    middles = [(column.low + column.high) / 2.0 for column in view.trace if column is not None]
    assert len(middles) > 100
    assert np.median(middles) < 0.4


def _best_shift(found_s: np.ndarray, true_s: np.ndarray, limit_s: float) -> float:
    shifts_s = np.arange(0.0, limit_s - found_s[-1] + 1.0, 0.002)
    misfit = [np.mean(np.min(np.abs(true_s[:, None] - (found_s[:20] + s)[None, :]), axis=0)) for s in shifts_s]
    return float(shifts_s[int(np.argmin(misfit))])


def test_an_earlier_finding_puts_its_recheck_into_the_menu(tmp_path: Path) -> None:
    for found, minutes in ((Resonance(5.6, 0.9, 739_000), 8), (None, None)):
        simulation = Simulation(Scene(profile=Profile(resonance=found)), tmp_path)
        now_s = simulation.now_s
        simulation.session.on_button(now_s, True)
        simulation.session.tick(now_s + 1.0)
        view = simulation.session.view(now_s + 1.0)
        assert isinstance(view, MenuView)
        assert view.recheck_minutes == minutes
        simulation.close()


def test_a_session_tells_its_phases_in_order(whole_session: tuple[Simulation, Path]) -> None:
    _, folder = whole_session
    phases = [text.split("name=")[1] for _, text in notes(folder) if text.startswith("phase ")]
    assert phases == ["check_in", "rest", "guided", "free", "check_out", "summary"]


def test_a_session_keeps_the_check_ins_and_the_whole_of_every_second(whole_session: tuple[Simulation, Path]) -> None:
    _, folder = whole_session
    summary = summary_of(folder)
    assert summary["end_reason"] == "completed"
    assert summary["lost_samples"] == 0
    assert [c["energy"] for c in summary["check_ins"]] == [4, 4]


def test_the_panel_shows_what_the_session_last_said(whole_session: tuple[Simulation, Path]) -> None:
    simulation, _ = whole_session
    shown = draw(simulation.session.view(simulation.now_s))
    panel = simulation.board.display
    assert panel.received > 30_000
    assert not panel.powered or _same(panel.image(), shown)


def _same(one: Image.Image, other: Image.Image) -> bool:
    return bool(np.array_equal(np.asarray(one), np.asarray(other)))


def test_the_same_seed_gives_the_same_beats(tmp_path: Path, whole_session: tuple[Simulation, Path]) -> None:
    _, folder = whole_session
    again = run_to_the_end(Simulation(QUICK, tmp_path))
    assert (again / "rr.csv").read_bytes() == (folder / "rr.csv").read_bytes()


def test_an_electrode_that_comes_off_pauses_the_session_which_then_goes_on(tmp_path: Path) -> None:
    loose = Disturbances(leads_off=((90.0, 100.0, "positive"),))
    simulation = Simulation(Scene(guided_s=30.0, disturbances=loose), tmp_path)
    folder = run_to_the_end(simulation)
    assert summary_of(folder)["end_reason"] == "completed"
    off_s = next(t_s for t_s, text in notes(folder) if text == "contact off=positive_off")
    states = [(t_s, text) for t_s, text in notes(folder) if text.startswith("state ")]
    assert [text for t_s, text in states if t_s < off_s + 4.0][-1].startswith("state kind=unsure")
    assert not [text for t_s, text in states if off_s + 4.0 <= t_s < off_s + 9.0]


def test_without_its_display_the_session_goes_on_and_the_picture_comes_back(tmp_path: Path) -> None:
    simulation = Simulation(QUICK, tmp_path)
    run_until(simulation, Step.REST)
    simulation.board.display.unplugged = True
    run_for(simulation, 10.0)
    simulation.board.display.power_cycle()
    simulation.board.display.unplugged = False
    run_for(simulation, 5.0)
    assert simulation.board.display.powered
    assert np.asarray(simulation.board.display.image()).any()
    assert summary_of(run_to_the_end(simulation))["end_reason"] == "completed"


def test_a_cable_put_in_ends_the_session_safely(tmp_path: Path) -> None:
    simulation = Simulation(QUICK, tmp_path)
    run_until(simulation, Step.GUIDED)
    simulation.board.plug_usb(True)
    run_for(simulation, 2.0)
    assert simulation.session.step is Step.USB
    assert not simulation.session.recording
    simulation.close()
    assert summary_of(simulation.log.folders[-1])["end_reason"] == "usb"


def test_a_sensor_that_goes_away_for_good_ends_the_session_and_one_that_returns_is_used_again(tmp_path: Path) -> None:
    simulation = Simulation(QUICK, tmp_path)
    run_until(simulation, Step.GUIDED)
    simulation.board.chip.unplugged = True
    run_for(simulation, 20.0)
    without_it = simulation.session.step
    assert without_it is Step.SENSOR
    assert summary_of(simulation.log.folders[-1])["end_reason"] == "sensor"
    simulation.board.chip.unplugged = False
    run_for(simulation, 5.0)
    assert simulation.session.step is not Step.SENSOR
    simulation.close()


def test_a_full_card_costs_the_recording_but_not_the_session_and_keeps_what_it_took(tmp_path: Path) -> None:
    card = SmallCard(60_000)
    simulation = Simulation(QUICK, Store(tmp_path, card))
    run_until(simulation, Step.GUIDED)
    run_for(simulation, 10.0)
    assert not simulation.session.recording
    assert simulation.session.step is Step.GUIDED
    run_until(simulation, Step.SUMMARY)
    simulation.close()
    folder = simulation.log.folders[-1]
    assert read_edf(folder / "session.edf").num_data_records > 20


def test_a_card_that_refuses_even_the_beginning_is_known_at_once_and_nothing_is_called_saved(tmp_path: Path) -> None:
    simulation = Simulation(QUICK, Store(tmp_path, SmallCard(100)))
    run_until(simulation, Step.CHECK_IN)
    run_for(simulation, 0.5)
    assert not simulation.session.recording
    run_until(simulation, Step.SUMMARY)
    shown = []
    while simulation.session.step is Step.SUMMARY:
        view = simulation.session.view(simulation.now_s)
        assert isinstance(view, PageView)
        shown.append(view.page)
        simulation.step()
    simulation.close()
    assert AdviceView(Language.EN, Advice.NOT_SAVED) in shown
    assert not simulation.log.folders


@pytest.mark.parametrize("sensor", [name for name in FRONT_ENDS if name != DEFAULT])
def test_every_sensor_carries_a_session(tmp_path: Path, sensor: str) -> None:
    folder = run_to_the_end(Simulation(Scene(sensor=sensor, guided_s=30.0), tmp_path))
    summary = summary_of(folder)
    assert summary["end_reason"] == "completed"
    kinds = summary["intervals"]
    assert kinds["normal"] > 0.9 * sum(kinds.values())
    words = {text.split(" ")[0] for _, text in notes(folder)}
    kind = front_end_info(sensor, Wiring()).kind
    assert ("ppi" in words, "rr" in words) == (kind is HeartSignal.PPG, kind is HeartSignal.ECG)


class HangingSource(SourceBetween):
    """A sampler that stops in the middle, without a word; with `fault` after having told one."""

    def __init__(self, source: SampleSource, clock: Clock) -> None:
        super().__init__(source)
        self._clock = clock
        self.hangs, self.fault = False, ""

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        if self.fault:
            fault, self.fault = self.fault, ""
            return [SampleMessage(0, self._clock.monotonic_ns(), fault=fault)]
        if self.hangs:
            self._clock.sleep_until_ns(self._clock.monotonic_ns() + round(1e9 * max(timeout_s, 0.01)))
            return []
        return self._source.wait(timeout_s)


def alive(simulation: Simulation) -> bool:
    return simulation.appliance.alive


def hanging(tmp_path: Path) -> tuple[Simulation, HangingSource]:
    simulation = Simulation(QUICK, tmp_path)
    source = HangingSource(simulation.parts.source, simulation.parts.clock)
    simulation.parts.source = source
    return simulation, source


def test_a_sampler_that_hangs_is_a_fault_within_seconds_and_feeds_no_watchdog(tmp_path: Path) -> None:
    simulation, source = hanging(tmp_path)
    run_until(simulation, Step.GUIDED)
    run_for(simulation, 15.0)
    source.hangs = True
    run_for(simulation, FRESH_S + CONTACT_LOST_S + 0.5)
    assert isinstance(simulation.session.view(simulation.now_s), PausedView), "no number of seconds ago"
    assert not alive(simulation)
    source.hangs = False
    run_for(simulation, 10.0)
    assert alive(simulation)
    assert not isinstance(simulation.session.view(simulation.now_s), PausedView)
    run_to_the_end(simulation)


def test_a_fault_that_turned_into_a_hang_feeds_no_watchdog(tmp_path: Path) -> None:
    simulation, source = hanging(tmp_path)
    run_until(simulation, Step.GUIDED)
    source.fault, source.hangs = "SPI: gone", True
    run_for(simulation, FRESH_S + 1.0)
    assert alive(simulation), "it was told why there are no samples"
    run_for(simulation, FAULT_TOLD_S)
    assert not alive(simulation)
    simulation.close()
