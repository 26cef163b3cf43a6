from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import BusError, NotRespondingError
from drivers.pisugar3 import PiSugar3
from drivers.sim.chips.pisugar3 import SimPiSugar3
from tests.driver_helpers import Time


class Bench:
    def __init__(self) -> None:
        self.time = Time()
        self.chip = SimPiSugar3(self.time)
        self.board = PiSugar3(self.chip)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_pisugar3_long_press_cuts(bench: Bench) -> None:
    bench.chip.hold(6.0)
    assert not bench.chip.powers()
    bench.chip.hold(1.0)
    assert bench.chip.powers()
    bench.board.prepare()
    bench.chip.hold(6.0)
    assert bench.chip.powers()


def test_pisugar3_long_press_asks(bench: Bench) -> None:
    bench.board.prepare()
    others = bench.chip.read_byte_data(0x57, 0x03) & 0xE0
    bench.chip.hold(6.0)
    assert bench.chip.read_byte_data(0x57, 0x03) & 0x08
    bench.board.prepare()
    assert bench.chip.read_byte_data(0x57, 0x03) == others | 0x10


def test_pisugar3_closed(bench: Bench) -> None:
    bench.board.set_time(datetime(2026, 5, 17, tzinfo=UTC))
    bench.chip.write_byte_data(0x57, 0x31, 0x30)
    told = bench.board.time()
    assert told is not None
    assert told.year == 2026


@given(delay_s=st.integers(1, 255))
def test_the_output_goes_after_the_delay_and_the_button_brings_it_back(delay_s: int) -> None:
    bench = Bench()
    bench.board.cut_after(delay_s)
    bench.time.pass_s(delay_s - 0.1)
    assert bench.chip.powers()
    bench.time.pass_s(0.1)
    assert not bench.chip.powers()
    with pytest.raises(BusError):
        bench.board.charge()
    bench.chip.hold(1.0)
    assert bench.chip.powers()
    assert bench.board.charge().cell


@pytest.mark.parametrize("delay_s", [-1, 0, 256])
def test_a_delay_that_the_board_cannot_count_is_refused(bench: Bench, delay_s: int) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        bench.board.cut_after(delay_s)
    assert bench.chip.powers()


def test_cell_charge_and_charger_are_told(bench: Bench) -> None:
    charge = bench.board.charge()
    assert (charge.pct, charge.cell_mv, charge.cell, charge.external) == (80, 3900, True, False)
    bench.chip.external = True
    bench.chip.take_cell_out()
    charge = bench.board.charge()
    assert (charge.cell, charge.external, bench.board.external()) == (False, True, True)


@given(
    at=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),
    hours=st.integers(-12, 12),
    before=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),
)
def test_the_clock_keeps_what_it_was_set_to_and_goes_on(at: datetime, hours: int, before: datetime) -> None:
    bench = Bench()
    at = at.replace(microsecond=0)
    bench.board.set_time(before)
    bench.board.set_time(at.astimezone(timezone(timedelta(hours=hours))))
    assert bench.board.time() == at
    bench.time.pass_s(3600.0)
    assert bench.board.time() == at + timedelta(hours=1)


def test_a_clock_that_stands_or_lost_its_cell_says_so(bench: Bench) -> None:
    bench.board.set_time(at := datetime(2026, 5, 17, 12, tzinfo=UTC))
    bench.chip.clock_stopped = True
    bench.time.pass_s(60.0)
    assert bench.board.time() == at
    bench.chip.external = True
    bench.chip.take_cell_out()
    told = bench.board.time()
    assert told is not None
    assert told.year == 2000


def test_a_year_the_clock_cannot_hold_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="2100"):
        bench.board.set_time(datetime(2100, 1, 1, tzinfo=UTC))


@given(fields=st.lists(st.integers(0, 255), min_size=7, max_size=7), pct=st.integers(0, 255))
def test_whatever_bytes_the_bus_brings_are_a_reading_or_a_driver_error(fields: list[int], pct: int) -> None:
    class Noise(SimPiSugar3):
        def read_byte_data(self, address: int, register: int) -> int:
            return fields[register - 0x31] if 0x31 <= register <= 0x37 else pct

    board = PiSugar3(Noise(Time()))
    told = board.time()
    assert told is None or told.tzinfo is UTC
    if pct > 100:
        with pytest.raises(BusError, match=f"{pct} %"):
            board.charge()
    if pct != 3:
        with pytest.raises(NotRespondingError, match="no PiSugar 3"):
            board.prepare()


def test_a_board_that_does_not_answer_raises_bus_errors(bench: Bench) -> None:
    bench.chip.unplugged = True
    board = bench.board
    for ask in (board.prepare, board.charge, board.time, board.external, lambda: board.cut_after(5)):
        with pytest.raises(BusError, match="battery board, I2C 0x57"):
            ask()


def test_pisugar3_generous(bench: Bench) -> None:
    bench.chip.cell_mv = 3700
    assert bench.board.charge().pct == 64
    bench.chip.cell_mv = 3500
    assert bench.board.charge().pct == 20


def test_pisugar3_no_current(bench: Bench) -> None:
    assert bench.chip.read_i2c_block_data(0x57, 0x26, 2) == [0, 0]


@given(seconds=st.integers(2, 510))
def test_pisugar3_watchdog_steps(seconds: int) -> None:
    bench = Bench()
    bench.board.guard(seconds)
    bench.time.pass_s(seconds // 2 * 2 - 0.5)
    bench.board.guard(seconds)
    bench.time.pass_s(seconds // 2 * 2 - 0.5)
    assert bench.chip.powers()
    assert bench.chip.restarts == 0
    bench.time.pass_s(0.5)
    assert bench.chip.powers()
    assert bench.chip.restarts == 1


@pytest.mark.parametrize("seconds", [-1, 0, 1, 512])
def test_a_watchdog_that_the_board_cannot_count_is_refused(bench: Bench, seconds: int) -> None:
    with pytest.raises(ValueError, match="2 to 510"):
        bench.board.guard(seconds)
