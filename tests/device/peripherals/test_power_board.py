"""The battery board beside the appliance: charge, charger, clock; gone and back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from device.peripherals.gauge import PortBesideGauge, PowerState
from device.peripherals.power_board import GUARD_S, LOOK_S, BoardClock, BoardWatch
from device.recording.format.session_info import ClockTrust
from drivers.pisugar3 import PiSugar3
from drivers.sim.chips.pisugar3 import SimPiSugar3
from tests.driver_helpers import Time

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass
class Machine:
    """A system's clock: it goes on from what it was set to."""

    time: Time
    trust: ClockTrust = ClockTrust.SAVED
    set_to: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    set_s: float = 0.0
    told: list[datetime] = field(default_factory=list)

    def read(self) -> tuple[datetime | None, ClockTrust]:
        return self.set_to + timedelta(seconds=self.time.s - self.set_s), self.trust

    def boot(self) -> tuple[str, float | None]:
        return "", None

    def set(self, now: datetime, trust: ClockTrust = ClockTrust.SET) -> None:
        self.told.append(now)
        self.set_to, self.set_s, self.trust = now, self.time.s, trust


class Bench:
    def __init__(self) -> None:
        self.time = Time()
        self.chip = SimPiSugar3(self.time)
        self.machine = Machine(self.time)
        clock = BoardClock(self.machine, self.machine.set)
        self.watch = BoardWatch(lambda: PiSugar3(self.chip), clock, 15, self.time)

    def look(self, times: int = 1) -> PowerState:
        for _ in range(times):
            self.time.pass_s(LOOK_S)
            state = self.watch.look()
        return state


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    PiSugar3(made.chip).set_time(NOON)
    return made


def test_a_good_board_says_nothing_and_a_long_press_of_its_button_does_not_cut(bench: Bench) -> None:
    assert bench.look(3) == PowerState()
    bench.chip.hold(6.0)
    assert bench.chip.powers()


@pytest.mark.parametrize(("mv", "low"), [(3900, False), (3550, False), (3500, True), (3390, True)])
def test_a_cell_is_low_by_its_voltage_or_the_boards_word_but_not_while_it_charges(
    bench: Bench, mv: int, low: bool
) -> None:
    bench.chip.cell_mv = mv
    assert bench.look(2).low is low
    bench.chip.external = True
    assert bench.look() == PowerState(charger=True)


def test_no_cell_no_board_and_a_board_that_comes_back(bench: Bench) -> None:
    assert not bench.look().missing
    bench.chip.unplugged = True
    assert bench.look() == PowerState(missing=True)
    bench.chip.unplugged = False
    assert not bench.look().missing
    bench.chip.external = True
    bench.chip.cell_mv = 0
    state = bench.look()
    assert (state.missing, state.low, state.charger) == (True, False, True)


def test_a_charger_that_was_in_counts_as_in_while_the_board_says_nothing(bench: Bench) -> None:
    bench.chip.external = True
    assert bench.look().charger
    bench.chip.unplugged = True
    assert bench.look(3) == PowerState(missing=True, charger=True)
    bench.chip.unplugged = bench.chip.external = False
    assert bench.look(3) == PowerState()


def test_a_charger_shows_at_the_next_look_however_soon(bench: Bench) -> None:
    bench.look()
    bench.chip.external = True
    bench.time.pass_s(0.25)
    assert bench.watch.look().charger


def test_a_running_board_sets_a_clock_that_nobody_kept(bench: Bench) -> None:
    assert bench.look(2) == PowerState()
    assert bench.machine.told == [NOON + timedelta(seconds=2 * LOOK_S)]
    assert bench.machine.trust is ClockTrust.SET


def test_a_clock_that_stands_is_told_and_sets_nothing(bench: Bench) -> None:
    bench.chip.clock_stopped = True
    assert bench.look(3).clock_stopped
    assert bench.machine.told == []


def test_a_clock_that_lost_its_cell_is_told_until_a_host_sets_it(bench: Bench) -> None:
    bench.chip.external = True
    bench.chip.take_cell_out()
    bench.chip.cell_mv = 3900
    bench.chip.external = False
    assert bench.look(2).clock_stopped
    bench.machine.set(NOON)
    bench.look()
    assert not bench.look().clock_stopped
    assert PiSugar3(bench.chip).time() == NOON + timedelta(seconds=2 * LOOK_S)


def test_a_dead_clock_is_not_cured_by_being_set_and_not_written_all_the_time(bench: Bench) -> None:
    bench.machine.set(NOON, ClockTrust.SYNCHRONISED)
    bench.chip.clock_stopped = True
    assert bench.look(3).clock_stopped
    written = PiSugar3(bench.chip).time()
    assert bench.look(20).clock_stopped
    assert PiSugar3(bench.chip).time() == written


def test_a_network_corrects_the_board(bench: Bench) -> None:
    bench.machine.set(NOON + timedelta(minutes=7), ClockTrust.SYNCHRONISED)
    bench.look(2)
    assert PiSugar3(bench.chip).time() == NOON + timedelta(minutes=7, seconds=2 * LOOK_S)


def test_a_firmware_that_hangs_loses_its_power_for_a_moment_and_one_that_stops_does_not(bench: Bench) -> None:
    bench.look(100)
    assert bench.chip.restarts == 0
    bench.time.pass_s(GUARD_S - 1.0)
    assert bench.chip.powers()
    assert bench.chip.restarts == 0
    bench.time.pass_s(1.0)
    assert bench.chip.powers()
    assert bench.chip.restarts == 1
    bench.look(3)
    bench.watch.close()
    bench.time.pass_s(10 * GUARD_S)
    assert bench.chip.powers()
    assert bench.chip.restarts == 1


@pytest.mark.parametrize("wire", [True, False, None])
@pytest.mark.parametrize("charger", [True, False])
def test_a_charger_at_the_board_counts_as_a_cable(wire: bool | None, charger: bool) -> None:
    class Wire:
        def powered(self) -> bool | None:
            return wire

        def states(self) -> dict[str, str]:
            return {"udc": "configured"}

    class Told:
        def look(self) -> PowerState:
            return PowerState(charger=charger)

        def close(self) -> None: ...

    port = PortBesideGauge(Wire(), Told())
    assert port.powered() == (True if charger else wire)
    assert port.states() == {"udc": "configured"}
