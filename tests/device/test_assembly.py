"""What is plugged into the appliance beside its sensor: the profile on the card, the calendar, clock and battery."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from device.assembly import Assembly, Watchers, assemble, memory_on_card, session_settings
from device.config import Config, PowerConfig, SensorConfig, SessionConfig, UsbConfig
from device.demo.hand import LONG_S, SHORT_S, Finger
from device.demo.world import World
from device.recording.format.names import PROFILE
from device.recording.format.session_info import ClockTrust
from device.recording.store import Store
from device.sampling.sources import InlineSource
from device.session.events import EndReason
from device.session.showing.views import LastAnswersView, Notice, QuestionView, UsbView, WelcomeView
from device.session.state import Step
from device.system.clocks import VirtualClock
from drivers.sensors import FRONT_ENDS, front_end_info
from drivers.wiring import Wiring

MORNING = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)


@dataclass
class TableClock:
    """Says what it was set to."""

    now: datetime = MORNING
    trust: ClockTrust = ClockTrust.SYNCHRONISED

    def read(self) -> tuple[datetime | None, ClockTrust]:
        return self.now, self.trust

    def boot(self) -> tuple[str, float | None]:
        return "this boot", 60.0


@dataclass
class Bench:
    """A device on a bench: simulated board, virtual time, a clock and a gauge to be set."""

    folder: Path
    config: Config = field(default_factory=Config)
    wall_clock: TableClock = field(default_factory=TableClock)
    watchers: Watchers | None = None

    def __post_init__(self) -> None:
        self.gauge = self.folder / "capacity"
        self.gauge.write_text("80")
        self.config = replace(self.config, power=PowerConfig(str(self.gauge), 15))
        self.start()

    def start(self) -> None:
        self.clock = clock = VirtualClock()
        store = Store(self.folder / "store")
        world = World(1, self.config.sensor.front_end, lambda: clock.monotonic_ns() / 1e9, wiring=self.config.wiring)
        self.board = world.board
        self.made: Assembly = assemble(
            world.board,
            clock,
            InlineSource(world.open_front_end, clock),
            self.wall_clock,
            self.config,
            store=store,
            memory=memory_on_card(self.config, store, self.wall_clock),
            watchers=self.watchers,
            live=False,
        )
        self.finger = Finger(world.board)

    def run(self, seconds: float) -> None:
        end_s = self.made.appliance.now_s + seconds
        while self.made.appliance.now_s < end_s:
            self.made.appliance.step()
            self.finger.move(self.made.appliance.now_s)

    def run_until(self, step: Step, limit_s: float = 400.0) -> None:
        while self.made.session.step is not step:
            assert self.made.appliance.now_s < limit_s, f"still {self.made.session.step}"
            self.run(0.2)

    def press(self, *held_s: float) -> None:
        for seconds in held_s:
            self.finger.push(self.made.appliance.now_s, seconds)
            self.run(seconds + 1.0)

    def begin(self) -> None:
        """From the welcome to the first question; the very first time past the cards."""
        self.press(SHORT_S)
        while self.made.session.step is Step.CARDS:
            self.press(SHORT_S)
        self.run_until(Step.CHECK_IN, self.made.appliance.now_s + 60.0)

    def switch_off(self) -> None:
        self.made.appliance.close(EndReason.SIGNAL)
        self.board.close()

    def run_after(self, seconds: float) -> None:
        """Time goes on for the parts alone."""
        self.clock.sleep_until_ns(self.clock.monotonic_ns() + round(seconds * 1e9))

    @property
    def view(self) -> object:
        return self.made.session.view(self.made.appliance.now_s)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, Config(session=SessionConfig(minutes=3, rest_s=70.0, ask_more=True)))
    yield made
    made.switch_off()


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_the_session_is_set_by_the_configuration_and_the_sensor(name: str) -> None:
    config = Config(SensorConfig(name), session=SessionConfig(rest_s=90.0), usb=UsbConfig(interlock=False))
    info = front_end_info(name, Wiring())
    settings = session_settings(config, info)
    assert (settings.finger, settings.reference) == (info.kind == "ppg", info.reference)
    assert (settings.pulses_fall, settings.rest_s, settings.usb_blocks) == (info.pulses_fall, 90.0, False)


def test_what_is_chosen_in_the_menu_is_there_after_a_restart(bench: Bench) -> None:
    bench.run(1.0)
    bench.press(LONG_S, LONG_S, SHORT_S, LONG_S)  # without the plan the length is there to be chosen
    for _ in range(2):
        chosen = bench.made.session.preferences
        assert (chosen.plan, chosen.minutes) == (False, 5)
        bench.switch_off()
        bench.start()


def test_a_session_teaches_the_profile_on_the_card(bench: Bench) -> None:
    bench.run(1.0)
    bench.begin()
    bench.press(*[LONG_S] * 5)
    bench.run_until(Step.GUIDED)
    bench.run(50.0)
    bench.press(SHORT_S)
    bench.run_until(Step.SUMMARY)
    profile = json.loads((bench.folder / "store" / PROFILE).read_text())
    assert profile["history"]["last_day"] == MORNING.toordinal()
    assert [(day["day"], day["sensor"]) for day in profile["resting_days"]] == [(MORNING.toordinal(), "ad8232")]
    assert 9.5 in [minute["clock_h"] for minute in profile["free_minutes"]]


def test_a_new_day_asks_more(bench: Bench) -> None:
    for days, questions in ((0, 5), (0, 3), (1, 5)):
        bench.wall_clock.now += timedelta(days=days)
        bench.run(6.0)
        bench.begin()
        if isinstance(bench.view, LastAnswersView):
            bench.press(SHORT_S)
        view = bench.view
        assert isinstance(view, QuestionView)
        assert view.count == questions
        bench.press(*[LONG_S] * questions)
        bench.finger.push(bench.made.appliance.now_s, SHORT_S)
        bench.finger.push(bench.made.appliance.now_s, SHORT_S)
        while bench.made.session.step is not Step.WELCOME:
            bench.press(SHORT_S if bench.made.session.step is not Step.CHECK_OUT else LONG_S)


def test_a_low_battery_and_an_unset_clock_are_noticed_while_it_runs(bench: Bench) -> None:
    def notice() -> Notice | None:
        """What the welcome says within a quarter of a minute, in turn with what presses do."""
        bench.run(6.0)
        said = set()
        for _ in range(15):
            bench.run(1.0)
            assert isinstance(bench.view, WelcomeView)
            said.add(bench.view.notice)
        return next((shown for shown in said if shown is not None), None)

    assert notice() is None
    bench.wall_clock.trust = ClockTrust.SAVED
    assert notice() is Notice.CLOCK_UNSET
    bench.gauge.write_text("9")
    assert notice() is Notice.LOW_BATTERY
    bench.gauge.write_text("80")
    bench.wall_clock.trust = ClockTrust.SET
    assert notice() is None


def test_a_battery_board_tells_of_its_cell_its_clock_and_its_charger(tmp_path: Path) -> None:
    wired = Config(wiring=Wiring(power_board="pisugar3", i2c_bus=0))
    bench = Bench(tmp_path, wired)
    battery = bench.board.battery
    assert battery is not None

    def notices() -> set[Notice | None]:
        bench.run(12.0)
        said = set()
        for _ in range(15):
            bench.run(1.0)
            assert isinstance(bench.view, WelcomeView)
            said.add(bench.view.notice)
        return said - {None}

    assert notices() == set()
    battery.clock_stopped = True
    assert notices() == {Notice.CLOCK_STOPPED}
    battery.cell_mv = 3390
    assert notices() == {Notice.LOW_BATTERY}
    battery.unplugged = True
    assert notices() == {Notice.NO_BATTERY}
    battery.unplugged, battery.external = False, True
    bench.run(7.0)
    assert isinstance(bench.view, UsbView)
    assert bench.view.blocks
    bench.switch_off()
    bench.run_after(600.0)
    assert battery.powers()
    assert battery.restarts == 0


def test_a_cable_shows_and_blocks(bench: Bench) -> None:
    bench.run(1.0)
    bench.board.plug_usb(True)
    bench.run(1.0)
    assert isinstance(bench.view, UsbView)
    assert bench.view.blocks


def test_an_update_that_was_left_is_told_once_and_what_was_read_is_passed_on(tmp_path: Path) -> None:
    read: list[bool] = []
    bench = Bench(tmp_path, watchers=Watchers(went_back=True, way_back_read=lambda: read.append(True)))
    bench.run_until(Step.WENT_BACK, 2.0)
    assert not read
    bench.press(SHORT_S)
    bench.run_until(Step.WELCOME, 5.0)
    assert read == [True]
    bench.switch_off()
