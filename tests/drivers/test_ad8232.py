"""The AD8232 behind an MCP3208: scale, leads-off pins, shutdown."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ad8232 import Ad8232Ecg, leads_off_stride
from drivers.errors import BusError, CorruptFrameError
from drivers.frontend import Burst, FrontEnd, LeadsOff
from drivers.mcp3208 import MCP3008, Mcp3208
from drivers.sim.chips.mcp3208 import SimMcp3208
from drivers.wiring import Wiring
from tests.driver_helpers import MakeBoard, Time


def run(front_end: FrontEnd, time: Time, seconds: float) -> list[Burst]:
    front_end.start()
    bursts = []
    for _ in range(round(seconds * front_end.info.fs_hz)):
        bursts.append(front_end.read())
        time.pass_s(1.0 / front_end.info.fs_hz)
    return bursts


def test_counts_times_scale_is_the_voltage_at_the_electrodes(make_board: MakeBoard, time: Time) -> None:
    board = make_board()
    front_end = board.open_front_end("ad8232")
    bursts = run(front_end, time, 10.0)
    read_mv = np.array([burst.counts[0] for burst in bursts]) * front_end.info.units_per_count / 1000.0
    truth_mv = board.body.ecg_mv(np.arange(5000) / 500.0)
    assert front_end.info.unit == "uV"
    assert np.abs(read_mv - truth_mv).max() <= 1.01 * front_end.info.units_per_count / 1000.0


@pytest.mark.parametrize(("frame", "middle"), [("mcp3208", 2048), ("mcp3008", 512)])
def test_counts_are_centred_on_mid_supply(
    make_board: MakeBoard, frame: Literal["mcp3208", "mcp3008"], middle: int
) -> None:
    info = make_board(wiring=Wiring(adc=frame)).open_front_end("ad8232").info
    assert (info.min_count, info.max_count) == (-middle, middle - 1)
    assert (info.kind, info.clock, info.fs_hz) == ("ecg", "host", 500.0)


def test_leads_off_detection_names_each_electrode(make_board: MakeBoard, time: Time) -> None:
    schedule = ((1.0, 2.0, "positive"), (3.0, 4.0, "negative"), (5.0, 6.0, "both"))
    bursts = run(make_board(leads_off=schedule).open_front_end("ad8232"), time, 7.0)
    at = [bursts[round(500 * t_s)].leads_off for t_s in (0.5, 1.5, 2.5, 3.5, 5.5, 6.5)]
    both = LeadsOff.POSITIVE | LeadsOff.NEGATIVE
    assert at == [LeadsOff.NONE, LeadsOff.POSITIVE, LeadsOff.NONE, LeadsOff.NEGATIVE, both, LeadsOff.NONE]


def test_a_lead_is_missed_for_no_longer_than_the_look_interval(make_board: MakeBoard, time: Time) -> None:
    bursts = run(make_board(leads_off=((1.0, 2.0, "both"),)).open_front_end("ad8232"), time, 2.0)
    first = next(i for i, burst in enumerate(bursts) if burst.leads_off)
    assert 500 <= first <= 500 + 2 * leads_off_stride(500.0)


def test_unwired_leads_off_pins_say_nothing(time: Time) -> None:
    front_end = Ad8232Ecg(Mcp3208(SimMcp3208(lambda _: 3.2), 3300.0), 0, lo_plus=None, lo_minus=None, sdn=None)
    assert {burst.leads_off for burst in run(front_end, time, 0.1)} == {LeadsOff.NONE}
    front_end.close()


def test_sdn_is_high_while_running_and_low_after(make_board: MakeBoard) -> None:
    board = make_board()
    front_end = board.open_front_end("ad8232")
    sdn = board.wiring.sdn_gpio
    assert sdn is not None
    assert board.level(sdn) == 0.0
    front_end.start()
    assert board.level(sdn) == 1.0
    front_end.close()
    assert board.level(sdn) == 0.0
    assert board.holds_low(sdn), "a pin let go is pulled up by the board, and the chip wakes"
    again = board.open_front_end("ad8232")
    again.start()
    assert board.level(sdn) == 1.0
    again.close()
    board.close()
    assert not board.holds_low(sdn)


def test_start_proves_that_the_converter_answers(make_board: MakeBoard) -> None:
    board = make_board()
    board.chip.unplugged = True
    with pytest.raises(CorruptFrameError):
        board.open_front_end("ad8232").start()


def test_unplugged_and_replugged_in_mid_session(make_board: MakeBoard, time: Time) -> None:
    board = make_board()
    front_end = board.open_front_end("ad8232")
    run(front_end, time, 1.0)
    board.chip.failing = True
    with pytest.raises(BusError):
        front_end.read()
    board.chip.failing = False
    assert len(run(front_end, time, 1.0)) == 500


def test_saturation_is_data() -> None:
    adc = Mcp3208(SimMcp3208(lambda _: 9.0, 3300.0, "mcp3008"), 3300.0, MCP3008)
    front_end = Ad8232Ecg(adc, 0, lo_plus=None, lo_minus=None, sdn=None)
    front_end.start()
    assert front_end.read().counts == (front_end.info.max_count,)


class Mains:
    """LO+ that follows the mains: a comparator between an electrode's hum and a level."""

    def __init__(self, time: Time, hz: float, phase: float) -> None:
        self._time, self._hz, self._phase = time, hz, phase

    @property
    def value(self) -> float:
        return float((self._time.s * self._hz + self._phase) % 1.0 < 0.5)

    def close(self) -> None:
        pass


@given(
    fs_hz=st.sampled_from([100.0, 125.0, 200.0, 250.0, 256.0, 360.0, 500.0, 512.0, 1000.0]) | st.floats(110.0, 1000.0),
    mains_hz=st.sampled_from([50.0, 60.0]),
    phase=st.floats(0.0, 0.99),
)
def test_mains_on_the_leads_off_pin_is_seen_to_come_and_go(fs_hz: float, mains_hz: float, phase: float) -> None:
    """AD8232 looked at every tenth sample at 500 Hz: at 50 Hz, where the mains looks like a steady level. Just above
    100 Hz no stride helps: each sample is half a cycle from the one before."""
    time = Time()
    adc = Mcp3208(SimMcp3208(lambda _: 1.65), 3300.0)
    front_end = Ad8232Ecg(adc, 0, lo_plus=Mains(time, mains_hz, phase), lo_minus=None, sdn=None, fs_hz=fs_hz)
    assert {burst.leads_off for burst in run(front_end, time, 0.3)} == {LeadsOff.NONE, LeadsOff.POSITIVE}
